"""Bad input at the command line: exit 1, every fault with place and remedy, no traceback, nothing written over."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import COMMANDS, main
from pipeline.survey.handed import handed_text
from tests.survey.test_ingest import NAMES, SURVEY, row, taken_in


@pytest.fixture
def study(tmp_path):
    taken_in(tmp_path, [row()])
    return tmp_path


def run(root, *arguments):
    return CliRunner().invoke(main, [*arguments, "--study", "s", "--root", str(root)])


def export_of(root):
    return root / "data" / "raw" / "s" / "export.csv"


def survey_of(root):
    return root / "codebooks" / "s" / "survey.yaml"


def refused(root, *arguments):
    result = run(root, *arguments)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result.output


def test_a_sound_study_passes(study):
    assert run(study, "check-inputs").exit_code == 0
    assert run(study, "ingest").exit_code == 0


@pytest.mark.parametrize("command", ["ingest", "check-inputs"])
def test_all_faults_of_a_run_at_once(study, command):
    survey_of(study).write_text(SURVEY.replace("  Q1:", "  Q11:"))
    export_of(study).write_text(export_of(study).read_text().replace(",4,EN", ",9,EN"))
    said = refused(study, command)
    assert "3 faults found; nothing was written." in said
    assert "did you mean 'Q1'?" in said
    assert "a rating outside the scale" in said
    assert not (study / "data" / "processed").exists()


def test_check_inputs_joins_the_faults_of_all_files(study):
    folder = study / "codebooks" / "s"
    (folder / "themes.yaml").write_text(
        "version: 1\nthemes: [{id: t, name: T, codes: [{id: a, name: A}, {id: a, name: B}]}]\n"
    )
    (folder / "glossary.yaml").write_text("version: 1\nentrys: []\n")
    export_of(study).unlink()
    said = refused(study, "check-inputs")
    assert "used twice" in said
    assert "did you mean 'entries'?" in said
    assert "no such file" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "the file is empty"), (b"\x00\x00\n", "the file is empty"),
     (",".join(NAMES).encode() + b"\n", "a header and no rows"), (b"PK\x03\x04nothing", "not a readable workbook")],
)  # fmt: skip
def test_broken_exports(study, content, says):
    export_of(study).write_bytes(content)
    assert says in refused(study, "ingest")


def test_no_open_question(study):
    survey_of(study).write_text(SURVEY.replace("{role: open, question: why, item: he}", "{role: ignored}"))
    assert "no column has the role 'open'" in refused(study, "ingest")


def test_a_stage_without_its_tables_names_the_step(study):
    assert "Run: sameword ingest --study s" in refused(study, "excerpts")


def test_new_writes_over_nothing(study):
    before = survey_of(study).read_text()
    said = CliRunner().invoke(main, ["new", "--study", "s", "--root", str(study), "--export", str(export_of(study))])
    assert said.exit_code == 1
    assert "this study exists already" in said.output
    assert survey_of(study).read_text() == before


def test_new_never_writes_over_raw_data(study, tmp_path):
    survey_of(study).unlink()
    other = tmp_path / "export.csv"
    other.write_text("a,b\nc,d\n")
    before = export_of(study).read_bytes()
    said = CliRunner().invoke(main, ["new", "--study", "s", "--root", str(study), "--export", str(other)])
    assert said.exit_code == 1
    assert "raw data is never written over" in said.output
    assert export_of(study).read_bytes() == before


@pytest.mark.parametrize(
    ("given", "says"), [("", "make new STUDY=s EXPORT="), ("nothere.csv", "nothere.csv: no such file")]
)
def test_new_says_which_export_is_wanted(tmp_path, given, says):
    said = CliRunner().invoke(main, ["new", "--study", "s", "--root", str(tmp_path), "--export", given])
    assert said.exit_code == 1
    assert says in said.output


def test_new_says_what_is_taken_for_consent(tmp_path):
    rows = [row(QC="Yes, I agree to take part")] * 9 + [row(QC="No, I do not agree")]
    export = tmp_path / "given.csv"
    titled = ["Do you agree to take part?" if name == "QC" else name for name in NAMES]
    lines = [NAMES, titled, [f'{{"ImportId":"{name}"}}' for name in NAMES], *rows]
    with export.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    said = CliRunner().invoke(main, ["new", "--study", "s", "--root", str(tmp_path), "--export", str(export)]).output
    assert "consent in QC: 'Yes, I agree to take part' counts (9 rows)" in said
    assert "consent in QC: 'No, I do not agree' left out (1 rows)" in said


def test_new_then_ingest_without_editing(study, tmp_path):
    made = CliRunner().invoke(
        main, ["new", "--study", "again", "--root", str(tmp_path), "--export", str(export_of(study))]
    )
    assert made.exit_code == 0, made.output
    assert "qualtrics (row 3 holds ImportId entries)" in made.output
    assert (tmp_path / "codebooks" / "again" / "survey.yaml").exists()


def test_unknown_terms_name_the_nearest(study):
    for stage in ("ingest", "excerpts", "terms"):
        assert run(study, stage).exit_code == 0
    assert "is not a term of this study" in refused(study, "kwic", "simlar")


def test_the_leak_check_fails_without_giving_the_value_away(study):
    assert run(study, "ingest").exit_code == 0
    (study / "reports" / "s" / "note.txt").write_text("seen at 192.0.2.1")
    said = refused(study, "leaks")
    assert "note.txt" in said
    assert "1 dropped or scrubbed value of the export (record 4, column IPAddress)" in said
    assert "privacy.words" in said
    assert "192.0.2.1" not in said
    (study / "reports" / "s" / "note.txt").unlink()
    done = run(study, "leaks")
    assert done.exit_code == 0
    assert "leaks: none of 1 dropped or scrubbed values" in done.output


def test_a_lost_or_another_key_stops_ingest_once_answers_were_handed_out(study, monkeypatch):
    monkeypatch.setenv("SAMEWORD_KEY", str(study / "key"))
    rows = [row(ResponseId=f"R_{k}", IPAddress=f"192.0.2.{k}", Q2=f"answer {k}") for k in range(6)]
    taken_in(study, rows)
    assert run(study, "ingest").exit_code == 0
    ids = tables.read(study / "data" / "processed" / "s", "responses")
    handed = study / "data" / "raw" / "s" / "answers.csv"
    handed.write_text(handed_text({}, ids), encoding="utf-8")
    assert run(study, "ingest").exit_code == 0
    (study / "key").rename(study / "kept")
    said = refused(study, "ingest")
    assert "the key is gone under which answers were handed out" in said
    assert "$SAMEWORD_KEY" in said
    assert not (study / "key").exists()
    (study / "key").write_text("x" * 64)
    assert f"none of the {len(ids)} answers handed out to coders is in the exports" in refused(study, "ingest")
    assert tables.read(study / "data" / "processed" / "s", "responses").equals(ids)
    (study / "kept").replace(study / "key")
    assert run(study, "ingest").exit_code == 0


def test_help_imports_nothing_heavy():
    heavy = ["pandas", "numpy", "pydantic", "spacy", "torch", "matplotlib"]
    code = f"""
import sys
from click.testing import CliRunner
from pipeline.cli import main
assert CliRunner().invoke(main, ["--help"]).exit_code == 0
print([name for name in {heavy} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_command_is_there_and_has_help():
    for name in COMMANDS:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0, name
        assert len(result.output.splitlines()) > 4, name
