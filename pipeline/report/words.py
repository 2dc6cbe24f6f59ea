"""How numbers and people's words are written in the report."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

SPECIAL = {ord(mark): "\\" + mark for mark in string.punctuation}
NOTHING = "–"
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")


class Markdown(str):
    """Markdown that the program wrote; every other text is made inert before it is set."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell the template engine that nothing needs escaping (the protocol of markupsafe)."""
        return str(self)


def missing(value: Any) -> bool:
    """Whether a cell of a table says nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def one_line(text: str) -> str:
    """Return text as one line: blanks folded; control, format and unassigned characters gone (emoji joiners stay).

    A no-break space stays one, so that "35 % (17 of 48)" is not broken in a cell.
    """
    kept = "".join(mark for mark in text if mark.isspace() or mark == "\u200d" or unicodedata.category(mark)[0] != "C")
    return BLANKS.sub(" ", kept).strip()


def inert(value: Any) -> Markdown:
    r"""Return text as Markdown that pandoc reads as nothing but that text.

    Every ASCII punctuation mark is escaped (pandoc manual, `all_symbols_escapable`), line
    breaks become blanks, so that no block or inline syntax can begin. A blank at either end stays.
    """
    text = _written(value)
    line = one_line(text)
    left, right = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return Markdown(f"{left}{line.translate(SPECIAL)}{right}" if line else left)


def _written(value: Any) -> str:
    if missing(value):
        return NOTHING
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 respondent", "2 respondents", "1,706 sessions"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Return "a, b and c"."""
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def of(count: int, base: int) -> str:
    """Return "7 of 15"."""
    return f"{count:,} of {base:,}"


def percent(share: float | None) -> str:
    """Return "58 %" with a no-break space, "<1 %" where rounding would say none."""
    if missing(share):
        return NOTHING
    assert share is not None
    return "<1\u00a0%" if 0 < share < 0.005 else f"{100 * share:.0f}\u00a0%"


def interval(low: float | None, high: float | None, *, as_percent: bool = False) -> str:
    """Return "0.51 to 0.73" or "51–73 %"; nothing where the interval is undefined."""
    if missing(low) or missing(high):
        return ""
    assert low is not None
    assert high is not None
    if as_percent:
        return f"{100 * low:.0f}–{100 * high:.0f}\u00a0%"
    return f"{decimal(low)} to {decimal(high)}"


def decimal(value: float | None, digits: int = 2) -> str:
    """Return a coefficient with a true minus sign, or a dash where it is undefined."""
    if missing(value):
        return NOTHING
    assert value is not None
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def share(count: int, base: int, *, small: bool, low: float | None = None, high: float | None = None) -> str:
    """Return "7 of 15" in a small study, "58 % (28 of 48; 95 % interval 44–71 %)" in another."""
    if small or not base:
        return of(count, base)
    around = interval(low, high, as_percent=True)
    return f"{percent(count / base)} ({of(count, base)}{f'; 95 % interval {around}' if around else ''})"


def slug(text: str) -> str:
    """Return a name for files and anchors: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def wrapped(text: str, width: int = 26, lines: int = 2) -> str:
    """Return a label for a figure on at most so many lines, cut with an ellipsis; dollar signs are no mathematics."""
    import textwrap

    found = textwrap.wrap(one_line(text), width, max_lines=lines, placeholder="…", break_long_words=True)
    return "\n".join(found).replace("$", r"\$")
