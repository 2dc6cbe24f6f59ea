"""sameword code, topics, codebook: the thematic codebook at work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import bookfacts, changes, exchange
from pipeline.cli.bookfacts import record_of, with_questions
from pipeline.cli.common import OnStudy, say, study_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from pipeline.codebook.themes import Code
    from pipeline.study import Study


@click.command()
@study_option
def code(study: Study) -> None:
    """Propose codes for every excerpt: by rule, by similarity to definitions, and by what coders have decided."""
    import pandas as pd

    from pipeline import tables
    from pipeline.codebook.quality import human_codes, rule_quality
    from pipeline.codebook.rules import codings_of
    from pipeline.codebook.scattered import Rules, scattered_hits
    from pipeline.codebook.themes import load_themes
    from pipeline.compute import chosen

    themes = load_themes(study.codebook_folder / "themes.yaml")
    found, facts, quality = (tables.empty(n) for n in ("machine_codings", "classifiers", "rule_quality"))
    if themes.active:
        rules = Rules(tuple(themes.active), study.survey.language, study.survey.spacy.pipeline)
        excerpts = with_questions(study)
        by_meaning, facts = _by_meaning(study, themes.active)
        hits = scattered_hits(excerpts, rules, each=chosen(study.survey.compute.scheduler))
        found = pd.concat([part for part in (codings_of(hits), *by_meaning) if len(part)] or [found])
        quality = rule_quality(hits, excerpts, codes=themes.active, human=human_codes(record_of(study)))
    for name, frame in {"machine_codings": found, "classifiers": facts, "rule_quality": quality}.items():
        tables.write(study.processed, name, frame)
    counts = found.source.value_counts()
    say(
        f"code: {counts.get('rule', 0)} codings by rule, {counts.get('similarity', 0)} by similarity, "
        f"{counts.get('classifier', 0)} by classifier (calibrated for {facts.threshold.notna().sum()} of {len(facts)})"
    )


@click.command()
@study_option
def topics(study: Study) -> None:
    """Find topics that emerge from the excerpts, to hold against the codebook."""
    # Of scikit-learn, which is not loaded yet: a second thread waits longer than it works (k-means: 4.6 s for 0.8 s).
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from pipeline import parts, tables
    from pipeline.codebook.topics import MOST, find_topics
    from pipeline.language import stop_words

    chosen, stored = study.survey.topics, parts.Vectors(study.processed, "excerpt_vectors")
    ids, most = stored.ids(), MOST.get(chosen.method, 0)
    excerpts = parts.where(study.processed, "excerpts", "excerpt_id", ids[:most], ["excerpt_id", "text"])
    found, words = find_topics(
        excerpts,
        stored.first(len(excerpts)),
        method=chosen.method,
        n_topics=chosen.n_topics,
        seed=chosen.seed,
        stop_words=sorted(stop_words(study.survey.language)),
        others=stored.after(len(excerpts)),
    )
    tables.write(study.processed, "topics", found)
    tables.write(study.processed, "topic_words", words)
    say(f"topics: {found.topic_id.nunique()} over {len(found)} excerpts")


@click.group(cls=OnStudy)
@click.pass_context
@study_option
def codebook(context: click.Context, study: Study) -> None:
    """Show and exchange the thematic codebook."""
    context.obj = study


@codebook.command()
@click.pass_obj
def show(study: Study) -> None:
    """Print themes and codes with their definitions."""
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml")
    say(f"codebook version {themes.version}: {len(themes.codes)} codes in {len(themes.themes)} themes")
    for theme in themes.themes:
        say(f"\n{theme.name} ({theme.id})")
        for one in theme.codes:
            say(f"  {one.id}: {one.name}. {one.definition}")


@codebook.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file to write as well.")
@click.pass_obj
def rules(study: Study, out: Path | None) -> None:
    """Say how good each rule is.

    What it finds, what no other rule of its code finds, and whether people coded the same excerpts so, as far as they
    have coded yet.
    """
    from pipeline import tables
    from pipeline.codebook.quality import human_codes, in_words, rule_quality
    from pipeline.codebook.rules import rule_hits
    from pipeline.codebook.themes import load_themes
    from pipeline.files import write_text
    from pipeline.language import load_language

    codes = load_themes(study.codebook_folder / "themes.yaml").active
    excerpts = with_questions(study)
    human = human_codes(record_of(study))  # before anyone has coded, rules still fire
    nlp = load_language(study.survey.language, study.survey.spacy.pipeline)
    quality = rule_quality(rule_hits(excerpts, codes, nlp), excerpts, codes=codes, human=human)
    people = len(tables.read(study.processed, "respondents"))
    say(f"{sum(len(one.rules) for one in codes)} rules of {len(codes)} codes; people read {len(human)} excerpts")
    for line in in_words(quality, shares=people >= study.survey.report.small):
        say(line)
    if out is not None:
        write_text(out, quality.to_csv(index=False, lineterminator="\n"))


for command in (
    changes.diff,
    changes.log,
    changes.review,
    exchange.export,
    exchange.import_book,
    exchange.import_keywords,
    bookfacts.propose,
):
    codebook.add_command(command)


def _by_meaning(study: Study, codes: Sequence[Code]) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return machine codings by similarity and by classifier, and what the classifiers rest on."""
    import numpy as np
    import pandas as pd

    from pipeline import parts, tables
    from pipeline.cli.encoder import encode_texts
    from pipeline.codebook.classifier import code_by_classifier
    from pipeline.codebook.quality import human_codes
    from pipeline.codebook.similarity import closeness, code_by_similarity, code_texts

    vectors = parts.Vectors(study.processed, "excerpt_vectors")
    ids = vectors.ids()
    if not len(ids):
        return [], tables.empty("classifiers")
    texts = code_texts(codes)
    encoded = iter(encode_texts(study, [text for found in texts.values() for text in found]))
    per_code = {code_id: np.stack([next(encoded) for _ in found]) for code_id, found in texts.items()}
    names = sorted(per_code)
    near = closeness(vectors, [per_code[name] for name in names])
    people = parts.whole(study.processed, "responses", ["response_id", "respondent_id"])
    said = parts.whole(study.processed, "excerpts", ["excerpt_id", "response_id"]).merge(people, on="response_id")
    respondent = said.set_index("excerpt_id").respondent_id.reindex(ids).to_numpy()
    learnt, facts = code_by_classifier(
        pd.DataFrame({"excerpt_id": ids, "respondent_id": respondent}),
        vectors,
        near[:, [names.index(name) for name in per_code]],
        human=human_codes(record_of(study)),
        codes=list(per_code),
        precision=study.survey.suggestions.precision,
        seed=study.survey.suggestions.seed,
    )
    ranked = code_by_similarity(ids, near, codes=names)
    return [ranked, learnt], facts
