"""Real exports are read without editing; row counts were counted with the csv module alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.survey.exports import read_grid
from pipeline.survey.recognise import recognise
from pipeline.survey.roles import guess_roles

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
