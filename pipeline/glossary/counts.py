"""Numbers an entry shows, each with its base: shares, groups, ratings, what is no sense, agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

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


def base(sense: str, shares: pd.DataFrame) -> int:
    """Return how many respondents used the sense's term in a way that could be coded."""
    mine = shares[(shares.group_by == "") & (shares.term_id == sense.partition(".")[0])]
    mine = mine[~mine.sense_id.isin(list(NOT_SENSES))]
    return int(mine.base.max()) if len(mine) else 0


def groups(sense: str, study: Study, shares: pd.DataFrame) -> tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]:
    """Return who uses a sense: (question, ((group, respondents, base), …)), groups where nobody does counted 0."""
    term = sense.partition(".")[0]
    mine = shares[(shares.term_id == term) & (shares.group_by != "") & ~shares.sense_id.isin(list(NOT_SENSES))]
    found = []
    for question, part in mine.groupby("group_by", sort=False):
        users = part[part.sense_id == sense].set_index("group").n_respondents
        if users.empty:
            continue
        bases = part.groupby("group").base.max().sort_index()
        rows = tuple((study.label(str(g)), int(users.get(g, 0)), int(n)) for g, n in bases.items())
        found.append((study.question_name(str(question)), rows))
    return tuple(found)


def no_senses(term: str, shares: pd.DataFrame) -> tuple[tuple[str, int, int, int], ...]:
    """Return what readers found that is no sense: (name, respondents, base, usages)."""
    mine = shares[(shares.term_id == term) & (shares.group_by == "") & shares.sense_id.isin(list(NOT_SENSES))]
    return tuple(
        (phrase(NOT_SENSES[row.sense_id]), int(row.n_respondents), int(row.base), int(row.n_usages))
        for row in mine.sort_values("sense_id", ascending=False).itertuples()
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


def verdict(term: str, ambiguity: pd.DataFrame, names: Mapping[str, str]) -> tuple[str, str]:
    """Return a term's verdict and what it rests on, in a sentence with the senses' names."""
    rows = ambiguity[ambiguity.term_id == term]
    if rows.empty:
        return "not used", phrase("Nobody used this term in the answers.")
    row = rows.iloc[0]
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


def agreement(term: str, table: pd.DataFrame) -> str:
    """Return how far coders agree on a term's senses, in a sentence; nothing where nobody measured it."""
    rows = table[(table.scope == f"term:{term}") & (table.coefficient == "alpha")]
    if rows.empty:
        return ""
    row = rows.iloc[0]
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
