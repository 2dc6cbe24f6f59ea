"""What definitions did, where people were shown them by lot: whether ratings of the same thing lie closer together.

Spread is how far two people's ratings of the same item lie apart on average (Gini's mean difference), averaged over
items. The lot makes the two groups comparable; intervals resample respondents inside each. There is
no p-value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.agreement.bootstrap import Resamples, interval
from pipeline.asking.instrument import ARM, DEFINED, PLAIN

COLUMNS = [
    "question_id", "n_defined", "n_plain", "mean_defined", "mean_plain", "spread_defined", "spread_plain",
    "difference", "ci_low", "ci_high", "note",
]  # fmt: skip
LEAST = 10  # respondents in an arm, under which no interval is given


def effect_table(ratings: pd.DataFrame, respondents: pd.DataFrame, *, resamples: int, seed: int) -> pd.DataFrame:
    """Return a row per rating question that both arms answered: means, spreads, difference of spreads with interval.

    difference: spread with definitions minus spread without; below 0, the definitions brought ratings together.
    """
    if ARM not in respondents:
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    arms = respondents[respondents[ARM].isin([DEFINED, PLAIN])][["respondent_id", ARM]]
    rated = ratings[ratings.value.notna()].merge(arms, on="respondent_id")
    rated = rated[rated.wave == ratings.wave.max()]  # the wave that came back last
    rows = [
        {"question_id": question, **_row(part, resamples, seed)}
        for question, part in rated.groupby("question_id")
        if part[ARM].nunique() == 2
    ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def _row(part: pd.DataFrame, resamples: int, seed: int) -> dict[str, object]:
    wide = {arm: _wide(part[part[ARM] == arm]) for arm in (DEFINED, PLAIN)}
    spreads = {arm: spread(table) for arm, table in wide.items()}
    row: dict[str, object] = {
        "n_defined": len(wide[DEFINED]), "n_plain": len(wide[PLAIN]),
        "mean_defined": _rounded(np.nanmean(wide[DEFINED])), "mean_plain": _rounded(np.nanmean(wide[PLAIN])),
        "spread_defined": _rounded(spreads[DEFINED]), "spread_plain": _rounded(spreads[PLAIN]),
        "difference": _rounded(spreads[DEFINED] - spreads[PLAIN]), "ci_low": None, "ci_high": None, "note": "",
    }  # fmt: skip
    if min(map(len, wide.values())) < LEAST:
        return {**row, "note": f"no interval under {LEAST} respondents in a group"}
    drawn = [np.array(list(_drawn(wide[arm], resamples, seed + k))) for k, arm in enumerate((DEFINED, PLAIN))]
    around = interval(drawn[0] - drawn[1])
    return row if around is None else {**row, "ci_low": _rounded(around[0]), "ci_high": _rounded(around[1])}


def _wide(part: pd.DataFrame) -> np.ndarray:
    """Return respondents x items, NaN where nothing was rated, in the order of ids."""
    table = part.pivot_table("value", "respondent_id", "item_id", "mean").sort_index()
    return np.asarray(table.to_numpy(dtype=float))


def spread(table: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return the mean absolute difference of two different people's ratings of an item, averaged over items.

    table: respondents x items; weights: how often each respondent was drawn. NaN where no item has two ratings.
    """
    w = np.ones(len(table)) if weights is None else weights
    found = []
    for column in table.T:
        known = ~np.isnan(column) & (w > 0)
        values, mine = column[known], w[known]
        pairs = np.outer(mine, mine)
        np.fill_diagonal(pairs, 0.0)
        if pairs.sum() > 0:
            found.append(float((np.abs(values[:, None] - values[None, :]) * pairs).sum() / pairs.sum()))
    return float(np.mean(found)) if found else float("nan")


def _drawn(table: np.ndarray, resamples: int, seed: int) -> Iterator[float]:
    for weights in Resamples(len(table), resamples, seed).counts:
        yield spread(table, weights.astype(float))


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def as_text(table: pd.DataFrame) -> str:
    """Return the table as sentences, one a question."""
    return "\n".join(_sentence(row) for row in table.to_dict("records"))


def _sentence(row: Mapping[Any, Any]) -> str:
    counts = f"{row['n_defined']} people with definitions, {row['n_plain']} without"
    if pd.isna(row["difference"]):
        return f"{row['question_id']}: {counts}; too few to say how far their ratings lie apart"
    said = (
        f"{row['question_id']}: two people's ratings lie {row['spread_defined']:.2f} apart with definitions, "
        f"{row['spread_plain']:.2f} without ({counts}); difference {row['difference']:+.2f}"
    )
    if pd.isna(row["ci_low"]):
        return f"{said} ({row['note']})"
    return f"{said}, 95 % interval {row['ci_low']:+.2f} to {row['ci_high']:+.2f}"
