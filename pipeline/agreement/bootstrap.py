"""Intervals by resampling respondents, as matrix products.

Alpha depends on the data only through sums over units, so a resample of
respondents is a row of multiplicities W and all resamples are W @ (sums per
respondent). One W serves every code, so that intervals and their differences
rest on the same draw. Coders are taken as fixed: no interval speaks for other coders.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

CHUNK = 400_000  # multiplicities held at once: small enough to stay in cache, which is most of the speed


def multiplicities(n_groups: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each respondent is drawn, in blocks of resamples x n_groups."""
    rng = np.random.default_rng(seed)
    size = max(1, CHUNK // max(n_groups, 1))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        draws = rng.integers(0, n_groups, (rows, n_groups), dtype=np.int32)
        draws += (np.arange(rows, dtype=np.int32) * n_groups)[:, None]
        yield np.bincount(draws.ravel(), minlength=rows * n_groups).reshape(rows, n_groups).astype(np.float64)


def by_group(values: np.ndarray, groups: np.ndarray, n_groups: int) -> np.ndarray:
    """Sum units x anything over the units of each respondent (groups: unit -> 0..n_groups-1)."""
    flat = values.reshape(len(values), -1)
    summed = np.stack([np.bincount(groups, weights=column, minlength=n_groups) for column in flat.T], axis=1)
    return summed.reshape(n_groups, *values.shape[1:])


def binary_parts(ones: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per-unit observed disagreement, ones and ratings of binary codes.

    ones: units x codes, how many coders applied the code; size: units, how many decided. Units
    with fewer than two decisions count nothing.
    """
    paired = size > 1
    weight = np.where(paired, 1 / np.maximum(size - 1, 1), 0.0)[:, None]
    ones = np.where(paired[:, None], ones, 0.0)
    total = np.where(paired, size, 0.0)
    return 2 * ones * (total[:, None] - ones) * weight, ones, total


def binary_alpha(disagreement: np.ndarray, ones: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return nominal alpha of binary codes from sums: (… x codes), (… x codes), (…); NaN if undefined."""
    total = np.asarray(total)[..., None]
    expected = 2 * ones * (total - ones)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (total - 1) * disagreement / expected, np.nan)


def binary_resamples(
    ones: np.ndarray, size: np.ndarray, groups: np.ndarray, *, resamples: int, seed: int
) -> np.ndarray:
    """Return resamples x codes of binary alpha, everything recomputed in every resample."""
    n_groups = int(groups.max()) + 1 if len(groups) else 0
    parts = [by_group(part, groups, n_groups) for part in binary_parts(ones, size)]
    blocks = [binary_alpha(*(w @ part for part in parts)) for w in multiplicities(n_groups, resamples, seed)]
    return np.concatenate(blocks)


def distance_parts(counts: np.ndarray, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return per-unit observed disagreement (units) and paired value counts (units x values) for any distance."""
    size = counts.sum(1)
    paired = size > 1
    weight = np.where(paired, 1 / np.maximum(size - 1, 1), 0.0)
    return ((counts @ delta) * counts).sum(1) * weight, np.where(paired[:, None], counts, 0.0)


def distance_alpha(disagreement: np.ndarray, totals: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Return alpha from sums: disagreement (…), value totals (… x values), delta (values x values)."""
    expected = ((totals @ delta) * totals).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (totals.sum(-1) - 1) * disagreement / expected, np.nan)


def distance_resamples(
    counts: np.ndarray, delta: np.ndarray, groups: np.ndarray, *, resamples: int, seed: int
) -> np.ndarray:
    """Return alpha in every resample for value counts (units x values) under a fixed distance."""
    n_groups = int(groups.max()) + 1 if len(groups) else 0
    observed, paired = distance_parts(counts.astype(float), delta)
    observed, paired = by_group(observed, groups, n_groups), by_group(paired, groups, n_groups)
    blocks = [distance_alpha(w @ observed, w @ paired, delta) for w in multiplicities(n_groups, resamples, seed)]
    return np.concatenate(blocks)


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float] | None:
    """Return the percentile interval of resampled values, or None when more than 5 % are undefined."""
    known = values[~np.isnan(values)]
    if len(known) < 0.95 * len(values) or len(known) == 0:
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def binary_differences(
    first: tuple[np.ndarray, np.ndarray],
    second: tuple[np.ndarray, np.ndarray],
    groups: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> np.ndarray:
    """Return resamples x codes of alpha(first) - alpha(second), both from the same draw of respondents.

    first, second: (ones, size) of the same units as in `binary_parts`, with size 0 where a unit is not
    in that round or was not read by those coders; so respondents who are in both count in both.
    """
    sides = [binary_resamples(*side, groups, resamples=resamples, seed=seed) for side in (first, second)]
    return np.asarray(sides[0] - sides[1])
