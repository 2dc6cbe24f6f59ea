"""Cells: nothing a respondent wrote is run by a spreadsheet, and nothing else is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cells import FORMULA, MOST_CHARACTERS, around, fitting, inert


@given(st.text())
def test_no_text_begins_a_formula_and_the_text_is_kept(text):
    made = inert(text)
    assert not made.startswith(FORMULA)
    assert made == text or made == f"'{text}"


def test_numbers_and_nothing_stay_as_they_are():
    assert [inert(value) for value in (-1, 2.5, None, True)] == [-1, 2.5, None, True]
    assert fitting(-1) == -1


@given(st.text(st.characters()))
def test_what_a_sheet_gets_is_text_that_xml_can_hold(text):
    from lxml import etree

    element = etree.Element("v")
    element.text = fitting(text)
    assert len(fitting(text)) == len(text)


def test_a_long_text_says_that_it_was_cut():
    assert fitting("x" * 40_000) == "x" * MOST_CHARACTERS + " […]"


@pytest.mark.parametrize("before", [0, 10, 20_000, 500_000, 999_990])
def test_of_a_long_text_the_part_around_its_mark_is_shown(before):
    text = "a" * before + "⟦similar⟧" + "b" * (1_000_000 - before)
    shown = around(text, "⟦")
    assert "⟦similar⟧" in shown
    assert len(shown) <= MOST_CHARACTERS
    assert fitting(shown) == shown
    assert around("short ⟦x⟧", "⟦") == "short ⟦x⟧"
