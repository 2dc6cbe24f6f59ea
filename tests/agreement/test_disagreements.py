"""Confusions counted by hand; the cost of a unit against refitting without it."""

from __future__ import annotations

import pytest

from pipeline.agreement import alpha as a
from pipeline.agreement.disagreements import code_use, confusions, costs, disagreement_tables
from pipeline.agreement.report import unit_context
from pipeline.agreement.units import Units
from pipeline.tables import checked
from tests.agreement.fake import said, tables

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


def test_tables_hold_what_was_said_where_coders_differ():
    rows = [said("u1", "x", "a"), said("u1", "y", "a"), said("u2", "x", "a"), said("u2", "y", "b"),
            said("u3", "x", "ab"), said("u3", "y", "", purpose="pilot"), said("u4", "x", ""),
            said("u4", "y", "b")]  # fmt: skip
    given = tables(rows)
    found = disagreement_tables(given, unit_context(given, []), codes=["a", "b", "c"], codebook="", inventory="")
    table = checked("disagreements", found["disagreements"]).set_index("unit_id")
    assert table.said.to_dict() == {"u2": "x: a; y: b", "u4": "x: ; y: b"}  # u3 was read in the pilot
    assert table.cost["u2"] > table.cost["u4"]
    assert len(checked("confusions", found["confusions"])) == 3
    use = checked("code_use", found["code_use"]).set_index(["code_id", "coder_id"])
    assert use.loc[("a", "x")].tolist() == [2, 3]
    assert use.loc[("c", "y")].tolist() == [0, 3]
    empty = disagreement_tables(tables([]), unit_context(tables([]), []), codes=["a"], codebook="", inventory="")
    assert [len(checked(name, frame)) for name, frame in empty.items()] == [0, 0, 0]


def test_each_usage_costs_alpha_of_its_own_term():
    rows = [said(f"u{i}", coder, label, kind="usage") for i, pair in enumerate(["xx", "xy", "yy", "yx"])
            for coder, label in zip("pq", pair, strict=True)]  # fmt: skip
    given = tables(rows)
    found = disagreement_tables(given, unit_context(given, []), codes=[], codebook="", inventory="")["disagreements"]
    assert found[["unit_kind", "unit_id", "said"]].values.tolist() == [
        ["usage", "u1", "p: x; q: y"], ["usage", "u3", "p: y; q: x"]
    ]  # fmt: skip


def test_code_use_counts_by_hand():
    found = {(r.code_id, r.coder_id): (r.n_applied, r.n_units) for r in code_use(UNITS, ["a", "c"]).itertuples()}
    assert found == {("a", "x"): (4, 5), ("b", "x"): (1, 5), ("c", "x"): (0, 5),
                     ("a", "y"): (3, 4), ("b", "y"): (1, 4), ("c", "y"): (0, 4)}  # fmt: skip
