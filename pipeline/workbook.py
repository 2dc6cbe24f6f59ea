"""Spreadsheets that are the same bytes for the same content: fixed dates, members in order, text that stays text."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from pipeline.cells import fitting, is_formula

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MADE = dt.datetime(2020, 1, 1)
MOST_BYTES, MOST_CELLS = 500_000_000, 20_000_000  # of a workbook that is handed in, unpacked


def as_bytes(book: Workbook, *, compress: bool = True) -> bytes:
    """Return the workbook as XLSX. Compressed bytes depend on Python's zlib: leave it out where bytes are compared."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.creator = "Sameword"
    book.properties.created = MADE
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        writer = ExcelWriter(book, archive)
        book.properties.modified = MADE
        writer.write_data()
    return _fixed_dates(buffer.getvalue(), zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED)


def opened(content: bytes, **how: bool) -> Workbook:
    """Return a workbook somebody handed in. Raises ValueError in words where it is damaged or far too large.

    What it unpacks to and how many cells its sheets span are bounded: a few kilobytes can name 17 billion cells.
    """
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > MOST_BYTES:
            raise ValueError(f"it unpacks to {size:,} bytes; at most {MOST_BYTES:,} are read")
        book = load_workbook(io.BytesIO(content), data_only=how.get("data_only", False))
    except Exception as error:  # openpyxl raises many kinds on damaged archives
        raise ValueError(str(error)) from None
    for sheet in book.worksheets:
        if (cells := sheet.max_row * sheet.max_column) > MOST_CELLS:
            raise ValueError(f"the sheet {sheet.title!r} spans {cells:,} cells; at most {MOST_CELLS:,} are read")
    return book


def _fixed_dates(content: bytes, method: int) -> bytes:
    """Give every member of the archive, and the workbook's own dates, the fixed date."""
    out = io.BytesIO()
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in sorted(old.namelist()):
            member = old.read(name)
            if name == "docProps/core.xml":
                member = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, member)
            new.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), member, method)
    return out.getvalue()


def fill(sheet: Worksheet, header: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> None:
    """Fill a sheet: a bold header that stays in sight, wrapped cells, nothing that begins like a formula run as one."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.append(list(header))
    for row in rows:
        sheet.append([fitting(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    _wrap([cell for cells in sheet.iter_rows(min_row=2) for cell in cells])


def _wrap(cells: Sequence[Any]) -> None:
    """Let cells wrap their text. The style is made once and copied: openpyxl compares each it is given with all others.

    A cell that begins like a formula has one of its own, which says that it is text.
    """
    from openpyxl.styles import Alignment

    for cell in cells[:1]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        wrapped = copy(cell._style)
    for cell in cells:
        cell._style = copy(wrapped)
        if is_formula(cell.value):
            cell.data_type, cell.quotePrefix = "s", True
