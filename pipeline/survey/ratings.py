"""Ratings as the export writes them: one row per person, question, item and wave.

A large survey has ten million: they are read column by column, and what repeats is held once (categories).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.lean import give_back
from pipeline.study import Study
from pipeline.survey.answers import item_of
from pipeline.survey.privacy import clean
from pipeline.survey.rows import Row, by_file

if TYPE_CHECKING:
    import numpy as np

KEY = ["respondent_id", "question_id", "item_id", "wave"]


class Coded:
    """Texts as numbers: equal texts have equal numbers."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}

    def of(self, text: str) -> int:
        """Return the number of a text."""
        return self.codes.setdefault(text, len(self.codes))

    def categories(self, parts: Sequence[np.ndarray]) -> pd.Categorical:
        """Return the texts behind arrays of numbers, as categories in the order of their letters."""
        import numpy as np

        names = sorted(self.codes)
        rank = np.empty(len(names), dtype=np.int8 if len(names) < 128 else np.int32)
        rank[[self.codes[name] for name in names]] = np.arange(len(names))
        codes = np.empty(sum(map(len, parts)), dtype=rank.dtype)
        end = 0
        for part in parts:  # part by part: nothing as long as the table stands beside it
            codes[end : (end := end + len(part))] = rank[part]
        found = pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"), validate=False)
        with suppress(AttributeError):  # what pandas noted to see that no category occurs twice: 60 MB of 500,000 ids
            found.categories._cache.clear()
        return found


def ratings(study: Study, rows: Sequence[Row]) -> pd.DataFrame:
    """Return one row per rating: its number, and the level as the export writes it."""
    import numpy as np

    coded = {name: Coded() for name in (*KEY, "level")}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in (*KEY, "level")}
    meant: list[np.ndarray] = []  # per part: level's number -> rating
    for places, some in by_file(rows):
        people = np.array([coded["respondent_id"].of(row.respondent) for row in some], dtype=np.int32)
        waves = np.array([coded["wave"].of(row.wave) for row in some], dtype=np.int32)
        several = any(row.occasion for row in some)
        for place, name in places.of("rating"):
            column = study.survey.columns[name]
            levels, values = _levels(study, name, [row.cells[place] for row in some], coded["level"])
            meant.append(values)
            said = np.flatnonzero(levels >= 0)
            question = coded["question_id"].of(column.question or name)
            item = coded["item_id"].of(column.item or "")
            items = [coded["item_id"].of(item_of(column.item, row)) for row in some] if several else [item] * len(some)
            parts["respondent_id"].append(people[said])
            parts["question_id"].append(_small(np.full(len(said), question)))
            parts["item_id"].append(_small(np.array(items)[said]))
            parts["wave"].append(_small(waves[said]))
            parts["level"].append(_small(levels[said]))
    several_rows = len(coded["respondent_id"].codes) < len(rows)
    found = {name: coded.pop(name).categories(parts.pop(name)) for name in KEY}  # one after the other let go of
    give_back()
    value = np.empty(sum(map(len, parts["level"])))
    end = 0
    for of, levels in zip(meant, parts["level"], strict=True):
        value[end : (end := end + len(levels))] = of[levels]
    frame = pd.DataFrame({**found, "level": coded["level"].categories(parts["level"]), "value": value}, copy=False)
    if several_rows:  # the same rating in another row of the same person
        frame = frame.drop_duplicates(KEY, ignore_index=True)
    return frame


def _small(codes: np.ndarray) -> np.ndarray:
    """Return numbers in as few bytes as they need."""
    import numpy as np

    return codes.astype(np.int8 if codes.max(initial=0) < 128 else np.int32)


def _levels(study: Study, name: str, cells: Sequence[str], coded: Coded) -> tuple[np.ndarray, np.ndarray]:
    """Return (number of each cell's level or -1 where it is blank, level's number -> rating or NaN)."""
    import numpy as np

    question = study.survey.questions.get(study.question_of(name))
    options = question.options if question else ()
    codes = question.meaning if question else str
    read: dict[str, tuple[int, float]] = {}  # few levels, many cells
    for cell in set(cells):
        level = clean(cell)
        read[cell] = (coded.of(codes(level)), _number(level, options)) if level else (-1, np.nan)
    values = np.full(len(coded.codes), np.nan)
    for number, rating in read.values():
        if number >= 0:
            values[number] = rating
    return np.fromiter((read[cell][0] for cell in cells), dtype=np.int32, count=len(cells)), values


def _number(level: str, options: Sequence[str]) -> float:
    """Return a rating's number: the cell itself, or its place among the options of survey.yaml; else NaN."""
    try:
        return float(level.replace(",", "."))
    except ValueError:
        return float(options.index(level) + 1) if level in options else float("nan")
