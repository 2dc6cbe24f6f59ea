"""How wide an interval to expect: simulated before anybody codes.

Coders see a code that is truly there, or not, and report it with the same sensitivity and false-positive
rate, chosen so that alpha comes out as stated. Units come from respondents, who differ in how likely they
are to show the code and in how clearly they write, that is, how often coders err (both beta-binomial), because an
interval by respondent is wider than one by unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.agreement import bootstrap
from pipeline.agreement.measure import MINIMUM


@dataclass(frozen=True)
class Plan:
    """What to expect: median width of the 95 % interval, its coverage, and how often none may be given."""

    width: float | None
    coverage: float | None
    no_interval: float
    alpha: float


def accuracy_for(alpha: float, prevalence: float, clustering: float = 0.0) -> float:
    """Return the sensitivity (= specificity) at which two such coders have this alpha, by bisection.

    With accuracy a, P(report) = p a + (1 - p)(1 - a); two coders agree when both are right or both wrong.
    """
    low, high = 0.5, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if expected_alpha(middle, prevalence, clustering) < alpha:
            low = middle
        else:
            high = middle
    return high


def expected_alpha(accuracy: float, prevalence: float, clustering: float = 0.0) -> float:
    """Return alpha in the limit of many units for coders of this mean accuracy.

    clustering: correlation of errors within a respondent; coders who err on the same texts agree a little more.
    """
    reported = prevalence * accuracy + (1 - prevalence) * (1 - accuracy)
    disagree = 2 * accuracy * (1 - accuracy) * (1 - clustering)
    return 1 - disagree / (2 * reported * (1 - reported))


@cache
def expect(
    *,
    n_units: int,
    n_respondents: int,
    prevalence: float,
    alpha: float,
    coders: int = 2,
    clustering: float = 0.2,
    studies: int = 200,
    resamples: int = 400,
    seed: int = 1,
) -> Plan:
    """Return what interval a design leads to, from `studies` simulated studies.

    clustering: correlation of the code, and of coders' errors, within a respondent (0 to 1).
    """
    rng = np.random.default_rng(seed)
    accuracy = accuracy_for(alpha, prevalence, clustering)
    truth = expected_alpha(accuracy, prevalence, clustering)
    groups = np.arange(n_units) % n_respondents
    widths, covered, refused = [], [], 0
    for study in range(studies):
        ones = _study(rng, groups, n_respondents, prevalence, accuracy, coders, clustering)
        positive = ones > 0
        if positive.sum() < MINIMUM or len(np.unique(groups[positive])) < MINIMUM:
            refused += 1
            continue
        size = np.full(n_units, float(coders))
        draw = bootstrap.Resamples(n_respondents, resamples, seed + study)
        draws = bootstrap.binary_resamples(ones[:, None], size, groups, draw=draw)
        found = bootstrap.interval(draws[:, 0])
        if found is None:
            refused += 1
            continue
        widths.append(found[1] - found[0])
        covered.append(found[0] <= truth <= found[1])
    if not widths:
        return Plan(None, None, refused / studies, alpha)
    return Plan(float(np.median(widths)), float(np.mean(covered)), refused / studies, alpha)


def _study(
    rng: np.random.Generator,
    groups: np.ndarray,
    n: int,
    prevalence: float,
    accuracy: float,
    coders: int,
    clustering: float,
) -> np.ndarray:
    """Return how many coders report the code on each unit of one simulated study."""
    leaning = _spread(rng, prevalence, clustering, n)[groups]
    error = _spread(rng, 1 - accuracy, clustering, n)[groups]
    true = rng.random(len(groups)) < leaning
    chance = np.where(true, 1 - error, error)
    return (rng.random((coders, len(groups))) < chance).sum(0).astype(float)


def _spread(rng: np.random.Generator, mean: float, clustering: float, n: int) -> np.ndarray:
    """Return n rates with this mean whose variance makes draws of one respondent correlate by `clustering`."""
    if clustering <= 0 or not 0 < mean < 1:
        return np.full(n, mean)
    scale = (1 - clustering) / clustering
    return rng.beta(mean * scale, (1 - mean) * scale, n)
