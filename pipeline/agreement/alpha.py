"""Krippendorff's alpha: nominal, ordinal, interval, ratio, and set-valued with a named distance.

Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). Point
values at the four levels come from the package `krippendorff`; this wrapper knows its
traps: the level is always stated, integers only go in, and no variation or no pairs give a reason, not an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Labels = frozenset[str]
Distance = Callable[[Labels, Labels], float]


def value_counts(ratings: np.ndarray, domain: Sequence[float]) -> np.ndarray:
    """Return how many coders gave each value to each unit.

    ratings: coders x units, NaN where a coder did not rate. Result: units x values, integers.
    """
    return (ratings[:, :, None] == np.asarray(domain, dtype=float)).sum(0)


def alpha(ratings: np.ndarray, level: Level, *, domain: Sequence[float] | None = None) -> Measure:
    """Return Krippendorff's alpha of a coders x units array (NaN = not rated).

    `domain` lists all values the scale has, in order; default: those that occur.
    """
    ratings = np.asarray(ratings, dtype=float)
    values = sorted(domain) if domain is not None else np.unique(ratings[~np.isnan(ratings)]).tolist()
    return alpha_from_counts(value_counts(ratings, values), values, level)


def alpha_from_counts(counts: np.ndarray, domain: Sequence[float], level: Level) -> Measure:
    """Return Krippendorff's alpha of a units x values array of counts."""
    paired = counts[counts.sum(1) > 1]
    if len(paired) == 0:
        return undefined(NO_PAIRS)
    if (paired.sum(0) > 0).sum() < 2:
        return undefined(NO_VARIATION)
    import krippendorff

    value = krippendorff.alpha(value_counts=paired.astype(int), value_domain=list(domain), level_of_measurement=level)
    return Measure(float(value))


def jaccard(first: Labels, second: Labels) -> float:
    """Return the Jaccard distance 1 - |A and B| / |A or B|; two empty sets are at distance 0."""
    union = first | second
    return 1 - len(first & second) / len(union) if union else 0.0


def masi(first: Labels, second: Labels) -> float:
    """Return the MASI distance 1 - J * M (Passonneau 2006); two empty sets are at distance 0.

    J is the Jaccard index; M is 1 for equal sets, 2/3 if one contains the other, 1/3
    if they overlap otherwise, 0 if they are disjoint.
    """
    return 1 - (1 - jaccard(first, second)) * _monotonicity(first, second)


def masi_product(first: Labels, second: Labels) -> float:
    """Return DKPro's variant (1 - J) * (1 - M), kept to explain why numbers differ.

    DKPro takes the empty set to be contained in every set.
    """
    return jaccard(first, second) * passonneau_2004(first, second)


def passonneau_2004(first: Labels, second: Labels) -> float:
    """Return Passonneau's 2004 distance as in DKPro: 0 equal, 1/3 contained, 2/3 overlapping, 1 disjoint."""
    if first <= second or second <= first:
        return 0.0 if first == second else 1 / 3
    return 1 - _monotonicity(first, second)


def _monotonicity(first: Labels, second: Labels) -> float:
    if first == second:
        return 1.0
    if not first & second:
        return 0.0
    return 2 / 3 if first <= second or second <= first else 1 / 3


def distances(sets: Sequence[Labels], distance: Distance) -> np.ndarray:
    """Return the matrix of distances between distinct label sets, sets x sets."""
    if distance is masi or distance is jaccard:
        return _fast_distances(sets, weighted=distance is masi)
    return np.array([[distance(a, b) for b in sets] for a in sets])


def _fast_distances(sets: Sequence[Labels], *, weighted: bool) -> np.ndarray:
    """Return Jaccard or MASI distances by matrix products over the sets' membership bits."""
    labels = {label: position for position, label in enumerate(sorted(set().union(*sets)))}
    bits = np.zeros((len(sets), max(len(labels), 1)))
    for row, members in enumerate(sets):
        bits[row, [labels[label] for label in members]] = 1
    return bit_distances(bits, bits, weighted=weighted)


