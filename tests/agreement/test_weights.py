"""Enriched strata: weighted coefficients against repetition of units and a plain computation; bias and its repair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.agreement import alpha as a
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.codes import per_code
from pipeline.agreement.rows import Basis
from pipeline.agreement.sets import measured, overall
from pipeline.agreement.units import Units

BINARY = [0, 1]


def naive_alpha(table, weights):
    """Alpha with unit weights, straight from pairs of ratings: weights of mean 1 over units read twice."""
    units = [[value for value in column if not np.isnan(value)] for column in table.T]
    kept = [(values, weight) for values, weight in zip(units, weights, strict=True) if len(values) > 1]
    mean = sum(weight for _, weight in kept) / len(kept)
    observed = sum(
        weight / mean * 2 * sum(x != y for x, y in combinations(values, 2)) / (len(values) - 1)
        for values, weight in kept
    )
    ones = sum(weight / mean * values.count(1) for values, weight in kept)
    every = sum(weight / mean * len(values) for values, weight in kept)
    return 1 - (every - 1) * observed / (2 * ones * (every - ones))


def enriched(rng, units=60, coders=3):
    table = rng.integers(0, 2, (coders, units)).astype(float)
    table[rng.random(table.shape) < 0.25] = np.nan
    return table, rng.choice([0.1, 0.5, 1.0], units)


def test_weighted_alpha_equals_the_naive_one():
    table, chances = enriched(np.random.default_rng(1))
    weighted = a.alpha_from_distances(a.value_counts(table, BINARY), 1 - np.eye(2), 1 / chances).value
    assert weighted == pytest.approx(naive_alpha(table, 1 / chances), abs=1e-12)
    assert weighted != pytest.approx(a.alpha(table, "nominal").value, abs=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_unit_that_counts_three_times_is_a_unit_read_three_times(seed):
    rng = np.random.default_rng(seed)
    table, _ = enriched(rng, units=25)
    times = rng.integers(1, 4, 25)
    many = np.repeat(table, times, axis=1)
    for plain, weighted in (
        (chance.percent(many), chance.percent(table, times)),
        (chance.gwet(many, domain=BINARY), chance.gwet(table, domain=BINARY, unit_weights=times)),
        (chance.specific(many, 1), chance.specific(table, 1, times)),
    ):
        assert plain.value == pytest.approx(weighted.value, abs=1e-12)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
@settings(max_examples=30)
def test_equal_weights_of_any_size_change_nothing(seed, weight):
    table, _ = enriched(np.random.default_rng(seed), units=25)
    counts = a.value_counts(table, BINARY)
    same = a.alpha_from_distances(counts, 1 - np.eye(2), np.full(25, weight)).value
    assert same == pytest.approx(a.alpha(table, "nominal", domain=BINARY).value, abs=1e-9)


def test_weighted_bootstrap_equals_the_naive_one():
    table, chances = enriched(np.random.default_rng(4))
    groups = np.arange(60) % 20
    weights = 1 / chances / (1 / chances)[(~np.isnan(table)).sum(0) > 1].mean()
    draw = bootstrap.Resamples(20, 25, 3)
    ones, size = np.nansum(table, 0)[:, None], (~np.isnan(table)).sum(0)
    fast = bootstrap.binary_resamples(ones, size, groups, draw=draw, unit_weights=weights)[:, 0]
    counts = a.value_counts(table, BINARY)
    slow = bootstrap.distance_resamples(counts, 1 - np.eye(2), groups, draw=draw, unit_weights=weights)
    for row, one, other in zip(draw.counts, fast, slow, strict=True):
        times = row[groups]
        drawn, heavy = np.repeat(table, times, axis=1), np.repeat(weights, times)
        paired = np.repeat(size, times) > 1
        scale = heavy[paired].mean()  # the naive computation scales within the resample; undo that
        total = (np.repeat(size, times) * heavy)[paired].sum()
        exact = 1 - (1 - naive_alpha(drawn, heavy)) * (total - 1) / (total / scale - 1) / scale
        assert one == pytest.approx(exact, abs=1e-12)
        assert other == pytest.approx(exact, abs=1e-12)


def sampled(rng):
    """Return a population in which coders agree worse on rare excerpts, and a sample that takes these ten times as
    often: (alpha of all, unweighted, weighted)."""
    rare = rng.random(3000) < 0.1
    true = np.where(rare, rng.random(3000) < 0.5, rng.random(3000) < 0.3)
    wrong = rng.random((2, 3000)) < np.where(rare, 0.35, 0.05)
    table = (true ^ wrong).astype(float)
    chances = np.where(rare, 1.0, 0.1)
    taken = rng.random(3000) < chances
    counts = a.value_counts(table[:, taken], BINARY)
    delta = 1 - np.eye(2)
    return (
        a.alpha(table, "nominal").value,
        a.alpha_from_distances(counts, delta).value,
        a.alpha_from_distances(counts, delta, 1 / chances[taken]).value,
    )


def test_enrichment_biases_the_unweighted_value_and_not_the_weighted_one():
    """Two hundred samples: the mean error has a standard error near .003."""
    rng = np.random.default_rng(11)
    whole, plain, weighted = np.array([sampled(rng) for _ in range(200)]).T
    assert (plain - whole).mean() < -0.15
    assert abs((weighted - whole).mean()) < 0.012


def units_of(table, chances):
    labels = tuple(tuple(None if np.isnan(x) else frozenset("a" if x else "") for x in row) for row in table)
    names = tuple(f"u{i:02}" for i in range(table.shape[1]))
    return Units(tuple(f"c{i}" for i in range(len(table))), names, names, labels, tuple(chances))


def test_the_table_shows_weighted_and_unweighted_side_by_side():
    table, chances = enriched(np.random.default_rng(1))
    units = units_of(table, chances)
    basis = Basis.of(units.respondents, resamples=200)
    rows = {row["coefficient"]: row for row in per_code(units, ["a"], basis)}
    assert rows["alpha"]["value"] == pytest.approx(naive_alpha(table, 1 / chances), abs=1e-11)
    assert rows["alpha (unweighted)"]["value"] == pytest.approx(a.alpha(table, "nominal").value, abs=1e-11)
    assert "weighted by 1/p_include" in rows["alpha"]["note"]
    assert rows["alpha"]["ci_low"] < rows["alpha"]["value"] < rows["alpha"]["ci_high"]
    sets = {row["coefficient"]: row["value"] for row in overall(measured(units, basis), "all codes")}
    assert sets["alpha"] == pytest.approx(rows["alpha"]["value"])  # one code: sets differ exactly where it does
    assert sets["alpha (unweighted)"] == pytest.approx(rows["alpha (unweighted)"]["value"])
    even = [row["coefficient"] for row in per_code(units_of(table, [0.5] * 60), ["a"], basis)]
    assert "alpha (unweighted)" not in even
