"""Two sides: intervals as published; change only of the same people, effect only where chance decided."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.glossary.compare import Side, blindness, compare, parted
from pipeline.glossary.compared import as_text
from pipeline.glossary.differences import independent, paired
from tests.glossary.written import glossary_in


@pytest.mark.parametrize(  # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10
    ("a", "base_a", "b", "base_b", "limits"),
    [
        (48, 80, 56, 70, (0.0524, 0.3339)),
        (3, 10, 9, 10, (0.1705, 0.8090)),
        (2, 7, 6, 7, (0.0582, 0.8062)),
        (0, 29, 5, 56, (-0.0381, 0.1926)),
        (0, 10, 10, 10, (0.6075, 1.0)),
    ],
)
def test_independent_intervals_are_those_published(a, base_a, b, base_b, limits):
    assert independent(a, base_a, b, base_b) == pytest.approx(limits, abs=2e-4)


def test_a_paired_interval_is_that_published():
    assert paired(36, 2, 12, 0) == pytest.approx((0.0569, 0.3404), abs=2e-4)  # Newcombe 1998, 17, 2635-2650, table II


COUNTS = st.integers(0, 40)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_intervals_hold_the_difference_and_turn_with_the_sides(a, b, c, d):
    n = a + b + c + d
    if n:
        low, high = paired(a, b, c, d)
        assert low - 1e-3 >= -1 or low >= -1.001
        assert low - 1e-3 <= (c - b) / n <= high + 1e-3
        back = paired(a, c, b, d)
        assert (-back[1], -back[0]) == pytest.approx((low, high), abs=2e-4)


SENSES = {"t.x": ("x", "meaning x"), "t.y": ("y", "meaning y")}


def side(name, people, share, senses=SENSES):
    """People from..to, of whom the first `share` use x, the others y."""
    rows = [(f"p{i}", "t", "t.x" if place < share else "t.y") for place, i in enumerate(people)]
    return Side(name, pd.DataFrame(rows, columns=["respondent_id", "term_id", "sense_id"]), senses)


def row(table, sense, of):
    return table[(table.sense_id == sense) & (table.of == of)].iloc[0]


def test_different_people_differ_and_only_chance_makes_an_effect():
    a, b = side("a", range(60), 10), side("b", range(60, 120), 40)
    table = compare(a, b, randomised=False, small=30)
    assert set(table.of) == {"difference"}
    assert row(table, "t.x", "difference").direction == "grew"
    assert row(table, "t.y", "difference").direction == "shrank"
    assert row(table, "t.x", "difference").difference == 0.5
    assert set(compare(a, b, randomised=True, small=30).of) == {"effect"}
    alike = compare(a, side("b", range(60, 120), 13), randomised=False, small=30)
    assert row(alike, "t.x", "difference").direction == "no difference shown"


def test_the_same_people_change_and_are_not_counted_as_independent():
    a, b = side("a", range(60), 0), side("b", range(20, 80), 30)
    table = compare(a, b, randomised=False, small=30)
    change = row(table, "t.x", "change")
    assert (change.n_a, change.base_a, change.n_b, change.base_b) == (0, 40, 30, 40)
    assert change.direction == "appeared"
    overall = row(table, "t.x", "difference")
    assert pd.isna(overall.ci_low) and overall.note.startswith("40 respondents stand on both sides")
    back = compare(b, a, randomised=False, small=30)
    assert row(back, "t.x", "change").direction == "disappeared"


def test_small_sides_are_counts_without_direction():
    table = compare(side("a", range(20), 0), side("b", range(20, 40), 20), randomised=True, small=30)
    found = row(table, "t.x", "effect")
    assert pd.isna(found.difference) and pd.isna(found.ci_low) and found.direction == ""
    assert "counts only" in found.note


def test_senses_that_were_not_the_same_on_both_sides_are_listed_not_compared():
    other = {"t.x": ("x", "another meaning"), "t.z": ("z", "only there")}
    table = compare(side("a", range(40), 9), side("b", range(40, 80), 9, other), randomised=False, small=30)
    assert {(r.sense_id, r.note) for r in table.itertuples()} == {
        ("t.x", "the two sides define it differently"),
        ("t.y", "not in the inventory of b"),
        ("t.z", "not in the inventory of a"),
    }
    assert set(table.of) == {"not compared"}


def test_counts_stay_whole_beside_senses_that_are_not_compared_and_those_come_last():
    other = {"t.a": ("a", "only there"), "t.x": SENSES["t.x"]}
    table = compare(side("a", range(40), 9), side("b", range(40, 80), 9, other), randomised=False, small=30)
    text = as_text(table, "a", "b", [])
    assert ".0 of" not in text and re.search(r"\| \d+ of 40 \|", text)
    assert text.index("## Difference") < text.index("## Not compared")


def test_sides_are_waves_or_answers_and_wrong_names_are_told():
    responses = pd.DataFrame({"response_id": ["r1", "r2"], "respondent_id": ["p1", "p2"], "wave": ["1", "2"]})
    people = pd.DataFrame({"respondent_id": ["p1", "p2"], "wave": ["1", "2"], "quote_ok": True, "role": ["a", "b"]})
    assert [list(part.response_id) for part in parted(responses, people, "wave", ("2", "1"))] == [["r2"], ["r1"]]
    assert [list(part.response_id) for part in parted(responses, people, "role", ("a", "b"))] == [["r1"], ["r2"]]
    with pytest.raises(InputError, match="'role'"):
        parted(responses, people, "rolle", ("a", "b"))
    with pytest.raises(InputError, match="'3' is not a value of 'wave'"):
        parted(responses, people, "wave", ("1", "3"))


def test_readers_are_blind_when_they_met_both_sides_in_one_round():
    usages = pd.DataFrame({"usage_id": ["u1", "u2"], "response_id": ["r1", "r2"]})
    work = pd.DataFrame({"unit_kind": "usage", "unit_id": ["u1", "u2"], "round": ["1", "1"]})
    assert "same rounds" in blindness(work, usages, {"r1"}, {"r2"})
    assert "different rounds" in blindness(work.assign(round=["1", "2"]), usages, {"r1"}, {"r2"})
    assert "saw the respondents’ groups" in blindness(work, usages, {"r1"}, {"r2"}, shown=("group",))


def test_the_command_writes_text_and_table(tmp_path):
    made = glossary_in(tmp_path, n=90)
    place = ["--root", str(tmp_path), "--study", "fake"]
    roles = sorted(made.tables["respondents"].role.dropna().unique())
    survey = made.study.codebook_folder / "survey.yaml"
    result = CliRunner().invoke(main, ["glossary", "compare", "--groups", "role", *roles[:2], *place])
    assert result.exit_code == 0, result.output
    assert "## Difference" in result.output
    survey.write_text(survey.read_text().replace("report: {", "report: {randomised: [role], "))
    result = CliRunner().invoke(main, ["glossary", "compare", "--groups", "role", *roles[:2], *place])
    assert "## Effect" in result.output
    written = list((made.study.reports).glob("glossary-compare-*"))
    assert sorted(path.suffix for path in written) == [".csv", ".md"]
    result = CliRunner().invoke(main, ["glossary", "compare", *place])
    assert result.exit_code == 2 and "name two sides" in result.output
