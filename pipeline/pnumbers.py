"""The short names respondents go by in everything people read: P01, P02 and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def p_numbers(respondents: pd.DataFrame, responses: pd.DataFrame) -> dict[str, str]:
    """Return respondent_id -> P-number, in the order of wave and first export row, so that late rows come last."""
    first = responses.groupby("respondent_id").export_row.min()
    order = respondents[["respondent_id", "wave"]].assign(
        row=lambda frame: frame.respondent_id.map(first).astype("float64")
    )
    ids = order.sort_values(["wave", "row", "respondent_id"], na_position="last").respondent_id
    digits = max(2, len(str(len(ids))))
    return {person: f"P{number:0{digits}d}" for number, person in enumerate(ids, 1)}
