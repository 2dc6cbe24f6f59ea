"""Anchors: the usages that glossary.yaml names as showing a sense, as short quotes beside its definition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from pipeline.coding.units import USAGE, marked

MOST = 3  # quotes a sense
AROUND = 90  # characters on either side of the usage


def quote(answer: str, start: int, end: int) -> str:
    """Return the usage between marks with at most AROUND characters on either side, cut between words."""
    low, high = max(0, start - AROUND), min(len(answer), end + AROUND)
    if low:
        low = min(start, answer.find(" ", low, start) + 1 or low)
    if high < len(answer):
        high = max(end, answer.rfind(" ", end, high)) if " " in answer[end:high] else high
    shown = marked(answer[low:high], start - low, end - low)
    return " ".join(f"{'… ' if low else ''}{shown}{' …' if high < len(answer) else ''}".split())


def anchor_quotes(
    anchors: Mapping[str, Sequence[str]], units: pd.DataFrame, *, asked: Collection[str]
) -> dict[str, list[str]]:
    """Return up to MOST quotes per sense id. anchors: sense id -> usage ids; units: units.COLUMNS.

    Usages that the coder is `asked` about are left out: their sense would be told before it is judged.
    """
    wanted = {usage for usages in anchors.values() for usage in usages} - set(asked)
    rows = units[(units.unit_kind == USAGE) & units.unit_id.isin(wanted)]
    said = {
        key: quote(answer, int(start), int(end))
        for key, answer, start, end in zip(rows.unit_id, rows.answer, rows.start, rows.end, strict=True)
    }
    return {sense: [said[usage] for usage in usages if usage in said][:MOST] for sense, usages in anchors.items()}
