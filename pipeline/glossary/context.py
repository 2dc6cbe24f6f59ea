"""How a term stands in the answers: concordance lines, usages that echo the question, quotes that show a sense."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.glossary.source import Label, Usage
from pipeline.ids import normalise
from pipeline.speech import phrase
from pipeline.terms.kwic import in_context, words

REACH = 70  # code points on each side of a concordance line
AROUND = 160  # code points on each side of a quote
TYPICAL, BORDERLINE = 3, 2
PEOPLE = ("record", "curated")
NOT_SENSES = ("none", "cannot_code")
UNKNOWN = Label("", "")
FIRST = {"record": 0, "curated": 0, "completed": 1}  # labels by which lines are shown before the rest
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


class Line(NamedTuple):
    """A usage as the concordance shows it; echo: it repeats the question; rank: of its first sense, -1 without one."""

    usage_id: str
    respondent_id: str
    question_id: str
    left: str
    keyword: str
    right: str
    sense_id: str
    source: str
    echo: bool
    rank: int


def concordance(
    usages: Iterable[Usage],
    labels: Mapping[str, Label],
    *,
    questions: Mapping[str, str],
    ranks: Mapping[str, int],
) -> list[Line]:
    """Return a term's usages in context, sorted by what stands right of the term.

    questions: question_id -> its text; ranks: sense_id -> its place among the term's senses.
    """
    found = []
    for usage in usages:
        left, keyword, right = in_context(usage.text, usage.start, usage.end, REACH)
        label = labels.get(usage.usage_id, UNKNOWN)
        echo = echoes(left, keyword, right, questions.get(usage.question_id, ""))
        rank = ranks.get(label.sense_id.partition("|")[0], -1)
        ids = (usage.usage_id, usage.respondent_id, usage.question_id)
        found.append((words(right), Line(*ids, _cut_left(left), keyword, _cut_right(right), *label, echo, rank)))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _cut_left(text: str) -> str:
    return f"…{text[text.find(' ') :]}" if len(text) == REACH else text


def _cut_right(text: str) -> str:
    return f"{text[: text.rfind(' ') + 1]}…" if len(text) == REACH else text


def shown(lines: Iterable[Line], *, silent: Collection[str], most: int) -> list[Line]:
    """Return the lines of a concordance that may be shown, at most so many: what people judged before the rest."""
    found = [line for line in lines if line.respondent_id not in silent]
    best = sorted(found, key=lambda line: (FIRST.get(line.source, len(FIRST)), line.usage_id))[:most]
    kept = {line.usage_id for line in best}
    return [line for line in found if line.usage_id in kept]


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


def typical(usages: Iterable[Usage], vectors: Mapping[str, np.ndarray], differ: Collection[str]) -> list[Quote]:
    """Return quotes that show a sense best: nearest to the mean of its usages, undisputed, each of another person.

    usages: those of the sense; the ones without a vector are left out.
    """
    mine = sorted(usage for usage in usages if usage.usage_id in vectors)
    if not mine:
        return []
    stacked = np.stack([vectors[usage.usage_id] for usage in mine])
    near = np.round(stacked @ stacked.mean(0), 3)
    ranked = sorted(
        (usage.usage_id in differ, len(usage.text) < SPOKEN, -float(nearness), usage)
        for usage, nearness in zip(mine, near, strict=True)
    )
    return [_quote(usage) for usage in _of_different_people(usage for *_, usage in ranked)[:TYPICAL]]


def borderline(
    sense: str,
    usages: Iterable[Usage],
    labels: Mapping[str, Label],
    differ: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> list[Quote]:
    """Return quotes at the edge of a sense: readers differ, or the usage carries several senses.

    usages: those of the sense's term; labels: of the usages that have the sense.
    """
    noted = []
    for usage in usages:
        senses = labels[usage.usage_id].sense_id.split("|") if usage.usage_id in labels else []
        values = differ.get(usage.usage_id, ())
        if sense in values:
            note = (
                phrase("readers differ: {values}", values=_named(values, names))
                if len(values) > 1
                else phrase("readers differ on whether it is this")
            )
        elif sense in senses and len(senses) > 1:
            note = phrase("several senses at once: {senses}", senses=_named(senses, names))
        else:
            continue
        noted.append((len(usage.text) < SPOKEN, usage, note))
    notes = {usage: note for _, usage, note in sorted(noted)}
    return [_quote(usage, notes[usage]) for usage in _of_different_people(notes)[:BORDERLINE]]


def _of_different_people(usages: Iterable[Usage]) -> list[Usage]:
    """Return the first usage of each person."""
    first: dict[str, Usage] = {}
    for usage in usages:
        first.setdefault(usage.respondent_id, usage)
    return list(first.values())


def _named(senses: Collection[str], names: Mapping[str, str]) -> str:
    return " / ".join(names.get(sense, sense) for sense in senses)


def _quote(usage: Usage, note: str = "") -> Quote:
    before, after = around(usage.text, usage.start, usage.end)
    said = usage.text[usage.start : usage.end]
    return Quote(usage.usage_id, usage.respondent_id, usage.question_id, before, said, after, note)


def around(text: str, start: int, end: int, reach: int = AROUND) -> tuple[str, str]:
    """Return what stands before and after a span, cut at a word within `reach` characters, with … where cut."""
    before, after = text[:start], text[end:]
    if len(before) > reach:
        before = "… " + before[-reach:].partition(" ")[2]
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + " …"
    return before, after
