"""Opening what survey tools export: any of CSV, TSV, semicolons, XLSX, ODS, in the encodings they come in.

The result is a grid of texts. An empty cell is "", and "NA" or "None" are answers like any other.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import Fault, InputError, MissingError

SEPARATORS = ",;\t|"
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Grid:
    """All rows of a file as texts, and what had to be done to read them."""

    file: str
    rows: list[list[str]]
    encoding: str
    separator: str
    repaired: list[str] = field(default_factory=list)


def read_grid(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Grid:
    """Read a file as a grid of texts. Raises MissingError or InputError, never loses a row."""
    if not path.exists():
        raise MissingError(
            f"{path}: no such file. Put the export there as downloaded, or correct exports: in survey.yaml."
        )
    content = path.read_bytes()
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise InputError([Fault(str(path), "", "the file is empty", "download the export again")])
    if content[:4] == b"PK\x03\x04":
        return _from_archive(path, content, sheet)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InputError([Fault(str(path), "", "an old Excel workbook (.xls)", "save it as .xlsx or CSV UTF-8")])
    text, used, repaired = decode(content, encoding, str(path))
    separator = sniff(text)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\x00", "\ufffd"), newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError([Fault(str(path), "", f"not a table: {error}", "check quotes and separators")]) from None
    return Grid(str(path), _trimmed(rows), used, separator, repaired)


def decode(content: bytes, stated: str | None, file: str) -> tuple[str, str, list[str]]:
    """Return (text, encoding, repairs): by mark, as stated, as UTF-8, else as Windows-1252, stray bytes replaced."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark) and not stated:
            return content.decode(name, "replace"), name, []
    if stated:
        try:
            return content.decode(stated), stated, []
        except (UnicodeDecodeError, LookupError) as error:
            raise InputError(
                [
                    Fault(
                        file,
                        "",
                        f"cannot be read as {stated}: {error}",
                        "correct encoding: in survey.yaml, or delete the key",
                    )
                ]
            ) from None
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        lines = [number for number, line in enumerate(text.split("\n"), 1) if not line.isascii()]
        return text, "windows-1252", [f"line {number}" for number in lines[:1000]]


def sniff(text: str) -> str:
    """Return the separator whose records have the most columns, among those whose records agree on how many."""
    lines = text[:200_000]
    scores = {}
    for place, separator in enumerate(SEPARATORS):
        widths = _widths(lines, separator)
        agree = widths.count(widths[0]) / len(widths) if widths else 0.0
        scores[separator] = (agree > 0.8, widths[0] if widths else 0, -place)
    return max(SEPARATORS, key=lambda separator: scores[separator])


def _widths(text: str, separator: str, most: int = 30) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    widths = []
    try:
        for record in reader:
            if any(record):
                widths.append(len(record))
            if len(widths) == most:
                break
    except csv.Error:
        return []
    return widths[:-1] if 1 < len(widths) < most else widths  # the last record may be cut


def _from_archive(path: Path, content: bytes, sheet: str | None) -> Grid:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        rows = _ods(content, sheet) if "content.xml" in names else _xlsx(content, sheet)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, AttributeError, TypeError) as error:
        raise InputError(
            [
                Fault(
                    str(path),
                    f"sheet {sheet}" if sheet else "",
                    f"not a readable workbook: {error}",
                    "open it, save it as .xlsx or CSV UTF-8, and correct sheet: in survey.yaml",
                )
            ]
        ) from None
    if not any(any(row) for row in rows):
        raise InputError([Fault(str(path), "", "the sheet is empty", "name the right one with sheet: in survey.yaml")])
    return Grid(str(path), _trimmed(rows), "workbook", "")


def _xlsx(content: bytes, sheet: str | None) -> list[list[str]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    chosen = book[sheet] if sheet else book.worksheets[0]
    return [[_text(cell) for cell in row] for row in chosen.iter_rows(values_only=True)]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "True" if cell else "False"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _ods(content: bytes, sheet: str | None) -> list[list[str]]:
    from odf.opendocument import load
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    tables = load(io.BytesIO(content)).spreadsheet.getElementsByType(Table)
    chosen = next(table for table in tables if sheet in (None, table.getAttribute("name")))
    rows = []
    for row in chosen.getElementsByType(TableRow):
        cells: list[str] = []
        for cell in row.getElementsByType(TableCell):
            text = "\n".join(str(part) for part in cell.getElementsByType(P))
            cells += [text] * min(int(cell.getAttribute("numbercolumnsrepeated") or 1), 1000)
        rows += [cells] * min(int(row.getAttribute("numberrowsrepeated") or 1), 1 if not any(cells) else 10_000)
    return rows


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Return rows of one width, without blank rows at the end and without columns that are blank in every row."""
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    while width and not any(len(row) >= width and row[width - 1].strip() for row in rows):
        width -= 1
    return [(row + [""] * (width - len(row)))[:width] for row in rows]
