"""Exports damaged at random: a result or a plain error each time, never a traceback, and no row lost in silence.

Where the damage cannot join or split rows (a changed letter, say) as many rows must come out as went in; where a
quotation mark is put in or taken out, fewer may, if the reader says so.
"""

from __future__ import annotations

import csv
import io
import random

import pytest

from pipeline.errors import InputError
from pipeline.study import load_study
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.recognise import recognise
from tests.survey import fixtures

KEY = b"k" * 32
REAL = (
    "qualtrics/sample.csv", "qualtrics/sample_legacy.csv", "rigour-definitions/definition_data.csv",
    "redcap/simple/data.csv", "redcap/longitudinal/data.csv", "flaky-tests/responses.tsv", "flaky-tests/sq2.ods",
    "redcap/survey/data.csv", "redcap/repeating-instruments/data.csv",
)  # fmt: skip


def letters(rng, content):
    """Change letters and digits to others, in place: rows and cells stay what they are."""
    places = [place for place, byte in enumerate(content) if chr(byte).isalnum() and byte < 128]
    for place in rng.sample(places, min(len(places), rng.randint(1, 20))):
        content[place] = rng.choice(b"abcxyzABC0189")
    return content


def noise(rng, content):
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(content))
        content[place : place + rng.randint(0, 3)] = bytes(rng.randrange(256) for _ in range(rng.randint(0, 3)))
    return content


def quotes(rng, content):
    place = rng.randrange(len(content))
    content[place:place] = rng.choice([b'"', b'""', b'",', b',"', b'\n"'])
    return content


def cut(rng, content):
    return content[: rng.randrange(len(content))]


def header(rng, content):
    end = content.find(b"\n")
    head = bytearray(content[: max(end, 1)])
    rng.shuffle(parts := head.split(b","))
    return bytearray(b",".join(parts[: rng.randint(1, len(parts))])) + content[max(end, 1) :]


KINDS = (letters, noise, quotes, cut, header)


def read(folder, content):
    """Read as `make new` and `ingest` do; return (grid rows, ingested, what was said), or the faults."""
    path = folder / "e"
    path.write_bytes(bytes(content))
    try:
        grid = read_grid(path)
        export = recognise(grid)
        (folder / "codebooks" / "s").mkdir(parents=True, exist_ok=True)
        (folder / "codebooks" / "s" / "survey.yaml").write_text(draft(export, study="s", file="e"), encoding="utf-8")
        study = load_study(folder, "s")
        found = ingest(study, [(study.survey.exports[0], export)], KEY)
    except InputError as error:
        return None if error.faults else pytest.fail("an error that says nothing")
    flow = found.tables["flow"]
    assert flow.n_rows.iloc[0] == len(export.rows)
    assert flow.n_rows.iloc[0] - flow.n_dropped.sum() == flow.n_rows.iloc[-1]
    assert len(found.rejected) == flow.n_dropped.sum()
    assert found.tables["responses"].response_id.is_unique
    return grid, found


def damaged(folder, good, rng, times):
    before = read(folder, good)
    outcomes = {"read": 0, "refused": 0}
    for turn in range(times):
        kind = KINDS[turn % len(KINDS)]
        after = read(folder, kind(rng, bytearray(good)))
        outcomes["read" if after else "refused"] += 1
        if after and before and kind is letters and not good.startswith(b"PK"):
            assert len(after[0].rows) == len(before[0].rows)
        if after and before and kind is quotes and len(after[0].rows) < len(before[0].rows):
            assert after[0].repaired
    return outcomes


@pytest.mark.parametrize("name", fixtures.ALL)
def test_damaged_fixtures(tmp_path, name):
    outcomes = damaged(tmp_path, fixtures.ALL[name](), random.Random(name), 25)
    assert outcomes["read"] > 5


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize("file", REAL)
def test_damaged_real_exports(tmp_path, shared_data, file):
    outcomes = damaged(tmp_path, (shared_data / file).read_bytes(), random.Random(file), 225)
    assert sum(outcomes.values()) == 225


@pytest.mark.realdata
@pytest.mark.parametrize("file", ["jupyter-ux-2015/20160115235816-SurveyExport.csv", *REAL[4:7:2]])
def test_a_few_damaged_real_exports(tmp_path, shared_data, file):
    content = (shared_data / file).read_bytes()
    head = b"".join(content.splitlines(keepends=True)[:60]) if not content.startswith(b"PK") else content
    outcomes = damaged(tmp_path, head, random.Random(file), 20)
    assert sum(outcomes.values()) == 20


def test_a_workbook_damaged_anywhere(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in csv.reader(io.StringIO(fixtures.typeform().decode())):
        book.active.append(row)
    book.save(tmp_path / "w.xlsx")
    good = (tmp_path / "w.xlsx").read_bytes()
    rng = random.Random(3)
    for kind in (noise, cut) * 20:
        read(tmp_path, kind(rng, bytearray(good)))
    assert read(tmp_path, good) is not None
