"""Coder files made by other people's habits, read through a mapping that the team writes: labels.yaml.

Layouts: `columns` (a column per theme, holding labels), `ones` (a column per code, 1 where it applies),
`numbered` (Code 1 … Code 8, in any order), `coders` (a column per coder). Cells may hold `;` lists. What a blank
means is said in the file, never guessed: by default, a row without any label was not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field, field_validator

from pipeline import yamlfile
from pipeline.coding.plan import assignment_id
from pipeline.coding.returned import Row
from pipeline.coding.sheets import Sheet
from pipeline.coding.units import EXCERPT, text_digest
from pipeline.errors import Fault
from pipeline.settings import Settings

TOTALS = re.compile(r"(grand )?(total|sum|count|mean)s?|n|", re.IGNORECASE)
ONE, ZERO = ("1", "x", "yes", "true"), ("0", "no", "false")
ROUND, PURPOSE = "imported", "estimate"


class Mapped(Settings):
    """How to read one file (or all files of a pattern)."""

    file: str
    layout: Literal["columns", "ones", "numbered", "coders"] = "columns"
    sheet: str | None = None
    coder: str | None = None  # who made the file, where no column says so
    coder_column: str | None = None
    unit: tuple[str, ...] = ()  # columns that, joined by "/", give the excerpt's id
    text: str | None = None  # or the column that holds the excerpt's own words
    memo: str | None = None  # the column of memos
    columns: dict[str, str] = Field(default_factory=dict)  # column -> theme, code or coder, by layout
    blank: Literal["unseen", "no_code"] = "unseen"


class Labels(Settings):
    """The whole of labels.yaml."""

    version: str = "1"
    files: tuple[Mapped, ...] = ()
    clean: dict[str, str] = Field(default_factory=dict)  # label as written -> code id; "theme: label" for one theme
    not_applicable: tuple[str, ...] = ()  # labels that say the question does not arise
    as_written: bool = False  # keep labels as they are; every difference counts as disagreement

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value)


@dataclass(frozen=True)
class Read:
    """What a mapped file says, and what must be known about it."""

    rows: list[Row]
    work: list[tuple[str, str]]  # (coder, excerpt_id) that this file speaks of
    faults: list[Fault]
    notes: list[str]


def load_labels(path: Path) -> Labels:
    """Read labels.yaml; a study without one maps nothing. Raises InputError with every fault."""
    return yamlfile.validate(Labels, yamlfile.load(path), path) if path.exists() else Labels()


def mapping_for(labels: Labels, name: str) -> Mapped | None:
    """Return how to read a file of this name, if the team has said so."""
    return next((mapped for mapped in labels.files if fnmatch(name, mapped.file)), None)


def read_mapped(
    sheets: Sequence[Sheet], mapped: Mapped, *, labels: Labels, excerpts: pd.DataFrame, saved: Mapping[str, str]
) -> Read:
    """Return the rows of a mapped file. excerpts: described units (units.COLUMNS); saved: assignments by (coder, unit).

    Every row comes in, or is listed in notes (noise) or faults.
    """
    found = Read([], [], [], [])
    chosen = [sheet for sheet in sheets if mapped.sheet in (None, sheet.sheet)][: 1 if mapped.sheet is None else None]
    ids = dict(zip(excerpts.unit_id, excerpts.digest, strict=True))
    by_text: dict[str, list[str]] = {}
    for unit, digest in ids.items():
        by_text.setdefault(digest, []).append(unit)
    for sheet in chosen:
        wanted = [*mapped.unit, *mapped.columns, *filter(None, (mapped.text, mapped.coder_column, mapped.memo))]
        missing = [column for column in wanted if column not in sheet.columns]
        if missing or not (mapped.unit or mapped.text):
            what = (
                f"no column {', '.join(map(repr, missing))}" if missing else "labels.yaml names neither unit nor text"
            )
            found.faults.append(
                Fault(sheet.file, "row 1", what, f"its columns are {', '.join(filter(None, sheet.columns))}")
            )
            continue
        for number, cells in sheet.rows:
            _read_row(sheet, number, cells, mapped, labels, ids, by_text, saved, found)
    return found


def _read_row(
    sheet: Sheet,
    number: int,
    cells: Mapping[str, str],
    mapped: Mapped,
    labels: Labels,
    ids: Mapping[str, str],
    by_text: Mapping[str, list[str]],
    saved: Mapping[str, str],
    found: Read,
) -> None:
    place = sheet.place(number)
    named = "/".join(cells.get(column, "").strip() for column in mapped.unit)
    if mapped.text:
        units = by_text.get(text_digest(cells.get(mapped.text, "")), [])
        shown = cells.get(mapped.text, "")[:40]
    else:
        units, shown = ([named] if named in ids else []), named
    if not units and TOTALS.fullmatch(shown.strip("/ ")):
        found.notes.append(f"{sheet.file}, {place}: no unit ({shown!r}): a total or an empty row, left out")
        return
    if len(units) != 1:
        what = (
            f"{shown!r} is no excerpt of this study" if not units else f"{len(units)} excerpts have the text {shown!r}"
        )
        found.faults.append(Fault(sheet.file, place, what, "check labels.yaml (unit, text), or remove the row"))
        return
    for coder, said, seen in _said(cells, mapped, sheet, labels.as_written):
        kept = [label for label in said if _plain(label) not in labels.not_applicable]
        if not coder:
            found.faults.append(
                Fault(sheet.file, place, "nobody is named as coder", "say coder or coder_column in labels.yaml")
            )
        elif kept or said or seen or mapped.blank == "no_code":
            key = saved.get(f"{coder}/{units[0]}") or assignment_id(coder, EXCERPT, units[0], ROUND, PURPOSE)
            state = "coded" if kept else "no_code"
            memo = cells.get(mapped.memo, "").strip() if mapped.memo else ""
            found.rows.append(Row(sheet.file, place, key, state, tuple(kept), tuple(None for _ in kept), memo=memo))
            found.work.append((coder, units[0]))
        else:
            found.notes.append(f"{sheet.file}, {place}: no label at all; counted as not seen by {coder}")


def _said(cells: Mapping[str, str], mapped: Mapped, sheet: Sheet, raw: bool) -> Iterator[tuple[str, list[str], bool]]:
    """Yield coder, labels, and whether the row was seen although it has no label."""
    coder = cells.get(mapped.coder_column, "").strip() if mapped.coder_column else mapped.coder or ""
    if mapped.layout == "coders":
        for column, name in mapped.columns.items():
            yield name, _parts(cells.get(column, ""), raw), False
    elif mapped.layout == "ones":
        marks = {code: cells.get(column, "").strip().casefold() for column, code in mapped.columns.items()}
        odd = [f"{code} = {mark}" for code, mark in marks.items() if mark and mark not in (*ONE, *ZERO)]
        yield (
            coder,
            [*(code for code, mark in marks.items() if mark in ONE), *odd],
            any(m in ZERO for m in marks.values()),
        )
    elif mapped.layout == "numbered":
        columns = mapped.columns or [
            name for name in sheet.columns if re.fullmatch(r"codes?\s*\d+", name, re.IGNORECASE)
        ]
        yield coder, [part for column in columns for part in _parts(cells.get(column, ""), raw)], False
    else:
        cut = ((theme, _parts(cells.get(column, ""), raw)) for column, theme in mapped.columns.items())
        yield coder, [f"{theme}: {part}" for theme, parts in cut for part in parts], False


def _parts(cell: str, raw: bool) -> list[str]:
    if raw:
        return [cell] if cell else []
    return [part.strip() for part in cell.split(";") if part.strip()]


def _plain(label: str) -> str:
    return label.partition(": ")[2] or label


def imported(work: Sequence[tuple[str, str]], ledger: pd.DataFrame) -> pd.DataFrame:
    """Return ledger rows for work that came back without having been handed out by Sameword."""
    known = set(ledger.assignment_id)
    rows, last = [], ledger.groupby("coder_id").position.max().to_dict()
    for coder, unit in sorted(set(work)):
        key = assignment_id(coder, EXCERPT, unit, ROUND, PURPOSE)
        given = (ledger.coder_id == coder) & (ledger.unit_id == unit)
        if key not in known and not given.any():
            last[coder] = int(last.get(coder, 0)) + 1
            rows.append((key, coder, EXCERPT, unit, ROUND, PURPOSE, 1.0, last[coder], 0, ""))
    return pd.DataFrame(rows, columns=pd.Index(list(ledger.columns)))
