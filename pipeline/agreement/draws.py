"""How often each respondent is drawn: exact multinomial counts, several times faster than drawing person by person.

Counts of n draws from n people are independent Poisson numbers given that they add up to n. So each person gets a
Poisson number with a mean a little under 1, two people at a time from a table by sixteen random bits, and the few
draws that are missing to n are made one by one. Whatever the Poisson numbers add up to, given their sum they are
multinomial, and adding the missing draws keeps that; a row whose sum exceeds n (about one in a thousand) is drawn
anew, person by person.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt

import numpy as np

CELLS = 2**16  # values of sixteen bits
UNDECIDED = 2**16 - 1  # a cell of the table that several pairs of numbers share: further bits decide
BLOCK = 400_000  # counts made at once, small enough to stay in cache; part of the definition of a draw
MOST = 30  # Poisson numbers from this on have no mass in double precision at means under 1


def multinomial_counts(n: int, resamples: int, seed: int) -> np.ndarray:
    """Return resamples x n, how often each of n people is among n drawn with replacement; every row sums to n."""
    generator = np.random.PCG64(seed)
    rng = np.random.Generator(generator)
    found = np.zeros((resamples, n), dtype=np.uint8 if n < 2**24 else np.uint16)
    mean = max(0.0, 1 - 3 / sqrt(max(n, 1)))
    pairs, cumulative = joint(mean)
    table = lookup(mean)
    rows = max(1, BLOCK // max(n, 1))
    for start in range(0, resamples if n else 0, rows):
        block = found[start : start + rows]
        wanted = len(block) * (n + n % 2) // 2
        raw = generator.random_raw(-(-wanted // 4)).astype("<u8", copy=False).view("<u2")[:wanted]
        drawn = table[raw]
        (open_cells,) = np.nonzero(drawn == UNDECIDED)
        exact = (raw[open_cells] + rng.random(len(open_cells))) / CELLS
        drawn[open_cells] = pairs[np.searchsorted(cumulative, exact, side="right")]
        block[:] = drawn.view(np.uint8).reshape(len(block), -1)[:, :n]
        _complete(block, rng)
    return found


def poisson(mean: float) -> np.ndarray:
    """Return P(number = k) of a Poisson variable for k = 0 to MOST - 1."""
    mass = [exp(-mean)]
    for k in range(1, MOST):
        mass.append(mass[-1] * mean / k)
    return np.array(mass)


@lru_cache(maxsize=8)
def joint(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of independent Poisson numbers, as two bytes of one number, likeliest first, and P(up to each)."""
    mass = np.outer(poisson(mean), poisson(mean)).ravel()
    order = np.argsort(-mass, kind="stable")
    first, second = np.divmod(order, MOST)
    cumulative = np.minimum(np.cumsum(mass[order]), 1.0)
    cumulative[-1] = 1.0
    return np.stack([first, second], axis=1).astype(np.uint8).view(np.uint16).ravel(), cumulative


@lru_cache(maxsize=8)
def lookup(mean: float) -> np.ndarray:
    """Return, per value of sixteen bits, the pair whose share of [0, 1) holds the whole cell, or UNDECIDED."""
    pairs, cumulative = joint(mean)
    edges = np.arange(CELLS + 1) / CELLS
    low = np.searchsorted(cumulative, edges[:-1], side="right")
    high = np.searchsorted(cumulative, edges[1:], side="left")
    return np.where(low == high, pairs[np.minimum(low, len(pairs) - 1)], UNDECIDED).astype(np.uint16)


def _complete(block: np.ndarray, rng: np.random.Generator) -> None:
    """Add the draws missing to n in every row; draw rows that have too many anew."""
    rows, n = block.shape
    narrow = np.uint16 if n < 2**15 else np.int64  # sums stay near n, and narrow ones are four times as fast
    short = n - block.sum(1, dtype=narrow).astype(np.int64)
    for row in np.flatnonzero(short < 0):
        block[row] = np.bincount(rng.integers(0, n, n), minlength=n)
    short = np.maximum(short, 0)
    people = rng.integers(0, n, int(short.sum()), dtype=np.int64)
    people += np.repeat(np.arange(rows, dtype=np.int64) * n, short)
    block += np.bincount(people, minlength=rows * n).reshape(rows, n).astype(block.dtype)
