"""Cells of XLSX and ODS workbooks as texts, read from their bytes; XML without DTD, entities or network."""

from __future__ import annotations

import datetime
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from xml.etree.ElementTree import ParseError

from pipeline.errors import Fault, InputError

MOST_BYTES = 4_000_000_000  # of an unpacked workbook
MOST_REPEATS = 16_384  # columns a sheet can have; beyond that a repeat is formatting
MOST_ROWS = 1_048_576  # rows a sheet can have
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, AttributeError, TypeError, IndexError,
    SyntaxError, ParseError, NotImplementedError, RuntimeError, OverflowError, AssertionError, LookupError,
)  # fmt: skip


def rows_of_workbook(content: bytes, file: str, sheet: str | None) -> list[list[str]]:
    """Return a sheet (the first, or the one named) as rows of texts. Raises InputError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "word/document.xml" in names or not {"content.xml", "[Content_Types].xml"} & set(names):
                inner = "a Word document" if "word/document.xml" in names else f"an archive of {len(names)} files"
                remedy = "unpack it and name the table inside, or download the export as CSV or XLSX"
                raise InputError([Fault(file, "", f"this is {inner}, no table", remedy)])
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise ValueError("it unpacks to more than 4 GB")
            _no_dtd(archive)
        rows = _ods(content, sheet) if "content.xml" in names else _xlsx(content, sheet)
    except UNREADABLE as error:
        where = f"sheet {sheet}" if sheet else ""
        remedy = "open it, save it as .xlsx or CSV UTF-8, and correct sheet: in survey.yaml"
        raise InputError([Fault(file, where, f"not a readable workbook: {error}", remedy)]) from None
    if not any(any(row) for row in rows):
        raise InputError([Fault(file, "", "the sheet is empty", "name the right one with sheet: in survey.yaml")])
    return rows


def _no_dtd(archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as part:
                head = part.read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise ValueError(f"{name} declares a document type, which no survey tool does")


def _xlsx(content: bytes, sheet: str | None) -> list[list[str]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    seen = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
    chosen = book[sheet] if sheet else seen[0]
    chosen.reset_dimensions()  # some tools state a dimension that is too small; rows beyond it would be lost
    return [[text_of(cell) for cell in row] for row in chosen.iter_rows(values_only=True)]


def text_of(cell: object) -> str:
    """Return a typed cell as a survey tool would write it in a CSV."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "True" if cell else "False"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.microsecond:
        return str(cell.replace(microsecond=0))
    return str(cell)


def _ods(content: bytes, sheet: str | None) -> list[list[str]]:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read("content.xml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    tables = etree.fromstring(part, parser).iter(TABLE + "table")
    chosen = next((table for table in tables if sheet in (None, table.get(TABLE + "name"))), None)
    if chosen is None:
        raise ValueError("no such sheet")
    rows: list[list[str]] = []
    for row in chosen.iter(TABLE + "table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                cells += [_ods_text(cell)] * min(int(cell.get(TABLE + "number-columns-repeated", 1)), MOST_REPEATS)
        while cells and not cells[-1]:
            cells.pop()
        repeats = int(row.get(TABLE + "number-rows-repeated", 1))
        if cells and repeats > MOST_ROWS:
            raise ValueError(f"a row that is repeated {repeats:,} times")
        rows += [list(cells) for _ in range(repeats if cells else min(repeats, 1))]
    return rows


def _ods_text(cell) -> str:  # type: ignore[no-untyped-def]  # an lxml element
    kind = cell.get(OFFICE + "value-type")
    if kind == "float" and cell.get(OFFICE + "value") is not None:
        return text_of(float(cell.get(OFFICE + "value")))
    if kind == "boolean":
        return "True" if cell.get(OFFICE + "boolean-value") == "true" else "False"
    if kind == "date" and cell.get(OFFICE + "date-value"):
        return str(cell.get(OFFICE + "date-value")).replace("T", " ")
    return "\n".join("".join(_pieces(part)) for part in cell if part.tag == TEXT + "p")


def _pieces(part) -> Iterator[str]:  # type: ignore[no-untyped-def]
    """Yield a paragraph's text: blanks, tabs and line breaks are elements of their own; comments are left out."""
    yield part.text or ""
    for child in part:
        if child.tag == TEXT + "s":
            yield " " * int(child.get(TEXT + "c", 1))
        elif child.tag == TEXT + "tab":
            yield "\t"
        elif child.tag == TEXT + "line-break":
            yield "\n"
        elif child.tag != OFFICE + "annotation":
            yield from _pieces(child)
        yield child.tail or ""


def without_sheet_rows(content: bytes, about: Callable[[Sequence[object]], bool]) -> tuple[bytes, int]:
    """Return a workbook without the rows that `about` says yes to, and how many they were."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    gone = 0
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        mine = [number for number, values in enumerate(rows, sheet.min_row) if about(values)]
        for number in reversed(mine):
            sheet.delete_rows(number)
        gone += len(mine)
    if not gone:
        return content, 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), gone
