"""What people said: answers to open questions as scrubbed texts of record, ratings, and what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.ids import keyed_id, normalise
from pipeline.study import Study
from pipeline.survey.languages import Detector
from pipeline.survey.privacy import clean, scrub
from pipeline.survey.rows import Row

RATING = ("respondent_id", "question_id", "item_id", "wave", "value", "level")


def items(study: Study, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the items of survey.yaml, and one for each occasion on which a person was asked (events, repeats)."""
    found: dict[str, dict[str, str]] = dict(study.survey.items)
    for row in rows:
        if row.occasion:
            levels = {name: clean(row.cells[place]) for place, name in row.places.of("occasion")}
            for _, name in row.places.of("open", "rating"):
                item = study.survey.columns[name].item
                found.setdefault(item_of(item, row), {**study.survey.items.get(item or "", {}), **levels})
    factors = list(dict.fromkeys(factor for levels in found.values() for factor in levels))
    table = [{"item_id": item, **{name: levels.get(name, "") for name in factors}} for item, levels in found.items()]
    return pd.DataFrame(table, columns=pd.Index(["item_id", *factors]))


def item_of(item: str | None, row: Row) -> str:
    """Return what an answer is about: the column's item, the row's occasion, both, or nothing ('')."""
    return "_".join(filter(None, (item, row.occasion))) if row.occasion else item or ""


def responses(
    study: Study, rows: Sequence[Row], key: bytes, edited: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, set[str], list[str]]:
    """Return (answers, what was scrubbed, ids under which an edited answer stood before).

    `edited` maps response ids to the digest of the text that was handed out to coders under it: an answer that says
    something else now is another answer, and gets another id.
    """
    from pipeline.tables import SCHEMAS

    privacy, detector, known = study.survey.privacy, Detector(study.survey), edited or {}
    secrets: set[str] = set()
    changed: list[str] = []
    names = list(SCHEMAS["responses"].types)
    lists: dict[str, list[object]] = {name: [] for name in names}
    seen: set[str] = set()
    for row in rows:
        stated = next((cell.strip().lower() for cell in row.of("language") if cell.strip()), "")
        for place, name in row.places.of("open"):
            text = clean(row.cells[place])
            if not text:
                continue
            if privacy.scrub:
                text, replaced = scrub(text, privacy.names)
                secrets.update(mark.original for mark in replaced)
            question, item = study.question_of(name), item_of(study.survey.columns[name].item, row)
            response = keyed_id(key, "r", row.respondent, question, item, row.wave)
            text_digest = keyed_id(key, "t", normalise(text))
            if known.get(response, text_digest) != text_digest:
                changed.append(response)
                response = keyed_id(key, "r", row.respondent, question, item, row.wave, text_digest)
            if response in seen:  # the same person's same answer in another of their rows (see `contradictions`)
                continue
            seen.add(response)
            language = stated or detector.language(text)
            values = (response, row.respondent, question, item or None, row.wave, text, text_digest, language,
                      row.number, name)  # fmt: skip
            for column, value in zip(names, values, strict=True):
                lists[column].append(value)
    return pd.DataFrame(lists, columns=pd.Index(names)), secrets, changed


def ratings(study: Study, rows: Sequence[Row]) -> pd.DataFrame:
    """Return one row per rating: its number, and the level as the export writes it."""
    questions, columns = study.survey.questions, study.survey.columns
    read: dict[tuple[str, str], tuple[float | None, str]] = {}  # few levels, many cells
    lists: tuple[list[object], ...] = tuple([] for _ in RATING)
    times = Counter(row.respondent for row in rows)
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        for place, name in row.places.of("rating"):
            cell = row.cells[place]
            if not cell:
                continue
            question = columns[name].question or name
            if (question, cell) not in read:
                level = clean(cell)
                options = questions[question].options if question in questions else ()
                read[question, cell] = (_number(level, options), level)
            value, level = read[question, cell]
            key = (row.respondent, question, item_of(columns[name].item, row), row.wave)
            if not level or (times[row.respondent] > 1 and key in seen):
                continue
            if times[row.respondent] > 1:
                seen.add(key)
            for column, part in zip(lists, (*key, value, level), strict=True):
                column.append(part)
    return pd.DataFrame(dict(zip(RATING, lists, strict=True)))


def _number(level: str, options: Sequence[str]) -> float | None:
    """Return a rating's number: the cell itself, or its place among the options of survey.yaml."""
    try:
        return float(level.replace(",", "."))
    except ValueError:
        return float(options.index(level) + 1) if level in options else None
