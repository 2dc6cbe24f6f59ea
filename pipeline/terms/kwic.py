"""Keyword in context: each usage with what stands left and right of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import pandas as pd

By = Literal["left", "right", "question", "group", "sense"]
WORD = re.compile(r"\w+")  # lines are sorted by words: punctuation beside the keyword says nothing


def keyword_in_context(
    usages: pd.DataFrame,
    responses: pd.DataFrame,
    *,
    reach: int = 50,
    by: By = "right",
    group_of: Mapping[str, str] = MappingProxyType({}),
    sense_of: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return left, keyword, right, question_id, respondent_id, usage_id, group and sense per usage, sorted as asked.

    "left" sorts by the words before, read backwards from the keyword; the others sort by that first, then by the
    words after. group_of: respondent_id -> group; sense_of: usage_id -> sense; "" where there is none.
    """
    joined = usages.merge(responses[["response_id", "respondent_id", "question_id", "text"]], on="response_id")
    rows = []
    for row in joined.to_dict("records"):
        who, usage = row["respondent_id"], row["usage_id"]
        facts = (row["question_id"], who, usage, group_of.get(who, ""), sense_of.get(usage, ""))
        rows.append((*in_context(row["text"], row["start"], row["end"], reach), *facts))
    names = ["left", "keyword", "right", "question_id", "respondent_id", "usage_id", "group", "sense"]
    table = pd.DataFrame(rows, columns=pd.Index(names))
    order = sorted(range(len(table)), key=lambda position: (_sort_key(rows[position], by), position))
    return table.iloc[order].reset_index(drop=True)


def in_context(text: str, start: int, end: int, reach: int) -> tuple[str, str, str]:
    """Return what stands left of a span, the span, and what stands right of it; each run of white space as one."""
    return " ".join(text[:start].split())[-reach:], text[start:end], " ".join(text[end:].split())[:reach]


def words(text: str) -> list[str]:
    """Return the words by which contexts are sorted."""
    return WORD.findall(text.casefold())


def _sort_key(row: tuple[str, ...], by: By) -> list[str]:
    left, _, right, question, _, _, group, sense = row
    if by == "left":
        return words(left)[::-1]
    first = {"question": [question], "group": [group], "sense": [sense]}
    return first.get(by, []) + words(right)
