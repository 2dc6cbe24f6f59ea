"""What each column of an export is, guessed from its name, label and cells, with one line of evidence.

A person edits the guess. Free text is told from short answers by how many words people write: in the open
questions of real exports the typical answer differs from everyone else's, and many have five words or more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.survey.recognise import Export

IDENTIFYING = re.compile(
    r"ip.?address|recipient|e-?mail|\bname\b|first.?name|last.?name|latitude|longitude|external.?(data.?)?reference|phone|"
    r"network.?id|collector.?id|prolific|participant.?id|panel|\bname_|_name\b|address\b", re.IGNORECASE)  # fmt: skip
METADATA = {
    "startdate", "enddate", "recordeddate", "progress", "duration (in seconds)", "distributionchannel", "time started",
    "date submitted", "timestamp", "collectorid", "start date (utc)", "submit date (utc)", "responseset", "record_id",
    "start date", "end date", "start time", "completion time", "last modified time",
}  # fmt: skip
ROLE_BY_NAME = {
    "status": "status", "finished": "finished", "userlanguage": "language", "responseid": "respondent_id",
    "respondentid": "respondent_id", "respondent id": "respondent_id", "response id": "respondent_id",
    "record_id": "respondent_id",
}  # fmt: skip
CONSENT = re.compile(r"\b(consent|agree to (take part|participate)|i have read)\b", re.IGNORECASE)
OTHER = re.compile(r"\bother\b|please specify|write.?in|_TEXT$", re.IGNORECASE)
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?")
NUMBER = re.compile(r"-?\d+([.,]\d+)?")


@dataclass(frozen=True)
class Guess:
    """A column's role, the question it belongs to, its box or option, and the evidence."""

    role: str
    question: str
    part: str
    evidence: str


def guess_roles(export: Export) -> dict[str, Guess]:
    """Return a guess for every column, in the export's order."""
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(export.columns):
        groups.setdefault(column.label or column.name, []).append(place)
    cells = {place: [row[place].strip() for row in export.rows] for place in range(len(export.columns))}
    found: dict[str, Guess] = {}
    for number, (label, places) in enumerate(groups.items(), 1):
        main = [place for place in places if not OTHER.search(export.columns[place].part)]
        pooled = [cell for place in main or places for cell in cells[place] if cell]
        kind = kind_of(pooled, len(main))
        for place in places:
            column = export.columns[place]
            role = _role(column.name, label, column.part, kind, place in main)
            question = column.name if len(places) == 1 else f"q{number:02}"
            found[column.name] = Guess(role, question, column.part, _evidence(cells[place], role))
    return {name: found[name] for name in export.names}


def kind_of(cells: Sequence[str], n_columns: int) -> str:
    """Return open, single_choice, multiple_choice, rating or metadata for a question's filled cells."""
    if not cells:
        return "ignored"
    if all(DATE.fullmatch(cell) for cell in cells[:50]):
        return "metadata"
    distinct = len({cell.lower() for cell in cells}) / len(cells)
    words = [len(cell.split()) for cell in cells]
    if all(NUMBER.fullmatch(cell) for cell in cells):
        few = len(set(cells)) <= 11
        return "rating" if few else "metadata"
    if _is_free(distinct, words, len(cells)):
        return "open"
    if n_columns > 1 and len(set(cells)) <= 30 and distinct < 0.2:
        return "multiple_choice"
    joined = sum(";" in cell or ", " in cell for cell in cells)
    return "multiple_choice" if joined > len(cells) / 10 and distinct < 0.6 else "single_choice"


def _is_free(distinct: float, words: Sequence[int], n: int) -> bool:
    """Say whether people wrote freely: mostly answers of their own, and several words or a good share of long ones."""
    long = sum(count >= 5 for count in words) / n
    if n < 5:
        return long > 0.5
    return distinct >= 0.5 and (long >= 0.15 or sum(words) / n >= 4)


def _role(name: str, label: str, part: str, kind: str, is_main: bool) -> str:
    known = ROLE_BY_NAME.get(name.lower())
    if known:
        return known
    if name.lower() in METADATA:
        return "metadata"
    short = len(label) <= 30  # "Your e-mail address", not a question that happens to say "address"
    if IDENTIFYING.search(name) or (short and IDENTIFYING.search(label)):
        return "identifying"
    if CONSENT.search(label) and kind in ("single_choice", "multiple_choice"):
        return "consent"
    if not is_main:
        return "other_text"
    return kind


def _evidence(cells: Sequence[str], role: str) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return "empty"
    length = sum(map(len, filled)) / len(filled)
    said = f"{len(filled)} of {len(cells)} filled, {len(set(filled))} distinct, mean length {length:.0f}"
    if role in ("single_choice", "rating", "multiple_choice", "status", "finished"):
        common = max(sorted(set(filled)), key=filled.count)
        said += f", often {common[:40]!r}"
    return said
