"""What a file is that is no table, and what people leave around a table: titles, remarks, stray cells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

MOST_ABOVE = 12  # rows in which titles and remarks are looked for
KINDS = (
    (b"%PDF-", "a PDF", "download the export as CSV or XLSX"),
    (b"\x89PNG", "a picture", "download the export as CSV or XLSX"),
    (b"\xff\xd8\xff", "a picture", "download the export as CSV or XLSX"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", "save it as .xlsx or CSV UTF-8"),
    (b"$FL2", "an SPSS file", "download the export as CSV, or save it so in SPSS, with labels"),
    (b"$FL3", "an SPSS file", "download the export as CSV, or save it so in SPSS, with labels"),
    (b"<stata_dta>", "a Stata file", "download the export as CSV"),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it first"),
    (b"7z\xbc\xaf", "an archive (7z)", "unpack it first"),
    (b"Rar!", "an archive (RAR)", "unpack it first"),
    (b"SQLite format 3", "a database", "download the export as CSV or XLSX"),
)


def no_table(head: bytes) -> tuple[str, str] | None:
    """Return (what a file is, what to do) where its first bytes say that it is none of the tables read here."""
    for magic, what, remedy in KINDS:
        if head.startswith(magic):
            return what, remedy
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:200].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        return (
            "a web page or XML, whatever its name says",
            "download the export as CSV, or open it and save it as .xlsx",
        )
    if text[:1] in (b"{", b"[") and _is_json(text):
        return "JSON", "download the export as CSV or XLSX"
    return None


def _is_json(text: bytes) -> bool:
    """Say whether a text begins as JSON does."""
    line = text.decode("utf-8", "replace")
    try:
        json.JSONDecoder().raw_decode(line)
    except ValueError as error:
        return "Expecting value" not in str(error) and line[:2] in ("[{", '{"', "{\n", "[\n")
    return True


def rows_above(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows stand above a table: blank ones, remarks, `sep=;`, a title alone in its row.

    A title counts only where the table has three columns or more, and where a row that is filled follows.
    """
    above = 0
    while above < min(len(rows), MOST_ABOVE) and _is_above(rows, above):
        above += 1
    return above if above < min(len(rows), MOST_ABOVE) else 0


def _is_above(rows: Sequence[Sequence[str]], number: int) -> bool:
    filled = [cell.strip() for cell in rows[number] if cell.strip()]
    if not filled:
        return True
    if len(filled) <= 2 and len(filled[0]) > 1 and filled[0].startswith(("#", "sep=")):
        return len(rows[0]) > 1
    return len(filled) == 1 and len(rows[0]) >= 3 and not _is_header_of_one(rows, number)


def _is_header_of_one(rows: Sequence[Sequence[str]], number: int) -> bool:
    """Say whether what follows a row with one cell is no fuller than the row itself."""
    following = [sum(bool(cell.strip()) for cell in row) for row in rows[number + 1 : number + 20]]
    return not following or sorted(following)[len(following) // 2] < 2


def stray_cells(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a note where records have more cells than the others: a separator in a cell without quotation marks."""
    widths = Counter(map(len, rows))
    if len(widths) < 2:
        return []
    usual = max(widths, key=lambda width: (widths[width], width))
    beyond = [
        number for number, row in enumerate(rows, 1) if len(row) > usual and any(cell.strip() for cell in row[usual:])
    ]
    if not beyond or len(beyond) > len(rows) / 10:
        return []
    listed = ", ".join(map(str, beyond[:5])) + (f" and {len(beyond) - 5} more" if len(beyond) > 5 else "")
    return [
        f"more cells than the usual {usual} in record {listed}: a separator inside an answer without quotation marks? "
        "What stands behind it is in columns of its own: download the export again, or correct these records"
    ]
