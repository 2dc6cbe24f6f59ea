"""Workbooks that are handed in: read, or refused in words before they fill the memory."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from pipeline import workbook
from pipeline.workbook import as_bytes, opened


def made(*cells):
    book = Workbook()
    for place, value in cells:
        book.active[place] = value
    return as_bytes(book)


def test_a_workbook_is_read():
    assert opened(made(("A1", "x"), ("B2", 2))).active["B2"].value == 2


def test_a_cell_in_the_farthest_corner_is_refused():
    with pytest.raises(ValueError, match=r"'Sheet' spans 17,179,869,184 cells"):
        opened(made(("A1", "x"), ("XFD1048576", "y")))


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="it unpacks to"):
        opened(made(("A1", "x")))


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", made(("A1", "x"))[:-40]])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(ValueError, match=r"\S"):
        opened(content)


def test_a_member_cut_short_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(("A1", "x")))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:50])
    with pytest.raises(ValueError, match=r"\S"):
        opened(buffer.getvalue())


def test_a_cell_that_begins_like_a_formula_is_text_and_its_neighbours_are_plain():
    book = Workbook()
    workbook.fill(book.active, ("a", "b"), [("=1+1", "x"), ("y", "-z")], (10, 10))
    sheet = opened(as_bytes(book)).active
    kinds = {cell.coordinate: (cell.data_type, cell.quotePrefix) for row in sheet["A2:B3"] for cell in row}
    assert kinds == {"A2": ("s", True), "B2": ("s", False), "A3": ("s", False), "B3": ("s", True)}
    assert all(cell.alignment.wrap_text for row in sheet["A2:B3"] for cell in row)
    assert sheet["A1"].font.bold and not sheet["A1"].alignment.wrap_text
