"""Agreement corrected for chance in other ways than alpha's, and agreement not corrected at all.

ratings: coders x units, floats, NaN = not rated, unless a function says otherwise. `weights`:
values x values, 1 on the diagonal, for partial agreement; `unit_weights`: units, how many times each counts.
Sources: Cohen 1960, 1968; Fleiss 1971; Conger 1980; Gwet, Handbook of Inter-Rater Reliability (2014),
for missing ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from pipeline.agreement.alpha import scaled, value_counts
from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined


def domain_of(ratings: np.ndarray) -> list[float]:
    """Return the values that occur, in order."""
    found: list[float] = np.unique(ratings[~np.isnan(ratings)]).tolist()
    return found


def linear_weights(domain: Sequence[float]) -> np.ndarray:
    """Return 1 - |a - b| / range."""
    values = np.asarray(domain, dtype=float)
    return 1 - np.abs(values[:, None] - values) / max(np.ptp(values), 1e-300)


def quadratic_weights(domain: Sequence[float]) -> np.ndarray:
    """Return 1 - ((a - b) / range) ** 2."""
    return 1 - (1 - linear_weights(domain)) ** 2


def observed(
    counts: np.ndarray, weights: np.ndarray | None = None, unit_weights: np.ndarray | None = None
) -> float | None:
    """Return mean pairwise agreement over units with two or more ratings (counts: units x values)."""
    paired = counts.sum(1) > 1
    times = scaled(unit_weights, paired)
    counts = counts[paired].astype(float)
    if len(counts) == 0:
        return None
    size = counts.sum(1)
    matching = counts * ((counts @ weights if weights is not None else counts) - 1)
    return float((matching.sum(1) / (size * (size - 1)) * times).mean())


def percent(ratings: np.ndarray, unit_weights: np.ndarray | None = None) -> Measure:
    """Return the share of agreeing pairs of coders, averaged over units with two or more ratings."""
    value = observed(value_counts(ratings, domain_of(ratings)), unit_weights=unit_weights)
    return undefined(NO_PAIRS) if value is None else Measure(value)


def fleiss(ratings: np.ndarray, weights: np.ndarray | None = None) -> Measure:
    """Return Fleiss' kappa (1971) in Gwet's form for missing ratings; for two coders this is Scott's pi."""
    return _corrected(ratings, weights, lambda shares, w: float(shares @ w @ shares))


def gwet(
    ratings: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    domain: Sequence[float] | None = None,
    unit_weights: np.ndarray | None = None,
) -> Measure:
    """Return Gwet's AC1, or AC2 with weights. `domain` lists the scale's values where some do not occur."""

    def chance(shares: np.ndarray, w: np.ndarray) -> float:
        return float(w.sum() / (len(shares) * (len(shares) - 1)) * (shares * (1 - shares)).sum())

    return _corrected(ratings, weights, chance, domain, unit_weights)


def brennan_prediger(
    ratings: np.ndarray, weights: np.ndarray | None = None, *, domain: Sequence[float] | None = None
) -> Measure:
    """Return the coefficient with uniform chance (Bennett's S, Randolph's free-marginal kappa)."""
    return _corrected(ratings, weights, lambda shares, w: float(w.sum() / len(shares) ** 2), domain)


def conger(ratings: np.ndarray, weights: np.ndarray | None = None) -> Measure:
    """Return Conger's kappa (1980): chance from each coder's own marginals; Cohen's kappa for two coders."""
    domain = domain_of(ratings)
    if len(domain) < 2:
        return undefined(NO_VARIATION if len(domain) else NO_PAIRS)
    weights = np.eye(len(domain)) if weights is None else weights
    agreed = observed(value_counts(ratings, domain), weights)
    if agreed is None:
        return undefined(NO_PAIRS)
    own = np.array([[(row == value).sum() for value in domain] for row in ratings], dtype=float)
    own = own[own.sum(1) > 0]
    own /= own.sum(1, keepdims=True)
    total = own.sum(0)
    coders = len(own)
    chance = (total @ weights @ total - np.einsum("ri,ij,rj->", own, weights, own)) / (coders * (coders - 1))
    return _kappa(agreed, float(chance))


def cohen(ratings: np.ndarray, weights: np.ndarray | None = None, *, domain: Sequence[float] | None = None) -> Measure:
    """Return Cohen's (weighted) kappa of two coders (2 x units) on the units both rated."""
    both = ratings[:, ~np.isnan(ratings).any(0)]
    values = list(domain) if domain is not None else domain_of(both)
    if both.shape[1] == 0:
        return undefined(NO_PAIRS)
    weights = np.eye(len(values)) if weights is None else weights
    place = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(values), len(values)))
    for first, second in both.T:
        table[place[first], place[second]] += 1
    table /= table.sum()
    return _kappa(float((table * weights).sum()), float(table.sum(1) @ weights @ table.sum(0)))


def light(ratings: np.ndarray) -> Measure:
    """Return Light's kappa: the mean of Cohen's kappas over pairs of coders."""
    values = [cohen(ratings[list(pair)]).value for pair in combinations(range(len(ratings)), 2)]
    known = [value for value in values if value is not None]
    return Measure(float(np.mean(known))) if known else undefined(NO_PAIRS)


def specific(ratings: np.ndarray, value: float, unit_weights: np.ndarray | None = None) -> Measure:
    """Return specific agreement on a value (positive agreement for 1, negative for 0; Cicchetti & Feinstein 1990).

    Among pairs of ratings in which one says `value`, how often the other says so too.
    """
    counts = value_counts(ratings, [value])[:, 0].astype(float)
    size = (~np.isnan(ratings)).sum(0).astype(float)
    keep = size > 1
    times = scaled(unit_weights, keep)
    counts, size = counts[keep], size[keep]
    said = (counts * times).sum()
    if said == 0:
        return undefined("undefined: nobody used this value on a unit that two coders read")
    return Measure(float((counts * (counts - 1) / (size - 1) * times).sum() / said))


def _corrected(
    ratings: np.ndarray,
    weights: np.ndarray | None,
    chance: object,
    domain: Sequence[float] | None = None,
    unit_weights: np.ndarray | None = None,
) -> Measure:
    values = list(domain) if domain is not None else domain_of(ratings)
    counts = value_counts(ratings, values).astype(float)
    agreed = observed(counts, weights, unit_weights)
    if agreed is None:
        return undefined(NO_PAIRS)
    if len(values) < 2:
        return undefined(NO_VARIATION)
    read = counts.sum(1) > 0
    rated, times = counts[read], scaled(unit_weights, read)
    shares = (rated / rated.sum(1, keepdims=True) * times[:, None]).mean(0)
    assert callable(chance)
    return _kappa(agreed, chance(shares, np.eye(len(values)) if weights is None else weights))


def _kappa(agreed: float, chance: float) -> Measure:
    if abs(1 - chance) < 1e-12:
        return undefined(NO_VARIATION)
    return Measure((agreed - chance) / (1 - chance))
