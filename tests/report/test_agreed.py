"""What the report says of agreement: order, verdicts, remarks, confusions, units to talk about, rows kept apart."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from pipeline.report import agreed, frames
from pipeline.report.given import Given
from pipeline.report.scopes import label_of
from pipeline.tables import SCHEMAS
from tests.report.test_paper import given_of


def with_rows(given: Given, name: str, rows: list[dict]) -> Given:
    added = pd.DataFrame(rows, columns=list(SCHEMAS[name].types))
    return Given(given.study, {**given.tables, name: added}, codes=given.codes, inventory=given.inventory)


@pytest.fixture(scope="module")
def given(large):
    return given_of(large)


def alpha(scope, value, **more):
    row = {"scope": scope, "coefficient": "alpha", "level": "nominal", "value": value, "n_units": 40, "n_coders": 2,
           "n_respondents": 30, "n_positive": 12, "note": ""}  # fmt: skip
    return {**row, **more}


def test_highest_alpha_first_and_undefined_last(given):
    found = with_rows(given, "agreement", [
        alpha("code:colour", 0.5), alpha("term:similar", 0.99), alpha("code:shape", None, note="undefined: x"),
        alpha("code:size", 0.9), alpha("all codes", 0.7), alpha("pilot / all codes", 1.0),
    ])  # fmt: skip
    assert frames.agreement(found).scope.tolist() == [
        "all codes", "code:size", "code:colour", "code:shape", "term:similar"
    ]  # fmt: skip


@pytest.mark.parametrize(("low", "said"), [(0.81, "firm"), (0.7, "tentative"), (0.5, "below 0.667"), (None, "")])
def test_the_verdict_goes_by_the_lower_bound(given, low, said):
    assert agreed.verdict(given, SimpleNamespace(value=0.95, ci_low=low, coverage=None)) == said


def test_an_interval_that_often_misses_carries_no_verdict(given):
    assert agreed.verdict(given, SimpleNamespace(value=0.95, ci_low=0.81, coverage=0.61)) == "too few"
    assert agreed.verdict(given, SimpleNamespace(value=0.95, ci_low=0.81, coverage=0.93)) == "firm"


def test_simulated_coverage_and_unweighted_value_stand_beside(given):
    rows = [alpha("code:colour", 0.61, ci_low=0.5, ci_high=0.7, coverage=0.912),
            alpha("code:colour", 0.7, coefficient="alpha (unweighted)")]  # fmt: skip
    (row,) = agreed.agreement_rows(with_rows(given, "agreement", rows))[1]
    assert row[1] == "0.61 (unweighted 0.70)"
    assert row[2] == "0.50 to 0.70 (91 of 100)"


def test_confusions_of_two_codes_are_one_row(given):
    rows = [dict(zip(SCHEMAS["confusions"].types, row, strict=True)) for row in
            [("colour", "shape", 3, 2), ("shape", "colour", 3, 2), ("size", "", 1, 1)]]  # fmt: skip
    found = agreed.confusion_rows(with_rows(given, "confusions", rows))
    assert [row[2:] for row in found] == [["2", "3"], ["1", "1"]]
    assert found[1][1] == "no code at all"


def test_units_to_talk_about_come_with_words_and_what_was_said(given):
    one, other = given["excerpts"].excerpt_id.iloc[:2]
    rows = [{"unit_kind": "excerpt", "unit_id": one, "cost": 0.02, "said": "amara: colour; ben: "},
            {"unit_kind": "excerpt", "unit_id": other, "cost": -0.01, "said": "x"}]  # fmt: skip
    (row,) = agreed.meeting_rows(with_rows(given, "disagreements", rows))
    assert row[2][:20] == given["excerpts"].text.iloc[0][:20]
    assert row[3] == f"amara: {given.code_name('colour')}; ben: no code"
    assert row[4] == "+0.020"


def test_what_is_no_agreement_of_the_study_stands_apart(given):
    rows = [alpha("all codes", 0.7), alpha("pilot / all codes", 0.9), alpha("version 1.0 / all codes", 0.4),
            alpha("discussed / code:colour", 0.9), alpha("intra:ben / all codes", 0.95),
            alpha("machine:rule / all codes", 0.3), alpha("machine:rule / code:colour", 0.2)]  # fmt: skip
    found = with_rows(given, "agreement", rows)
    assert [row[0] for row in agreed.own_rows(found)] == [
        "Pilot: All codes together", "Version 1.0: All codes together", "ben, twice: All codes together"
    ]  # fmt: skip
    assert [row[:3] for row in agreed.machine_rows(found)] == [
        ["rule", "All codes together", "0.30"], ["rule", given.code_name("colour"), "0.20"]
    ]  # fmt: skip
    assert len(agreed.agreement_rows(found)[1]) == 1


def test_scopes_in_words(given):
    assert label_of(given, "difference:without:ben minus all codes") == "Without ben minus all codes together"
    assert label_of(given, "difference:round:2 minus round:1 / code:colour").endswith(given.code_name("colour"))
    assert label_of(given, "seen before / all codes") == "Read while the codebook was made: All codes together"


def test_marked_words_have_a_table_of_their_own(given):
    rows = [alpha("spans / pair:amara|ben", 0.6, coefficient="alpha-u"),
            alpha("spans / pair:amara|ben / code:colour", 0.7, coefficient="alpha-u", n_positive=9)]  # fmt: skip
    found = agreed.span_rows(with_rows(given, "agreement", rows))
    assert [row[1:] for row in found] == [["0.60", "12", "40"], ["0.70", "9", "40"]]
    assert found[1][0] == f"amara and ben: {given.code_name('colour')}"
