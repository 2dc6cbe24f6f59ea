"""How many respondents show a code: per question and group, out of those with a decided excerpt there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.coding.record import Vote
from pipeline.tables import SCHEMAS

NOT_CODES = ("no_code", "cannot_code")
Z = 1.959963984540054  # 97.5th percentile of the standard normal distribution


def wilson(count: int, base: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927)."""
    centre = (count + Z * Z / 2) / (base + Z * Z)
    half = Z / (base + Z * Z) * np.sqrt(count * (base - count) / base + Z * Z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def prevalence_table(
    record: pd.DataFrame,
    open_units: pd.DataFrame,
    *,
    excerpts: pd.DataFrame,
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    groups: Sequence[str],
    codes: Sequence[str],
    small: int,
    cast: Mapping[tuple[str, str], Sequence[Vote]] | None = None,
) -> pd.DataFrame:
    """Return the prevalence table; "" in question_id, group_by or group means all.

    base: respondents with at least one excerpt there for which the code was decided (present or absent). An
    excerpt in which the code is still open, or that nobody could code, is in no base. Share and
    interval are null for under `small` respondents in the study. n_union and n_intersection: respondents who would
    show the code if one reader's word were enough, and if all had to agree (`cast`: the votes behind the record).
    """
    where = excerpts[["excerpt_id", "response_id"]].merge(
        responses[["response_id", "respondent_id", "question_id"]], on="response_id"
    )
    people = respondents[["respondent_id", *[group for group in groups if group in respondents]]]
    where = where.merge(people, on="respondent_id", how="left").rename(columns={"excerpt_id": "unit_id"})
    mine = record[record.unit_kind == "excerpt"]
    waiting = open_units[(open_units.unit_kind == "excerpt") & (open_units["values"] != "")]
    uncodable = mine[mine.value == "cannot_code"].unit_id
    decided = sorted((set(mine.unit_id) | set(waiting.unit_id)) - set(uncodable))
    where = where[where.unit_id.isin(decided)]
    undecided = dict(zip(waiting.unit_id, waiting["values"].str.split("|"), strict=True))
    plain = respondents.respondent_id.nunique() >= small
    rows: list[dict[str, object]] = []
    read = {unit: [vote.values for vote in given if vote.values] for (kind, unit), given in (cast or {}).items()}
    for code in sorted((set(codes) | set(mine.value)) - set(NOT_CODES)):
        open_here = {unit for unit, values in undecided.items() if code in values}
        base = where[~where.unit_id.isin(open_here)]
        said = {unit: [code in values for values in given] for unit, given in read.items()}
        base = base.assign(
            present=base.unit_id.isin(set(mine[mine.value == code].unit_id)),
            union=base.unit_id.isin([unit for unit, votes in said.items() if any(votes)]),
            intersection=base.unit_id.isin([unit for unit, votes in said.items() if votes and all(votes)]),
        )
        rows += [{"code_id": code, **cell} for cell in _cells(base, [g for g in groups if g in people], plain)]
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["prevalence"].types)))


def _cells(base: pd.DataFrame, groups: Sequence[str], plain: bool) -> Iterator[dict[str, object]]:
    for question in ["", *sorted(set(base.question_id))]:
        asked = base if not question else base[base.question_id == question]
        for group_by in ["", *groups]:
            values = [""] if not group_by else sorted(set(asked[group_by].dropna()))
            for value in values:
                part = asked if not group_by else asked[asked[group_by] == value]
                people = part.groupby("respondent_id")[["present", "union", "intersection"]].any()
                if len(people):
                    yield {
                        "question_id": question, "group_by": group_by, "group": value,
                        **_estimate(int(people.present.sum()), len(people), plain),
                        "n_excerpts": int(part.present.sum()),
                        "n_union": int(people["union"].sum()), "n_intersection": int(people.intersection.sum()),
                    }  # fmt: skip


def _estimate(count: int, base: int, plain: bool) -> dict[str, object]:
    if not plain:
        return {"n_respondents": count, "base": base, "share": None, "ci_low": None, "ci_high": None}
    low, high = wilson(count, base)
    return {
        "n_respondents": count, "base": base, "share": round(count / base, 4),
        "ci_low": round(float(low), 4), "ci_high": round(float(high), 4),
    }  # fmt: skip
