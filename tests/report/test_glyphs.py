"""Emoji in the PDF: drawn where a font can, else named; nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.glyphs import drawn, named, pictured

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def test_what_the_font_draws_stays_and_what_it_lacks_is_named():
    covered = drawn(FONT)
    assert named("fine 😂 ☺ → ok", covered) == "fine 😂 ☺ → ok"
    assert named("good 👍!", covered) == "good ‹thumbs up sign›!"
    assert named("👩🏽‍🔬 says", covered) == "‹woman, microscope› says"
    assert named("❤️", covered).startswith("❤")


@given(st.text(st.characters(max_codepoint=0x20FF, exclude_categories=["Cs"])))
def test_ordinary_text_is_not_touched(text):
    kept = text.replace("\ufe0f", "").replace("\ufe0e", "")
    assert named(text, frozenset()) == kept


@given(st.text())
def test_where_no_pictograph_stands_no_font_is_asked(text):
    if not pictured(text):
        assert named(text, frozenset()) == named(text, drawn(FONT))


@given(st.text())
def test_no_symbol_that_would_be_a_box_is_left(text):
    import unicodedata

    covered = drawn(FONT)
    for mark in named(text, covered):
        assert ord(mark) in covered or unicodedata.category(mark) not in ("So", "Sk") or ord(mark) <= 0x2100
