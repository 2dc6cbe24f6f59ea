"""Freeze refuses what is incomplete, listing all of it, and says what changed, when and why."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline.asking import deviations, freeze
from pipeline.asking.registration import registration
from pipeline.cli import main
from pipeline.coding.ledger import COLUMNS, empty_ledger
from pipeline.errors import InputError
from tests.coding.conftest import ledger_of, write_journal
from tests.coding.fake import make_study
from tests.conftest import REPOSITORY
from tests.ground.test_study import GOOD, study_of

READY = (
    GOOD.replace("  r1:", "  role: {role: single_choice}\n  r1:")
    + "terms: {watch: [similar]}\ncoding: {coders: [a, b], record: majority}\nplan:\n  comparisons:\n"
    + "    - {id: one, hypothesis: Clinicians differ., sense: similar.looks, by: role, group: [Clinician]}\n"
)
SENSES = pd.DataFrame(
    [("similar", "similar.looks", "looks", "What one sees."), ("similar", "similar.topic", "topic", "")],
    columns=["term_id", "sense_id", "name", "definition"],
)
CODES = pd.DataFrame([("colour", "Argues from colour.")], columns=["code_id", "definition"])
SCHEME = freeze.Scheme("1.0", "a" * 64, CODES, "1.0", "b" * 64, SENSES)
NOTHING = freeze.Scheme("", "", CODES.head(0), "0", "", SENSES.head(0))
LEDGER = pd.DataFrame(
    [
        ("a1", "a", "excerpt", "e1", "1", "estimate", 1.0, 1, 1, "s1"),
        ("a2", "b", "excerpt", "e1", "1", "estimate", 1.0, 1, 1, "s1"),
        ("a3", "a", "excerpt", "e2", "1", "estimate", 1.0, 2, 1, "s1"),
        ("a4", "a", "usage", "u1", "1", "estimate", 0.5, 3, 1, "s2"),
    ],
    columns=COLUMNS,
)


def frozen(tmp_path, text=READY, day="2026-01-31"):
    return json.loads(freeze.sealed(freeze.decisions_of(study_of(tmp_path, text), SCHEME, LEDGER), day))


def test_everything_missing_is_listed_at_once(tmp_path):
    found = list(freeze.incomplete(study_of(tmp_path, GOOD), NOTHING, empty_ledger()))
    assert [fault.place for fault in found] == [
        "key terms.watch",
        "key coding.coders",
        "key coding.record",
        "key plan",
        "",
        "",
    ]
    assert not list(freeze.incomplete(study_of(tmp_path, READY), SCHEME, LEDGER))


def test_a_plan_must_speak_of_what_there_is(tmp_path):
    text = (
        READY.replace("similar.looks", "similar.lokos")
        + "    - {id: two, hypothesis: H, code: colours, by: role, group: [x]}\n"
    )
    said = [str(fault) for fault in freeze.incomplete(study_of(tmp_path, text), SCHEME, LEDGER)]
    assert len(said) == 2
    assert "did you mean 'similar.looks'?" in said[0]
    assert "did you mean 'colour'?" in said[1]


def test_more_readers_than_coders_and_codes_without_definition_are_refused(tmp_path):
    scheme = freeze.Scheme("1", "a", CODES.assign(definition=""), "1", "b", SENSES)
    study = study_of(tmp_path, READY.replace("coders: [a, b]", "coders: [a]"))
    said = " ".join(str(fault) for fault in freeze.incomplete(study, scheme, LEDGER[LEDGER.unit_kind == "excerpt"]))
    assert "read by 2 people, but 1 are named" in said
    assert "code colour: has no definition" in said
    assert "no usage of purpose estimate" in said


def test_a_reflexive_study_plans_no_tests(tmp_path):
    study = study_of(tmp_path, READY.replace("record: majority", "record: majority, approach: reflexive"))
    said = [str(fault) for fault in freeze.incomplete(study, SCHEME, LEDGER)]
    assert len(said) == 1
    assert "reflexive coding is no measurement" in said[0]


def test_the_samples_are_stated_with_readers_and_probabilities():
    found = freeze.samples(LEDGER)
    assert found["excerpt, estimate, round 1"] | {"sha256": ""} == {
        "n_units": 2, "n_assignments": 3, "read_by": {"1": 1, "2": 1}, "p_include": [1.0, 1.0], "sha256": "",
    }  # fmt: skip
    assert found["usage, estimate, round 1"]["p_include"] == [0.5, 0.5]
    assert freeze.samples(LEDGER.sample(frac=1, random_state=1)) == found


def test_the_seal_breaks_when_the_file_is_edited(tmp_path):
    found = frozen(tmp_path)
    assert freeze.seal_holds(found)
    assert not freeze.seal_holds({**found, "title": "Another"})
    assert not freeze.seal_holds({**found, "frozen_on": "2025-01-31"})


def test_changes_are_named_and_a_new_release_is_none(tmp_path):
    old = frozen(tmp_path)
    del old["coding"]["adjudicators"]  # a setting that the release which froze did not know
    new = freeze.decisions_of(study_of(tmp_path, READY.replace("majority", "single")), SCHEME, LEDGER)
    assert list(freeze.differences(old, new)) == [("coding.record", "majority", "single")]


def test_deviations_have_a_day_and_what_nobody_said_is_listed_too():
    changes = [("coding.record", "majority", "single"), ("inventory.sha256", "a" * 64, "b" * 64)]
    text = deviations.entry("2026-03-01", "One coder fell ill.", changes[:1])
    found = deviations.deviations(deviations.parse(text, "f"), changes)
    assert found[0] == deviations.Deviation(
        "2026-03-01", "One coder fell ill.", (("coding.record", "majority", "single"),)
    )
    assert found[1] == deviations.Deviation("", "", (("inventory.sha256", "aaaaaaaaaaaa…", "bbbbbbbbbbbb…"),))
    later = [("coding.record", "majority", "unanimous")]
    assert len(deviations.deviations(deviations.parse(text, "f"), later)) == 2  # changed again: not covered


def test_bad_days_and_broken_lines_are_refused():
    with pytest.raises(InputError, match="'yesterday' is not a day"):
        deviations.entry("yesterday", "why", [])
    with pytest.raises(InputError, match="line 2") as raised:
        deviations.parse('{"date": "2026-01-01", "reason": "r", "changes": []}\n{"date": 3}\nnonsense\n', "f")
    assert len(raised.value.faults) == 2


def test_the_plain_text_of_the_shipped_study_is_as_kept():
    book = REPOSITORY / "codebooks" / "transfer-learning"
    record = json.loads((book / "freeze.json").read_text(encoding="utf-8"))
    assert freeze.seal_holds(record)
    golden = REPOSITORY / "tests" / "asking" / "golden" / "registration.txt"
    assert registration(record) == golden.read_text(encoding="utf-8")


def test_an_exploratory_plan_promises_no_p_value(tmp_path):
    text = registration(frozen(tmp_path, READY.split("plan:")[0] + "plan: {exploratory: true}\n"))
    assert "no p-value will be printed" in text
    assert "permutation" not in text


def test_freezing_twice_and_deviating(tmp_path):
    import shutil

    for part in ("codebooks", "data/raw"):
        shutil.copytree(REPOSITORY / part / "transfer-learning", tmp_path / part / "transfer-learning")
    book = tmp_path / "codebooks" / "transfer-learning"

    def run(*words):
        return CliRunner().invoke(main, ["freeze", "--study", "transfer-learning", "--root", str(tmp_path), *words])

    (book / "freeze.json").unlink()
    assert "the study is not frozen" in run("diff").output
    assert "frozen:" in run("--date", "2026-02-01").output
    assert "nothing changed since the freeze" in run().output
    (book / "survey.yaml").write_text((book / "survey.yaml").read_text().replace("record: majority", "record: single"))
    result = run()
    assert result.exit_code == 1
    assert "the study is frozen already and has changed since" in result.output
    assert "coding.record: majority -> single" in run("diff").output
    assert "1 decisions differ" in run("deviate", "--reason", "One coder left.", "--date", "2026-03-01").output
    assert '"date": "2026-03-01"' in (book / deviations.FILE).read_text()
    assert "Frozen on 2026-02-01" in run("show", "--plain").output


def test_what_had_come_in_before_is_counted(tmp_path):
    study = make_study(tmp_path)
    survey, themes = study.codebook_folder / "survey.yaml", study.codebook_folder / "themes.yaml"
    survey.write_text(survey.read_text() + "plan: {exploratory: true}\n")
    themes.write_text(themes.read_text().replace("status: retired", "status: retired, definition: Was used once."))

    def run(*words):
        return CliRunner().invoke(main, [*words, "--study", "tiny", "--root", str(tmp_path)])

    run("assign")
    assert run("freeze").exit_code == 0, run("freeze").output
    path = study.codebook_folder / "freeze.json"
    assert json.loads(path.read_text())["decisions_in"] == 0
    path.unlink()
    coder = ledger_of(study)[0]["coder_id"]
    mine = [row["assignment_id"] for row in ledger_of(study) if row["coder_id"] == coder]
    write_journal(study, coder, [{"assignment_id": one, "state": "unsure"} for one in mine])
    said = run("freeze")
    count = json.loads(path.read_text())["decisions_in"]
    assert count == len(mine)
    assert f"{count} decisions of the main round had come in before" in said.output
    assert "nothing changed since the freeze" in run("freeze").output
