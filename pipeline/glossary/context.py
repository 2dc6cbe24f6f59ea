"""How a term stands in the answers: concordance lines, usages that echo the question, quotes that show a sense."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from pipeline.ids import normalise
from pipeline.speech import phrase
from pipeline.terms.kwic import keyword_in_context

REACH = 70  # code points on each side of a concordance line
AROUND = 160  # code points on each side of a quote
TYPICAL, BORDERLINE = 3, 2
PEOPLE = ("record", "curated")
NOT_SENSES = ("none", "cannot_code")
WORD = re.compile(r"[^\W_]+")
SPOKEN = 25  # code points under which an answer makes a poor quote


@dataclass(frozen=True)
class Quote:
    """One usage in its answer; note says why a borderline one is."""

    usage_id: str
    respondent_id: str
    question_id: str
    before: str
    surface: str
    after: str
    note: str = ""


def labels_of(senses: pd.DataFrame) -> pd.DataFrame:
    """Return one row per usage: usage_id, sense_id (several joined by |), source."""
    rows = senses.sort_values(["usage_id", "sense_id"])
    several = rows[rows.usage_id.duplicated(keep=False)].groupby("usage_id").sense_id.agg("|".join).to_dict()
    first = rows.drop_duplicates("usage_id")[["usage_id", "sense_id", "source"]].reset_index(drop=True)
    return first.assign(sense_id=[several.get(*pair) for pair in zip(first.usage_id, first.sense_id, strict=True)])


def concordance(
    usages: pd.DataFrame, responses: pd.DataFrame, labels: pd.DataFrame, *, questions: Mapping[str, str]
) -> pd.DataFrame:
    """Return a term's usages in context, sorted by what stands right of the term.

    Columns usage_id, respondent_id, question_id, left, keyword, right, sense_id, source, echo.
    """
    table = keyword_in_context(usages, responses, reach=REACH)
    table = table.merge(labels, on="usage_id", how="left").fillna({"sense_id": "", "source": ""})
    echo = [echoes(row.left, row.keyword, row.right, questions.get(row.question_id, "")) for row in table.itertuples()]
    table["echo"] = pd.Series(echo, index=table.index, dtype=bool)
    table["left"] = [f"…{text[text.find(' ') :]}" if len(text) == REACH else text for text in table.left]
    table["right"] = [f"{text[: text.rfind(' ') + 1]}…" if len(text) == REACH else text for text in table.right]
    return table


def shown(table: pd.DataFrame, *, silent: Collection[str], most: int) -> pd.DataFrame:
    """Return the lines of a concordance that may be shown, at most so many: what people judged before the rest."""
    table = table[~table.respondent_id.isin(list(silent))].reset_index(drop=True)
    if len(table) <= most:
        return table
    rank = table.source.map({"record": 0, "curated": 0, "completed": 1}).fillna(2)
    kept = table.assign(rank=rank).sort_values(["rank", "usage_id"]).head(most).usage_id
    return table[table.usage_id.isin(kept)].reset_index(drop=True)


def echoes(left: str, keyword: str, right: str, question: str) -> bool:
    """Say whether the term, with the word before or after it, stands so in the question itself."""
    asked = _words(question)
    word, before, after = _words(keyword), _words(left)[-1:], _words(right)[:1]
    return any(part and _within(asked, found) for part, found in ((before, before + word), (after, word + after)))


@lru_cache(maxsize=10_000)
def _words(text: str) -> list[str]:
    return WORD.findall(normalise(text).casefold())


def _within(words: list[str], part: list[str]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


def contested(judgements: pd.DataFrame, assignments: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the senses that readers of a usage gave, for usages on which any two differ; usage_id -> sense_ids."""
    usages = assignments[assignments.unit_kind == "usage"][["assignment_id", "unit_id"]]
    given = judgements.merge(usages, on="assignment_id")
    found = {}
    for usage, values in given.groupby("unit_id").value:
        said = {frozenset(value.split("|")) for value in values}
        if len(said) > 1:
            found[str(usage)] = tuple(sorted(set().union(*said) - set(NOT_SENSES)))
    return found


def typical(
    sense: str, labels: pd.DataFrame, where: pd.DataFrame, vectors: pd.DataFrame, differ: Collection[str]
) -> list[Quote]:
    """Return quotes that show a sense best: nearest to the mean of its usages, undisputed, each of another person.

    labels: usage_id, sense_id; where: usages with the text, question and respondent they stand in.
    """
    mine = where[where.usage_id.isin(labels[labels.sense_id == sense].usage_id)].merge(vectors, on="usage_id")
    if mine.empty:
        return []
    stacked = np.stack(mine.sort_values("usage_id").vector.tolist())
    mine = mine.sort_values("usage_id").assign(near=np.round(stacked @ stacked.mean(0), 3))
    mine = mine.assign(poor=mine.text.str.len() < SPOKEN, argued=mine.usage_id.isin(list(differ)))
    mine = mine.sort_values(["argued", "poor", "near", "usage_id"], ascending=[True, True, False, True])
    return [_quote(row) for row in mine.drop_duplicates("respondent_id").head(TYPICAL).itertuples()]


def borderline(
    sense: str,
    labels: pd.DataFrame,
    where: pd.DataFrame,
    differ: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> list[Quote]:
    """Return quotes at the edge of a sense: readers differ, or the usage carries several senses."""
    several = labels[labels.sense_id.str.contains("|", regex=False)].set_index("usage_id").sense_id.to_dict()
    notes = {
        usage: phrase("several senses at once: {senses}", senses=_named(value.split("|"), names))
        for usage, value in several.items()
        if sense in value.split("|")
    }
    notes |= {
        usage: phrase("readers differ: {values}", values=_named(found, names))
        if len(found) > 1
        else phrase("readers differ on whether it is this")
        for usage, found in differ.items()
        if sense in found
    }
    mine = where[where.usage_id.isin(list(notes))].sort_values("usage_id")
    mine = mine.assign(poor=mine.text.str.len() < SPOKEN).sort_values(["poor", "usage_id"])
    chosen = mine.drop_duplicates("respondent_id").head(BORDERLINE)
    return [_quote(row, notes[row.usage_id]) for row in chosen.itertuples()]


def _named(senses: Collection[str], names: Mapping[str, str]) -> str:
    return " / ".join(names.get(sense, sense) for sense in senses)


def _quote(row: object, note: str = "") -> Quote:
    text, start, end = row.text, int(row.start), int(row.end)  # type: ignore[attr-defined]
    before, after = around(text, start, end)
    return Quote(row.usage_id, row.respondent_id, row.question_id, before, text[start:end], after, note)  # type: ignore[attr-defined]


def around(text: str, start: int, end: int, reach: int = AROUND) -> tuple[str, str]:
    """Return what stands before and after a span, cut at a word within `reach` characters, with … where cut."""
    before, after = text[:start], text[end:]
    if len(before) > reach:
        before = "… " + before[-reach:].partition(" ")[2]
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + " …"
    return before, after
