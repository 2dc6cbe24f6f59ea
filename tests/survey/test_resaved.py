"""A whole export re-saved by a spreadsheet, or written in another dialect, keeps every respondent's and answer's id."""

from __future__ import annotations

import csv
import io
import re

import pytest

from pipeline.study import load_study
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.recognise import recognise
from tests.survey import fixtures

KEY = b"k" * 32
STAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})Z?")


def as_workbook(path, rows):
    """As Excel takes in a CSV: whole numbers and dates become numbers and dates."""
    import datetime

    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        cells = []
        for cell in row:
            stamp = STAMP.fullmatch(cell)
            if re.fullmatch(r"-?(0|[1-9]\d{0,9})", cell):
                cells.append(int(cell))
            elif stamp:
                cells.append(datetime.datetime(*map(int, stamp.groups())))  # cells have no zone
            elif cell in ("True", "False"):
                cells.append(cell == "True")
            else:
                cells.append(cell)
        book.active.append(cells)
    book.save(path)


def as_semicolons(path, rows):
    """As a German Excel writes a CSV: semicolons, dates turned round, a byte order mark, TRUE in capitals."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        cells = [STAMP.sub(r"\3.\2.\1 \4:\5", cell) for cell in row]
        writer.writerow([cell.upper() if cell in ("True", "False") else cell for cell in cells])
    path.write_bytes(out.getvalue().encode("utf-8-sig"))


def as_tabs(path, rows):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    path.write_bytes(out.getvalue().encode("utf-16"))


def ids(study, path):
    export = recognise(read_grid(path), study.survey.exports[0])
    tables = ingest(study, [(study.survey.exports[0], export)], KEY).tables
    return set(tables["respondents"].respondent_id), dict(
        zip(tables["responses"].response_id, tables["responses"].text_digest, strict=True)
    )


def study_of(folder, path):
    (folder / "codebooks" / "s").mkdir(parents=True)
    text = draft(recognise(read_grid(path)), study="s", file="e")
    (folder / "codebooks" / "s" / "survey.yaml").write_text(text, encoding="utf-8")
    return load_study(folder, "s")


def held(tmp_path, path):
    """Hold the ids of a file against those of the same file saved in three other ways."""
    study = study_of(tmp_path, path)
    people, answers = ids(study, path)
    assert people
    rows = read_grid(path).rows
    for save in (as_workbook, as_semicolons, as_tabs):
        other = tmp_path / save.__name__
        save(other, rows)
        again_people, again = ids(study, other)
        assert again_people == people, save.__name__
        assert again == answers, save.__name__


@pytest.mark.parametrize("name", fixtures.ALL)
def test_ids_of_a_file_saved_in_other_ways(tmp_path, name):
    path = tmp_path / "e"
    path.write_bytes(fixtures.ALL[name]())
    held(tmp_path, path)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "file",
    ["flaky-tests/responses.tsv", "rigour-definitions/definition_data.csv", "redcap/simple/data.csv",
     "redcap/longitudinal/data.csv", "jupyter-ux-2015/20160115235816-SurveyExport.csv"],
)  # fmt: skip
def test_ids_of_a_real_export_saved_in_other_ways(tmp_path, shared_data, file):
    held(tmp_path, shared_data / file)
