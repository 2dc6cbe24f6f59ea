from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import binomtest

from pipeline import tables
from pipeline.coding.prevalence import prevalence_table, wilson
from pipeline.coding.record import Vote, basis_line, make_record, votes
from tests.coding.fake import frames

KEY = ("excerpt", "e1")


def vote(coder: str, *values: str, state: str = "coded") -> Vote:
    return Vote(coder, frozenset(values) if values else None, state, None)


def decide(rule: str | None, *cast: Vote) -> tuple[dict[str, str], list[tuple[str, str]]]:
    record, waiting = make_record({KEY: list(cast)}, [], rule=rule, coders=["ann", "bob", "cleo"])
    return dict(zip(record.value, record.basis, strict=False)), list(
        zip(waiting["values"], waiting.reason, strict=False)
    )


def test_each_rule() -> None:
    both = vote("ann", "a", "b"), vote("bob", "a")
    assert decide("majority", vote("ann", "a")) == ({"a": "single"}, [])
    assert decide("majority", vote("ann", "a"), vote("bob", "a")) == ({"a": "unanimous"}, [])
    assert decide("majority", *both)[0] == {"a": "unanimous"}
    assert decide("majority", *both)[1] == [("b", "readers differ: b 1 of 2")]
    assert decide("majority", *both, vote("cleo", "a"))[0] == {"a": "unanimous"}
    assert decide("majority", *both, vote("cleo", "a"))[1] == []
    assert decide("majority", vote("ann", "a"), vote("bob", "b"), vote("cleo", "b"))[0] == {"b": "majority"}
    assert decide("unanimous", vote("ann", "a"), vote("bob", "b"), vote("cleo", "b"))[0] == {}
    assert decide("single", vote("bob", "b"), vote("ann", "a"))[0] == {"a": "single"}
    assert decide("adjudicated", vote("ann", "a"), vote("bob", "a"))[0] == {"a": "unanimous"}
    assert decide("adjudicated", vote("ann", "a"), vote("bob", "b"))[0] == {}
    assert decide(None, vote("ann", "a"))[0] == {}


def test_no_vote_is_not_a_vote_for_nothing() -> None:
    assert decide("majority", vote("ann", state="unsure"))[1] == [("", "no reader decided (unsure)")]
    assert decide("majority", vote("ann", "a"), vote("bob", state="unsure"))[0] == {"a": "single"}
    assert decide("majority", vote("ann", "cannot_code"), vote("bob", "cannot_code"))[0] == {"cannot_code": "unanimous"}
    tie = decide("majority", vote("ann", "no_code"), vote("bob", "a"))
    assert tie[0] == {} and tie[1][0][0] == "a|no_code"


def test_settled_units_carry_reason_and_deciders() -> None:
    cast = {KEY: [vote("ann", "a"), vote("bob", "b")]}
    settled = [{"unit_kind": "excerpt", "unit_id": "e1", "values": ["a"], "outcome": "value", "basis": "negotiated",
                "reason": "we looked again", "decided_by": ["ann", "bob"],
                "decided_at": "2026-01-01T00:00:00Z"}]  # fmt: skip
    record, waiting = make_record(cast, settled, rule="negotiated", coders=["ann", "bob"])
    assert record.iloc[0][["value", "basis", "decided_by", "reason"]].tolist() == [
        "a",
        "negotiated",
        "ann, bob",
        "we looked again",
    ]
    assert waiting.empty
    record, waiting = make_record(cast, [{**settled[0], "outcome": "unresolved"}], rule="negotiated", coders=[])
    assert record.empty and waiting.reason[0] == "unresolved: we looked again"


def test_what_was_settled_counts_under_majority_where_votes_leave_a_unit_open() -> None:
    settled = [{"unit_kind": "excerpt", "unit_id": "e1", "values": ["b"], "outcome": "value", "basis": "adjudicated",
                "reason": "b is meant", "decided_by": ["dee"], "decided_at": "2026-01-01T00:00:00Z"}]  # fmt: skip
    tie = [vote("ann", "a"), vote("bob", "b")]
    record, waiting = make_record({KEY: tie}, settled, rule="majority", coders=[])
    assert record[["value", "basis", "reason"]].values.tolist() == [["b", "adjudicated", "b is meant"]]
    assert waiting.empty
    record, _ = make_record({KEY: [*tie, vote("cleo", "a")]}, settled, rule="majority", coders=[])
    assert record[["value", "basis"]].values.tolist() == [["a", "majority"]]


