"""Opening what survey tools export: any of CSV, TSV, semicolons, XLSX, ODS, Parquet, in the encodings they come in.

The result is a grid of texts. An empty cell is "", and "NA" or "None" are answers like any other. Delimited files are
read as a stream: neither the file's bytes nor its text is ever held whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import Fault, InputError, MissingError
from pipeline.lean import collector_paused
from pipeline.survey.decoding import Decoding, restored, settle
from pipeline.survey.partitions import MAGIC, rows_of_parquet
from pipeline.survey.shape import no_table, stray_cells
from pipeline.survey.workbooks import rows_of_workbook

SEPARATORS = ",;\t|"
LARGE = 50_000_000  # bytes from which equal short cells are held once
NUL = "\ufffd"
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Grid:
    """All rows of a file as texts, and what had to be done to read them."""

    file: str
    rows: list[list[str]]
    encoding: str
    separator: str
    repaired: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what a person should look at, in sentences


def read_grid(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Grid:
    """Read a file as a grid of texts. Raises MissingError or InputError, never loses a row."""
    if not path.exists():
        raise MissingError(
            f"{path}: no such file. Put the export there as downloaded, or correct exports: in survey.yaml."
        )
    if path.is_dir():
        return Grid(str(path), trimmed(rows_of_parquet(path)), "Parquet", "")
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if head[:4] == MAGIC:
        return Grid(str(path), trimmed(rows_of_parquet(path)), "Parquet", "")
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf\xfe\xff") and path.stat().st_size <= len(head):
        raise InputError([Fault(str(path), "", "the file is empty", "download the export again")])
    if head[:4] == b"PK\x03\x04":
        rows = rows_of_workbook(path.read_bytes(), str(path), sheet)
        return Grid(str(path), trimmed(rows), "workbook", "")
    told = no_table(head)
    if told:
        raise InputError([Fault(str(path), "", f"this is {told[0]}, no table", told[1])])
    return _delimited(path, encoding)


def _delimited(path: Path, encoding: str | None) -> Grid:
    with path.open("rb") as file:
        decoding = settle(iter(lambda: file.read(1 << 20), b""), encoding, str(path))
    with _opened(path, decoding) as text:
        separator = sniff(text.read(200_000))
    loose: list[str] = []
    large = path.stat().st_size >= LARGE
    try:
        rows = _parsed(path, decoding, separator, strict=True, large=large)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise _unclosed(path, decoding, separator) from None
        try:
            rows = _parsed(path, decoding, separator, strict=False, large=large)
        except csv.Error as worse:
            raise InputError([Fault(str(path), "", f"not a table: {worse}", "check quotes and separators")]) from None
        loose = [f"a quotation mark inside a cell ({error}): check the rows around it"]
    notes = stray_cells(rows)
    rows = trimmed(rows)
    repaired = restored(rows, decoding.codec) if decoding.stray else []
    return Grid(str(path), rows, decoding.name, separator, loose + repaired, notes)


def _opened(path: Path, decoding: Decoding) -> io.TextIOWrapper:
    return path.open("r", encoding=decoding.codec, errors=decoding.errors, newline="")


def _parsed(path: Path, decoding: Decoding, separator: str, *, strict: bool, large: bool) -> list[list[str]]:
    with _opened(path, decoding) as text, collector_paused():
        lines: Iterable[str] = text
        if decoding.has_nul:
            lines = (line.replace("\x00", NUL) for line in text)
        if decoding.has_mark:  # files that were joined: each brought its mark along
            lines = (line.removeprefix("\ufeff") for line in lines)
        reader = csv.reader(lines, delimiter=separator, strict=strict)
        return list(_shared(reader)) if large else list(reader)


def _shared(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Hold equal short cells once: in a large export most cells are one of a few choices."""
    known: dict[str, str] = {}
    for row in rows:
        if len(known) > 200_000:
            known = {}
        yield [known.setdefault(cell, cell) if len(cell) < 32 else cell for cell in row]


def _unclosed(path: Path, decoding: Decoding, separator: str) -> InputError:
    """Say where a quotation mark opens a cell that nothing closes: everything after it would be one cell."""
    with _opened(path, decoding) as text:
        number = sum(1 for _ in csv.reader(text, delimiter=separator))
    what = "a quotation mark opens a cell in this record and nothing closes it: the rest of the file would be one cell"
    return InputError([Fault(str(path), f"record {number}", what, "download the export again, or double the mark")])


def sniff(text: str) -> str:
    """Return the separator whose records have the most columns, among those whose records agree on how many."""
    scores = {}
    for place, separator in enumerate(SEPARATORS):
        widths = _widths(text, separator)
        usual = max(widths, key=lambda width: (widths.count(width), width), default=0)
        agree = widths.count(usual) / len(widths) if widths else 0.0
        scores[separator] = (agree > 0.8, usual, -place)
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
    widths = widths[:-1] if 1 < len(widths) < most else widths  # the last record may be cut
    table = next((place for place, width in enumerate(widths) if width > 1), 0)  # below a title or remarks
    return widths[table:] if table and len(widths) - table >= 3 else widths


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Return rows of one width, without blank rows at the end and without columns that are blank in every row."""
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    widths = set(map(len, rows))
    width = widest = max(widths, default=0)
    while width and not any(len(row) >= width and row[width - 1].strip() for row in rows):
        width -= 1
    if width == widest and len(widths) == 1:
        return rows
    return [row if len(row) == width else (row + [""] * (width - len(row)))[:width] for row in rows]
