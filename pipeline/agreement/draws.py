"""How often each respondent is drawn: exact multinomial counts, several times faster than drawing person by person.

Counts of n draws from n people are independent Poisson numbers given that they add up to n. So each person gets a
Poisson number with a mean a little under 1, from a table by sixteen random bits, and the few draws that are missing
to n are made one by one. Whatever the Poisson numbers add up to, given their sum they are multinomial, and adding
the missing draws keeps that; a row whose sum exceeds n (about one in a thousand) is drawn anew, person by person.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt

import numpy as np

CELLS = 2**16  # values of sixteen bits
UNDECIDED = 255  # a cell of the table that two numbers share: further bits decide
BLOCK = 400_000  # counts made at once, small enough to stay in cache; part of the definition of a draw
MOST = 40  # Poisson numbers above this have no mass in double precision at means under 1


def multinomial_counts(n: int, resamples: int, seed: int) -> np.ndarray:
    """Return resamples x n, how often each of n people is among n drawn with replacement; every row sums to n."""
    generator = np.random.PCG64(seed)
    rng = np.random.Generator(generator)
    found = np.zeros((resamples, n), dtype=np.uint8 if n < 2**24 else np.uint16)
    mean = max(0.0, 1 - 3 / sqrt(max(n, 1)))
    cumulative, table = poisson_cumulative(mean), lookup(mean)
    rows = max(1, BLOCK // max(n, 1))
    for start in range(0, resamples if n else 0, rows):
        block = found[start : start + rows]
        raw = generator.random_raw(-(-block.size // 4)).astype("<u8").view("<u2")[: block.size]
        drawn = table[raw]
        (open_cells,) = np.nonzero(drawn == UNDECIDED)
        exact = (raw[open_cells] + rng.random(len(open_cells))) / CELLS
        drawn[open_cells] = np.searchsorted(cumulative, exact, side="right")
        block[:] = drawn.reshape(block.shape)
        _complete(block, rng)
    return found


@lru_cache(maxsize=8)
def poisson_cumulative(mean: float) -> np.ndarray:
    """Return P(number <= k) of a Poisson variable for k = 0, 1, …; the last is 1."""
    mass = [exp(-mean)]
    for k in range(1, MOST):
        mass.append(mass[-1] * mean / k)
    found: np.ndarray = np.minimum(np.cumsum(mass), 1.0)
    found[-1] = 1.0
    return found


@lru_cache(maxsize=8)
def lookup(mean: float) -> np.ndarray:
    """Return, per value of sixteen bits, the number whose share of [0, 1) holds the whole cell, or UNDECIDED."""
    cumulative = poisson_cumulative(mean)
    edges = np.arange(CELLS + 1) / CELLS
    low = np.searchsorted(cumulative, edges[:-1], side="right")
    high = np.searchsorted(cumulative, edges[1:], side="left")
    return np.where(low == high, low, UNDECIDED).astype(np.uint8)


def _complete(block: np.ndarray, rng: np.random.Generator) -> None:
    """Add the draws missing to n in every row; draw rows that have too many anew."""
    rows, n = block.shape
    short = n - block.sum(1, dtype=np.int64)
    for row in np.flatnonzero(short < 0):
        block[row] = np.bincount(rng.integers(0, n, n), minlength=n)
    short = np.maximum(short, 0)
    people = rng.integers(0, n, int(short.sum()), dtype=np.int64)
    people += np.repeat(np.arange(rows, dtype=np.int64) * n, short)
    block += np.bincount(people, minlength=rows * n).reshape(rows, n).astype(block.dtype)
