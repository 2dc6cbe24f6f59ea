"""Numbers an entry shows, each with its base: shares, groups, ratings, what is no sense, agreement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from pipeline.notes import retold
from pipeline.senses.ratings import joined_ratings, sense_in_answer
from pipeline.speech import message, number, phrase
from pipeline.study import Study

NOT_SENSES = {"none": message("in none of these senses"), "cannot_code": message("the text does not tell")}


@dataclass(frozen=True)
class Rating:
    """How a sense goes with one rating: how often each value was given by those whose answer has the sense."""

    question: str
    values: tuple[tuple[float, int], ...]
    n_respondents: int

    @property
    def n(self) -> int:
        """Ratings in all."""
        return sum(count for _, count in self.values)

    @property
    def median(self) -> float:
        """The middle rating."""
        return median([value for value, count in self.values for _ in range(count)])


def base(shares: Iterable[Any]) -> int:
    """Return how many respondents used a term in a way that could be coded. shares: the term's rows of the table."""
    return max((int(row.base) for row in shares if not row.group_by and row.sense_id not in NOT_SENSES), default=0)


def groups(sense: str, study: Study, shares: Iterable[Any]) -> tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]:
    """Return who uses a sense: (question, ((group, respondents, base), …)), groups where nobody does counted 0.

    shares: the rows of the sense's term.
    """
    bases: dict[str, dict[str, int]] = {}
    users: dict[str, dict[str, int]] = {}
    for row in shares:
        if row.group_by and row.sense_id not in NOT_SENSES:
            known = bases.setdefault(row.group_by, {})
            known[row.group] = max(known.get(row.group, 0), int(row.base))
            if row.sense_id == sense:
                users.setdefault(row.group_by, {})[row.group] = int(row.n_respondents)
    return tuple(
        (
            study.question_name(question),
            tuple(
                (study.label(group), users[question].get(group, 0), n) for group, n in sorted(bases[question].items())
            ),
        )
        for question in bases
        if question in users
    )


def no_senses(shares: Iterable[Any]) -> tuple[tuple[str, int, int, int], ...]:
    """Return what readers found that is no sense: (name, respondents, base, usages). shares: a term's rows."""
    rows = [row for row in shares if not row.group_by and row.sense_id in NOT_SENSES]
    return tuple(
        (phrase(NOT_SENSES[row.sense_id]), int(row.n_respondents), int(row.base), int(row.n_usages))
        for row in sorted(rows, key=lambda row: row.sense_id, reverse=True)
    )


def ratings(
    study: Study, senses: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame, rated: pd.DataFrame
) -> dict[str, tuple[Rating, ...]]:
    """Return, per sense, the ratings explained by answers that use the term in that sense alone."""
    where = responses[["response_id", "respondent_id", "question_id", "item_id"]]
    labelled = senses[senses.source == "record"][["term_id", "usage_id", "sense_id"]]
    labelled = labelled.merge(usages[["usage_id", "response_id"]], on="usage_id").merge(where, on="response_id")
    if labelled.empty or rated.empty:
        return {}
    joined = joined_ratings(sense_in_answer(labelled), rated.fillna({"item_id": ""}), study.items_explained)
    found: dict[str, list[Rating]] = {}
    for (sense, question), part in joined.groupby(["sense_id", "rating"]):
        values = part.value.value_counts().sort_index()
        pairs = tuple((float(value), int(count)) for value, count in values.items())
        rating = Rating(study.question_name(str(question)), pairs, part.respondent_id.nunique())
        found.setdefault(str(sense), []).append(rating)
    return {sense: tuple(rows) for sense, rows in found.items()}


def verdict(row: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Return a term's verdict and what it rests on, in a sentence with the senses' names.

    row: the term's of the table ambiguity, None where it has none.
    """
    if row is None:
        return "not used", phrase("Nobody used this term in the answers.")
    reason = str(row.reason)
    for sense in sorted(names, key=len, reverse=True):
        reason = reason.replace(f"{sense} ", f"{names[sense]} ")
    counts = {"usages": int(row.n_usages), "people": int(row.n_respondents)}
    said = (
        phrase("{usages} usages by {people} respondents could be coded.", **counts)
        if reason.startswith("people's labels")
        else phrase("{usages} usages by {people} respondents in all.", **counts)
    )
    reason = retold(reason)
    return str(row.verdict), f"{said} {reason[0].upper()}{reason[1:]}.".replace("'", "’")


def agreement(row: Any) -> str:
    """Return how far coders agree on a term's senses, in a sentence; nothing where nobody measured it.

    row: of the table agreement, the term's alpha, or None.
    """
    if row is None:
        return ""
    if pd.isna(row.value):
        return phrase("Agreement of coders on its senses: {note}.", note=retold(str(row.note)))
    ends = ", ".join(number(end, ".2f") for end in (row.ci_low, row.ci_high))
    return phrase(
        "Agreement of coders on its senses: alpha {value:.2f}{interval}, {units} usages, {coders} coders.",
        value=float(row.value),
        interval="" if pd.isna(row.ci_low) else f" [{ends}]",
        units=int(row.n_units),
        coders=int(row.n_coders),
    )
