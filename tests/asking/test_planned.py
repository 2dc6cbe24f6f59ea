"""Planned comparisons: exact where it can be, whole respondents moved, corrected inside the family alone."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.asking.planned import UNPLANNED, holm, permutation_p, planned_table, promised, values_of
from pipeline.settings import Comparison

SENSE = Comparison(id="s", hypothesis="h", sense="similar.looks", by="role", group=("A",))
LATER = Comparison(id="later", hypothesis="h", code="colour", by="role", group=("B",))
CODE = Comparison(id="c", hypothesis="h", code="colour", by="role", group=("A",), against=("B",))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=5), st.lists(st.integers(0, 4), min_size=2, max_size=5))
@settings(max_examples=40)
def test_the_exact_test_counts_arrangements(first, second):
    pooled = [*first, *second]
    seen = abs(np.mean(first) - np.mean(second))
    hits = []
    for chosen in combinations(range(len(pooled)), len(first)):
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        hits.append(abs(np.mean([pooled[i] for i in chosen]) - np.mean(rest)) >= seen - 1e-9)
    p, total = permutation_p(np.array(first, float), np.array(second, float), permutations=9999, seed=1)
    assert p == pytest.approx(np.mean(hits))
    assert total == len(hits)


def test_monte_carlo_is_near_scipy_and_never_nought():
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.6, 1, 20), rng.normal(0, 1, 25)
    p, _ = permutation_p(first, second, permutations=9999, seed=1)
    known = stats.permutation_test(
        (first, second), lambda a, b: np.mean(a) - np.mean(b), n_resamples=20000, rng=np.random.default_rng(1)
    )
    assert p == pytest.approx(known.pvalue, abs=0.01)
    assert permutation_p(first, second, permutations=9999, seed=1)[0] == p
    assert permutation_p(np.ones(30), np.zeros(30), permutations=999, seed=1)[0] == 1 / 1000


def test_holm_is_the_published_example():
    # Holm's step-down by hand: .005*4, .01*3, .03*2, .04*1, never falling
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([0.01], family=3) == pytest.approx([0.03])


UNITS = pd.DataFrame(
    [("usage", f"u{p}{k}", f"p{p:02d}", "similar") for p in range(12) for k in range(2)]
    + [("excerpt", f"e{p}", f"p{p:02d}", None) for p in range(12)],
    columns=["unit_kind", "unit_id", "respondent_id", "term_id"],
)
RECORD = pd.DataFrame(
    [("usage", f"u{p}0", "similar.looks" if p < 6 else "similar.topic") for p in range(12)]
    + [("usage", f"u{p}1", "cannot_code" if p < 3 else "similar.topic") for p in range(12)]
    + [("excerpt", f"e{p}", "colour" if p % 2 else "no_code") for p in range(11)],
    columns=["unit_kind", "unit_id", "value"],
)
OPEN = pd.DataFrame([("excerpt", "e11", "colour")], columns=["unit_kind", "unit_id", "values"])
PEOPLE = pd.DataFrame({"respondent_id": [f"p{p:02d}" for p in range(12)], "role": list("AAAAAABBBBBC")})


def test_a_respondent_is_one_voice_and_what_nobody_could_decide_counts_for_nothing():
    found = values_of(SENSE, record=RECORD, open_units=OPEN, units=UNITS)
    assert found["p00"] == 1.0
    assert found["p04"] == 0.5
    assert found["p07"] == 0.0
    codes = values_of(CODE, record=RECORD, open_units=OPEN, units=UNITS)
    assert codes["p01"] == 1.0 and codes["p02"] == 0.0
    assert "p11" not in codes


def table(small=False, **changes):
    read = {"record": RECORD, "open_units": OPEN, "units": UNITS, "respondents": PEOPLE, **changes}
    found = planned_table([SENSE, CODE], [LATER], **read, small=small, permutations=999, seed=1)
    return found.set_index("comparison_id").drop(index="later")


def test_the_table_holds_both_sides_and_the_family():
    found = table()
    assert (found.n_group["s"], found.n_against["s"]) == (6, 6)
    assert (found.n_group["c"], found.n_against["c"]) == (6, 5)  # C is on neither side
    assert found.p_holm["s"] == pytest.approx(min(1, 2 * found.p["s"]))
    assert table(record=RECORD.sample(frac=1, random_state=5)).equals(found)


def test_where_nothing_can_be_tested_it_says_why():
    assert set(table(small=True).note) == {"no test in a small study"}
    assert table(small=True).p.isna().all()
    few = table(respondents=PEOPLE.assign(role=["A", "A", *"B" * 10]))
    assert few.note["s"] == "not tested: a group has 2 respondents, fewer than 3"
    same = table(record=RECORD[RECORD.unit_kind == "usage"].assign(value="similar.looks"))
    assert same.note["s"] == "not tested: every respondent has the same value"


def test_a_comparison_added_later_is_described_and_never_tested():
    read = {"record": RECORD, "open_units": OPEN, "units": UNITS, "respondents": PEOPLE}
    found = planned_table([SENSE], [LATER], **read, small=False, permutations=99, seed=1).set_index("comparison_id")
    assert found.note["later"] == UNPLANNED
    assert pd.isna(found.p["later"])
    assert found.mean_group["later"] > 0
    assert found.p_holm["s"] == found.p["s"]  # the family is what was frozen


def test_the_family_is_read_from_the_frozen_plan():
    frozen = {"plan": {"comparisons": {"s": {**SENSE.model_dump(exclude={"id"}), "question": "What?"}}}}
    assert promised(frozen) == [SENSE]
    assert promised(None) == []
