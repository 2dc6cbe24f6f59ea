"""What a team fixes before the main round, as one sealed record; what is missing for it; what changed since.

The record states decisions, not data: watched terms, codebook and inventory with versions and digests, samples with
their probabilities of inclusion, coders and overlap, record rule, groups, planned comparisons, seeds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.asking.followup import PEERS
from pipeline.errors import Fault, nearest
from pipeline.ids import digest, term_id
from pipeline.settings import Agreement, Asking, Coding, Comparison, Plan, Rows, Senses
from pipeline.study import Study

FILE = "freeze.json"
FORMAT = "sameword-freeze"
STAMPS = ("frozen_on", "decisions_in", "sha256")  # say when and that it holds; they are no decisions
DEFAULTS = {
    f"{name}.{key}": value
    for name, settings in {
        "coding": Coding(), "agreement": Agreement(), "senses": Senses(), "rows": Rows(),
        "plan": Plan(), "asking": Asking(),
    }.items()
    for key, value in settings.model_dump(mode="json").items()
}  # fmt: skip


@dataclass(frozen=True)
class Scheme:
    """The codebook and the sense inventory as they are: version, digest, and what they hold.

    codes: code_id, definition; senses: term_id, sense_id, name, definition.
    """

    themes_version: str
    themes_sha256: str
    codes: pd.DataFrame
    inventory_version: str
    inventory_sha256: str
    senses: pd.DataFrame


def decisions_of(study: Study, scheme: Scheme, ledger: pd.DataFrame) -> dict[str, Any]:
    """Return the decisions of a study as plain values. ledger: the rows of assignments.csv."""
    survey = study.survey
    senses = scheme.senses.groupby("term_id").sense_id.agg(list).to_dict() if len(scheme.senses) else {}
    return {
        "format": FORMAT,
        "study": study.name,
        "title": survey.title,
        "about": survey.about,
        "synthetic": survey.synthetic,
        "questions": {q: study.question_text(q) for q in study.open_questions()},
        "watched_terms": {term.term: list(term.forms) for term in survey.terms.watch},
        "reference_terms": {term.term: list(term.forms) for term in survey.terms.reference},
        "codebook": {
            "version": scheme.themes_version,
            "sha256": scheme.themes_sha256,
            "codes": scheme.codes.code_id.tolist(),
        },
        "inventory": {
            "version": scheme.inventory_version,
            "sha256": scheme.inventory_sha256,
            "senses": senses,
            "names": dict(zip(scheme.senses.sense_id, scheme.senses.name, strict=True)),
            "without_definition": scheme.senses[scheme.senses.definition == ""].sense_id.tolist(),
        },
        "samples": samples(ledger),
        "rows": survey.rows.model_dump(mode="json"),
        "coding": survey.coding.model_dump(mode="json"),
        "agreement": survey.agreement.model_dump(mode="json"),
        "senses": survey.senses.model_dump(mode="json"),
        "encoder": survey.encoder.identity,
        "groups": {group: study.question_text(group) for group in survey.report.groups},
        "plan": {
            **survey.plan.model_dump(mode="json", exclude={"comparisons"}),
            "comparisons": {one.id: _comparison(study, one) for one in survey.plan.comparisons},
        },
        "asking": survey.asking.model_dump(mode="json", exclude={"files"})
        | {"colleagues": survey.asking.colleagues or PEERS},
    }


def _comparison(study: Study, one: Comparison) -> dict[str, Any]:
    return {**one.model_dump(mode="json", exclude={"id"}), "question": study.question_text(one.by)}


def samples(ledger: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what was handed out: per kind of unit, purpose and round its units, readers, and p_include."""
    found = {}
    for (kind, purpose, round_), rows in ledger.groupby(["unit_kind", "purpose", "round"]):
        readers = rows.groupby("unit_id").coder_id.nunique().value_counts().sort_index()
        found[f"{kind}, {purpose}, round {round_}"] = {
            "n_units": int(rows.unit_id.nunique()),
            "n_assignments": len(rows),
            "read_by": {str(int(n)): int(count) for n, count in readers.items()},
            "p_include": [round(float(rows.p_include.min()), 6), round(float(rows.p_include.max()), 6)],
            "sha256": digest("\n".join(sorted(rows.assignment_id))),
        }
    return found


def sealed(decisions: Mapping[str, Any], frozen_on: str, decisions_in: int | None = None) -> str:
    """Return the record as JSON text: the day it was frozen, and its own digest as the last entry.

    decisions_in: how many decisions of the main round had come in by then; None where nobody could count them.
    """
    content = {**decisions, "frozen_on": frozen_on}
    if decisions_in is not None:
        content["decisions_in"] = decisions_in
    return json.dumps({**content, "sha256": _seal(content)}, indent=2, ensure_ascii=False) + "\n"


