"""sameword proposals, senses: what the machine proposes, and what people's labels say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import progress, say, study_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from pipeline.senses.labels import Points
    from pipeline.study import Study


AROUND = ("usage_vectors", "responses", "excerpts", "excerpt_vectors")  # what usages become points by


@click.command()
@study_option
def proposals(study: Study) -> None:
    """Propose senses for every term from its usage vectors, with evidence for and against."""
    from functools import partial

    from pipeline import parts, tables
    from pipeline.compute import chosen as chosen_each
    from pipeline.language import stop_words
    from pipeline.senses.proposals import moved, propose
    from pipeline.senses.words import sense_words

    terms, responses = (tables.read(study.processed, name) for name in ("terms", "responses"))
    usages = parts.where(study.processed, "usages", "usage_id", parts.Vectors(study.processed, "usage_vectors").ids())
    chosen = study.survey.senses
    with progress("proposing senses", len(terms)) as advance:
        found, evidence = propose(
            terms,
            usages,
            vectors=partial(parts.where, study.processed, "usage_vectors", "usage_id"),
            responses=responses,
            most=chosen.usages_per_respondent,
            max_senses=chosen.max_senses,
            resamples=chosen.resamples,
            seed=chosen.seed,
            advance=advance,
            each=chosen_each(study.survey.compute.scheduler),
        )
    stop = stop_words(study.survey.language)
    before = tables.read(study.processed, "proposals") if (study.processed / "proposals.parquet").exists() else found
    tables.write(study.processed, "proposals", found)
    tables.write(study.processed, "evidence", evidence)
    tables.write(
        study.processed, "sense_words", sense_words(found, usages, responses=responses, terms=terms, stop_words=stop)
    )
    if len(shifted := moved(before, found)):
        say(f"proposals: {len(shifted)} usages of {shifted.term_id.nunique()} terms changed their group")
    say(f"proposals: {(evidence.verdict == 'worth checking').sum()} of {len(evidence)} terms are worth checking")


@click.command()
@study_option
def senses(study: Study) -> None:
    """Join people's record, curated anchors and proposals into senses; say which terms are ambiguous."""
    import pandas as pd

    from pipeline import tables
    from pipeline.glossary.curated import anchors as anchors_of
    from pipeline.glossary.curated import load_glossary
    from pipeline.glossary.entries import entry_table
    from pipeline.senses import coverage, estimate, judged, labels, pairs, ratings

    names = (
        "proposals", "evidence", "record", "responses", "respondents", "ratings", "assignments", "judgements", "terms",
    )  # fmt: skip
    read = {name: tables.read(study.processed, name) for name in names}
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    anchors = anchors_of(curated)
    named = labels.named_usages(read["record"], read["assignments"], anchors)
    read["usages"], points = around(study, named, read["proposals"].usage_id)
    found, held = labels.label_usages(
        read["usages"],
        points,
        record=read["record"],
        trained=labels.trained_labels(read["assignments"], read["judgements"]),
        proposals=read["proposals"],
        anchors=anchors,
        precision=study.survey.senses.precision,
    )
    judged_pairs = pairs.judged_pairs(read["assignments"], read["judgements"], points)
    labelled = _labelled(found, read["usages"], read["responses"])
    small, resamples, seed = study.survey.report.small, study.survey.agreement.resamples, study.survey.senses.seed
    options = {"small": small, "resamples": resamples, "seed": seed}
    answers = ratings.sense_in_answer(labelled)
    joined = ratings.joined_ratings(answers, read["ratings"], study.items_explained)
    disputes = [*judged.dispute_rows(labelled, **options), *ratings.verbal_disputes(joined, **options)]
    work = read["assignments"]
    chance = work[(work.purpose == "estimate") & (work.unit_kind == "usage")].groupby("unit_id").p_include.max()
    shared = {usage for at in points.values() for usage in at.usage_ids} | set(chance.index) | set(labelled.usage_id)
    asked = read["usages"].loc[read["usages"].usage_id.isin(shared), ["term_id", "usage_id", "response_id"]]
    asked = asked.merge(read["responses"][["response_id", "respondent_id"]], on="response_id")
    made = {
        "senses": found,
        "completion": held,
        "pair_groups": pairs.pair_groups(points, judged_pairs),
        "ambiguity": judged.ambiguity_table(read["evidence"], labelled, **options),
        "shares": judged.share_rows(labelled, read["respondents"], study.survey.report.groups, small=small),
        "usage_shares": estimate.usage_shares(labelled, points, chance.to_dict(), asked=asked, **options),
        "coverage": coverage.coverage_table(labelled),
        "disputes": pd.DataFrame(disputes, columns=list(tables.SCHEMAS["disputes"].types)),
        "orders": ratings.order_rows(answers, read["ratings"], study.items_explained),
    }
    known = {name: read[name] for name in ("terms", "usages", "responses")}
    made["glossary"] = entry_table(curated, senses=found, **known)
    for name, frame in made.items():
        tables.write(study.processed, name, frame)
    told = pairs.held_out(points, judged_pairs)
    if told.accuracy is not None:
        say(
            f"senses: pairs of usages told rightly in {told.accuracy:.0%} (held out by respondent, calibration error "
            f"{told.calibration_error:.2f}); groups from pair judgements alone are in the table pair_groups"
        )
    verdicts = made["ambiguity"].verdict.value_counts()
    say("senses: " + (", ".join(f"{count} {what}" for what, count in verdicts.items()) or "no terms"))


def around(study: Study, named: set[str], more: Iterable[str] = ()) -> tuple[pd.DataFrame, dict[str, Points]]:
    """Return usages, and points of the terms of the named ones: of a large study's tables, what these need of them.

    The usages are the named ones, those with a vector of their terms, and `more`.
    """
    from functools import partial

    from pipeline.parts import Vectors, where
    from pipeline.senses import labels

    part = partial(where, study.processed)
    with_vectors = Vectors(study.processed, "usage_vectors").ids()
    usages = part("usages", "usage_id", {*named, *with_vectors, *more})
    mine = labels.of_terms_with(named, usages)
    excerpts = part("excerpts", "response_id", set(mine.response_id), ["excerpt_id", "response_id"])
    points = labels.points_of(
        mine,
        part("usage_vectors", "usage_id", mine.usage_id, ["usage_id", "vector"]),
        responses=part("responses", "response_id", set(mine.response_id)),
        excerpts=excerpts,
        excerpt_vectors=part("excerpt_vectors", "excerpt_id", excerpts.excerpt_id),
    )
    return usages, points


def _labelled(found: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Return usages people have judged, with whose they are and what they answer."""
    where = responses[["response_id", "respondent_id", "question_id", "item_id"]]
    recorded = found[found.source == "record"][["term_id", "usage_id", "sense_id"]]
    mine = usages.loc[usages.usage_id.isin(recorded.usage_id), ["usage_id", "response_id"]]
    where = where[where.response_id.isin(mine.response_id)]
    return recorded.merge(mine, on="usage_id").merge(where, on="response_id")
