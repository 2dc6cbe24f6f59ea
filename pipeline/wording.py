"""How numbers and lists are written in prose, the same in the glossary and the report, in the language spoken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.speech import ENGLISH, message, number, phrase, phrases, spoken

NOTHING = "–"
AND = message("{names} and {last}")


def missing(value: Any) -> bool:
    """Whether a cell of a table says nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 respondent", "2 respondents", "1,706 sessions"."""
    return f"{number(count)} {phrases(count, one, many or one + 's')}"


def listed(names: Sequence[str], last: str = AND) -> str:
    """Return "a, b and c"; last: a message that joins the last name to the others."""
    names = list(names)
    if len(names) < 2:
        return names[0] if names else ""
    return phrase(last, names=", ".join(names[:-1]), last=names[-1])


def listed_first(names: Sequence[str], most: int) -> str:
    """Return "a, b and 3 more": the first so many, and how many there are besides."""
    shown, more = ", ".join(names[:most]), len(names) - most
    return phrase("{names} and {n} more", names=shown, n=more) if more > 0 else shown


def quoted(text: Any) -> str:
    """Return a word in quotation marks."""
    return phrase("“{text}”", text=text)


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: in lower case in English; other languages keep their nouns."""
    return label.lower() if spoken() == ENGLISH else label


def of(count: int, base: int) -> str:
    """Return "7 of 15"."""
    return phrase("{count} of {base}", count=number(count), base=number(base))


def percent(share: float | None) -> str:
    """Return "58 %" with a no-break space, "<1 %" where rounding would say none."""
    if missing(share):
        return NOTHING
    assert share is not None
    return phrase("{share}\u00a0%", share="<1" if 0 < share < 0.005 else f"{100 * share:.0f}")


def interval(low: float | None, high: float | None, *, as_percent: bool = False) -> str:
    """Return "0.51 to 0.73" or "51–73 %"; nothing where the interval is undefined."""
    if missing(low) or missing(high):
        return ""
    assert low is not None
    assert high is not None
    if as_percent:
        return phrase("{share}\u00a0%", share=f"{100 * low:.0f}–{100 * high:.0f}")
    return phrase("{low} to {high}", low=decimal(low), high=decimal(high))


def decimal(value: float | None, digits: int = 2) -> str:
    """Return a coefficient with a true minus sign, or a dash where it is undefined."""
    if missing(value):
        return NOTHING
    assert value is not None
    text = f"{value:.{digits}f}"
    return number(float(text) or 0, f".{digits}f").replace("-", "−")


def share(count: int, base: int, *, small: bool, low: float | None = None, high: float | None = None) -> str:
    """Return "7 of 15" in a small study, "58 % (28 of 48; 95 % interval 44–71 %)" in another."""
    if small or not base:
        return of(count, base)
    around = interval(low, high, as_percent=True)
    counts = {"share": percent(count / base), "counts": of(count, base)}
    if not around:
        return phrase("{share} ({counts})", **counts)
    return phrase("{share} ({counts}; 95 % interval {interval})", **counts, interval=around)
