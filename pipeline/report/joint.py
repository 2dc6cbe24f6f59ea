"""The joint display: respondent x what was rated, with ratings, the sense used and the words that explain them.

An answer stands beside a rating only where survey.yaml says that it explains it (`Study.items_explained`).
"""

from __future__ import annotations

import pandas as pd

from pipeline.report.given import NOT_SENSES, Given

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
    rows = joined_ratings(given)
    if rows.empty:
        return pd.DataFrame()
    ratings = list(dict.fromkeys(rows.rated_question))
    rated = [q for q in given.study.survey.questions if q in ratings]
    scores = given["ambiguity"].assign(score=given["ambiguity"].score.astype("float64").fillna(-1.0))
    order = {term: -score - (verdict == "ambiguous") for term, verdict, score in
             scores[["term_id", "verdict", "score"]].itertuples(index=False)}  # fmt: skip
    out = []
    for (person, wave, context), part in rows.groupby(["respondent_id", "wave", "context"], sort=False):
        out.append(
            {
                "person": given.people[person],
                "wave": wave,
                "context": given.factors(context),
                **_cells(given, part, context, rated),
                **_words(given, part, order),
            }
        )
    return pd.DataFrame(out).sort_values(["person", "context", "wave"]).reset_index(drop=True)


def _cells(given: Given, part: pd.DataFrame, context: str, rated: list[str]) -> dict[str, str]:
    values = part.drop_duplicates(["rated_question", "item_id"]).set_index(["rated_question", "item_id"]).value
    fixed = set(given.study.survey.items.get(context, {}))
    cells: dict[str, str] = {}
    asked = list(given.study.survey.items)
    for item in sorted(set(part.item_id), key=lambda item: asked.index(item) if item in asked else len(asked)):
        levels = given.study.survey.items.get(item, {})
        name = ", ".join(given.study.label(level) for factor, level in levels.items() if factor not in fixed)
        cells[name or given.study.label(item)] = " / ".join(_number(values.get((question, item))) for question in rated)
    return cells


def _number(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:g}"


def _words(given: Given, part: pd.DataFrame, order: dict[str, float]) -> dict[str, object]:
    used = part.dropna(subset=["sense_id"]).drop_duplicates(["term_id", "sense_id"])
    used = used.assign(no=used.sense_id.isin(NOT_SENSES), place=used.term_id.map(order)).sort_values(
        ["no", "place", "question_id", "usage_id"], kind="stable"
    )
    names = [
        f"{given.terms.get(t, t)}: {given.sense_name(s)}" for t, s in zip(used.term_id, used.sense_id, strict=True)
    ]
    return {
        "senses": "; ".join(names),
        "sense_ids": "|".join(used.sense_id),
        "usage_id": next(iter(used.usage_id), None),
        "response_id": part.response_id.iloc[0],
    }
