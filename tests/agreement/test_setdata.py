"""Set-valued alpha by blocks, over sets or over respondents, against the plain computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.agreement import alpha as a
from pipeline.agreement import bootstrap, setdata
from pipeline.agreement.setdata import SetData
from pipeline.agreement.units import Units

cells = st.one_of(st.none(), st.frozensets(st.sampled_from("abcd"), max_size=3))
tables = st.tuples(st.integers(2, 3), st.integers(1, 9)).flatmap(
    lambda shape: st.lists(st.lists(cells, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0])
)


def units_of(table, chances=()):
    n = len(table[0])
    return Units(tuple("xyz"[: len(table)]), tuple(map(str, range(n))), tuple(f"p{i % 4}" for i in range(n)),
                 tuple(map(tuple, table)), tuple(chances)).shared()  # fmt: skip


def same(first, second):
    return first == second or abs(first - second) < 1e-9


@given(tables, st.sampled_from(["masi", "jaccard"]))
@settings(max_examples=80)
def test_it_is_the_plain_alpha(table, kind):
    units = units_of(table)
    plain = a.set_alpha(units.labels, {"masi": a.masi, "jaccard": a.jaccard}[kind])
    found = SetData(units, kind).measure
    assert (plain.note, plain.value is None) == (found.note, found.value is None)
    assert plain.value is None or same(plain.value, found.value)


@pytest.mark.parametrize("few", [0, 400])
@pytest.mark.parametrize("weighted", [False, True])
def test_both_ways_give_the_resamples_of_the_plain_way(monkeypatch, few, weighted):
    rng = np.random.default_rng(7)
    table = [[frozenset(rng.choice(list("abcdef"), rng.integers(0, 4), replace=False)) if rng.random() > 0.2 else None
              for _ in range(40)] for _ in range(3)]  # fmt: skip
    units = units_of(table, rng.choice([0.2, 0.5, 1.0], 40) if weighted else ())
    groups = np.unique(units.respondents, return_inverse=True)[1]
    draw = bootstrap.Resamples(4, 50, 3)
    monkeypatch.setattr(setdata, "FEW", few)  # four respondents, many sets: 0 goes over respondents
    monkeypatch.setattr(setdata, "BLOCK", 60)
    counts, sets = a.set_counts(units.labels)
    plain = bootstrap.distance_resamples(
        counts, a.distances(sets, a.masi), groups, draw=draw, unit_weights=units.unit_weights
    )
    measure, draws = SetData(units).resampled(groups, draw)
    assert np.allclose(draws, plain, atol=1e-12)
    whole = a.set_alpha(units.labels, unit_weights=units.unit_weights).value
    assert measure.value == pytest.approx(whole, abs=1e-12)
    assert SetData(units).measure.value == pytest.approx(whole, abs=1e-12)


def test_nothing_read_twice_and_nothing_varied():
    assert SetData(units_of([["a"], [None]])).measure.note.startswith("undefined: no unit")
    alike = SetData(units_of([[frozenset("a")] * 3] * 2))
    assert alike.measure.note.startswith("undefined: no variation")
    measure, draws = alike.resampled(np.arange(3), bootstrap.Resamples(3, 5, 1))
    assert measure.value is None
    assert np.isnan(draws).all()
    assert np.isnan(alike.without_each()).all()
