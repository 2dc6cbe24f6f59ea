"""Reading files as they come: encodings, separators, workbooks; the same texts back, no row lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.errors import InputError, MissingError
from pipeline.survey.exports import read_grid
from pipeline.survey.recognise import recognise

CELL = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5)
HEAD = ["first, with comma", "second; with semicolon", "third"]


def written(rows, separator):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def filled(rows):
    return [HEAD, *[[f"x{cell}" for cell in row] for row in rows]]


@given(TABLE, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@settings(deadline=None, max_examples=80)
def test_any_table_comes_back_as_written(tmp_path_factory, rows, separator, encoding):
    path = tmp_path_factory.mktemp("t") / "export"
    table = filled(rows)
    path.write_bytes(written(table, separator).encode(encoding))
    assert read_grid(path).rows == table


@given(TABLE)
@settings(deadline=None, max_examples=20)
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
    assert grid.repaired == ["line 3"]


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


def test_bytes_changed_at_random_give_a_result_or_a_plain_error(tmp_path):
    import random

    rng = random.Random(1)
    good = written(filled([["a", "b\nc", 'd"']] * 4), ",").encode()
    refused = []
    for _ in range(300):
        content = bytearray(good)
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(content))
            content[place : place + rng.randint(0, 3)] = bytes(rng.randrange(256) for _ in range(rng.randint(0, 3)))
        path = tmp_path / "e.csv"
        path.write_bytes(bytes(content[: rng.randint(0, len(content))]) if rng.random() < 0.3 else bytes(content))
        try:
            recognise(read_grid(path))
        except InputError as error:
            refused.append(error)
    assert all(error.faults for error in refused)
