"""What a study still lacks is said where people look: by check-inputs, assign, and at the end of a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.cli.outlook import lacking, next_steps
from pipeline.study import load_study
from tests.coding.conftest import Command, ledger_of, write_journal
from tests.coding.fake import GLOSSARY

DRAFT = GLOSSARY.replace("  - term: similar\n", "  - term: similar\n    status: draft\n")


def rewrite(study: Any, name: str, *, old: str, new: str) -> Any:
    """Return the study as it is after a change in one of its files."""
    path = study.codebook_folder / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return load_study(study.root, study.name)


def test_senses_that_are_drafts_are_not_handed_out(study: Any, run: Command) -> None:
    (study.codebook_folder / "glossary.yaml").write_text(DRAFT, encoding="utf-8")
    said = run("assign").output
    assert "similar: the senses are drafts" in said
    assert {row["unit_kind"] for row in ledger_of(study)} == {"excerpt"}
    (study.codebook_folder / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    assert "are drafts" not in run("assign").output
    assert {row["unit_kind"] for row in ledger_of(study)} == {"excerpt", "usage"}


def test_a_watched_term_without_senses_is_named_with_what_to_do(study: Any, run: Command) -> None:
    (study.codebook_folder / "glossary.yaml").unlink()
    said = run("assign").output
    assert "similar: watched, without senses" in said
    assert "sameword glossary draft --study tiny" in said


def test_a_whole_study_lacks_nothing_and_a_bare_one_is_told_all_at_once(study: Any) -> None:
    assert lacking(study) == []
    study = rewrite(study, "survey.yaml", old="  coders: [ann, bob, cleo]\n", new="")
    study = rewrite(study, "survey.yaml", old="  record: majority\n", new="")
    study = rewrite(study, "survey.yaml", old="watch: [similar]", new="watch: []")
    (study.codebook_folder / "themes.yaml").unlink()
    said = "\n".join(lacking(study))
    for word in ("themes.yaml", "terms: {watch:", "coders: [", "record: majority"):
        assert word in said


def test_after_a_report_the_next_step_is_named(study: Any, run: Command) -> None:
    for stage in ("collect", "record"):
        assert run(stage).exit_code == 0
    assert next_steps(study) == ["no work has been handed out: make assign STUDY=tiny"]
    run("assign")
    rows = [row for row in ledger_of(study) if row["coder_id"] == "ann"]
    write_journal(
        study, "ann", [{"assignment_id": row["assignment_id"], "state": "no_code", "at": "2026-01-01T00:00:00Z"}
                       for row in rows]
    )  # fmt: skip
    run("collect")
    run("record")
    (left,) = next_steps(study)
    assert left.startswith("2 coders have texts left (bob ")
    assert str(Path("data/raw/tiny/codings")) in left


def test_an_export_that_nobody_named_is_not_passed_over_in_silence(study: Any) -> None:
    for name in ("export.csv", "late.csv", "assignments.csv", "answers.csv", "followup.csv", ".late.csv", "notes.md"):
        (study.raw / name).parent.mkdir(parents=True, exist_ok=True)
        (study.raw / name).write_text("id,why\n", encoding="utf-8")
    (said,) = lacking(study)
    assert said.startswith("late.csv: in ")
    assert "{file: late.csv}" in said
