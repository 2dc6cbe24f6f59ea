from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coding.handing import Material, hand_out
from pipeline.coding.ledger import empty_ledger, ledger_text, parse_ledger
from pipeline.coding.plan import extend, overlap_needs, pair_matrix
from pipeline.coding.sample import allocate, choose
from pipeline.coding.units import describe
from pipeline.errors import InputError
from pipeline.settings import Coding
from tests.coding.fake import frames


def material(n: int = 20) -> Material:
    made = frames(n)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    return Material(
        units, made["respondents"], ["why", "how"], ["role"], ["similar"], ["similar"], made["machine_codings"]
    )


def joined(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def units(n: int, need: int = 1) -> pd.DataFrame:
    return pd.DataFrame(
        {"unit_kind": "excerpt", "unit_id": [f"e{i}" for i in range(n)], "stratum": [f"s{i % 3}" for i in range(n)],
         "need": need, "p_include": 1.0, "place": 0}
    )  # fmt: skip


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(1, 3), st.integers(0, 99))
def test_loads_and_pairs_are_balanced(n: int, coders: int, need: int, seed: int) -> None:
    names = [f"c{i}" for i in range(coders)]
    rows = extend(units(n, need), empty_ledger(), coders=names, round_="1", purpose="estimate", seed=seed)
    load = rows.coder_id.value_counts().reindex(names, fill_value=0)
    assert load.max() - load.min() <= max(1, need)
    assert (rows.groupby("unit_id").coder_id.nunique() == min(need, coders)).all()
    assert not rows.duplicated(["coder_id", "unit_id"]).any()
    if need == 2:
        matrix = pair_matrix(rows, names)
        met = [matrix.iloc[i, j] for i in range(coders) for j in range(i)]
        assert max(met) - min(met) <= 1


@settings(max_examples=20)
@given(st.integers(2, 15), st.integers(1, 15), st.integers(0, 9))
def test_late_responses_and_a_new_coder_move_nothing(first: int, late: int, seed: int) -> None:
    before = Coding(coders=("ann", "bob"), seed=seed)
    ledger = hand_out(material(first), empty_ledger(), coding=before, done=())
    after = Coding(coders=("ann", "bob", "cleo"), seed=seed)
    fresh = hand_out(material(first + late), ledger, coding=after, done=())
    assert not set(fresh.assignment_id) & set(ledger.assignment_id)
    assert set(fresh.unit_id).isdisjoint(ledger.unit_id)
    assert hand_out(material(first + late), joined(ledger, fresh), coding=after, done=()).empty
    whole = joined(ledger, fresh)
    assert set(whole.unit_id) == set(material(first + late).units.unit_id)
    assert not whole.duplicated(["coder_id", "position"]).any()


def test_the_plan_does_not_depend_on_the_order_of_rows() -> None:
    one = material()
    two = Material(one.units.sample(frac=1, random_state=3), one.respondents.iloc[::-1], one.questions, one.groups,
                   one.terms, one.watched, one.machine_codings)  # fmt: skip
    coding = Coding(coders=("ann", "bob", "cleo"))
    first, second = (hand_out(m, empty_ledger(), coding=coding, done=()) for m in (one, two))
    assert ledger_text(first) == ledger_text(second)


def test_a_withdrawn_coders_open_work_goes_to_others_and_finished_work_stays() -> None:
    ledger = hand_out(material(), empty_ledger(), coding=Coding(coders=("ann", "bob", "cleo")), done=())
    mine = ledger[ledger.coder_id == "cleo"]
    done = set(mine.assignment_id.iloc[:5])
    coding = Coding(coders=("ann", "bob", "cleo"), withdrawn=("cleo",))
    fresh = hand_out(material(), ledger, coding=coding, done=done)
    assert set(fresh.coder_id) <= {"ann", "bob"}
    assert set(fresh.unit_id) == set(mine.unit_id.iloc[5:])
    assert hand_out(material(), joined(ledger, fresh), coding=coding, done=done).empty


def test_overlap_has_the_stated_share_in_every_stratum() -> None:
    needs = overlap_needs(units(300), empty_ledger(), share=0.3, coders=2, seed=5)
    twice = units(300).assign(need=needs).query("need == 2")
    assert len(twice) in (90, 91)
    assert twice.stratum.value_counts().between(29, 31).all()


