"""The commands of the room on a small study: nobody has coded yet, keyword lists, files that are there already."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main
from pipeline.codebook.themes import load_themes

THEMES = """\
version: 1
themes: [{id: t, name: T, codes: [{id: c, name: C, rules: [{any: [red]}, {any: [blue], questions: [Q2]}]}]}]
"""


@pytest.fixture
def root(repository, tmp_path):
    folder = tmp_path / "codebooks" / "transfer-learning"
    folder.mkdir(parents=True)
    survey = repository / "codebooks" / "transfer-learning" / "survey.yaml"
    (folder / "survey.yaml").write_bytes(survey.read_bytes())
    (folder / "themes.yaml").write_text(THEMES)
    processed = tmp_path / "data" / "processed" / "transfer-learning"
    for name, row in {
        "respondents": {"respondent_id": "p", "wave": "1", "quote_ok": True},
        "responses": {"response_id": "r", "question_id": "Q1", "text": "red, blue", "export_row": 1},
        "excerpts": {"excerpt_id": "e", "response_id": "r", "start": 0, "end": 9, "text": "red, blue"},
    }.items():
        columns = {column: row.get(column) for column in tables.SCHEMAS[name].types}
        tables.write(processed, name, pd.DataFrame([columns]))
    return tmp_path


def run(root, *arguments):
    return CliRunner().invoke(main, ["codebook", "--root", str(root), *arguments])


def test_rules_are_told_before_anyone_has_coded(root):
    found = run(root, "rules", "--out", str(root / "rules.csv"))
    assert found.stdout.splitlines()[:3] == [
        "2 rules of 1 codes; people read 0 excerpts",
        "c/1: 1 hit in 1 excerpt, 1 by no other rule of the code; precision unknown; recall unknown",
        "c/2: never fires",
    ]
    assert (root / "rules.csv").read_text().splitlines()[1] == "c,c/1,1,1,1,0,0,,0,"


def test_rules_are_held_against_the_record(root):
    row = dict.fromkeys(tables.SCHEMAS["record"].types)
    row |= {"unit_kind": "excerpt", "unit_id": "e", "value": "c", "basis": "single"}
    tables.write(root / "data" / "processed" / "transfer-learning", "record", pd.DataFrame([row]))
    assert "precision 1 of 1; recall 1 of 1" in run(root, "rules").stdout


def test_a_keyword_list_becomes_a_file_that_is_never_overwritten(root):
    source, out = root / "k.json", root / "new.yaml"
    source.write_text(json.dumps({"tools": {"Version control": ["git(hub)?"]}}))
    command = ["import-keywords", str(source), "--question", "tools=Q3", "--out", str(out)]
    assert run(root, *command).stdout == f"written: {out}\n"
    assert load_themes(out).codes[0].rules[0].questions == ("Q3",)
    assert "there is a file already" in run(root, *command).output
    assert "did you mean 'tools'?" in run(root, "import-keywords", str(source), "--question", "tool=Q3").output
    assert "is not KEY=ID" in run(root, "import-keywords", str(source), "--question", "tools").output
