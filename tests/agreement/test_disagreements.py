"""Confusions counted by hand; the cost of a unit against refitting without it."""

from __future__ import annotations

import pytest

from pipeline.agreement import alpha as a
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
