"""The comparisons that were planned: permutation tests that move whole respondents, corrected inside that family alone.

A respondent is one voice, however much was written: the value is a share or a yes, and a permutation moves group
labels between respondents. Two-sided; exact where the arrangements are few (Fisher 1935), else Monte Carlo with
(b + 1) / (m + 1) (Phipson & Smyth 2010). Holm (1979) corrects inside the planned family.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from pipeline.senses.judged import judged_term
from pipeline.settings import Comparison
from pipeline.tables import SCHEMAS

NOT_CODES = ("no_code", "cannot_code")
LEAST = 3  # respondents in a group, under which nothing is tested
SMALL, UNPLANNED = "no test in a small study", "not in the frozen plan: described, not tested"
BLOCK = 200_000  # labels drawn at once


def permutation_p(first: np.ndarray, second: np.ndarray, *, permutations: int, seed: int) -> tuple[float, int]:
    """Return the two-sided p-value of mean(first) - mean(second), and how many arrangements it rests on.

    Exact when there are at most `permutations` arrangements. Values are compared after rounding to 12 digits, so
    that arrangements which differ by rounding alone count as equal.
    """
    pooled, n = np.concatenate([first, second]), len(first)
    seen = abs(_difference(pooled.sum(), first.sum(), n, len(pooled)))
    total = comb(len(pooled), n)
    if total <= permutations:
        sums = np.array([pooled[list(chosen)].sum() for chosen in combinations(range(len(pooled)), n)])
        return float((np.abs(_difference(pooled.sum(), sums, n, len(pooled))) >= seen).mean()), total
    rng = np.random.default_rng(seed)
    hits, left = 0, permutations
    while left:
        rows = min(left, max(1, BLOCK // len(pooled)))
        drawn = np.argpartition(rng.random((rows, len(pooled))), n - 1, axis=1)[:, :n]
        sums = np.sort(pooled[drawn], axis=1).sum(1)
        hits += int((np.abs(_difference(pooled.sum(), sums, n, len(pooled))) >= seen).sum())
        left -= rows
    return (hits + 1) / (permutations + 1), permutations


def _difference(total: float, mine: np.ndarray | float, n: int, size: int) -> np.ndarray:
    return np.round(np.asarray(mine) / n - (total - np.asarray(mine)) / (size - n), 12)


def holm(p_values: Sequence[float], family: int | None = None) -> list[float]:
    """Return p-values adjusted by Holm's step-down method, in the order given.

    family: how many comparisons were planned, where some could not be tested; they still count.
    """
    size = family or len(p_values)
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (size - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def values_of(
    one: Comparison, *, record: pd.DataFrame, open_units: pd.DataFrame, units: pd.DataFrame
) -> dict[str, float]:
    """Return respondent_id -> value, for respondents with something decided.

    units: unit_kind, unit_id, respondent_id, term_id. A sense: the share of the person's codable usages of the term
    that carry it. A code: 1 when any recorded excerpt carries it, else 0; excerpts in which the code is still open
    or that nobody could code count for nothing.
    """
    mine = record.merge(units, on=["unit_kind", "unit_id"])
    if one.sense:
        rows = mine[(mine.unit_kind == "usage") & (mine.term_id == one.sense.split(".")[0])]
        judged = judged_term(rows.rename(columns={"unit_id": "usage_id", "value": "sense_id"}))
        if judged is None:
            return {}
        column = judged.shares[:, judged.senses.index(one.sense)] if one.sense in judged.senses else None
        return {who: float(column[k]) if column is not None else 0.0 for k, who in enumerate(judged.respondents)}
    waiting = open_units[open_units["values"].fillna("").str.split("|").map(lambda codes: one.code in codes)]
    rows = mine[(mine.unit_kind == "excerpt") & (mine.value != "cannot_code") & ~mine.unit_id.isin(waiting.unit_id)]
    return {str(who): float((part.value == one.code).any()) for who, part in rows.groupby("respondent_id")}


def promised(frozen: Mapping[str, Any] | None) -> list[Comparison]:
    """Return the comparisons that were frozen, as they were: nothing done later changes the family."""
    planned = frozen["plan"]["comparisons"] if frozen else {}
    known = set(Comparison.model_fields)
    return [
        Comparison.model_validate({"id": key, **{name: value for name, value in one.items() if name in known}})
        for key, one in planned.items()
    ]


def planned_table(
    planned: Sequence[Comparison],
    later: Sequence[Comparison],
    *,
    record: pd.DataFrame,
    open_units: pd.DataFrame,
    units: pd.DataFrame,
    respondents: pd.DataFrame,
    small: bool,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return the table `planned`: the frozen comparisons in order, tested; then later ones, described only."""
    rows = []
    for position, one in enumerate([*planned, *later], 1):
        found = values_of(one, record=record, open_units=open_units, units=units)
        answers = (
            dict(zip(respondents.respondent_id, respondents[one.by], strict=True)) if one.by in respondents else {}
        )
        first, second = (np.array(list(side)) for side in _sides(one, found, answers))
        bar = UNPLANNED if position > len(planned) else SMALL if small else ""
        rows.append({"position": position, **_row(one, first, second, bar, permutations, seed)})
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, holm([float(str(row["p"])) for row in tested], len(planned)), strict=True):
        row["p_holm"] = round(p, 6)
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["planned"].types)))


def _sides(one: Comparison, found: dict[str, float], answers: dict[str, str]) -> Iterator[list[float]]:
    mine = {who: answers.get(who) for who in sorted(found)}
    yield [found[who] for who, answer in mine.items() if answer in one.group]
    rest = [who for who, answer in mine.items() if answer and answer not in one.group]
    yield [found[who] for who in rest if not one.against or mine[who] in one.against]


def _row(
    one: Comparison, first: np.ndarray, second: np.ndarray, bar: str, permutations: int, seed: int
) -> dict[str, object]:
    fewest = min(len(first), len(second))
    row: dict[str, object] = {
        "comparison_id": one.id,
        "measure": f"sense:{one.sense}" if one.sense else f"code:{one.code}",
        "group_by": one.by,
        "group": "|".join(one.group),
        "against": "|".join(one.against),
        "n_group": len(first),
        "n_against": len(second),
        "mean_group": round(float(first.mean()), 4) if len(first) else None,
        "mean_against": round(float(second.mean()), 4) if len(second) else None,
        "p": None, "p_holm": None, "n_permutations": 0, "note": "",
    }  # fmt: skip
    if bar:
        row["note"] = bar
    elif fewest < LEAST:
        row["note"] = f"not tested: a group has {fewest} respondents, fewer than {LEAST}"
    elif np.ptp(np.concatenate([first, second])) == 0:
        row["note"] = "not tested: every respondent has the same value"
    else:
        p, row["n_permutations"] = permutation_p(first, second, permutations=permutations, seed=seed)
        row["p"] = round(p, 6)
    return row
