"""Incremental builds: what changed runs again, and nothing else."""

from __future__ import annotations

import os
import re

import pytest

pytestmark = pytest.mark.xdist_group("study")
STUDY = "transfer-learning-15"
AFTER_CODING = [
    "collect", "record", "code", "agreement", "senses", "planned", "authors", "glossary", "figures", "report", "leaks",
    "manifest",
]  # fmt: skip


def touch(path):
    """Make a file newer than everything built so far."""
    os.utime(path)


def test_nothing_changed_nothing_runs(built):
    assert built.stages_run(STUDY) == []
    printed = built.make("report", f"STUDY={STUDY}").stdout.split()
    assert printed == [
        f"reports/{STUDY}/{name}" for name in ("report.html", "report.pdf", "report.docx", "glossary.html")
    ]
    assert all((built.root / path).exists() for path in printed)


def test_figure_style_runs_figures_and_report_only(fresh):
    style = fresh.folder("book", STUDY) / "figures.mplstyle"
    style.write_text("axes.titleweight: bold\n")
    touch(style)
    assert fresh.stages_run(STUDY) == ["figures", "report", "leaks", "manifest"]


def test_a_rule_changed_does_not_encode_again(fresh):
    touch(fresh.folder("book", STUDY) / "themes.yaml")
    ran = fresh.stages_run(STUDY)
    assert "code" in ran
    assert "agreement" in ran
    assert not {"ingest", "excerpts", "terms", "encode", "topics", "proposals"} & set(ran)


@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_one_coders_file_runs_collection_and_what_follows(fresh, change):
    folder = fresh.folder("raw", STUDY) / "codings"
    file = sorted(folder.iterdir())[0]
    if change == "changed":
        touch(file)
    elif change == "added":
        (folder / "another.jsonl").write_text("")
        touch(folder)
    else:
        file.unlink()
        touch(folder)
    ran = fresh.stages_run(STUDY)
    assert sorted(ran) == sorted(AFTER_CODING)
    # Two stages run at a time, so only what waits for what is certain.
    for first, then in (("record", "senses"), ("senses", "glossary"), ("agreement", "glossary"), ("code", "figures"),
                        ("senses", "figures")):  # fmt: skip
        assert ran.index("collect") < ran.index(first) < ran.index(then), (first, then)
    assert ran[-2:] == ["leaks", "manifest"], "the leak check sees every page"
    assert ran.index("figures") < ran.index("report")


def test_figures_do_not_wait_for_the_pages_of_the_glossary(fresh):
    touch(fresh.folder("raw", STUDY) / "export.csv")
    (fresh.folder("reports", STUDY) / "glossary.html").unlink()
    assert "glossary" not in fresh.stages_run(STUDY, target="figures")


def test_pages_of_the_glossary_are_made_again_alone(fresh):
    (fresh.folder("reports", STUDY) / "glossary.html").unlink()
    assert fresh.stages_run(STUDY) == ["glossary", "leaks", "manifest"]


def test_a_new_answer_runs_everything(fresh):
    touch(fresh.folder("raw", STUDY) / "export.csv")
    ran = fresh.stages_run(STUDY)
    assert ran[0] == "ingest"
    assert {"encode", "proposals", *AFTER_CODING} <= set(ran)


def test_a_missing_table_is_made_again(fresh):
    (fresh.folder("tables", STUDY) / "ratings.parquet").unlink()
    assert fresh.stages_run(STUDY)[0] == "ingest"


def test_a_file_name_with_a_space_is_refused_in_plain_words(fresh):
    (fresh.folder("raw", STUDY) / "codings" / "ben second try.csv").write_text("")
    failed = fresh.make("report", f"STUDY={STUDY}", check=False)
    assert failed.returncode == 2
    assert "A file name holds a space" in failed.stderr
    assert "ben second try.csv" in failed.stderr


def test_a_failing_recipe_leaves_the_old_tables_whole(fresh):
    survey = fresh.folder("book", STUDY) / "survey.yaml"
    before = {path.name: path.read_bytes() for path in fresh.folder("tables", STUDY).glob("*.parquet")}
    survey.write_text(survey.read_text() + "\nunknown_key: 1\n")
    touch(survey)
    failed = fresh.make("report", f"STUDY={STUDY}", check=False)
    assert failed.returncode == 2
    assert "unknown key 'unknown_key'" in failed.stderr
    assert "Traceback" not in failed.stderr
    after = {path.name: path.read_bytes() for path in fresh.folder("tables", STUDY).glob("*.parquet")}
    assert {name: after.get(name) for name in before} == before


def test_help_names_every_variable_and_target(built):
    printed = built.make("help").stdout
    for word in ("STUDY", "EXPORT", "CODER", "report", "check-inputs"):
        assert word in printed


def test_a_study_name_with_spaces_is_refused(built):
    failed = built.make("report", "STUDY=two words", check=False)
    assert failed.returncode == 2
    assert "one name without spaces" in failed.stderr


def test_a_leak_stops_every_run_until_it_is_gone(fresh):
    note = fresh.folder("reports", STUDY) / "note.txt"
    export = (fresh.folder("raw", STUDY) / "export.csv").read_text(encoding="utf-8")
    note.write_text("seen at " + re.search(r"(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+", export).group())
    (fresh.folder("reports", STUDY) / "manifest.json").unlink()
    for _ in range(2):
        failed = fresh.make("report", f"STUDY={STUDY}", check=False)
        assert failed.returncode == 2
        assert "note.txt: 1 dropped or scrubbed value" in failed.stderr
    note.unlink()
    fresh.make("report", f"STUDY={STUDY}")
