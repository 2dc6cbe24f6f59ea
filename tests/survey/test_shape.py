"""Files as a hurried person hands them over: titles above, tables put together, stray separators, no table at all."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.errors import InputError
from pipeline.survey.checks import export_faults
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.recognise import recognise
from tests.survey.fixtures import table
from tests.survey.test_people import study_of

SAID = "they look alike to me because colours match"
ROWS = [[f"r{number}", "nurse", f"{SAID}, number {number}"] for number in range(12)]
HEAD = ["id", "job", "Why do you think so?"]
PLAIN = table(HEAD, *ROWS)


def read(tmp_path, content):
    (tmp_path / "e").write_bytes(content)
    return recognise(read_grid(tmp_path / "e"))


def taken_in(tmp_path, content, **edits):
    export = read(tmp_path, content)
    survey = draft(export, study="s", file="e")
    for old, new in edits.items():
        survey = survey.replace(f"role: {old}", f"role: {new}", 1)
    study, exports = study_of(tmp_path, survey, e=content)
    assert list(export_faults(study, exports)) == []
    return ingest(study, exports, b"k" * 32)


@pytest.mark.parametrize(
    ("above", "n"),
    [
        (b"# exported on 2025-05-01\n# n=12\n", 2),
        (b"Our survey,,\n,,\n", 2),
        (b"\n\n", 2),
        (b"sep=,\n", 1),
        (b"\xef\xbb\xbfOur survey of teams\n", 1),
    ],
)
def test_what_stands_above_a_table_is_passed_over_and_said(tmp_path, above, n):
    export = read(tmp_path, above + PLAIN)
    assert [column.label for column in export.columns] == HEAD
    assert export.rows == ROWS
    assert export.header_rows == n + 1
    assert "above the table" in export.notes[0]
    assert "skip_rows" in export.notes[0]
    assert any("above the table" in warning for warning in taken_in(tmp_path, above + PLAIN).warnings)


def test_a_remark_above_a_table_of_semicolons_hides_no_separator(tmp_path):
    content = b"sep=;\r\n" + PLAIN.replace(b",", b";")
    assert read(tmp_path, content).rows[0][0] == "r0"


def test_skip_rows_overrules_what_the_file_looks_like(tmp_path):
    content = b"Our survey,,\n" + PLAIN
    survey = draft(read(tmp_path, content), study="s", file="e").replace("- file: e", "- file: e\n  skip_rows: 0")
    _, exports = study_of(tmp_path, survey, e=content)
    assert exports[0][1].names[0] == "Our survey"
    assert len(exports[0][1].rows) == 13


def test_one_named_column_of_many_is_no_title(tmp_path):
    assert len(read(tmp_path, b"why,,\n" + b"".join(b"yes %d,,\n" % k for k in range(5))).rows) == 5
    assert read(tmp_path, b"#,Network ID\n1,a\n2,b\n").names == ["#", "Network ID"]


def test_files_that_were_put_together_have_their_header_once(tmp_path):
    other = table(HEAD, *[[f"s{row[0]}", *row[1:]] for row in ROWS])
    found = taken_in(tmp_path, PLAIN + b"\xef\xbb\xbf" + other)
    assert len(found.tables["respondents"]) == 24
    assert found.rejected.to_dict("list") == {"file": ["e"], "row": [13], "reason": ["the header again"]}
    assert found.tables["flow"].label.iloc[-1] == "not the header again"
    assert not found.tables["responses"].text.str.contains("\ufeff").any()


def test_a_mark_in_the_middle_is_no_part_of_an_id(tmp_path):
    first, second = PLAIN[: PLAIN.index(b"r6")], PLAIN[PLAIN.index(b"r6") :]
    assert [row[0] for row in read(tmp_path, first + b"\xef\xbb\xbf" + second).rows] == [row[0] for row in ROWS]
    quoted = b'\xef\xbb\xbf"r6",' + second.split(b",", 1)[1]
    assert [row[0] for row in read(tmp_path, first + quoted).rows] == [row[0] for row in ROWS]


def test_a_separator_inside_an_answer_without_quotation_marks_is_said(tmp_path):
    export = read(tmp_path, PLAIN + b"r99,nurse,they differ, in shape, and size\n")
    assert "more cells than the usual 3 in record 14" in export.notes[0]
    assert export.rows[-1] == ["r99", "nurse", "they differ", " in shape", " and size"]
    assert read(tmp_path, PLAIN.replace(b"\n", b",\n")).notes == []


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"), (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "a picture"),
        (b"$FL2@(#) SPSS DATA FILE" + bytes(300), "an SPSS file"), (b'[{"id": 1, "why": "alike"}]', "JSON"),
        (b"<html><table><tr><td>id</td></tr></table></html>", "a web page"), (b"\x1f\x8b\x08\x00abc", "gzip"),
        (archive(**{"export.csv": "id,why\n1,x\n"}), "an archive of 1 files"),
        (archive(**{"word__document.xml": "<a/>"}), "a Word document"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(tmp_path, content, says):
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert says in str(caught.value)
    assert str(tmp_path / "e") in str(caught.value)


def test_a_hidden_sheet_is_not_the_export(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["settings", "of", "a macro"])
    book.active.sheet_state = "hidden"
    answers = book.create_sheet("Answers")
    for row in [HEAD, *ROWS]:
        answers.append(row)
    out = io.BytesIO()
    book.save(out)
    assert read(tmp_path, out.getvalue()).rows == ROWS