def test_only_estimates_vote_and_the_last_decision_of_a_coder_counts() -> None:
    assignments = pd.DataFrame(
        [("a1", "ann", "estimate"), ("a2", "ann", "repeat"), ("a3", "bob", "pilot")],
        columns=["assignment_id", "coder_id", "purpose"],
    ).assign(unit_kind="usage", unit_id="u1", round="1", p_include=1.0, position=1)
    decisions = pd.DataFrame({"assignment_id": ["a1", "a2", "a3"], "state": "coded", "decided_at": None})
    judgements = pd.DataFrame({"assignment_id": ["a1", "a2", "a3"], "value": ["x|y", "z", "z"]})
    found = votes(assignments, decisions, codings=tables.empty("codings"), judgements=judgements)
    assert [(v.coder, set(v.values or ())) for v in found[("usage", "u1")]] == [("ann", {"x", "y"})]


def test_prevalence_counts_respondents_with_their_base() -> None:
    made = frames(4)
    record = pd.DataFrame(
        [("excerpt", "ex000a", "a"), ("excerpt", "ex000b", "a"), ("excerpt", "ex001a", "no_code"), ("excerpt",
            "ex002a", "cannot_code"),
         ("usage", "ux000a", "similar.x")],
        columns=["unit_kind", "unit_id", "value"],
    ).assign(basis="single")  # fmt: skip
    waiting = pd.DataFrame([("excerpt", "ex003a", "a", "differ")], columns=["unit_kind", "unit_id", "values", "reason"])
    parts = {
        "excerpts": made["excerpts"],
        "responses": made["responses"],
        "respondents": made["respondents"],
        "groups": ["role"],
    }
    found = prevalence_table(record, waiting, **parts, codes=["b"], small=4)
    whole = found[(found.question_id == "") & (found.group_by == "")].set_index("code_id")
    assert whole.loc["a", ["n_respondents", "base", "n_excerpts"]].tolist() == [1, 2, 2]
    assert whole.loc["b", ["n_respondents", "base"]].tolist() == [0, 3]
    assert whole.loc["a", "share"] == 0.5
    cast = {
        ("excerpt", "ex000a"): [vote("ann", "a"), vote("bob", "a")],
        ("excerpt", "ex001a"): [vote("ann", "no_code"), vote("bob", "a")],
    }
    bounds = prevalence_table(record, waiting, **parts, codes=["b"], small=4, cast=cast)
    whole = bounds[(bounds.question_id == "") & (bounds.group_by == "")].set_index("code_id")
    assert whole.loc["a", ["n_intersection", "n_respondents", "n_union"]].tolist() == [1, 1, 2]
    cast["excerpt", "ex003a"] = [vote("ann", "a"), vote("bob", "no_code")]
    bounds = prevalence_table(record, waiting, **parts, codes=["b"], small=4, cast=cast)
    whole = bounds[(bounds.question_id == "") & (bounds.group_by == "")].set_index("code_id")
    kept = whole.loc["a", ["n_intersection", "n_respondents", "base", "n_union"]].tolist()
    assert kept == [1, 1, 2, 3], "an excerpt left open is in no base, but one reader's word would do"
    small = prevalence_table(record, waiting, **parts, codes=["b"], small=5)
    assert small[["share", "ci_low", "ci_high"]].isna().all(axis=None)
    doctor = found[(found.question_id == "why") & (found.group == "doctor") & (found.code_id == "b")].iloc[0]
    assert doctor.base == 2
    assert set(found.code_id) == {"a", "b"}


@pytest.mark.parametrize(("count", "base"), [(0, 7), (3, 12), (40, 41), (9, 9)])
def test_wilson_is_scipys(count: int, base: int) -> None:
    expected = binomtest(count, base).proportion_ci(method="wilson")
    assert wilson(count, base) == pytest.approx((expected.low, expected.high))


def test_the_basis_is_said_in_counts_then_in_shares() -> None:
    few = pd.DataFrame(
        {"unit_kind": "excerpt", "unit_id": ["a", "b", "b"], "basis": ["single", "majority", "unanimous"]}
    )
    assert basis_line(few) == "1 single, 1 majority"
    many = pd.DataFrame({"unit_kind": "excerpt", "unit_id": range(50), "basis": ["single"] * 25 + ["unanimous"] * 25})
    assert basis_line(many) == "50 % single, 50 % unanimous"
