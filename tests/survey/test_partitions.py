"""Exports as Parquet: the tables are those of the same cells as CSV, byte for byte; what is damaged says so."""

from __future__ import annotations

import csv
import datetime
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.survey.exports import read_grid
from tests.conftest import REPOSITORY

STUDY = "transfer-learning-15"


def parts_of(folder, rows, ends=(1 / 3, 2 / 3)):
    """Write rows (the first: names) as partitions in folders of their own; ends: where each but the last ends."""
    names, *cells = rows
    places = [0, *(round(end * len(cells)) for end in ends), len(cells)]
    for k, (start, end) in enumerate(pairwise(places)):
        some = cells[start:end]
        target = folder / f"part={k}" / "data.parquet"
        target.parent.mkdir(parents=True)
        columns = {name: pa.array([row[k] for row in some], pa.string()) for k, name in enumerate(names)}
        pq.write_table(pa.table(columns), target)


def run(root, *command):
    found = CliRunner().invoke(main, [*command, "--root", str(root)])
    assert found.exit_code == 0, (found.output, found.exception)
    return found.output


@pytest.mark.parametrize("ends", [(1 / 3, 2 / 3), (0, 0.05, 0.05, 0.9)], ids=["alike", "one, none and most rows"])
def test_partitions_give_the_tables_of_the_csv(tmp_path, monkeypatch, ends):
    monkeypatch.setenv("SAMEWORD_KEY", str(tmp_path / "key"))
    export = REPOSITORY / "data/raw" / STUDY / "export.csv"
    grid = read_grid(export)
    plain = tmp_path / "plain" / "answers.csv"
    plain.parent.mkdir()
    with plain.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(grid.rows)
    parts_of(tmp_path / "in" / "answers.parquet", grid.rows, ends)
    for name, given in (("csv", plain), ("parquet", tmp_path / "in" / "answers.parquet")):
        run(tmp_path, "new", "--study", name, "--export", str(given))
        run(tmp_path, "ingest", "--study", name)
    assert [path.name for path in (tmp_path / "data/raw/csv").iterdir()] == [
        "export-answers.csv"
    ]  # answers.csv is ours
    one, other = tmp_path / "data/processed/csv", tmp_path / "data/processed/parquet"
    for path in sorted(one.glob("*.parquet")):
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name
    assert len(tables.read(other, "responses"))


def test_typed_cells_read_as_a_tool_would_write_them(tmp_path):
    frame = pd.DataFrame({"n": [1.0, None], "done": [True, False], "why": ["NA", None],
                          "on": [datetime.date(2025, 5, 1), None]})  # fmt: skip
    frame.to_parquet(tmp_path / "x.bin")  # told by its content, not by its name
    found = read_grid(tmp_path / "x.bin")
    assert found.rows == [["n", "done", "why", "on"], ["1", "True", "NA", "2025-05-01"], ["", "False", "", ""]]


def test_partitions_that_differ_are_damaged_or_nested_are_refused_by_name(tmp_path):
    folder = tmp_path / "a.parquet"
    parts_of(folder, [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]])
    second = folder / "part=1" / "data.parquet"
    pq.write_table(pa.table({"a": ["3"], "c": ["4"]}), second)
    with pytest.raises(InputError, match="its columns are not those of"):
        read_grid(folder)
    second.write_bytes(second.read_bytes()[:-40] + b"x" * 40)
    with pytest.raises(InputError, match="not readable as Parquet"):
        read_grid(folder)
    pq.write_table(pa.table({"a": ["3"], "b": [["4", "5"]]}), folder / "part=0" / "data.parquet")
    pq.write_table(pa.table({"a": ["3"], "b": [["4", "5"]]}), second)
    with pytest.raises(InputError, match="a cell holds several values"):
        read_grid(folder / "part=0" / "data.parquet")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no Parquet file"):
        read_grid(tmp_path / "empty")
