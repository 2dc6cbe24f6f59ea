"""Intervals by resampling respondents, as matrix products.

Alpha depends on the data only through sums over units, so a resample of
respondents is a row of multiplicities W and all resamples are W @ (sums per
respondent). One W serves everything that is measured in a study, so that intervals and their differences
rest on the same draw. Coders are taken as fixed: no interval speaks for other coders.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np

from pipeline.agreement.draws import multinomial_counts

CHUNK = 400_000  # multiplicities held at once: small enough to stay in cache, which is most of the speed
EXACT = 2.0**53  # whole numbers below this are exact in double precision, and so are their sums, in any order
FINEST = 5_000  # largest common denominator by which disagreements are made whole


@dataclass(frozen=True)
class Resamples:
    """How often each of n_groups respondents is drawn in each resample: drawn once, shared by all."""

    n_groups: int
    resamples: int = 2000
    seed: int = 1

    @cached_property
    def counts(self) -> np.ndarray:
        """Return resamples x n_groups; every row sums to n_groups."""
        return multinomial_counts(self.n_groups, self.resamples, self.seed)

    def sums(self, values: np.ndarray, groups: np.ndarray) -> np.ndarray:
        """Return resamples x … of `values` (units x …) summed over the drawn respondents' units.

        groups: the respondent of each unit, 0..n_groups-1. Whole numbers are summed exactly.
        """
        present, place = np.unique(groups, return_inverse=True)
        parts = by_group(values, place, len(present))
        flat = parts.reshape(len(present), -1)
        drawn = self.counts if len(present) == self.n_groups else self.counts[:, present]
        return _products(drawn, flat, most=self.n_groups).reshape(self.resamples, *values.shape[1:])

    def pair_sums(self, values: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return sums over units that belong to two respondents each: a unit counts as often as both are drawn.

        The product of both multiplicities is the bootstrap of dyads (Snijders & Borgatti 1999; Owen 2007).
        """
        flat = values.reshape(len(values), -1).astype(float)
        size = max(1, CHUNK // max(len(values), 1))
        blocks = [
            (self.counts[start : start + size, first].astype(float) * self.counts[start : start + size, second]) @ flat
            for start in range(0, self.resamples, size)
        ]
        return np.concatenate(blocks).reshape(self.resamples, *values.shape[1:])


def by_group(values: np.ndarray, groups: np.ndarray, n_groups: int) -> np.ndarray:
    """Sum units x anything over the units of each respondent (groups: unit -> 0..n_groups-1)."""
    if len(values) == n_groups and (groups == np.arange(n_groups)).all():
        return np.asarray(values, dtype=float)
    flat = values.reshape(len(values), -1)
    summed = np.stack([np.bincount(groups, weights=column, minlength=n_groups) for column in flat.T], axis=1)
    return summed.reshape(n_groups, *values.shape[1:])


def _products(drawn: np.ndarray, parts: np.ndarray, *, most: int) -> np.ndarray:
    """Return drawn @ parts. Columns of whole numbers share a column of the product: fewer columns, exact sums.

    most: the sum of a row of `drawn` is at most this.
    """
    packed, places = _packed(parts, most)
    size = max(1, CHUNK // max(drawn.shape[1], 1))
    blocks = [drawn[start : start + size].astype(float) @ packed for start in range(0, len(drawn), size)]
    found = np.concatenate(blocks) if blocks else np.zeros((0, packed.shape[1]))
    if places is None:
        return found
    out = np.empty((len(found), parts.shape[1]))
    for column, (home, shift, width) in enumerate(places):
        out[:, column] = np.floor(found[:, home] / shift) % width
    return out


def _packed(parts: np.ndarray, most: int) -> tuple[np.ndarray, list[tuple[int, float, float]] | None]:
    """Pack columns of whole numbers, as digits of a larger one; each place is wide enough for any resample's sum."""
    whole = parts.size > 0 and bool(parts.min() >= 0 and (parts == np.rint(parts)).all())
    widths = [2.0 ** np.ceil(np.log2(most * top + 2)) for top in parts.max(0)] if whole else []
    if not whole or max(widths) >= EXACT:
        return parts.astype(float), None
    parts = np.asfortranarray(parts, dtype=float)
    columns: list[np.ndarray] = []
    places: list[tuple[int, float, float]] = []
    used = EXACT
    for part, width in zip(parts.T, widths, strict=True):
        if used * width > EXACT:
            columns.append(np.zeros(len(parts)))
            used = 1.0
        columns[-1] += part * used
        places.append((len(columns) - 1, used, width))
        used *= width
    return np.stack(columns, axis=1), places


def binary_parts(
    ones: np.ndarray, size: np.ndarray, unit_weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per-unit observed disagreement, ones and ratings of binary codes.

    ones: units x codes, how many coders applied the code; size: units, how many decided; unit_weights:
    units, default 1. Units with fewer than two decisions count nothing.
    """
    paired = size > 1
    total = np.where(paired, size, 0.0) if unit_weights is None else np.where(paired, size * unit_weights, 0.0)
    weight = np.where(paired, 1 / np.maximum(size - 1, 1), 0.0)[:, None]
    times = 1.0 if unit_weights is None else unit_weights[:, None]
    kept = np.where(paired[:, None], ones, 0.0)
    return 2 * kept * (size[:, None] - kept) * weight * times, kept * times, total


def binary_alpha(disagreement: np.ndarray, ones: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return nominal alpha of binary codes from sums: (… x codes), (… x codes), (…); NaN if undefined."""
    total = np.asarray(total)[..., None]
    expected = 2 * ones * (total - ones)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (total - 1) * disagreement / expected, np.nan)


def binary_resamples(
    ones: np.ndarray,
    size: np.ndarray,
    groups: np.ndarray,
    *,
    draw: Resamples,
    unit_weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return resamples x codes of binary alpha, everything recomputed in every resample."""
    if len(groups) == 0:
        return np.full((draw.resamples, ones.shape[1]), np.nan)
    finest = lcm(*(int(n) - 1 for n in np.unique(size) if n > 1)) if (size > 1).any() else 1
    scale = finest if unit_weights is None and finest <= FINEST else 1
    disagreement, kept, total = binary_parts(ones, size, unit_weights)
    if scale > 1:
        disagreement = np.rint(disagreement * scale)  # whole numbers: sums are exact
    codes = ones.shape[1]
    sums = draw.sums(np.hstack([disagreement, kept, total[:, None]]), groups)
    return binary_alpha(sums[:, :codes] / scale, sums[:, codes:-1], sums[:, -1])


def distance_parts(
    counts: np.ndarray, delta: np.ndarray, unit_weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return per-unit observed disagreement (units) and paired value counts (units x values) for any distance."""
    size = counts.sum(1)
    paired = size > 1
    weight = np.where(paired, 1 / np.maximum(size - 1, 1), 0.0)
    times = np.ones(len(counts)) if unit_weights is None else unit_weights
    observed = ((counts @ delta) * counts).sum(1) * weight * times
    return observed, np.where(paired[:, None], counts, 0.0) * times[:, None]


def distance_alpha(disagreement: np.ndarray, totals: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Return alpha from sums: disagreement (…), value totals (… x values), delta (values x values)."""
    expected = ((totals @ delta) * totals).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (totals.sum(-1) - 1) * disagreement / expected, np.nan)


def distance_resamples(
    counts: np.ndarray,
    delta: np.ndarray,
    groups: np.ndarray,
    *,
    draw: Resamples,
    unit_weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return alpha in every resample for value counts (units x values) under a fixed distance."""
    if len(groups) == 0:
        return np.full(draw.resamples, np.nan)
    observed, paired = distance_parts(counts.astype(float), delta, unit_weights)
    return distance_alpha(draw.sums(observed, groups), draw.sums(paired, groups), delta)


def coincidences(counts: np.ndarray) -> np.ndarray:
    """Return per-unit coincidences, flat: units x (values * values), from value counts (Krippendorff 2011, C)."""
    counts = counts.astype(float)
    size, values = counts.sum(1), counts.shape[1]
    weight = np.where(size > 1, 1 / np.maximum(size - 1, 1), 0.0)
    found = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(values)
    return (found * weight[:, None, None]).reshape(len(counts), values * values)


def ordinal_alpha(sums: np.ndarray, n_values: int) -> np.ndarray:
    """Return ordinal alpha from sums of coincidences (… x values * values); the metric follows each row's values."""
    table = sums.reshape(*sums.shape[:-1], n_values, n_values)
    totals = table.sum(-1)
    ranks = np.cumsum(totals, -1) - totals / 2
    delta = (ranks[..., :, None] - ranks[..., None, :]) ** 2
    expected = np.einsum("...i,...ij,...j->...", totals, delta, totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (table * delta).sum((-1, -2))
        return np.where(expected > 0, 1 - (totals.sum(-1) - 1) * observed / expected, np.nan)


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float] | None:
    """Return the percentile interval of resampled values, or None when more than 5 % are undefined."""
    known = values[~np.isnan(values)]
    if len(known) < 0.95 * len(values) or len(known) == 0:
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
