"""Confusions counted by hand; the cost of a unit against refitting without it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.agreement import alpha as a
from pipeline.agreement import bootstrap
from pipeline.agreement.disagreements import confusions, costs
from pipeline.agreement.units import Units

A, B, AB, NO = frozenset("a"), frozenset("b"), frozenset("ab"), frozenset()
UNITS = Units(("x", "y"), tuple("12345"), tuple("pqrst"), ((A, A, AB, NO, A), (A, B, A, A, None)))


def test_confusions_counted_by_hand():
    found = {(row.code, row.other): (row.n_pairs, row.n_units) for row in confusions(UNITS).itertuples()}
    assert found == {("a", "b"): (1, 1), ("b", "a"): (1, 1), ("a", ""): (1, 1)}


def test_cost_is_what_refitting_without_the_unit_gives():
    whole = a.set_alpha(UNITS.labels).value
    table = costs(UNITS)
    assert set(table.unit_id) == set("1234")
    for row in table.itertuples():
        rest = UNITS.keep_units([unit != row.unit_id for unit in UNITS.unit_ids])
        assert row.cost == pytest.approx(a.set_alpha(rest.labels).value - whole, abs=1e-12)


def test_nothing_shared_costs_nothing():
    assert costs(Units(("x",), ("1",), ("p",), ((A,),))).empty
    assert confusions(Units((), (), (), ())).empty


def test_differences_between_rounds_rest_on_one_draw():
    rng = np.random.default_rng(5)
    table, groups = rng.integers(0, 2, (3, 40)).astype(float), np.arange(40) % 12
    early = np.arange(40) < 20
    sides = [(table.sum(0)[:, None], np.where(half, 3, 0)) for half in (early, ~early)]
    found = bootstrap.binary_differences(*sides, groups, resamples=20, seed=3)[:, 0]
    draws = np.concatenate(list(bootstrap.multiplicities(12, 20, 3)))
    for row, difference in zip(draws, found, strict=True):
        times = row[groups].astype(int)
        naive = [a.alpha(np.repeat(table, times * half, axis=1), "nominal").value for half in (early, ~early)]
        assert naive[0] - naive[1] == pytest.approx(difference, abs=1e-12)
    assert (bootstrap.binary_differences(sides[0], sides[0], groups, resamples=20, seed=3) == 0).all()
