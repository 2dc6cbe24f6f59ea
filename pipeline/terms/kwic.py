"""Keyword in context: each usage with what stands left and right of it."""

from __future__ import annotations

import re
from typing import Literal

import pandas as pd

By = Literal["left", "right", "question"]
WORD = re.compile(r"\w+")  # lines are sorted by words: punctuation beside the keyword says nothing


def keyword_in_context(
    usages: pd.DataFrame, responses: pd.DataFrame, *, reach: int = 50, by: By = "right"
) -> pd.DataFrame:
    """Return left, keyword, right, question_id, respondent_id and usage_id per usage, sorted as asked.

    "left" sorts by the words before, read backwards from the keyword.
    """
    joined = usages.merge(responses[["response_id", "respondent_id", "question_id", "text"]], on="response_id")
    rows = []
    for row in joined.to_dict("records"):
        text, start, end = row["text"], row["start"], row["end"]
        left, right = " ".join(text[:start].split())[-reach:], " ".join(text[end:].split())[:reach]
        rows.append((left, text[start:end], right, row["question_id"], row["respondent_id"], row["usage_id"]))
    names = ["left", "keyword", "right", "question_id", "respondent_id", "usage_id"]
    table = pd.DataFrame(rows, columns=pd.Index(names))
    order = sorted(range(len(table)), key=lambda position: (_sort_key(rows[position], by), position))
    return table.iloc[order].reset_index(drop=True)


def _sort_key(row: tuple[str, ...], by: By) -> list[str]:
    left, _, right, question, *_ = row
    if by == "left":
        return WORD.findall(left.casefold())[::-1]
    return ([question] if by == "question" else []) + WORD.findall(right.casefold())
