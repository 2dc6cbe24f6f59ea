"""Differences between rounds, coders and groups from one draw; coverage printed beside intervals from few people."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.agreement import alpha as a
from pipeline.agreement import differences
from pipeline.agreement.rows import Basis
from pipeline.agreement.sets import measured
from pipeline.agreement.units import Units
from tests.agreement.fake import said, table


def study(seed=3, units=60, people=20):
    rng = np.random.default_rng(seed)
    labels = [[frozenset("ab"[: rng.integers(0, 3)]) for _ in range(units)] for _ in range(2)]
    names = tuple(f"u{i:02}" for i in range(units))
    return Units(("x", "y"), names, tuple(f"p{i % people:02}" for i in range(units)), tuple(map(tuple, labels)))


def test_a_difference_is_that_of_the_naive_resamples():
    units = study()
    early = units.keep_units([i < 30 for i in range(60)])
    late = units.keep_units([i >= 30 for i in range(60)])
    basis = Basis.of(units.respondents, resamples=200)
    sides = [measured(late, basis), measured(early, basis)]
    row = differences.between(("round:2", sides[0]), ("round:1", sides[1]))
    naive = []
    for times in basis.draw.counts:
        values = []
        for part in (late, early):
            often = times[basis.groups(part)]
            values.append(a.set_alpha([[cell for cell, n in zip(line, often, strict=True) for _ in range(n)]
                                       for line in part.labels]).value)  # fmt: skip
        naive.append(values[0] - values[1])
    assert row["value"] == pytest.approx(sides[0].measure.value - sides[1].measure.value, abs=1e-12)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(np.quantile(naive, [0.025, 0.975])), abs=1e-11)
    assert row["scope"] == "difference:round:2 minus round:1"
    assert row["n_units"] == 60


def test_nothing_minus_itself():
    units = study()
    basis = Basis.of(units.respondents, resamples=100)
    one = measured(units, basis)
    row = differences.between(("x", one), ("y", one))
    assert (row["value"], row["ci_low"], row["ci_high"]) == (0, 0, 0)


def test_a_paired_interval_is_narrower_where_the_same_people_are_in_both():
    """Both coders are the same in two questions answered by the same respondents, who differ in how clear they are."""
    rng = np.random.default_rng(8)
    clear = rng.random(120) < 0.5
    wrong = np.where(clear, 0.02, 0.45)
    true = rng.random(120) < 0.5
    cells = [[(true ^ (rng.random(120) < wrong)) for _ in range(2)] for _ in range(2)]  # question, coder
    labels = tuple(tuple(frozenset("a" if x else "") for q in range(2) for x in cells[q][c]) for c in range(2))
    names = tuple(f"{q}{i:03}" for q in range(2) for i in range(120))
    units = Units(("x", "y"), names, tuple(f"p{i:03}" for _ in range(2) for i in range(120)), labels)
    basis = Basis.of(units.respondents, resamples=1000)
    first, second = (measured(units.keep_units([n[0] == q for n in names]), basis) for q in "01")
    paired = np.std(first.draws - second.draws)
    unpaired = np.hypot(np.std(first.draws), np.std(second.draws))
    assert paired < 0.95 * unpaired


def test_rounds_and_leaving_out_a_coder_are_compared():
    rng = np.random.default_rng(1)
    rows = [said(f"u{i:02}", coder, "a" if rng.random() < 0.5 else "", round="1" if i < 20 else "2")
            for i in range(40) for coder in ("ann", "bob", "cleo")]  # fmt: skip
    found = table(rows, codes=["a", "never"])
    value = found.value
    assert value["difference:round:2 minus round:1", "difference"] == pytest.approx(
        value["round:2", "alpha"] - value["round:1", "alpha"]
    )
    assert value["difference:without:bob minus all codes", "difference"] == pytest.approx(
        value["without:bob", "alpha"] - value["all codes", "alpha"]
    )
    assert found.ci_low.notna()["difference:round:2 minus round:1 / code:a", "difference"]
    never = found.loc["difference:round:2 minus round:1 / code:never", "difference"]
    assert np.isnan(never.value)
    assert never.note.startswith("undefined: one of the two")


def test_few_respondents_have_the_coverage_of_their_interval_beside_it():
    rng = np.random.default_rng(1)
    true = rng.random(60) < 0.4
    rows = [said(f"u{i:02}", coder, "a" if true[i] ^ (rng.random() < 0.1) else "") for i in range(60) for coder in "xy"]
    few = {f"u{i:02}": f"p{i % 20}" for i in range(60)}
    row = table(rows, people=few).loc["code:a", "alpha"]
    assert 0.8 < row.coverage < 0.99
    assert table(rows).loc["code:a", "alpha"].coverage is None  # sixty respondents
    assert np.isnan(table(rows, people=few).coverage["code:a", "percent"])
