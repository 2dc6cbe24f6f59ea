"""The joint display: respondent x what was rated, with ratings, the sense used and the words that explain them.

An answer stands beside a rating only where survey.yaml says that it explains it (`Study.items_explained`).
"""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import Any

import pandas as pd

from pipeline.report.given import NOT_SENSES, Given
from pipeline.wording import missing

Row = dict[str, Any]  # of `joined_ratings`

COLUMNS = [
    "respondent_id",
    "wave",
    "response_id",
    "question_id",
    "context",
    "rated_question",
    "item_id",
    "value",
    "term_id",
    "sense_id",
    "usage_id",
]


def joined_ratings(given: Given) -> pd.DataFrame:
    """Return one row per answer, rating it explains and sense people gave a watched term in it (null without one).

    A sense used twice in an answer counts once; usage_id is its first usage.
    """
    links = _links(given)
    if links.empty:
        return pd.DataFrame({column: pd.Series(dtype="object") for column in COLUMNS})
    answers = given["responses"][["response_id", "respondent_id", "question_id", "item_id", "wave"]]
    answers = answers.rename(columns={"item_id": "context"}).assign(context=lambda frame: frame.context.fillna(""))
    rows = answers.merge(links, on=["question_id", "context"])
    ratings = given["ratings"].rename(columns={"question_id": "rated_question"})
    rows = rows.merge(
        ratings[["respondent_id", "rated_question", "item_id", "wave", "value"]],
        on=["respondent_id", "rated_question", "item_id", "wave"],
    )
    watched = given["terms"][given["terms"].role == "watched"].term_id
    senses = given.judged[given.judged.term_id.isin(watched)].sort_values("usage_id")
    senses = senses.drop_duplicates(["response_id", "term_id", "sense_id"])
    rows = rows.merge(senses[["response_id", "term_id", "sense_id", "usage_id"]], on="response_id", how="left")
    order = ["respondent_id", "wave", "question_id", "context", "rated_question", "item_id", "term_id", "sense_id"]
    return rows.sort_values(order)[COLUMNS].reset_index(drop=True)


def _links(given: Given) -> pd.DataFrame:
    """Return which open question about which item explains which rating of which items."""
    asked = given["responses"][["question_id", "item_id"]].drop_duplicates()
    rows = [
        (question, item or "", rated, target)
        for question, item in asked.astype(object).where(asked.notna(), None).itertuples(index=False)
        for rated, targets in given.study.items_explained(question, item).items()
        for target in targets or [""]
    ]
    return pd.DataFrame(rows, columns=["question_id", "context", "rated_question", "item_id"]).drop_duplicates()


def joint_display(given: Given) -> pd.DataFrame:
    """Return one row per respondent and context: person, context, one column per rated item, senses, usage_id.

    Rating cells read "4 / 2", in the order in which survey.yaml asks; a rating that was not given is a dash.
    """
    parts = defaultdict(list)
    for row in given.rated.to_dict("records"):
        parts[row["respondent_id"], row["wave"], row["context"]].append(row)
    if not parts:
        return pd.DataFrame()
    ratings = set(given.rated.rated_question)
    rated = [q for q in given.study.survey.questions if q in ratings]
    order = _order(given)
    out = [
        {
            "person": given.people[person],
            "wave": wave,
            "context": given.factors(context),
            **_cells(given, part, context, rated),
            **_words(given, part, order),
        }
        for (person, wave, context), part in parts.items()
    ]
    return pd.DataFrame(out).sort_values(["person", "context", "wave"]).reset_index(drop=True)


def _order(given: Given) -> dict[str, float]:
    """Return a number per term: ambiguous terms first, then by how often two respondents differ."""
    scores = given["ambiguity"].assign(score=given["ambiguity"].score.astype("float64").fillna(-1.0))
    return {
        term: -score - (verdict == "ambiguous")
        for term, verdict, score in scores[["term_id", "verdict", "score"]].itertuples(index=False)
    }


def _cells(given: Given, part: list[Row], context: str, rated: list[str]) -> dict[str, str]:
    values: dict[tuple[str, str], float] = {}
    for row in part:
        values.setdefault((row["rated_question"], row["item_id"]), row["value"])
    items = given.study.survey.items
    fixed, asked = set(items.get(context, {})), {item: place for place, item in enumerate(items)}
    cells: dict[str, str] = {}
    for item in sorted(dict.fromkeys(item for _, item in values), key=lambda item: asked.get(item, len(asked))):
        levels = items.get(item, {})
        name = ", ".join(given.study.label(level) for factor, level in levels.items() if factor not in fixed)
        cells[name or given.study.label(item)] = " / ".join(_number(values.get((question, item))) for question in rated)
    return cells


def _number(value: float | None) -> str:
    return "–" if missing(value) else f"{value:g}"


def _words(given: Given, part: list[Row], order: dict[str, float]) -> dict[str, object]:
    used: dict[tuple[str, str], Row] = {}
    for row in part:
        if not missing(row["sense_id"]):
            used.setdefault((row["term_id"], row["sense_id"]), row)
    said = sorted(
        used.values(),
        key=lambda row: (
            row["sense_id"] in NOT_SENSES, order.get(row["term_id"], inf), row["question_id"], row["usage_id"],
        ),
    )  # fmt: skip
    names = [f"{given.terms.get(row['term_id'], row['term_id'])}: {given.sense_name(row['sense_id'])}" for row in said]
    return {
        "senses": "; ".join(names),
        "sense_ids": "|".join(row["sense_id"] for row in said),
        "usage_id": said[0]["usage_id"] if said else None,
        "response_id": part[0]["response_id"],
    }