def _seal(content: Mapping[str, Any]) -> str:
    return digest(json.dumps(content, sort_keys=True, ensure_ascii=False))


def seal_holds(frozen: Mapping[str, Any]) -> bool:
    """Whether a freeze.json is as it was written."""
    return frozen.get("sha256") == _seal({key: value for key, value in frozen.items() if key != "sha256"})


def incomplete(study: Study, scheme: Scheme, ledger: pd.DataFrame) -> Iterator[Fault]:
    """Find everything that must be decided before a freeze means anything."""
    yield from _undecided(study)
    yield from _scheme_faults(study, scheme)
    yield from _sample_faults(study, ledger)
    yield from _comparison_faults(study, scheme)


def _undecided(study: Study) -> Iterator[Fault]:
    survey, file = study.survey, str(study.codebook_folder / "survey.yaml")
    if not survey.terms.watch:
        yield Fault(file, "key terms.watch", "no term is watched", "name the words the study is about")
    if not survey.coding.coders:
        yield Fault(file, "key coding.coders", "no coder is named", "list who codes")
    if survey.coding.record is None:
        known = "choose single, unanimous, majority, negotiated or adjudicated"
        yield Fault(file, "key coding.record", "no rule says which decisions count", known)
    most = max(survey.coding.overlap.coders, survey.coding.overlap.usages)
    if survey.coding.coders and most > len(survey.coding.coders):
        what = f"units are to be read by {most} people, but {len(survey.coding.coders)} are named"
        yield Fault(file, "key coding.overlap", what, "name more coders, or ask for less overlap")
    if survey.plan.comparisons and survey.coding.approach == "reflexive":
        what = "comparisons are planned, but reflexive coding is no measurement to test"
        yield Fault(file, "key plan.comparisons", what, "say exploratory: true, or choose another approach")
    if not survey.plan.comparisons and not survey.plan.exploratory:
        remedy = (
            "write  plan: {exploratory: true}  or state the few comparisons you will test, each with id, hypothesis, "
            "sense (or code), by (a closed question) and group (its answers), for example:  plan: {comparisons: "
            "[{id: h1, hypothesis: …, sense: term.sense, by: Q5, group: [Yes]}]}"
        )
        yield Fault(file, "key plan", "no comparison is planned, and nothing says that this is meant", remedy)


def _scheme_faults(study: Study, scheme: Scheme) -> Iterator[Fault]:
    folder = study.codebook_folder
    if scheme.codes.empty:
        yield Fault(str(folder / "themes.yaml"), "", "there is no thematic codebook", "write it, or run a pilot first")
    for code in scheme.codes[scheme.codes.definition == ""].code_id:
        yield Fault(str(folder / "themes.yaml"), f"code {code}", "has no definition", "say when it applies")
    for term in study.survey.terms.watch:
        if term_id(term.term) not in set(scheme.senses.term_id):
            what = f"{term.term!r} is watched, but has no senses that coders could choose from"
            yield Fault(str(folder / "glossary.yaml"), "", what, "name its senses, after a development round")


def _sample_faults(study: Study, ledger: pd.DataFrame) -> Iterator[Fault]:
    file = str(study.raw / "assignments.csv")
    mine = ledger[ledger.purpose == "estimate"]
    if mine.empty:
        yield Fault(file, "", "no work of the main round has been handed out", f"run: make assign STUDY={study.name}")
        return
    for kind in ("excerpt", "usage"):
        if kind not in set(mine.unit_kind):
            yield Fault(file, "", f"no {kind} of purpose estimate is handed out", "run make assign again")


def _comparison_faults(study: Study, scheme: Scheme) -> Iterator[Fault]:
    file = str(study.codebook_folder / "survey.yaml")
    for position, one in enumerate(study.survey.plan.comparisons):
        senses, codes = set(scheme.senses.sense_id), set(scheme.codes.code_id)
        place = f"key plan.comparisons.{position}"
        if one.sense and one.sense not in senses:
            yield Fault(file, f"{place}.sense", f"unknown sense {one.sense!r}", nearest(one.sense, senses))
        if one.code and one.code not in codes:
            yield Fault(file, f"{place}.code", f"unknown code {one.code!r}", nearest(one.code, codes))


def differences(frozen: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (decision, as frozen, as it is now) for everything that is no longer the same.

    A setting that a later release of the program knows is no change while it stands at its default.
    """
    for key in sorted({*frozen, *now} - ({*STAMPS} if not prefix else set())):
        old, new, name = frozen.get(key), now.get(key), f"{prefix}{key}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from differences(old, new, f"{name}.")
        elif old != new and not (key not in frozen and name in DEFAULTS and DEFAULTS[name] == new):
            yield name, old, new
