"""Keyword in context: each usage with what stands left and right of it."""

from __future__ import annotations

from typing import Literal

import pandas as pd

By = Literal["left", "right", "question"]


def keyword_in_context(
    usages: pd.DataFrame, responses: pd.DataFrame, *, reach: int = 50, by: By = "right"
) -> pd.DataFrame:
    """Return left, keyword, right, question_id and respondent_id per usage, sorted as asked.

    "left" sorts by the words before, read backwards from the keyword.
    """
    joined = usages.merge(responses[["response_id", "respondent_id", "question_id", "text"]], on="response_id")
    rows = []
    for row in joined.to_dict("records"):
        text, start, end = row["text"], row["start"], row["end"]
        left, right = " ".join(text[:start].split())[-reach:], " ".join(text[end:].split())[:reach]
        rows.append((left, text[start:end], right, row["question_id"], row["respondent_id"]))
    table = pd.DataFrame(rows, columns=pd.Index(["left", "keyword", "right", "question_id", "respondent_id"]))
    order = sorted(range(len(table)), key=lambda position: (_sort_key(rows[position], by), position))
    return table.iloc[order].reset_index(drop=True)


def _sort_key(row: tuple[str, ...], by: By) -> list[str]:
    left, _, right, question, _ = row
    if by == "left":
        return left.lower().split()[::-1]
    return ([question] if by == "question" else []) + right.lower().split()
