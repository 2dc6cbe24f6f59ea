"""The rows of exports, read by role, and the stated rules by which a row counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import pandas as pd

from pipeline.ids import SEPARATOR, normalise
from pipeline.settings import ExportFile
from pipeline.study import Study
from pipeline.survey.recognise import Export

PREVIEW = {"1", "2", "survey preview", "survey test", "spam", "8", "9", "preview", "test", "17"}
YES = {"1", "true", "yes", "finished", "complete", "completed", "ja", "oui", "sí", "wahr", "vrai"}
NO = {"0", "false", "no", "unfinished", "incomplete", "nein", "non", "falsch", "faux",
      "returned", "timed-out", "rejected"}  # fmt: skip
REFUSING = re.compile(  # "No, I do not agree": how a choice begins that does not consent
    r"(no|nein|non|nee|não|ne|nej|нет|не)\b|(i |we )?(do not|don['’]t|disagree|decline|refuse|withhold|am not)\b|"
    r"(ich|wir) (\w+ ){1,3}nicht\b|je (ne |n['’]|refuse)|(no|não) (acepto|aceito|consiento|estoy|concordo)\b",
    re.IGNORECASE,
)
REVOKED = "CONSENT_REVOKED"  # what Prolific writes in the cells of a person who took consent back
STEPS = ("rows in the file", "not previews or tests", "finished", "consented", "not sent twice", "with text")
DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*")


class Places:
    """Where the columns of each role stand in one export."""

    def __init__(self, study: Study, export: Export) -> None:
        self.export = export
        self._by_role: dict[str, list[tuple[int, str]]] = {}
        for name, column in study.survey.columns.items():
            if name in export.places:
                self._by_role.setdefault(column.role, []).append((export.places[name], name))
        self.all = [export.places[name] for name in study.survey.columns if name in export.places]
        # LimeSurvey leaves its date of submission blank: there, blank means unfinished.
        self.blank_is_unfinished = [
            place
            for place, _ in self.of("finished")
            if (cells := [row[place] for row in export.rows[:1000] if row[place].strip()])
            and all(map(DATED.fullmatch, cells))
        ]

    def of(self, *roles: str) -> list[tuple[int, str]]:
        """Return (place, name) of the columns with one of these roles."""
        if len(roles) == 1:
            return self._by_role.get(roles[0], [])
        return [pair for role in roles for pair in self._by_role.get(role, [])]


@dataclass(slots=True)
class Row:
    """One row of an export; number counts from zero among its data rows."""

    file: str
    number: int
    wave: str
    places: Places
    cells: list[str]
    respondent: str = ""
    occasion: str = ""  # which of a person's several rows, as an item's id; "" where a person has one

    def of(self, *roles: str) -> list[str]:
        """Return the cells of the columns with one of these roles."""
        columns = self.places.of(*roles)
        if not columns:
            return []
        cells = self.cells
        return [cells[place] for place, _ in columns]


def rows_of(study: Study, exports: Sequence[tuple[ExportFile, Export]]) -> list[Row]:
    """Return every row of every export, in their order."""
    found = []
    for stated, export in exports:
        places = Places(study, export)
        found += [
            Row(stated.file, number, stated.wave, places, cells, occasion=_occasion(places, cells))
            for number, cells in enumerate(export.rows)
        ]
    return found


def by_file(rows: Sequence[Row], most: int = 50_000) -> Iterator[tuple[Places, list[Row]]]:
    """Yield (where the columns stand, rows of one export file), in their order, in blocks of at most `most` rows."""
    for _, run in groupby(rows, key=lambda row: id(row.places)):
        while block := list(islice(run, most)):
            yield block[0].places, block


def _occasion(places: Places, cells: Sequence[str]) -> str:
    columns = places.of("occasion")
    if not columns:
        return ""
    return "_".join(filter(None, (slug(cells[place]) for place, _ in columns)))


def slug(text: str) -> str:
    """Return a text as it stands in an item's id."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


def select(study: Study, rows: list[Row]) -> tuple[list[Row], pd.DataFrame, pd.DataFrame]:
    """Return (rows that count, rejected rows with their reason, the flow), judged in the order of STEPS."""
    rules = study.survey.rows
    agree = {value.strip().lower() for value in rules.consent}
    copies = _Copies([] if rules.keep_duplicates else rows)
    checks: tuple[tuple[str, Callable[[Row], bool]], ...] = (
        ("a preview, a test or spam", lambda row: rules.keep_previews or not _is_preview(row)),
        ("not finished", lambda row: rules.keep_unfinished or is_finished(row)),
        ("no consent", lambda row: _consents(row, agree)),
        ("the same answers sent again", lambda row: rules.keep_duplicates or copies.is_first(row)),
        ("no open question answered", _has_text),
    )
    steps = [(0, STEPS[0], len(rows), 0, "")]
    rejected = []
    for step, (reason, keep) in enumerate(checks, 1):
        verdicts = [keep(row) for row in rows]
        rejected += [(row.file, row.number + 1, reason) for row, ok in zip(rows, verdicts, strict=True) if not ok]
        passed = [row for row, ok in zip(rows, verdicts, strict=True) if ok]
        if reason == "no open question answered":
            passed, rejected = _with_companions(rows, passed, rejected, reason)
        steps.append((step, STEPS[step], len(passed), len(rows) - len(passed), reason))
        rows = passed
    listed = pd.DataFrame(rejected, columns=pd.Index(["file", "row", "reason"]))
    names = ["step", "label", "n_rows", "n_dropped", "reason"]
    return rows, listed, pd.DataFrame(steps, columns=pd.Index(names))


