"""How numbers and lists are written in prose, the same in the glossary and the report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

NOTHING = "–"


def missing(value: Any) -> bool:
    """Whether a cell of a table says nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


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
