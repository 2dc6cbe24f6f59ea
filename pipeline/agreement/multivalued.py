"""Multi-valued alpha of Krippendorff & Craggs (2016), nominal: sets of values, the empty set among them.

Unlike alpha with a set distance, chance here draws sets anew from the single values' frequencies,
for every pair of set sizes, so it speaks of the values and not of the particular sets that occurred.
The number of set pairs grows with the binomials of the number of values: meant for codebooks of a dozen codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement
from math import comb, prod

import numpy as np

from pipeline.agreement.alpha import Labels, set_counts
from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined

MOST_PAIRS = 2_000_000


def difference(first: Labels, second: Labels) -> float:
    """Return the nominal difference of two sets: 1 - 2 |A and B| / (|A| + |B|); two empty sets differ by 0."""
    size = len(first) + len(second)
    return 1 - 2 * len(first & second) / size if size else 0.0


def multivalued_alpha(ratings: Sequence[Sequence[Labels | None]]) -> Measure:
    """Return 1 - D_o / D_e for coders x units of sets (None = not rated)."""
    counts, sets = set_counts(ratings)
    paired = counts[counts.sum(1) > 1]
    if len(paired) == 0:
        return undefined(NO_PAIRS)
    total = paired.sum(0)
    values = sorted(set().union(*(labels for labels, n in zip(sets, total, strict=True) if n)))
    sizes = sorted({len(labels) for labels, n in zip(sets, total, strict=True) if n})
    if sum(comb(len(values), a) * comb(len(values), b) for a in sizes for b in sizes) > MOST_PAIRS:
        return undefined(f"not computed: {len(values)} values make too many pairs of sets")
    frequency = {
        value: float(sum(n for labels, n in zip(sets, total, strict=True) if value in labels)) for value in values
    }
    share = {
        size: float(sum(n for labels, n in zip(sets, total, strict=True) if len(labels) == size)) / total.sum()
        for size in sizes
    }
    expected = sum(
        share[a] * share[b] * (1 if a == b else 2) * _expected(values, frequency, a, b)
        for a, b in combinations_with_replacement(sizes, 2)
    )
    if expected == 0:
        return undefined(NO_VARIATION)
    return Measure(1 - _observed(paired, sets) / expected)


def _observed(paired: np.ndarray, sets: Sequence[Labels]) -> float:
    delta = np.array([[difference(a, b) for b in sets] for a in sets])
    per_unit = ((paired @ delta) * paired).sum(1) / (paired.sum(1) - 1)
    return float(per_unit.sum() / paired.sum())


def _expected(values: Sequence[str], frequency: dict[str, float], first: int, second: int) -> float:
    """Return the mean difference of sets of two sizes, drawn by the values' frequencies without replacement."""
    weights = differences = 0.0
    for one in map(frozenset, combinations(values, first)):
        base = prod(frequency[value] for value in one)
        for other in map(frozenset, combinations(values, second)):
            weight = base * prod(frequency[value] - (value in one) for value in other)
            weights += weight
            differences += weight * difference(one, other)
    return differences / weights if weights else 0.0
