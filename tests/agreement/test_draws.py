"""The draw of respondents is multinomial, and sums over it are exact."""

from __future__ import annotations

from collections import Counter
from math import factorial, prod

import numpy as np
import pytest

from pipeline.agreement.bootstrap import Resamples
from pipeline.agreement.draws import CELLS, UNDECIDED, joint, lookup, multinomial_counts, poisson


def test_every_row_draws_as_many_as_there_are():
    for n in (0, 1, 2, 17, 300):
        assert (multinomial_counts(n, 50, 3).sum(1) == n).all()


@pytest.mark.parametrize(("n", "cut"), [(3, 3), (16, 2), (40, 2)])
def test_counts_have_multinomial_probabilities(n, cut):
    """How often the first `cut` people are drawn, against the multinomial; within five standard errors."""
    resamples = 60_000
    found = Counter(map(tuple, multinomial_counts(n, resamples, 5)[:, :cut].tolist()))
    for counts, times in found.items():
        rest = n - sum(counts)
        ways = factorial(n) / prod(map(factorial, counts)) / factorial(rest)
        chance = ways * (1 / n) ** sum(counts) * (1 - cut / n) ** rest
        assert abs(times / resamples - chance) < 5 * np.sqrt(chance * (1 - chance) / resamples) + 1e-4


def test_the_table_of_sixteen_bits_leaves_open_only_cells_that_several_pairs_share():
    table, mass = lookup(0.9), poisson(0.9)
    known = table[table != UNDECIDED]
    assert 0 < len(table) - len(known) < 100
    first = np.bincount(known.view(np.uint8)[::2], minlength=5)[:5] / CELLS
    assert np.allclose(first, mass[:5], atol=100 / CELLS)
    pairs, cumulative = joint(0.9)
    assert len(set(pairs.tolist())) == len(pairs)
    chances = dict(
        zip(map(tuple, pairs.view(np.uint8).reshape(-1, 2).tolist()), np.diff([0, *cumulative]), strict=True)
    )
    assert chances[2, 1] == pytest.approx(mass[2] * mass[1], abs=1e-12)
    assert mass.sum() == pytest.approx(1, abs=1e-15)


def test_a_draw_is_the_same_whatever_else_is_measured():
    long, short = Resamples(30, 200, 7).counts, Resamples(30, 50, 7).counts
    assert Resamples(30, 200, 8).counts.tolist() != long.tolist()
    assert len(short) == 50
    assert (Resamples(30, 200, 7).counts == long).all()


def test_packed_sums_of_whole_numbers_are_exact():
    rng = np.random.default_rng(2)
    values, groups = rng.integers(0, 50_000, (90, 23)), rng.integers(0, 30, 90)
    draw = Resamples(30, 40, 1)
    exact = [[int((row[groups].astype(int) * values[:, k]).sum()) for k in range(23)] for row in draw.counts]
    assert (draw.sums(values, groups) == np.array(exact)).all()
    assert np.allclose(draw.sums(values / 7, groups), np.array(exact) / 7, rtol=1e-12)


def test_pairs_count_as_often_as_both_respondents_are_drawn():
    rng = np.random.default_rng(2)
    values, first, second = rng.random((9, 2)), rng.integers(0, 5, 9), rng.integers(0, 5, 9)
    draw = Resamples(5, 20, 1)
    counts = draw.counts.astype(float)
    exact = [(row[first] * row[second]) @ values for row in counts]
    assert np.allclose(draw.pair_sums(values, first, second), exact)
