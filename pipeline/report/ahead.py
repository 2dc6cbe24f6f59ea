"""What the team can do next, in the order in which it is needed; nothing where all is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.report import steps
from pipeline.report.given import Given
from pipeline.report.words import Markdown, inert
from pipeline.speech import message, phrase, phrases
from pipeline.wording import listed, quoted

WRITE = {
    "codes": message("Write the codes, each with a definition: `codebooks/{study}/themes.yaml`."),
    "watch": message(
        "Choose the words to judge, for example from those [worth checking](#proposals), and name them in "
        "`codebooks/{study}/survey.yaml`: `terms: {{watch: [word, another word]}}`."
    ),
    "senses": message(
        "Write the senses of {words} to choose from: `sameword glossary draft` proposes them, `sameword glossary "
        "adopt TERM` copies a draft into `codebooks/{study}/glossary.yaml`."
    ),
    "coders": message("Name the coders: `coding: {{coders: [anna, ben]}}`."),
    "record": message("Say which decisions count: `coding: {{record: majority}}`."),
}


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for the next steps; planning: nobody has judged or coded anything yet."""
    planning = given["decisions"].empty
    said = [*_to_write(given), *_to_do(given)] if planning else list(_to_do(given))
    return {"planning": planning, "next_steps": [Markdown(step) for step in said]}


def _to_write(given: Given) -> Iterator[str]:
    """Yield what people have not written yet."""
    watched = given["terms"][given["terms"].role == "watched"]
    for step in steps.to_write(
        given.study,
        coded=not given.codes.empty,
        watched=dict(zip(watched.term_id, watched.label, strict=True)),
        written=set(given.inventory.term_id),
    ):
        words = listed([quoted(inert(word)) for word in step.words]) if step.words else ""
        yield phrase(WRITE[step.kind], study=given.study.name, words=words)


def _to_do(given: Given) -> Iterator[str]:
    """Yield what coders and the team have to do with the work handed out."""
    name = given.study.name
    found = {step.kind: step for step in steps.to_do(given["assignments"], given["decisions"], given["open_units"])}
    if "hand_out" in found:
        yield phrase("Hand out work: `make assign STUDY={study}`. Before the main round, `make freeze STUDY={study}` "
                     "fixes what was decided.", study=name)  # fmt: skip
        return
    if left := found.get("left"):
        yield phrases(
            left.n,
            "{n:,} [text](#tab-states) is still with {coders}; what they send goes to `data/raw/{study}/codings/`.",
            "{n:,} [texts](#tab-states) are still with {coders}; what they send goes to `data/raw/{study}/codings/`.",
            coders=listed([inert(coder) for coder in left.by]),
            study=name,
        )
    if (differ := found.get("differ")) and given.study.survey.coding.approach != "reflexive":
        yield phrases(
            differ.n,
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
