"""Real exports are read without editing; people and answers are counted again here, with the csv module alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.recognise import recognise
from pipeline.survey.roles import guess_roles
from tests.survey.test_people import study_of

FILES = [
    ("flaky-tests/responses.tsv", "google-forms", 171, 37, 4),
    ("rigour-definitions/definition_data.csv", "plain", 230, 4, 1),
    ("surveymonkey/StarWars.csv", "surveymonkey", 1186, 38, 0),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("file", "tool", "rows", "columns", "opened"), FILES)
def test_real_exports_need_no_editing(
    shared_data: Path, file: str, tool: str, rows: int, columns: int, opened: int
) -> None:
    export = recognise(read_grid(shared_data / file))
    roles = [guess.role for guess in guess_roles(export).values()]
    assert (export.tool, len(export.rows), len(export.columns)) == (tool, rows, columns)
    assert roles.count("open") == opened


# file, encoding, separator, header rows, the id's column, the columns of people's own words, read off the headers by
# eye; then (rows, people, answers to open questions), the golden numbers where they were published.
COUNTED = [
    (
        "jupyter-ux-2015/20160115235816-SurveyExport.csv",
        "utf-8",
        ",",
        1,
        None,
        [4, 6, 7, 8, *range(11, 29)],
        (1706, 956, 8296),
    ),
    ("rigour-definitions/definition_data.csv", "utf-8", ",", 1, None, ["definition"], (230, 230, 230)),
    ("flaky-tests/responses.tsv", "utf-8", "\t", 1, None, [3, 23, 32, 35], (171, 85, 140)),
    ("qualtrics/sample.csv", "utf-8", ",", 3, 8, ["Q2"], (1, 1, 1)),
    ("redcap/simple/data.csv", "utf-8", ",", 1, 0, ["comments"], (5, 5, 5)),
    ("redcap/checkboxes-1/data.csv", "utf-8", ",", 1, 0, ["desired_result"], (4, 3, 3)),
    ("redcap/longitudinal/data.csv", "utf-8", ",", 1, 0, ["comments", "vob7", "vob14", "study_comments"], (18, 3, 15)),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("file", "encoding", "separator", "header", "id_column", "opened", "golden"), COUNTED)
def test_as_many_people_and_answers_as_the_csv_module_counts(
    tmp_path, shared_data, file, encoding, separator, header, id_column, opened, golden
):
    path = shared_data / file
    content = path.read_bytes()
    export = recognise(read_grid(path))
    study, _ = study_of(tmp_path, draft(export, study="s", file="e"), e=content)
    found = ingest(study, [(study.survey.exports[0], export)], b"k" * 32).tables
    with path.open(encoding=encoding, newline="") as lines:
        rows = list(csv.reader(lines, delimiter=separator, quotechar=None if separator == "\t" else '"'))
    names, rows = rows[0], rows[header:]
    places = [place if isinstance(place, int) else names.index(place) for place in opened]
    wrote = [row for row in rows if any(row[place].strip() for place in places)]
    people = {row[id_column] for row in wrote} if id_column is not None else wrote
    counted = (len(rows), len(people), sum(bool(row[place].strip()) for row in rows for place in places))
    assert counted == golden
    assert (int(found["flow"].n_rows.iloc[0]), len(found["respondents"]), len(found["responses"])) == golden


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "rows"),
    [("qualtrics/sample_legacy.csv", 1), ("surveymonkey/StarWars.csv", 1186),
     ("redcap/repeating-instruments/data.csv", 6), ("redcap/survey/data.csv", 2)],
)  # fmt: skip
def test_exports_without_open_questions_say_so_and_lose_no_row(tmp_path, shared_data, file, rows):
    export = recognise(read_grid(shared_data / file))
    assert len(export.rows) == rows
    with pytest.raises(InputError, match="no column has the role 'open'"):
        study_of(tmp_path, draft(export, study="s", file="e"), e=b"")


# file, encoding, rows of the file without blank ones, filled cells of the whole file
FILLED = [
    ("surveymonkey/StarWars.csv", "latin-1", 1188, 31666),
    ("qualtrics/sample_legacy.csv", "utf-8-sig", 3, 43),
    ("redcap/repeating-instruments/data.csv", "utf-8", 7, 61),
    ("redcap/survey/data.csv", "utf-8", 3, 54),
    ("redcap/simple/data.csv", "utf-8", 6, 144),
    ("redcap/checkboxes-1/data.csv", "utf-8", 5, 64),
    ("redcap/longitudinal/data.csv", "utf-8", 19, 564),
    ("qualtrics/sample.csv", "utf-8", 4, 75),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("file", "encoding", "n_rows", "n_filled"), FILLED)
def test_every_filled_cell_of_a_file_is_read_where_the_csv_module_has_it(shared_data, file, encoding, n_rows, n_filled):
    with (shared_data / file).open(encoding=encoding, newline="") as lines:
        rows = [row for row in csv.reader(lines) if any(map(str.strip, row))]
    grid = read_grid(shared_data / file)
    assert len(rows) == len(grid.rows) == n_rows
    assert filled(grid.rows) == filled(rows)
    assert sum(map(len, filled(rows).values())) == n_filled


def filled(rows):
    """Return {place of a row: places of its filled cells}."""
    return {number: [place for place, cell in enumerate(row) if cell.strip()] for number, row in enumerate(rows)}


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "golden"),
    [("sq2", (18, 17, 17)), ("sq6", (77, 76, 76)), ("sq8", (32, 31, 31)), ("sq11", (35, 34, 34))],
)
def test_as_many_segments_as_the_odf_module_counts(tmp_path, shared_data, file, golden):
    from odf import teletype
    from odf.opendocument import load
    from odf.table import Table, TableRow

    path = shared_data / "flaky-tests" / f"{file}.ods"
    sheet = load(str(path)).spreadsheet.getElementsByType(Table)[0]
    rows = [[teletype.extractText(cell) for cell in row.childNodes] for row in sheet.getElementsByType(TableRow)]
    rows = [row for row in rows if any(map(str.strip, row))][1:]
    said = [row[0] for row in rows if row[0].strip()]
    export = recognise(read_grid(path))
    study, _ = study_of(tmp_path, draft(export, study="s", file="e"), e=path.read_bytes())
    found = ingest(study, [(study.survey.exports[0], export)], b"k" * 32).tables
    assert (len(rows), len(said), len(said)) == golden
    assert (int(found["flow"].n_rows.iloc[0]), len(found["respondents"]), len(found["responses"])) == golden
    read = [row[0] for row in export.rows if row[0].strip()]
    assert [text.split() for text in read] == [text.split() for text in said]
