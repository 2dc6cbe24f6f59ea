"""Set-valued decisions as numbers, for studies in which hardly two decisions are the same set.

Alpha under a set distance needs the distances of decisions within a unit, and the sum of distances over all pairs of
decisions. The first are few. The second is a quadratic form, taken either over distinct sets or over respondents,
whichever are fewer; distances are made in blocks and never all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.agreement import alpha as alphas
from pipeline.agreement.bootstrap import CHUNK, Resamples, by_group
from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined
from pipeline.agreement.units import Units

BLOCK = 1_000_000  # distances made at once
TINY = 1e-9  # sums of distances under this are sums of nothing but rounding
FEW = 400  # distinct sets up to which their distances are kept whole, whatever the number of respondents


@dataclass(frozen=True)
class SetData:
    """Decisions about units that two coders read. kind: "masi" or "jaccard"."""

    units: Units
    kind: str = "masi"

    @cached_property
    def table(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return bits (distinct sets x codes), and unit and set of every decision, by unit."""
        place: dict[alphas.Labels, int] = {}
        cells = [
            (unit, place.setdefault(cell, len(place)))
            for unit, column in enumerate(zip(*self.units.labels, strict=True))
            for cell in column
            if cell is not None
        ]
        codes = {code: position for position, code in enumerate(sorted(set().union(*place)))}
        bits = np.zeros((len(place), max(len(codes), 1)))
        for labels, row in place.items():
            bits[row, [codes[label] for label in labels]] = 1
        found = np.array(cells, dtype=np.int64).reshape(-1, 2)
        return bits, found[:, 0], found[:, 1]

    @cached_property
    def weights(self) -> np.ndarray:
        """Return the weight of every unit."""
        given = self.units.unit_weights
        return np.ones(len(self.units.unit_ids)) if given is None else given

    @cached_property
    def size(self) -> np.ndarray:
        """Return how many decided about each unit."""
        return np.bincount(self.table[1], minlength=len(self.units.unit_ids)).astype(float)

    @cached_property
    def pairs(self) -> np.ndarray:
        """Return, per unit, the sum of distances over unordered pairs of its decisions."""
        bits, unit, value = self.table
        total = np.zeros(len(self.units.unit_ids))
        starts = np.concatenate([[0], np.cumsum(self.size).astype(int)])
        for apart in range(1, int(self.size.max(initial=1))):
            first = np.flatnonzero(unit[:-apart] == unit[apart:]) if apart < len(unit) else np.zeros(0, dtype=int)
            far = alphas.paired_distances(bits[value[first]], bits[value[first + apart]], weighted=self.kind == "masi")
            total += np.bincount(unit[first], weights=far, minlength=len(total))
        assert starts[-1] == len(unit)
        return total

    @cached_property
    def observed(self) -> np.ndarray:
        """Return the observed disagreement of every unit, weighted."""
        found: np.ndarray = 2 * self.pairs / (self.size - 1) * self.weights
        return found

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows of the matrix of distances between distinct sets."""
        bits = self.table[0]
        step = max(1, BLOCK // max(len(bits), 1))
        for start in range(0, len(bits), step):
            rows = slice(start, start + step)
            yield rows, alphas.bit_distances(bits[rows], bits, weighted=self.kind == "masi")

    @cached_property
    def totals(self) -> np.ndarray:
        """Return the weighted count of every distinct set."""
        _, unit, value = self.table
        return np.bincount(value, weights=self.weights[unit], minlength=len(self.table[0]))

    @cached_property
    def mean_distances(self) -> np.ndarray:
        """Return, per distinct set, the sum of its distances to all decisions."""
        return np.concatenate([far @ self.totals for _, far in self.blocks()]) if self.units.unit_ids else np.zeros(0)

    @cached_property
    def measure(self) -> Measure:
        """Return alpha."""
        return self._alpha(float(self.totals @ self.mean_distances)) if self.units.unit_ids else undefined(NO_PAIRS)

    def _alpha(self, expected: float) -> Measure:
        """Return alpha, given the sum of distances over all pairs of decisions."""
        if expected <= TINY:
            return undefined(NO_VARIATION)
        return Measure(1 - (self.totals.sum() - 1) * float(self.observed.sum()) / expected)

    def resampled(self, groups: np.ndarray, draw: Resamples) -> tuple[Measure, np.ndarray]:
        """Return alpha, and alpha in every resample. groups: the respondent of each unit, as in the draw."""
        if not self.units.unit_ids:
            return undefined(NO_PAIRS), np.full(draw.resamples, np.nan)
        present, place = np.unique(groups, return_inverse=True)
        observed = draw.sums(self.observed, groups)
        total = draw.sums(self.size * self.weights, groups)
        few = len(self.table[0]) <= max(FEW, len(present))
        whole, expected = self._over_sets(groups, draw) if few else self._over_people(present, place, draw)
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._alpha(whole), np.where(expected > TINY, 1 - (total - 1) * observed / expected, np.nan)

    def _over_sets(self, groups: np.ndarray, draw: Resamples) -> tuple[float, np.ndarray]:
        """Return the sum of distances over all pairs, and in every resample, from the counts of distinct sets."""
        bits, unit, value = self.table
        delta = np.concatenate([far for _, far in self.blocks()])
        counts = np.zeros((len(self.units.unit_ids), len(bits)))
        np.add.at(counts, (unit, value), self.weights[unit])
        drawn = draw.sums(counts, groups)
        return float(self.totals @ delta @ self.totals), ((drawn @ delta) * drawn).sum(1)

    def _over_people(self, present: np.ndarray, place: np.ndarray, draw: Resamples) -> tuple[float, np.ndarray]:
        """Return the same from the sums of distances between the decisions about any two respondents."""
        from scipy.sparse import csr_matrix

        bits, unit, value = self.table
        shape = (len(present), len(bits))
        owned = csr_matrix((self.weights[unit], (place[unit], value)), shape=shape)
        to_sets = np.empty((len(bits), len(present)))
        for rows, far in self.blocks():
            to_sets[rows] = (owned @ far.T).T
        between = owned @ to_sets
        size = max(1, CHUNK // len(present))
        drawn = (draw.counts[start : start + size, present].astype(float) for start in range(0, draw.resamples, size))
        return float(between.sum()), np.concatenate([((rows @ between) * rows).sum(1) for rows in drawn])

    def without_each(self) -> np.ndarray:
        """Return, per unit, alpha of all the others; NaN where it is undefined."""
        _, unit, value = self.table
        n = len(self.units.unit_ids)
        own = by_group(self.mean_distances[value] * self.weights[unit], unit, n)
        within = 2 * self.pairs * self.weights**2
        expected = float(self.totals @ self.mean_distances) - 2 * own + within
        total = self.totals.sum() - self.size * self.weights
        with np.errstate(divide="ignore", invalid="ignore"):
            left = 1 - (total - 1) * (self.observed.sum() - self.observed) / expected
        return np.where(expected > TINY, left, np.nan)
