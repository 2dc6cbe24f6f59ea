"""Reading files as they come: encodings, separators, workbooks; the same texts back, no row lost."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.errors import InputError, MissingError
from pipeline.survey.exports import read_grid

CELL = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5)
HEAD = ["first, with comma", "second; with semicolon", "third"]


def written(rows, separator, end="\r\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def filled(rows):
    return [HEAD, *[[f"x{cell}" for cell in row] for row in rows]]


@given(
    TABLE,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
)
@settings(max_examples=80)
def test_any_table_comes_back_as_written(tmp_path_factory, rows, separator, encoding, end):
    path = tmp_path_factory.mktemp("t") / "export"
    table = filled(rows)
    path.write_bytes(written(table, separator, end).encode(encoding))
    assert read_grid(path).rows == table


WESTERN = bytes(byte for byte in range(0x20, 0x100) if byte not in (0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D)).decode(
    "cp1252"
)


@given(
    st.lists(st.lists(st.text(WESTERN, max_size=8), min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["\r\n", "\n", "\r"]),
)
@settings(max_examples=80)
def test_windows_1252_comes_back_as_written(tmp_path_factory, rows, separator, end):
    path = tmp_path_factory.mktemp("t") / "export"
    table = filled(rows)
    table[0][0] = "é first, with comma"
    content = written(table, separator, end).encode("cp1252")
    assume(not any(0xC2 <= a <= 0xF4 and 0x80 <= b <= 0xBF for a, b in pairwise(content)))  # else it may be UTF-8
    path.write_bytes(content)
    assert read_grid(path).rows == table


@given(TABLE)
@settings(max_examples=20)
def test_an_open_document_sheet_comes_back_as_written(tmp_path_factory, rows):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.teletype import addTextToElement
    from odf.text import P

    path = tmp_path_factory.mktemp("t") / "export"
    table = filled(rows)
    document, sheet = OpenDocumentSpreadsheet(), Table(name="Answers")
    for row in table:
        line = TableRow()
        for text in row:
            cell, paragraph = TableCell(valuetype="string"), P()
            addTextToElement(paragraph, text)
            cell.addElement(paragraph)
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(path))
    assert read_grid(path).rows == table


@given(TABLE)
@settings(max_examples=20)
def test_a_workbook_comes_back_as_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "export.bin"
    book = Workbook()
    table = [[cell.replace("_x", "x") for cell in row] for row in filled(rows)]
    for row in table:
        book.active.append([None if cell == "" else cell for cell in row])
    for row in book.active.iter_rows():
        for cell in row:
            cell.data_type = "s"
    book.save(path)
    assert read_grid(path).rows == table


def test_line_breaks_and_quotes_inside_cells(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b'a,b\r\n"one\nline ""quoted""","x"\r\n\r\n\r\n')
    assert read_grid(path).rows == [["a", "b"], ['one\nline "quoted"', "x"]]


def test_answers_na_and_none_are_answers(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("a,b\nNA,None\nnull,nan\n")
    assert read_grid(path).rows[1:] == [["NA", "None"], ["null", "nan"]]


def test_windows_1252_with_stray_bytes_says_where(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b"a,b\nplain,x\ncaf\xe9,\x8c\n")
    grid = read_grid(path)
    assert grid.rows[2] == ["café", "Œ"]
    assert grid.encoding == "windows-1252"
    assert grid.repaired == ["record 3, column 1", "record 3, column 2"]


def test_stray_bytes_inside_utf8_leave_the_rest_alone(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes("a,b\ncafé,größer\n".encode() + b"stray \x93x\x94,y\n")
    grid = read_grid(path)
    assert grid.rows[1:] == [["café", "größer"], ["stray “x”", "y"]]
    assert grid.repaired == ["record 3, column 1"]
    assert grid.encoding.startswith("utf-8")


def test_a_character_that_also_stands_for_a_stray_byte_stays(tmp_path):
    (tmp_path / "e.csv").write_bytes("a,b\r\nx,\U000f7680 é\r\n".encode())
    grid = read_grid(tmp_path / "e.csv")
    assert (grid.rows[1][1], grid.encoding, grid.repaired) == ("\U000f7680 é", "utf-8", [])


def test_utf16_without_a_mark(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes("name\tanswer\nx\tgrün\n".encode("utf-16-le"))
    assert read_grid(path).rows == [["name", "answer"], ["x", "grün"]]


def test_a_quotation_mark_that_nothing_closes_is_a_fault_not_a_swallowed_file(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text('a,b\n1,x\n2,"y\n3,z\n4,w\n')
    with pytest.raises(InputError, match="record 3: a quotation mark opens a cell"):
        read_grid(path)


def test_marks_inside_a_cell_are_read_and_said(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text('a,b\n1,"he said "so" twice"\n2,y\n')
    grid = read_grid(path)
    assert len(grid.rows) == 3
    assert "quotation mark inside a cell" in grid.repaired[0]


def test_thousands_of_empty_rows_and_trailing_columns(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("a,b,,\nx,y,,\n" + ",,,\n" * 5000)
    assert read_grid(path).rows == [["a", "b"], ["x", "y"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"\xef\xbb\xbf\n\n", "empty"), (b"PK\x03\x04broken", "not a readable workbook"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old Excel")],
)  # fmt: skip
def test_faults_in_plain_words(tmp_path, content, says):
    path = tmp_path / "e.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_grid(path)


def test_a_missing_export_says_where_to_put_it(tmp_path):
    with pytest.raises(MissingError, match=r"exports: in survey\.yaml"):
        read_grid(tmp_path / "none.csv")


def test_a_stated_encoding_that_does_not_fit(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(InputError, match="cannot be read as utf-8"):
        read_grid(path, encoding="utf-8")


def test_a_nul_beside_stray_bytes_is_no_crash(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes(b"a,b\n\xe9\xe8 \x00x,\xfc\xe4\n\xe0\xe7,\x93q\x94\n")
    grid = read_grid(path)
    assert grid.rows[1] == ["éè \ufffdx", "üä"]
    assert grid.rows[2] == ["àç", "“q”"]