def bit_distances(first: np.ndarray, second: np.ndarray, *, weighted: bool) -> np.ndarray:
    """Return MASI (weighted) or Jaccard distances between sets given as 0/1 rows: first x second.

    A distance depends on both sizes and the number of common labels alone, so it is looked up.
    """
    both = (first.astype(np.float32) @ second.T.astype(np.float32)).astype(np.int32)  # small whole numbers: exact
    one, other = first.sum(1).astype(np.int32), second.sum(1).astype(np.int32)
    table = _table(int(max(one.max(initial=0), other.max(initial=0))), weighted)
    n = len(table)
    both += one[:, None] * (n * n) + other[None, :] * n
    return np.take(table.ravel(), both)


def paired_distances(first: np.ndarray, second: np.ndarray, *, weighted: bool) -> np.ndarray:
    """Return the distance of every row of `first` to the same row of `second`."""
    one, other = first.sum(1).astype(np.int64), second.sum(1).astype(np.int64)
    table = _table(int(max(one.max(initial=0), other.max(initial=0))), weighted)
    found: np.ndarray = table[one, other, (first * second).sum(1).astype(np.int64)]
    return found


@lru_cache(maxsize=32)
def _table(most: int, weighted: bool) -> np.ndarray:
    """Return distances by the sizes of both sets (0 to most) and the number of labels they share."""
    one, other, both = np.ogrid[: most + 1, : most + 1, : most + 1]
    either = np.maximum(one + other - both, 1)
    index = np.where((one == 0) & (other == 0), 1.0, both / either)  # two empty sets are the same
    equal, inside = (both == one) & (both == other), (both == one) | (both == other)
    found: np.ndarray = 1 - index * (np.where(equal, 1, np.where(inside, 2 / 3, 1 / 3)) if weighted else 1)
    return found


def alpha_from_distances(counts: np.ndarray, delta: np.ndarray, unit_weights: np.ndarray | None = None) -> Measure:
    """Return alpha for any distance, from value counts (units x values) and delta (values x values).

    Observed disagreement sums over pairs within a unit, expected disagreement over all pairs of
    values in units with at least two ratings (Krippendorff 2011, section F). unit_weights (units): each unit
    counts that many times in both; they are scaled to mean 1 over the units with two ratings, so that the
    correction for small samples knows how many were read.
    """
    paired = counts.sum(1) > 1
    weights = scaled(unit_weights, paired)
    counts = counts[paired].astype(float)
    if len(counts) == 0:
        return undefined(NO_PAIRS)
    per_unit = counts.sum(1)
    observed = float(((counts @ delta) * counts).sum(1) @ (weights / (per_unit - 1)))
    totals = weights @ counts
    expected = float(totals @ delta @ totals)
    if expected == 0:
        return undefined(NO_VARIATION)
    return Measure(1 - (totals.sum() - 1) * observed / expected)


def scaled(unit_weights: np.ndarray | None, kept: np.ndarray) -> np.ndarray:
    """Return the weights of the kept units (a mask over units), scaled to mean 1; ones where there are none."""
    if unit_weights is None or not kept.any():
        return np.ones(int(kept.sum()))
    mine: np.ndarray = np.asarray(unit_weights, dtype=float)[kept]
    return mine / mine.mean()


def set_alpha(
    ratings: Sequence[Sequence[Labels | None]], distance: Distance = masi, unit_weights: np.ndarray | None = None
) -> Measure:
    """Return alpha of set-valued decisions: coders x units, None = not rated, empty set = no code applies."""
    counts, sets = set_counts(ratings)
    return alpha_from_distances(counts, distances(sets, distance), unit_weights) if sets else undefined(NO_PAIRS)


def set_counts(ratings: Sequence[Sequence[Labels | None]]) -> tuple[np.ndarray, list[Labels]]:
    """Return counts (units x distinct sets) and the distinct sets, in a fixed order."""
    found = {labels for row in ratings for labels in row if labels is not None}
    sets = sorted(found, key=lambda labels: (len(labels), sorted(labels)))
    position = {labels: index for index, labels in enumerate(sets)}
    counts = np.zeros((len(ratings[0]) if ratings else 0, len(sets)))
    for row in ratings:
        for unit, labels in enumerate(row):
            if labels is not None:
                counts[unit, position[labels]] += 1
    return counts, sets
