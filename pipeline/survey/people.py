"""Who the respondents are: pseudonyms that survive re-exports, and one row per person with the closed answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from pipeline.ids import keyed_id, normalise
from pipeline.settings import Column, Question
from pipeline.study import Study
from pipeline.survey.options import chosen
from pipeline.survey.privacy import clean
from pipeline.survey.rows import YES, Places, Row, by_file, stated_id

MOMENT = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)? ?([AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
)
WHOLE = re.compile(r"(-?\d{1,15})\.0*")
TICKED = {"1", "true", "yes", "y", "checked", "ja", "oui", "sí", "wahr", "vrai"}
UNTICKED = {"0", "false", "no", "n", "unchecked", "nein", "non", "falsch", "faux", "n/a", "not selected"}


def name_people(rows: Sequence[Row], key: bytes) -> None:
    """Give every row its respondent's pseudonym.

    From the tool's own id where there is one. Else from everything the row says, in a form that spreadsheets do not
    change; rows that say exactly the same are numbered, and being the same, any of them may be the first.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        parts = stated_id(row)
        if not parts:
            parts = (row.wave, *(settled(row.cells[place]) for place in row.places.all))
            seen[parts] += 1
            if seen[parts] > 1:
                parts = (*parts, str(seen[parts]))
        row.respondent = keyed_id(key, "p", *parts)


def settled(cell: str) -> str:
    """Return a cell in a form that survives a spreadsheet: blanks, TRUE, 3.0, and dates in whatever order.

    A date's numbers are sorted and its seconds left out: what is wanted is the same text before and after, not the day.
    """
    text = normalise(cell)
    if not text or not (text[0].isdigit() or text[0] == "-" or len(text) <= 5):
        return text
    moment = MOMENT.fullmatch(text)
    if moment:
        *day, hour, minute, half = moment.groups()
        hours = int(hour or 0)
        if half:
            hours = hours % 12 + (12 if half[0] in "pP" else 0)
        return "-".join(map(str, sorted(int(number) % 100 for number in day))) + f" {hours:02}:{minute or '00'}"
    whole = WHOLE.fullmatch(text)
    if whole:
        return whole.group(1)
    return text.lower() if text.lower() in ("true", "false") else text


def respondents(study: Study, rows: Sequence[Row]) -> pd.DataFrame:
    """Return one row per person: the first wave, and the first answer given to each closed question."""
    asked: dict[str, list[tuple[str, Column]]] = {}
    for name, column in study.columns("single_choice", "multiple_choice").items():
        asked.setdefault(study.question_of(name), []).append((name, column))
    agreed = bool(study.columns("quote_consent"))
    names = ["respondent_id", "wave", "quote_ok", *asked]
    found: dict[str, list[object]] = {}
    for places, some in by_file(rows):
        said = [_chosen(places, some, columns, _question(study, question)) for question, columns in asked.items()]
        for number, row in enumerate(some):
            quote = all(cell.strip().lower() in YES for cell in row.of("quote_consent")) if agreed else None
            known = found.setdefault(row.respondent, [row.respondent, row.wave, quote, *([""] * len(asked))])
            known[2] = quote and known[2] if agreed else None
            for place, answers in enumerate(said, 3):
                known[place] = known[place] or answers[number]
    return pd.DataFrame(list(found.values()), columns=pd.Index(names))


def _question(study: Study, question: str) -> Question:
    return study.survey.questions.get(question) or Question(text=question)


def _chosen(
    places: Places, rows: Sequence[Row], columns: Sequence[tuple[str, Column]], question: Question
) -> list[str]:
    """Return each row's answer to a closed question: the cell, or the names of the boxes that are ticked.

    A cell of several choices is read against the question's options, a code as what the question says it means.
    """
    said = [""] * len(rows)
    for name, column in columns:
        place = places.export.places.get(name)
        if place is None:
            continue
        read: dict[str, str] = {}  # few choices, many cells
        for number, row in enumerate(rows):
            cell = row.cells[place]
            if cell not in read:
                read[cell] = _choice(clean(cell), column, question)
            if read[cell]:
                said[number] += f"; {read[cell]}" if said[number] else read[cell]
    return said


def _choice(cell: str, column: Column, question: Question) -> str:
    if column.option:
        if cell.lower() in UNTICKED:
            return ""
        return column.option if cell.lower() in TICKED else cell
    if question.options and column.role == "multiple_choice":
        return "; ".join(chosen(cell, question.options))
    return question.meaning(cell)
