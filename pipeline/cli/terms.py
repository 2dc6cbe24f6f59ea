"""sameword terms, kwic: which words are looked at, and how they stand in the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study


@click.command()
@study_option
def terms(study: Study) -> None:
    """Find the watched, reference and often used terms, and every usage of each."""
    from pipeline import tables
    from pipeline.language import load_language
    from pipeline.terms.facets import facets as facets_of_usages
    from pipeline.terms.usages import find_terms

    responses = tables.read(study.processed, "responses")
    nlp = load_language(study.survey.language, study.survey.spacy.pipeline)
    questions = [study.question_text(question) for question in study.open_questions()]
    found, usages = find_terms(responses, study.survey.terms, nlp=nlp, questions=questions)
    tables.write(study.processed, "terms", found)
    tables.write(study.processed, "usages", usages)
    stop = frozenset(nlp.Defaults.stop_words)
    parser = nlp if study.survey.spacy.pipeline else None
    tables.write(study.processed, "facets", facets_of_usages(usages, responses, stop_words=stop, parser=parser))
    say(f"terms: {len(found)} terms, {len(usages)} usages")


@click.command()
@click.argument("term")
@click.option(
    "--by",
    type=click.Choice(["left", "right", "question", "group", "sense"]),
    default="right",
    show_default=True,
    help="Sort by.",
)
@click.option("--group", help="The closed question that --by group sorts by.  [default: the first of report.groups]")
@study_option
def kwic(study: Study, term: str, by: Any, group: str | None) -> None:
    """Show every usage of TERM in its context."""
    from pipeline import tables
    from pipeline.terms.kwic import keyword_in_context

    usages = _usages(study, term)
    rows = keyword_in_context(
        usages,
        tables.read(study.processed, "responses"),
        by=by,
        group_of=_groups(study, group) if by == "group" else {},
        sense_of=_senses(study) if by == "sense" else {},
    )
    for row in rows.to_dict("records"):
        fact = row[by] if by in ("group", "sense") else row["question_id"]
        say(f"{row['left']:>50} \x1b[1m{row['keyword']}\x1b[0m {row['right']:<50} {fact}")


@click.command()
@click.argument("term")
@study_option
def facets(study: Study, term: str) -> None:
    """Show what TERM is said of and in which respect, in all and by the sense people gave it."""
    from pipeline import tables
    from pipeline.terms.facets import facet_counts

    usages, found = _usages(study, term), tables.read(study.processed, "facets")
    responses, senses = tables.read(study.processed, "responses"), tables.read(study.processed, "senses")
    record = senses[senses.source == "record"]
    parts = [("all usages", usages)]
    parts += [
        (str(sense), usages[usages.usage_id.isin(mine.usage_id)])
        for sense, mine in record[record.usage_id.isin(usages.usage_id)].groupby("sense_id")
    ]
    for name, part in parts:
        say(f"{name}: {len(part)} usages")
        for row in facet_counts(found[found.usage_id.isin(part.usage_id)], part, responses).head(15).itertuples():
            say(f"  {row.n_respondents:>4} respondents  {row.slot:<9} {row.words}")


def _usages(study: Study, term: str) -> pd.DataFrame:
    """Return the usages of a term named by id or label."""
    from pipeline import tables
    from pipeline.errors import Fault, InputError, nearest

    known = tables.read(study.processed, "terms")
    mine = known[(known.term_id == term) | (known.label.str.lower() == term.lower())]
    if mine.empty:
        raise InputError([Fault("TERM", "", f"{term!r} is not a term of this study", nearest(term, known.label))])
    usages = tables.read(study.processed, "usages")
    return usages[usages.term_id == mine.term_id.iloc[0]]


def _groups(study: Study, group: str | None) -> dict[str, str]:
    from pipeline import tables
    from pipeline.errors import Fault, InputError, nearest

    people = tables.read(study.processed, "respondents")
    known = [name for name in people.columns if name not in ("respondent_id", "wave")]
    chosen = group or next((name for name in study.survey.report.groups if name in known), None)
    if chosen not in known:
        what = f"{group!r} is not a closed question of this study" if group else "no group to sort by is named"
        raise InputError([Fault("--group", "", what, nearest(group or "", known) or "name one in report.groups")])
    return dict(zip(people.respondent_id, people[chosen].fillna("").astype(str), strict=True))


def _senses(study: Study) -> dict[str, str]:
    """Return usage_id -> its senses; what people did not decide is marked with where it comes from."""
    from pipeline import tables

    found: dict[str, list[str]] = {}
    for row in tables.read(study.processed, "senses").to_dict("records"):
        mark = "" if row["source"] == "record" else f" ({row['source']})"
        found.setdefault(row["usage_id"], []).append(row["sense_id"] + mark)
    return {usage: ", ".join(sorted(senses)) for usage, senses in found.items()}
