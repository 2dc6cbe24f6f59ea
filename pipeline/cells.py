"""What a spreadsheet may hold: text that stays text, whatever it begins with (OWASP, CSV injection)."""

from __future__ import annotations

import re
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so may be run
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
MOST_CHARACTERS = 32_000  # a cell of a spreadsheet holds 32,767
CUT = " […]"  # stands where a text was cut


def is_formula(value: Any) -> bool:
    """Say whether a spreadsheet might run this text."""
    return isinstance(value, str) and value.startswith(FORMULA)


def inert(value: Any) -> Any:
    """Return a value for CSV: text that might be run gets an apostrophe in front; anything else stays."""
    return f"'{value}" if is_formula(value) else value


def fitting(value: Any) -> Any:
    """Return a value for XLSX: without characters XML cannot hold, cut to what a cell holds.

    A cell of XLSX says itself that it is text (`data_type`, `quotePrefix`), so that no apostrophe is needed.
    """
    if not isinstance(value, str):
        return value
    shown = ILLEGAL.sub("\ufffd", value)
    return shown if len(shown) <= MOST_CHARACTERS else shown[:MOST_CHARACTERS] + CUT


def around(text: str, mark: str) -> str:
    """Return a text that a cell holds: all of it, or of a longer one the part around the first `mark`."""
    if len(text) <= MOST_CHARACTERS:
        return text
    room = MOST_CHARACTERS - 2 * len(CUT)
    left = min(max(0, text.find(mark) - room // 2), len(text) - room)
    head, tail = CUT.strip() + " " if left else "", CUT if left + room < len(text) else ""
    return f"{head}{text[left : left + room]}{tail}"
