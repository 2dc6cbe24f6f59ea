"""What coders see beside the text: translations; ratings, group and machine codes where show_to_coders says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.coding.units import EXCERPT
from pipeline.study import Study

Facts = dict[str, list[dict[str, str]]]  # unit_id -> [{kind, label, value}]


def facts(
    study: Study,
    units: pd.DataFrame,
    *,
    respondents: pd.DataFrame,
    ratings: pd.DataFrame,
    machine_codings: pd.DataFrame,
    translations: pd.DataFrame,
) -> Facts:
    """Return, per unit, what may be shown: translations always, the rest where the study asks for it.

    Ratings are those that the answer explains (survey.yaml, explains), and no others.
    """
    shown = study.survey.coding.show_to_coders
    found: Facts = {}
    people = respondents.set_index("respondent_id")
    groups = [group for group in study.survey.report.groups if group in people]
    codes = machine_codings.groupby("excerpt_id").code_id.agg(lambda ids: sorted(set(ids))).to_dict()
    rated = {
        (row.respondent_id, row.question_id, row.item_id): row.value
        for row in ratings.itertuples()
        if pd.notna(row.value)
    }
    translated = _translated(translations)
    for row in units.to_dict("records") if shown or translated else ():
        mine = list(translated.get(row["response_id"], ()))
        if "group" in shown and row["respondent_id"] in people.index:
            values = {group: people.at[row["respondent_id"], group] for group in groups}
            mine += [_fact("group", study.label(g), study.label(str(v))) for g, v in values.items() if pd.notna(v)]
        if "ratings" in shown:
            mine += _ratings(study, {str(key): value for key, value in row.items()}, rated)
        if "machine" in shown and row["unit_kind"] == EXCERPT and row["unit_id"] in codes:
            mine.append(_fact("machine", "Proposed by the machine", ", ".join(codes[row["unit_id"]])))
        if mine:
            found[str(row["unit_id"])] = mine
    return found


def _translated(translations: pd.DataFrame) -> Facts:
    """Return the translations of whole answers, by response."""
    found: Facts = {}
    for row in translations.itertuples():
        told = _fact("translation", f"Translation ({row.language}, by {row.translator})", str(row.text))
        found.setdefault(str(row.response_id), []).append(told)
    return found


def _ratings(study: Study, row: Mapping[str, Any], rated: Mapping[tuple[str, str, str], float]) -> list[dict[str, str]]:
    item = row["item_id"] if isinstance(row["item_id"], str) else None
    found = []
    for question, items in study.items_explained(row["question_id"], item).items():
        for one in items or [""]:
            value = rated.get((row["respondent_id"], question, one))
            if value is not None:
                factors = study.survey.items.get(one, {})
                about = ", ".join(study.label(level) for level in factors.values())
                found.append(_fact("ratings", f"{study.label(question)}{f' ({about})' if about else ''}", f"{value:g}"))
    return found


def _fact(kind: str, label: str, value: str) -> dict[str, str]:
    return {"kind": kind, "label": label, "value": value}
