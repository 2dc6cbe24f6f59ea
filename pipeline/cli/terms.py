"""sameword terms, kwic: which words are looked at, and how they stand in the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    from pipeline.study import Study


@click.command()
@study_option
def terms(study: Study) -> None:
    """Find the watched, reference and often used terms, and every usage of each."""
    from pipeline import tables
    from pipeline.language import load_language
    from pipeline.terms.usages import find_terms

    responses = tables.read(study.processed, "responses")
    nlp = load_language(study.survey.language, study.survey.spacy.pipeline)
    questions = [study.question_text(question) for question in study.open_questions()]
    found, usages = find_terms(responses, study.survey.terms, nlp=nlp, questions=questions)
    tables.write(study.processed, "terms", found)
    tables.write(study.processed, "usages", usages)
    say(f"terms: {len(found)} terms, {len(usages)} usages")


@click.command()
@click.argument("term")
@click.option(
    "--by", type=click.Choice(["left", "right", "question"]), default="right", show_default=True, help="Sort by."
)
@study_option
def kwic(study: Study, term: str, by: Any) -> None:
    """Show every usage of TERM in its context."""
    from pipeline import tables
    from pipeline.errors import Fault, InputError, nearest
    from pipeline.terms.kwic import keyword_in_context

    known = tables.read(study.processed, "terms")
    mine = known[(known.term_id == term) | (known.label.str.lower() == term.lower())]
    if mine.empty:
        raise InputError([Fault("TERM", "", f"{term!r} is not a term of this study", nearest(term, known.label))])
    usages = tables.read(study.processed, "usages")
    usages = usages[usages.term_id == mine.term_id.iloc[0]]
    for row in keyword_in_context(usages, tables.read(study.processed, "responses"), by=by).to_dict("records"):
        say(f"{row['left']:>50} \x1b[1m{row['keyword']}\x1b[0m {row['right']:<50} {row['question_id']}")
