"""Cells: nothing a respondent wrote is run by a spreadsheet, and nothing else is changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cells import FORMULA, MOST_CHARACTERS, fitting, inert


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
