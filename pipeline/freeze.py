"""What a team fixes before the main round, as one hashed record; what is missing for it; what changed since.

The record states decisions, not data: watched terms, codebook and inventory
versions, who codes what with which overlap, the record rule, groups and seeds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import Fault
from pipeline.ids import digest
from pipeline.study import Study

FILE = "freeze.json"


def decisions_of(study: Study, *, themes: str, glossary: str, ledger: str) -> dict[str, Any]:
    """Return the decisions of a study as plain values, from survey.yaml and the texts of its other files."""
    survey = study.survey
    return {
        "study": study.name,
        "watched_terms": {term.term: list(term.forms) for term in survey.terms.watch},
        "reference_terms": {term.term: list(term.forms) for term in survey.terms.reference},
        "coding": survey.coding.model_dump(mode="json"),
        "agreement": survey.agreement.model_dump(mode="json"),
        "senses": survey.senses.model_dump(mode="json"),
        "groups": list(survey.report.groups),
        "rows": survey.rows.model_dump(mode="json"),
        "encoder": survey.encoder.sha256,
        "codebook": digest(themes),
        "inventory": digest(glossary),
        "assignments": digest(ledger),
        "n_assignments": max(len(ledger.splitlines()) - 1, 0),
    }


def sealed(decisions: Mapping[str, Any]) -> str:
    """Return the record as JSON text with its own digest as the last entry."""
    body = json.dumps(decisions, indent=2, sort_keys=True, ensure_ascii=False)
    return json.dumps({**json.loads(body), "sha256": digest(body)}, indent=2, ensure_ascii=False) + "\n"


def seal_holds(text: str) -> bool:
    """Whether a freeze.json is as it was written."""
    content = json.loads(text)
    stated = content.pop("sha256", None)
    return bool(stated == digest(json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)))


def incomplete(study: Study, *, themes: str, glossary: str, ledger: str) -> Iterator[Fault]:
    """Find everything that must be decided before a freeze means anything."""
    folder = study.codebook_folder
    survey = folder / "survey.yaml"
    if not study.survey.terms.watch:
        yield Fault(str(survey), "key terms.watch", "no term is watched", "name the words the study is about")
    if not study.survey.coding.coders:
        yield Fault(str(survey), "key coding.coders", "no coder is named", "list who codes")
    if study.survey.coding.record is None:
        yield Fault(
            str(survey),
            "key coding.record",
            "no rule says which decisions count",
            "choose single, unanimous, majority, negotiated or adjudicated",
        )
    if not themes.strip():
        yield Fault(str(folder / "themes.yaml"), "", "there is no thematic codebook", "write it, or run a pilot first")
    if not glossary.strip():
        yield Fault(str(folder / "glossary.yaml"), "", "no sense inventory", "name the senses coders choose from")
    if len(ledger.splitlines()) < 2:
        yield Fault(
            str(study.raw / "assignments.csv"),
            "",
            "no work has been handed out",
            f"run: make assign STUDY={study.name}",
        )


def differences(frozen: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (decision, as frozen, as it is now) for everything that is no longer the same."""
    for key in sorted({*frozen, *now} - {"sha256"}):
        old, new = frozen.get(key), now.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from differences(old, new, f"{prefix}{key}.")
        elif old != new:
            yield f"{prefix}{key}", old, new
