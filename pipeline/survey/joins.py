"""A file that says more about the people of another file, such as Prolific's demographics, joined by their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.errors import Fault, InputError, nearest
from pipeline.ids import normalise
from pipeline.settings import ExportFile
from pipeline.survey.headers import Column
from pipeline.survey.recognise import Export

EXPIRED = {"DATA_EXPIRED"}  # what Prolific writes where it no longer holds the answer

Pair = tuple[ExportFile, Export]


def joined(pairs: Sequence[Pair]) -> tuple[list[Pair], list[str]]:
    """Return the exports with their companions' columns added, and what could not be joined, in sentences.

    A companion's column that has the name of another gets the companion's tool in brackets. Nobody is added or lost:
    who is in a companion only did not answer, who is not in it has blanks there.
    """
    mains = [pair for pair in pairs if not pair[0].join]
    notes: list[str] = []
    for stated, companion in (pair for pair in pairs if pair[0].join):
        if not mains:
            what = "every export is joined to another, and none is left to join to"
            raise InputError([Fault(stated.file, "", what, "delete join: of the survey's own export")])
        by_id = _by_id(stated, companion)
        used: set[str] = set()
        mains = [(one, _with(export, stated, companion, by_id, used)) for one, export in mains]
        left = len(by_id) - len(used)
        notes.append(f"{stated.file}: {len(used)} of {len(by_id)} people found by {stated.join}; {left} did not answer")
    return mains, notes


def _by_id(stated: ExportFile, companion: Export) -> dict[str, list[str]]:
    assert stated.join is not None
    if stated.join not in companion.places:
        what = f"the file has no column {stated.join!r} to join by"
        raise InputError([Fault(stated.file, "", what, nearest(stated.join, companion.names))])
    place = companion.places[stated.join]
    found: dict[str, list[str]] = {}
    faults = []
    for number, row in enumerate(companion.rows, companion.header_rows + 1):
        name = normalise(row[place])
        if name and name in found and found[name] != row:
            remedy = "keep one line per person in the companion file"
            faults.append(
                Fault(stated.file, f"record {number}", f"the same {stated.join} as in an earlier row", remedy)
            )
        if name:
            found.setdefault(name, ["" if cell.strip() in EXPIRED else cell for cell in row])
    if faults:
        raise InputError(faults)
    return found


def _with(export: Export, stated: ExportFile, companion: Export, by_id: dict[str, list[str]], used: set[str]) -> Export:
    to = stated.to or stated.join or ""
    if to not in export.places:
        what = f"no column {to!r} holds the ids that {stated.file} is joined by"
        raise InputError([Fault(export.file, "", what, "name it with to: beside join:; " + nearest(to, export.names))])
    place, blank = export.places[to], [""] * len(companion.columns)
    rows = []
    for row in export.rows:
        name = normalise(row[place])
        if name in by_id:
            used.add(name)
        rows.append([*row, *by_id.get(name, blank)])
    added = [
        Column(column.name if column.name not in export.places else f"{column.name} ({companion.tool})", column.label)
        for column in companion.columns
    ]
    return replace(export, columns=(*export.columns, *added), rows=rows)