def _with_companions(
    rows: list[Row], passed: list[Row], rejected: list[tuple[str, int, str]], reason: str
) -> tuple[list[Row], list[tuple[str, int, str]]]:
    """Keep rows without text of people who wrote in another of their rows: there stand their closed answers."""
    if not any(row.places.of("occasion") for row in rows):
        return passed, rejected
    writers = {stated_id(row) for row in passed} - {()}
    kept = [row for row in rows if _has_text(row) or stated_id(row) in writers]
    back = {(row.file, row.number + 1, reason) for row in kept}
    return kept, [one for one in rejected if one not in back]


def stated_id(row: Row) -> tuple[str, ...]:
    """Return the tool's own id of the respondent, or () where it has none."""
    stated = tuple(map(normalise, row.of("respondent_id")))
    return stated if any(stated) else ()


def _is_preview(row: Row) -> bool:
    return any(cell.strip().lower() in PREVIEW for cell in row.of("status"))


def is_finished(row: Row) -> bool:
    """Say whether the tool calls the row finished; a tool that says nothing has no unfinished rows."""
    if any(not row.cells[place].strip() for place in row.places.blank_is_unfinished):
        return False
    return not any(cell.strip().lower() in NO for cell in row.of("finished"))


def _consents(row: Row, agree: set[str]) -> bool:
    if REVOKED in row.cells:
        return False
    return all(means_yes(cell, agree) for cell in row.of("consent"))


def means_yes(cell: str, agree: set[str]) -> bool:
    """Say whether a consent cell consents: one of `agree` (lower case) where stated, else anything but a refusal."""
    value = cell.strip().lower()
    return value in agree if agree else value not in {"", *NO} and not REFUSING.match(value)


def _has_text(row: Row) -> bool:
    cells = row.cells
    return any(cells[place] and not cells[place].isspace() for place, _ in row.places.of("open"))


class _Copies:
    """Knows a copy of an earlier row: the same answers under the same marks of identity (IP address and the like).

    Without such marks two equal short answers may be two people, and nothing is dropped; blank sessions are
    counted as blank. Closed answers are compared only where the same marks and words
    occur again.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        # Hashes, not texts: a large survey's words are not held twice. Equal hashes are looked at again.
        marks = [hash(_marks(row)) if any(row.of("identifying")) and _has_text(row) else 0 for row in rows]
        times = Counter(marks)
        again = [row for row, mark in zip(rows, marks, strict=True) if mark and times[mark] > 1]
        words = [hash(_words(row)) for row in again]
        same = Counter(words)
        self.suspects = {id(row) for row, said in zip(again, words, strict=True) if same[said] > 1}
        self.seen: dict[str, int] = {}

    def is_first(self, row: Row) -> bool:
        """Say whether no earlier row says the same."""
        if id(row) not in self.suspects or not any(_marks(row)):
            return True
        closed = [normalise(cell) for cell in row.of("rating", "single_choice", "multiple_choice")]
        said = SEPARATOR.join([row.wave, row.occasion, *_words(row), *closed])
        return self.seen.setdefault(said, id(row)) == id(row)


def _words(row: Row) -> tuple[str, ...]:
    return (*_marks(row), *map(normalise, row.of("open")))


def _marks(row: Row) -> tuple[str, ...]:
    return tuple(map(normalise, row.of("identifying")))


def contradictions(study: Study, rows: Sequence[Row]) -> Iterator[tuple[Row, Row, str]]:
    """Yield (earlier row, later row, column) where two rows of one person, wave and occasion answer differently.

    Two columns are one where they answer the same question about the same item.
    """
    slots = {name: (study.question_of(name), column.item or "") for name, column in study.survey.columns.items()}
    first: dict[tuple[str, str, str, tuple[str, str]], tuple[Row, str]] = {}
    times = Counter(row.respondent for row in rows)
    for row in rows:
        if times[row.respondent] == 1:
            continue
        for place, name in row.places.of("open", "rating"):
            cell = normalise(row.cells[place])
            if cell:
                earlier, said = first.setdefault((row.respondent, row.wave, row.occasion, slots[name]), (row, cell))
                if said != cell:
                    yield earlier, row, name
                    break
