"""What the team can do next, in the order in which it is needed; nothing where all is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.report.given import Given
from pipeline.report.words import Markdown, inert
from pipeline.speech import phrase, phrases
from pipeline.wording import listed, quoted


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for the next steps; planning: nobody has judged or coded anything yet."""
    planning = given["decisions"].empty
    steps = [*_to_write(given), *_to_do(given)] if planning else list(_to_do(given))
    return {"planning": planning, "next_steps": [Markdown(step) for step in steps]}


def _to_write(given: Given) -> Iterator[str]:
    """Yield what people have not written yet."""
    name, survey = given.study.name, given.study.survey
    if given.codes.empty:
        yield phrase("Write the codes, each with a definition: `codebooks/{study}/themes.yaml`.", study=name)
    if not survey.terms.watch:
        yield phrase(
            "Choose the words to judge, for example from those [worth checking](#proposals), and name them in "
            "`codebooks/{study}/survey.yaml`: `terms: {{watch: [word, another word]}}`.",
            study=name,
        )
    watched = given["terms"][given["terms"].role == "watched"]
    bare = watched[~watched.term_id.isin(given.inventory.term_id)]
    if len(bare):
        yield phrase(
            "Write the senses of {words} to choose from: `sameword glossary draft` proposes them, `sameword glossary "
            "adopt TERM` copies a draft into `codebooks/{study}/glossary.yaml`.",
            words=listed([quoted(inert(label)) for label in bare.label]),
            study=name,
        )
    if not survey.coding.coders:
        yield phrase("Name the coders: `coding: {{coders: [anna, ben]}}`.")
    if survey.coding.record is None:
        yield phrase("Say which decisions count: `coding: {{record: majority}}`.")


def _to_do(given: Given) -> Iterator[str]:
    """Yield what coders and the team have to do with the work handed out."""
    name, work = given.study.name, given["assignments"]
    if work.empty:
        yield phrase("Hand out work: `make assign STUDY={study}`. Before the main round, `make freeze STUDY={study}` "
                     "fixes what was decided.", study=name)  # fmt: skip
        return
    waiting = work[~work.assignment_id.isin(given["decisions"].assignment_id)]
    if len(waiting):
        coders = listed([inert(coder) for coder in sorted(waiting.coder_id.unique())])
        yield phrases(
            len(waiting),
            "{n:,} [text](#tab-states) is still with {coders}; what they send goes to `data/raw/{study}/codings/`.",
            "{n:,} [texts](#tab-states) are still with {coders}; what they send goes to `data/raw/{study}/codings/`.",
            coders=coders,
            study=name,
        )
    differ = int(given["open_units"].reason.astype("str").str.contains("differ").sum())
    if differ and given.study.survey.coding.approach != "reflexive":
        yield phrases(
            differ,
            "Coders differ on {n:,} [unit](#tab-open): settle it with `make adjudicate STUDY={study}`.",
            "Coders differ on {n:,} [units](#tab-open): settle them with `make adjudicate STUDY={study}`.",
            study=name,
        )
    undefined = given.inventory[given.inventory.definition.fillna("") == ""]
    if len(undefined):
        yield phrases(
            len(undefined),
            "{n:,} [sense](#senses) has no definition yet: `codebooks/{study}/glossary.yaml`.",
            "{n:,} [senses](#senses) have no definition yet: `codebooks/{study}/glossary.yaml`.",
            study=name,
        )
