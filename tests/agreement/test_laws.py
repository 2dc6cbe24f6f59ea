"""Laws of the coefficients, and the matrix bootstrap against the naive one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.agreement import alpha as a
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION

ratings = st.tuples(st.integers(2, 4), st.integers(2, 12)).flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0.0, 1.0, 2.0, np.nan]))
)


def same(first, second):
    return first.value == second.value or abs(first.value - second.value) < 1e-9


@given(ratings, st.randoms(use_true_random=False), st.sampled_from(["nominal", "ordinal", "interval"]))
@settings(max_examples=60)
def test_order_of_coders_and_units_does_not_matter(table, random, level):
    rows, columns = list(range(len(table))), list(range(table.shape[1]))
    random.shuffle(rows), random.shuffle(columns)
    assert same(a.alpha(table, level), a.alpha(table[rows][:, columns], level))


@given(ratings)
@settings(max_examples=60)
def test_nominal_alpha_does_not_care_what_labels_are_called(table):
    renamed = np.select([table == 0, table == 1, table == 2], [7.0, -1.0, 30.0], np.nan)
    assert same(a.alpha(table, "nominal"), a.alpha(renamed, "nominal"))


@given(ratings)
@settings(max_examples=60)
def test_a_coder_who_rated_nothing_changes_nothing(table):
    silent = np.vstack([table, np.full(table.shape[1], np.nan)])
    assert same(a.alpha(table, "nominal"), a.alpha(silent, "nominal"))
    assert same(chance.percent(table), chance.percent(silent))


@given(ratings)
@settings(max_examples=60)
def test_alpha_from_distances_is_krippendorffs_nominal_alpha(table):
    domain = chance.domain_of(table)
    counts = a.value_counts(table, domain) if domain else np.zeros((table.shape[1], 0))
    assert same(a.alpha(table, "nominal"), a.alpha_from_distances(counts, 1 - np.eye(len(domain))))


def test_undefined_is_a_reason_never_a_number():
    assert a.alpha(np.ones((2, 5)), "nominal").note == NO_VARIATION
    assert a.alpha(np.array([[1, np.nan], [np.nan, 0]]), "nominal").note == NO_PAIRS
    assert chance.cohen(np.array([[1, np.nan], [np.nan, 0]])).value is None
    assert chance.gwet(np.full((2, 3), np.nan)).note == NO_PAIRS
    assert a.set_alpha([[frozenset()], [frozenset()]]).note == NO_VARIATION


@pytest.mark.parametrize(
    ("first", "second", "masi", "jaccard"),
    [("12", "1234", 2 / 3, 1 / 2), ("12", "23", 8 / 9, 2 / 3), ("1", "12", 2 / 3, 1 / 2), ("", "", 0, 0),
     ("", "1", 1, 1), ("12", "34", 1, 1), ("12", "12", 0, 0)],
)  # fmt: skip
def test_set_distances_in_exact_thirds(first, second, masi, jaccard):
    one, other = frozenset(first), frozenset(second)
    assert a.masi(one, other) == pytest.approx(masi, abs=1e-15)
    assert a.jaccard(one, other) == pytest.approx(jaccard, abs=1e-15)


@given(st.lists(st.frozensets(st.sampled_from("abcd")), min_size=1, max_size=8, unique=True))
def test_matrix_of_distances_equals_one_by_one(sets):
    for distance in (a.masi, a.jaccard):
        slow = [[distance(x, y) for y in sets] for x in sets]
        assert np.allclose(a.distances(sets, distance), slow, atol=1e-12)


def clustered(rng, people=12, units=40, coders=3):
    groups = np.sort(rng.integers(0, people, units))
    table = rng.integers(0, 2, (coders, units)).astype(float)
    table[rng.random(table.shape) < 0.25] = np.nan
    return table, np.unique(groups, return_inverse=True)[1]


def test_binary_bootstrap_equals_the_naive_one():
    table, groups = clustered(np.random.default_rng(3))
    ones, size = np.nansum(table, 0)[:, None], (~np.isnan(table)).sum(0)
    draw = bootstrap.Resamples(groups.max() + 1, 50, 9)
    fast = bootstrap.binary_resamples(ones, size, groups, draw=draw)[:, 0]
    for row, found in zip(draw.counts, fast, strict=True):
        columns = [unit for unit in range(table.shape[1]) for _ in range(int(row[groups[unit]]))]
        assert a.alpha(table[:, columns], "nominal", domain=[0, 1]).value == pytest.approx(found, abs=1e-12)


def test_distance_bootstrap_equals_the_naive_one():
    table, groups = clustered(np.random.default_rng(4))
    counts, delta = a.value_counts(table, [0, 1]), 1 - np.eye(2)
    draw = bootstrap.Resamples(groups.max() + 1, 30, 9)
    fast = bootstrap.distance_resamples(counts, delta, groups, draw=draw)
    for row, found in zip(draw.counts, fast, strict=True):
        drawn = np.repeat(counts, row[groups], axis=0)
        assert a.alpha_from_distances(drawn, delta).value == pytest.approx(found, abs=1e-12)


def test_published_examples_written_out():
    """Krippendorff 2011, sections A to E; Cohen 1960; MASI example of the package nltk."""
    binary = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float)
    assert a.alpha(binary, "nominal").value == pytest.approx(2 / 21)
    n = np.nan
    four = np.array([[1, 2, 3, 3, 2, 1, 4, 1, 2, n, n, n], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, n, 3],
                     [n, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, n], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, n]])  # fmt: skip
    found = {level: round(a.alpha(four, level).value, 3) for level in ("nominal", "ordinal", "interval", "ratio")}
    assert found == {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
