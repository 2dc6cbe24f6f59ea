"""Intervals for the difference of two shares, by Newcombe's hybrid score methods (1998), good for small counts."""

from __future__ import annotations

from math import sqrt

from pipeline.senses.judged import wilson


def independent(n_a: int, base_a: int, n_b: int, base_b: int) -> tuple[float, float]:
    """Return the 95 % interval of n_b/base_b - n_a/base_a for two sets of people who do not overlap.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890, method 10. Bases are at least 1.
    """
    a, b = n_a / base_a, n_b / base_b
    (low_a, high_a), (low_b, high_b) = wilson(n_a, base_a), wilson(n_b, base_b)
    theta = b - a
    down = sqrt((b - low_b) ** 2 + (high_a - a) ** 2)
    up = sqrt((high_b - b) ** 2 + (a - low_a) ** 2)
    return round(theta - down, 4), round(theta + up, 4)


def paired(both: int, only_a: int, only_b: int, neither: int) -> tuple[float, float]:
    """Return the 95 % interval of the share at b minus the share at a, of the same people.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 2635-2650, method 10: the score limits of each share, joined by
    the correlation of the two answers (with a continuity correction where it is positive).
    """
    n = both + only_a + only_b + neither
    a, b = (both + only_a) / n, (both + only_b) / n
    (low_a, high_a), (low_b, high_b) = wilson(both + only_a, n), wilson(both + only_b, n)
    phi = _phi(both, only_a, only_b, neither)
    down = sqrt((b - low_b) ** 2 - 2 * phi * (b - low_b) * (high_a - a) + (high_a - a) ** 2)
    up = sqrt((high_b - b) ** 2 - 2 * phi * (high_b - b) * (a - low_a) + (a - low_a) ** 2)
    return round(b - a - down, 4), round(b - a + up, 4)


def _phi(both: int, only_a: int, only_b: int, neither: int) -> float:
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if not margins:
        return 0.0
    product = both * neither - only_a * only_b
    if product > 0:
        product = max(0, product - (both + only_a + only_b + neither) / 2)  # type: ignore[assignment]
    return product / sqrt(margins)
