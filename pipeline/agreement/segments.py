"""Coded segments of other tools' exports: who gave which code to which part of which document, as far as a file says.

Read are REFI-QDA projects (QualCoder, NVivo, ATLAS.ti, MAXQDA), tables of coded segments (QualCoder, ATLAS.ti
quotations, Taguette highlights) and NVivo's coding comparison, which holds shares of characters and no segments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import pandas as pd

from pipeline.codebook.project import CONSENSUS, Project
from pipeline.coding.sheets import Sheet
from pipeline.errors import Fault, InputError

NAMES = {
    "document": ("document", "document name", "file", "filename", "file name", "source", "file/case", "resource"),
    "code": ("code", "codes", "codename", "code name", "tag", "node", "category"),
    "coder": ("coder", "owner", "user", "created by", "creator", "coder name", "coded by", "creating user", "author"),
    "start": ("pos0", "start", "start position", "begin", "from"),
    "end": ("pos1", "end", "end position", "to"),
}  # fmt: skip
COMPARISON = ("kappa", "a and b (%)", "a and not b (%)", "b and not a (%)")
COLUMNS = ["document", "coder", "code", "start", "end"]


@dataclass
class Segments:
    """rows: COLUMNS, start and end null where the file does not say; sizes: characters per document, where known."""

    rows: pd.DataFrame
    sizes: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def from_project(project: Project) -> Segments:
    """Return the segments of a REFI-QDA project; what a team settled is nobody's own decision and stays out."""
    names = {code.id: code.name for theme in project.themes for code in theme.codes}
    rows = [
        (source.key, one.coder, names.get(one.code_id, one.code_id), one.start, one.end)
        for source in project.sources
        for one in source.codings
        if one.coder != CONSENSUS
    ]
    left = sum(one.coder == CONSENSUS for source in project.sources for one in source.codings)
    notes = (
        [f"{left} codings of {CONSENSUS!r} are left out: what a team settled is nobody's own decision"] if left else []
    )
    return Segments(_frame(rows), {source.key: len(source.text) for source in project.sources}, notes)


def is_comparison(sheet: Sheet) -> bool:
    """Say whether a sheet is NVivo's coding comparison."""
    return set(COMPARISON) <= {column.strip().casefold() for column in sheet.columns}


def from_sheets(sheets: Sequence[Sheet]) -> Segments:
    """Return the segments of tables; a table without a column of coders is the work of one, named as its file.

    Raises InputError for every table without documents and codes.
    """
    rows: list[tuple[object, ...]] = []
    notes: list[str] = []
    faults = []
    for sheet in sheets:
        columns = _columns(sheet)
        if not {"document", "code"} <= set(columns):
            what = "no column of documents (document, file …) or none of codes (code, tag …)"
            faults.append(Fault(sheet.file, sheet.sheet, what, "export coded segments, one row each"))
            continue
        if "coder" not in columns:
            notes.append(f"{sheet.file}: no column says who coded, so the file stands for one coder")
        if not {"start", "end"} <= set(columns):
            notes.append(f"{sheet.file}: no positions, so only whole documents can be compared")
        rows += _segments(sheet, columns)
    if faults:
        raise InputError(faults)
    return Segments(_frame(rows), notes=notes)


def _segments(sheet: Sheet, columns: Mapping[str, str]) -> Iterable[tuple[object, ...]]:
    for _, row in sheet.rows:
        coder = row.get(columns.get("coder", ""), "").strip() or PurePath(sheet.file).stem
        place = [_number(row.get(columns.get(end, ""), "")) for end in ("start", "end")]
        for code in re.split(r"[\n;|]+", row.get(columns["code"], "")):
            if code.strip() and row.get(columns["document"], "").strip():
                yield row[columns["document"]].strip(), coder, code.strip(), *place


def _columns(sheet: Sheet) -> dict[str, str]:
    """Return, per thing we look for, the sheet's column that holds it: the first of its names that occurs."""
    given = {column.strip().casefold(): column for column in sheet.columns}
    found = {}
    for thing, names in NAMES.items():
        column = next((given[name] for name in names if name in given), None)
        if column is not None:
            found[thing] = column
    return found


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d+", text.strip()) else None


def _frame(rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    found = pd.DataFrame(list(rows), columns=pd.Index(COLUMNS), dtype="object")
    return found.drop_duplicates().sort_values(["document", "coder", "code"], kind="stable").reset_index(drop=True)