def test_a_sample_grows_without_losing_anyone_and_carries_its_chance() -> None:
    pool = units(200)
    small, large = (choose(pool, ["stratum"], size=size, seed=1) for size in (30, 60))
    assert set(small.unit_id) <= set(large.unit_id)
    assert len(small) == 30
    assert small.p_include.sum() / 30 == pytest.approx(30 / 200, rel=0.05)
    assert (1 / small.p_include).sum() == pytest.approx(200)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 100))
def test_allocation_adds_up(counts: list[int], size: int) -> None:
    import numpy as np

    size = min(size, sum(counts))
    given_out = allocate(np.array(counts), size)
    assert given_out.sum() == size
    assert (given_out <= counts).all()


def test_calibration_is_read_by_all_and_repeats_come_from_finished_work() -> None:
    calibrate = Coding(coders=("ann", "bob", "cleo"), purpose="calibrate", sample=6)
    rows = hand_out(material(), empty_ledger(), coding=calibrate, done=())
    excerpts = rows[rows.unit_kind == "excerpt"]
    assert excerpts.unit_id.nunique() == 6
    assert (excerpts.groupby("unit_id").coder_id.nunique() == 3).all()
    ledger = hand_out(material(), empty_ledger(), coding=Coding(coders=("ann", "bob")), done=())
    repeat = Coding(coders=("ann", "bob"), purpose="repeat", repeat=0.5)
    again = hand_out(material(), ledger, coding=repeat, done=set(ledger.assignment_id[:20]))
    assert len(again) == 10 and set(again.purpose) == {"repeat"}
    assert set(zip(again.coder_id, again.unit_id, strict=False)) <= set(
        zip(ledger.coder_id, ledger.unit_id, strict=False)
    )
    assert hand_out(material(), joined(ledger, again), coding=repeat, done=set(ledger.assignment_id[:20])).empty


def test_the_ledger_survives_writing_and_reading_and_names_every_bad_row() -> None:
    ledger = hand_out(material(5), empty_ledger(), coding=Coding(coders=("ann",)), done=())
    text = ledger_text(ledger)
    assert ledger_text(parse_ledger(text, "x")) == text
    lines = text.splitlines()
    broken = "\n".join([lines[0], lines[1], lines[1], lines[2].replace(",estimate,1,", ",estimate,7,")])
    with pytest.raises(InputError) as caught:
        parse_ledger(broken, "assignments.csv")
    assert [fault.place for fault in caught.value.faults] == ["row 3", "row 4"]


def test_discovering_hands_out_pairs_of_different_people_and_tops_them_up() -> None:
    develop = Coding(coders=("ann", "bob"), purpose="develop", sample=15)
    ledger = hand_out(material(6), empty_ledger(), coding=develop, done=())
    pairs = ledger[ledger.unit_kind == "pair"]
    assert pairs.unit_id.nunique() == 15 and (pairs.groupby("unit_id").coder_id.nunique() == 2).all()
    assert all(first < second for first, second in pairs.unit_id.str.split("+"))
    assert "usage" not in set(ledger.unit_kind)
    assert hand_out(material(9), ledger, coding=develop, done=()).query("unit_kind == 'pair'").empty
    more = hand_out(material(9), ledger, coding=Coding(coders=("ann", "bob"), purpose="develop", sample=20), done=())
    assert more[more.unit_kind == "pair"].unit_id.nunique() == 5


def test_a_training_round_reads_what_was_chosen_and_has_no_chance_to_state() -> None:
    chosen = material().units.query("unit_kind == 'usage'").unit_id.tolist()[:3]
    taught = replace(material(), teaching={"similar": chosen})
    fresh = hand_out(taught, empty_ledger(), coding=Coding(coders=("ann", "bob"), purpose="train"), done=())
    usages = fresh[fresh.unit_kind == "usage"]
    assert set(usages.unit_id) == set(chosen)
    assert usages.p_include.isna().all()
    text = ledger_text(fresh)
    assert ledger_text(parse_ledger(text, "assignments.csv")) == text
    with pytest.raises(InputError, match="no value for p_include"):
        parse_ledger(text.replace(",train,,", ",estimate,,"), "assignments.csv")
