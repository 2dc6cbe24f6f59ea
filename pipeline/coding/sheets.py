"""Files that come back, as rows of text: CSV and XLSX of any shape, with where every row stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import workbook
from pipeline.errors import Fault, InputError


@dataclass(frozen=True)
class Sheet:
    """Rows of one sheet of a returned file, as text: (row number, column -> cell)."""

    file: str
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    saved_at: str | None = None
    formulas: tuple[str, ...] = field(default=())

    def place(self, row: int, column: str = "") -> str:
        """Return "sheet Usages, row 7, column sense 1"."""
        parts = [f"sheet {self.sheet}" if self.sheet else "", f"row {row}", f"column {column}" if column else ""]
        return ", ".join(part for part in parts if part)


def read_file(path: Path) -> str:
    """Return a returned text file's content; raise InputError where it is not UTF-8 or UTF-16 with a mark."""
    content = path.read_bytes()
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        remedy = "save it as CSV UTF-8, or send the .xlsx"
        raise InputError([Fault(str(path), f"byte {error.start}", "the file is not UTF-8 text", remedy)]) from None


def read_csv(path: Path) -> list[Sheet]:
    """Return the rows of a CSV file, whatever its separator; blank rows are left out."""
    text = read_file(path)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(10_000_000)  # an answer may be a pasted document
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator))
    except csv.Error as error:
        remedy = "open it in a spreadsheet and save it as CSV UTF-8"
        raise InputError([Fault(str(path), "", f"not a readable CSV file ({error})", remedy)]) from None
    return [_sheet(str(path), "", [(number, row) for number, row in enumerate(rows, 1)])] if rows else []


def read_workbook(path: Path) -> list[Sheet]:
    """Return the rows of every sheet of an XLSX file; blank rows are left out."""
    try:
        book = workbook.opened(path.read_bytes())
    except ValueError as error:
        remedy = "open it, save it as .xlsx and send it again"
        raise InputError([Fault(str(path), "", f"not a readable workbook ({error})", remedy)]) from None
    changed = book.properties.modified
    saved = None if changed is None or changed == workbook.MADE else changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    found = []
    for sheet in book.worksheets:
        rows = [(n, [_cell(c) for c in row]) for n, row in enumerate(sheet.iter_rows(values_only=True), 1)]
        if any(any(row) for _, row in rows):
            found.append(_sheet(str(path), sheet.title, rows, saved))
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _sheet(file: str, name: str, rows: Sequence[tuple[int, Sequence[str]]], saved: str | None = None) -> Sheet:
    columns = tuple(cell.strip() for cell in rows[0][1])
    found = [
        (number, dict(zip(columns, row, strict=False)) | _beyond(columns, row))
        for number, row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
    return Sheet(file, name, columns, tuple(found), saved)


def _beyond(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    extra = [cell for cell in row[len(columns) :] if cell.strip()]
    return {"": " ".join(extra)} if extra else {}
