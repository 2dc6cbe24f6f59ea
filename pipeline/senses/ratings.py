"""Senses against ratings: an answer is joined only to the ratings that survey.yaml says it explains.

For each respondent and context (a task), how two ratings order the same items (concordant, discordant
and tied pairs), by the sense in which that respondent used the term in the answer that explains them. And
the verbal-dispute table: of pairs of people who gave an item the same rating, how many meant different things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.senses.judged import NOT_A_SENSE

Explained = Callable[[str, str | None], dict[str, list[str]]]
SEVERAL = "several senses"


def sense_in_answer(labelled: pd.DataFrame) -> pd.DataFrame:
    """Return one sense per answer and term: its sense, or "several senses" where the answer's usages differ.

    labelled: term_id, usage_id, sense_id, respondent_id, response_id, question_id, item_id.
    """
    rows = labelled[~labelled.sense_id.isin(NOT_A_SENSE)]
    keys = ["term_id", "response_id", "respondent_id", "question_id", "item_id"]
    grouped = rows.assign(item_id=rows.item_id.fillna("")).groupby(keys).sense_id.agg(lambda found: sorted(set(found)))
    table = grouped.reset_index()
    table["sense_id"] = [found[0] if len(found) == 1 else SEVERAL for found in table.sense_id]
    return table


def joined_ratings(answers: pd.DataFrame, ratings: pd.DataFrame, explained: Explained) -> pd.DataFrame:
    """Return answers with each rating they explain (columns as named below)."""
    values = ratings.set_index(["respondent_id", "question_id", "item_id"]).value.to_dict()
    rows = []
    for row in answers.to_dict("records"):
        for rating, items in explained(row["question_id"], row["item_id"] or None).items():
            for item in items or [""]:
                value = values.get((row["respondent_id"], rating, item))
                if value is not None and not np.isnan(value):
                    rows.append(
                        (row["term_id"], row["respondent_id"], row["sense_id"], row["item_id"], rating, item, value)
                    )
    names = ["term_id", "respondent_id", "sense_id", "context", "rating", "item_id", "value"]
    return pd.DataFrame(rows, columns=pd.Index(names))


def order_rows(answers: pd.DataFrame, ratings: pd.DataFrame, explained: Explained) -> pd.DataFrame:
    """Return the orders table.

    For every other rating of the items that an answer speaks of: how many pairs of items both
    ratings put in the same order, in opposite orders, or tie in at least one.
    """
    values: dict[tuple[str, str], dict[str, float]] = {}
    for row in ratings.dropna(subset=["value"]).to_dict("records"):
        values.setdefault((row["respondent_id"], row["question_id"]), {})[row["item_id"]] = row["value"]
    questions = sorted(set(ratings.question_id))
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for row in answers.to_dict("records"):
        for first, items in explained(row["question_id"], row["item_id"] or None).items():
            for second in questions:
                one, other = (values.get((row["respondent_id"], name), {}) for name in (first, second))
                both = [item for item in items if item in one and item in other]
                if second == first or len(both) < 2:
                    continue
                counts = _pairs([(one[item], other[item]) for item in both])
                key = (row["respondent_id"], row["item_id"], row["term_id"], row["sense_id"])
                found[key] = {
                    "respondent_id": key[0],
                    "context": key[1],
                    "term_id": key[2],
                    "sense_id": key[3],
                    "rating_a": first,
                    "rating_b": second,
                    **counts,
                }
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(list(found.values()), columns=pd.Index(list(SCHEMAS["orders"].types)))


def _pairs(values: list[tuple[float, float]]) -> dict[str, int]:
    signs = [np.sign(a - c) * np.sign(b - d) for (a, b), (c, d) in combinations(values, 2)]
    return {"n_concordant": signs.count(1), "n_discordant": signs.count(-1), "n_tied": signs.count(0)}


def verbal_disputes(joined: pd.DataFrame, *, resamples: int, seed: int, small: int) -> Iterator[dict[str, object]]:
    """Yield disputes of scope "same rating" and "different rating": pairs of people who rated the same item.

    joined: as `joined_ratings` returns it. Answers with several senses stand for a sense of their own. Intervals
    resample respondents.
    """
    for term, mine in joined.groupby("term_id"):
        people = sorted(set(mine.respondent_id))
        rng = np.random.default_rng(seed)
        weights = np.stack(
            [
                np.ones(len(people)),
                *(
                    np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))
                    for _ in range(resamples)
                ),
            ]
        )
        tallies = _tallies(mine, people, weights)
        for scope, (pairs, differing) in tallies.items():
            with np.errstate(invalid="ignore", divide="ignore"):
                shares = np.where(pairs > 0, differing / pairs, np.nan)
            enough = len(people) >= small and np.isfinite(shares[1:]).mean() > 0.95
            low, high = np.nanquantile(shares[1:], [0.025, 0.975]) if enough else (None, None)
            yield {
                "term_id": term,
                "scope": scope,
                "value": None if np.isnan(shares[0]) else round(float(shares[0]), 4),
                "ci_low": None if low is None else round(float(low), 4),
                "ci_high": None if high is None else round(float(high), 4),
                "n_respondents": len(people),
                "n_pairs": int(pairs[0]),
                "note": "" if pairs[0] else "undefined: no such pair",
            }


def _tallies(rows: pd.DataFrame, people: list[str], weights: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Count weighted pairs with the same and with different ratings, and those that differ in sense."""
    same, same_differ, all_pairs, all_differ = (np.zeros(len(weights)) for _ in range(4))
    place = {person: index for index, person in enumerate(people)}
    senses = {sense: index for index, sense in enumerate(sorted(set(rows.sense_id)))}
    for _, item in rows.groupby(["rating", "item_id"]):
        who = item.respondent_id.map(place).to_numpy()
        meaning = np.eye(len(senses))[item.sense_id.map(senses).to_numpy()]
        pairs, differ = _weighted_pairs(weights[:, who], meaning)
        all_pairs += pairs
        all_differ += differ
        for value in sorted(set(item.value)):
            pick = (item.value == value).to_numpy()
            pairs, differ = _weighted_pairs(weights[:, who[pick]], meaning[pick])
            same += pairs
            same_differ += differ
    return {"same rating": (same, same_differ), "different rating": (all_pairs - same, all_differ - same_differ)}


def _weighted_pairs(weights: np.ndarray, meaning: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    squares = (weights**2).sum(1)
    pairs = (weights.sum(1) ** 2 - squares) / 2
    agreeing = (((weights @ meaning) ** 2).sum(1) - squares) / 2
    return pairs, pairs - agreeing
