"""Decisions as reliability data: which coder decided what about which unit, and whose words they were.

Not reached, unsure, cannot be coded and skipped are missing; "no code applies" is the empty set.
For usages "the text does not tell" is itself a judgement and enters as a value of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline.agreement.alpha import Labels

CANNOT_TELL = "cannot tell"
DECIDED = ("coded", "no_code")


@dataclass(frozen=True)
class Units:
    """Set-valued decisions: labels[coder][unit] is None where that coder did not decide."""

    coders: tuple[str, ...]
    unit_ids: tuple[str, ...]
    respondents: tuple[str, ...]  # of each unit
    labels: tuple[tuple[Labels | None, ...], ...]
    p_include: tuple[float, ...] = ()  # of each unit: how likely the sample was to hold it; empty = all alike

    @property
    def groups(self) -> np.ndarray:
        """Return the respondent of each unit as 0..n-1."""
        return np.unique(np.array(self.respondents, dtype=str), return_inverse=True)[1]

    @property
    def size(self) -> np.ndarray:
        """Return how many coders decided about each unit."""
        return np.array([[cell is not None for cell in row] for row in self.labels]).sum(0)

    @property
    def unit_weights(self) -> np.ndarray | None:
        """Return 1/p_include scaled to mean 1 (Hájek 1971), or None where all units had the same chance."""
        chances = np.array(self.p_include, dtype=float)
        if len(set(self.p_include)) < 2:
            return None
        weights: np.ndarray = 1 / chances
        return weights / weights.mean()

    def with_code(self, code: str) -> np.ndarray:
        """Return coders x units: 1 applied, 0 not applied, NaN not decided."""
        return np.array([[np.nan if cell is None else float(code in cell) for cell in row] for row in self.labels])

    def keep_units(self, wanted: Sequence[bool]) -> Units:
        """Return the same decisions about some of the units."""
        pick = [index for index, keep in enumerate(wanted) if keep]
        return replace(
            self,
            unit_ids=tuple(self.unit_ids[i] for i in pick),
            respondents=tuple(self.respondents[i] for i in pick),
            labels=tuple(tuple(row[i] for i in pick) for row in self.labels),
            p_include=tuple(self.p_include[i] for i in pick) if self.p_include else (),
        )

    def keep_coders(self, wanted: Sequence[str]) -> Units:
        """Return the decisions of some of the coders."""
        rows = [index for index, coder in enumerate(self.coders) if coder in wanted]
        return replace(self, coders=tuple(self.coders[i] for i in rows), labels=tuple(self.labels[i] for i in rows))

    def shared(self) -> Units:
        """Return only units that at least two coders decided."""
        return self.keep_units((self.size > 1).tolist()) if self.unit_ids else self


def excerpt_units(rows: pd.DataFrame, codings: pd.DataFrame, respondent_of: pd.Series) -> Units:
    """Return coded excerpts as sets of codes. `respondent_of`: excerpt_id -> respondent_id."""
    rows = rows[rows.state.isin(DECIDED)]
    codes = codings.groupby("assignment_id").code_id.agg(frozenset).to_dict()
    labels = [codes.get(assignment, frozenset()) for assignment in rows.assignment_id]
    return _pivot(rows, labels, respondent_of)


def usage_units(rows: pd.DataFrame, judgements: pd.DataFrame, respondent_of: pd.Series) -> Units:
    """Return sense labels as sets of senses. `respondent_of`: usage_id -> respondent_id."""
    values = judgements.set_index("assignment_id").value.to_dict()
    rows = rows[rows.assignment_id.isin(list(values)) | (rows.state == "cannot_code")]
    labels = [
        frozenset(str(values[assignment]).split("|")) if assignment in values else frozenset([CANNOT_TELL])
        for assignment in rows.assignment_id
    ]
    return _pivot(rows, labels, respondent_of)


def _pivot(rows: pd.DataFrame, labels: list[Labels], respondent_of: pd.Series) -> Units:
    coders, unit_ids = sorted(set(rows.coder_id)), sorted(set(rows.unit_id) & set(respondent_of.index))
    place = {unit: index for index, unit in enumerate(unit_ids)}
    table: list[list[Labels | None]] = [[None] * len(unit_ids) for _ in coders]
    for coder, unit, label in zip(rows.coder_id, rows.unit_id, labels, strict=True):
        if unit in place:
            table[coders.index(coder)][place[unit]] = label
    respondents = tuple(respondent_of.loc[unit_ids]) if unit_ids else ()
    chances = rows.groupby("unit_id").p_include.max().to_dict()
    p_include = tuple(float(chances[unit]) for unit in unit_ids)
    return Units(tuple(coders), tuple(unit_ids), respondents, tuple(map(tuple, table)), p_include)
