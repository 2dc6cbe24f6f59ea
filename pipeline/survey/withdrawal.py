"""A person who takes back their part: what of them is where, and files without it.

What can be rebuilt is removed whole and made again without the person; what people wrote by hand (journals, returned
sheets, ledgers) loses exactly the lines about them. What stays is a pseudonym and a date.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet

import pandas as pd

from pipeline.errors import Fault, InputError
from pipeline.ids import normalise
from pipeline.survey.exports import sniff
from pipeline.survey.rows import Row, stated_id

NOTE = ["respondent_id", "withdrawn_on"]
PART = re.compile(r"[^+|]+")  # a pair of usages is written u_1+u_2


def rows_of_person(rows: Sequence[Row], respondent: str) -> list[Row]:
    """Return the rows of one person, named by the survey tool's id or by the pseudonym. Raises InputError."""
    wanted = normalise(respondent)
    found = [row for row in rows if row.respondent == wanted or wanted in stated_id(row)]
    if not found:
        what = "no row of the exports has this respondent id or pseudonym"
        raise InputError([Fault("RESPONDENT", "", what, "give the id as the survey tool writes it, or p_…")])
    people = {row.respondent for row in found}
    if len(people) > 1:
        what = f"{len(people)} people have this in their respondent id"
        raise InputError([Fault("RESPONDENT", "", what, "give the pseudonym, p_…, of the one who is meant")])
    return found


def traces(person: str, stated: Collection[str], tables: Mapping[str, pd.DataFrame], ledger: pd.DataFrame) -> set[str]:
    """Return every id that leads to the person: answers, excerpts, usages, assignments, and the tool's own id.

    tables: responses, excerpts, usages as they are now; ledger: assignments handed out.
    """
    ids = {person, *(one for one in stated if len(one) >= 4)}
    responses = tables["responses"]
    answers = set(responses[responses.respondent_id == person].response_id)
    ids |= answers
    for name, key in (("excerpts", "excerpt_id"), ("usages", "usage_id")):
        table = tables[name]
        ids |= set(table[table.response_id.isin(list(answers))][key])
    if len(ledger):
        mine = [bool(set(PART.findall(unit)) & ids) for unit in ledger.unit_id]
        ids |= set(ledger[mine].assignment_id)
    return ids


def about(cells: Collection[object], ids: AbstractSet[str]) -> bool:
    """Say whether one of the cells is, or is made of, one of the ids."""
    return any(not ids.isdisjoint([str(cell), *PART.findall(str(cell))]) for cell in cells)


def without_lines(text: str, ids: AbstractSet[str]) -> tuple[str, int]:
    """Return a journal (JSON lines) without the decisions about a person, and how many they were."""
    kept, gone = [], 0
    for line in text.splitlines(keepends=True):
        try:
            row = json.loads(line)
        except ValueError:
            row = line
        values = row.values() if isinstance(row, dict) else [row]
        if about(list(values), ids):
            gone += 1
        else:
            kept.append(line)
    return "".join(kept), gone


def without_rows(text: str, ids: AbstractSet[str]) -> tuple[str, int]:
    """Return a delimited table without the rows about a person, and how many they were."""
    separator = sniff(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    kept = [row for row in rows if not about(row, ids)]
    if len(kept) == len(rows):
        return text, 0
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(kept)
    return out.getvalue(), len(rows) - len(kept)


def noted(text: str, person: str, day: str) -> str:
    """Return withdrawn.csv with one more person; a person noted before stays as noted."""
    rows = list(csv.DictReader(io.StringIO(text)))
    if all(row["respondent_id"] != person for row in rows):
        rows.append({"respondent_id": person, "withdrawn_on": day})
    return "\n".join([",".join(NOTE), *(f"{row['respondent_id']},{row['withdrawn_on']}" for row in rows)]) + "\n"


def withdrawn(text: str) -> set[str]:
    """Return the pseudonyms in withdrawn.csv."""
    return {row["respondent_id"] for row in csv.DictReader(io.StringIO(text))}
