"""Withdrawal, waves and edited answers, through the commands, on a study of files as people have them."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from pipeline import tables
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.survey import withdrawal
from pipeline.survey.leaks import holds
from tests.survey.fixtures import SAID, table

SURVEY = """\
study: s
title: T
synthetic: true
exports: [{file: one.csv, wave: "1"}, {file: two.xlsx, wave: "2"}]
columns:
  Who: {role: respondent_id}
  Mail: {role: identifying}
  job: {role: single_choice}
  why: {role: open}
coding: {coders: [ada, ben], unitise: response}
privacy: {packets_to: [the coders]}
"""
HEAD = ["Who", "Mail", "job", "why"]


def rows(wave, change=""):
    return [
        [f"R_{i}00", f"w{i}@example.org", "nurse", f"{said}, wave {wave}{change if i == 1 else ''}"]
        for i, said in enumerate(SAID)
    ]


@pytest.fixture
def root(tmp_path):
    for folder in ("codebooks/s", "data/raw/s/codings"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "codebooks/s/survey.yaml").write_text(SURVEY)
    (tmp_path / "data/raw/s/one.csv").write_bytes(table(HEAD, *rows(1)))
    book = Workbook()
    for row in [HEAD, *rows(2)]:
        book.active.append(row)
    book.save(tmp_path / "data/raw/s/two.xlsx")
    return tmp_path


def run(root, *args):
    result = CliRunner().invoke(main, [*args, "--study", "s", "--root", str(root)])
    assert result.exit_code == 0, result.output
    return result.output


def read(root, name):
    return tables.read(root / "data/processed/s", name)


def hand_out(root):
    """Stand in for `assign`: a ledger, two returned files and the note of what was handed out."""
    from pipeline.survey.handed import handed_text

    raw, units = root / "data/raw/s", read(root, "excerpts")
    ledger = pd.DataFrame(
        [
            (f"a_{i:016x}", "ada", "excerpt", unit, "1", "estimate", 1.0, i, 1)
            for i, unit in enumerate(units.excerpt_id)
        ],
        columns=[
            "assignment_id",
            "coder_id",
            "unit_kind",
            "unit_id",
            "round",
            "purpose",
            "p_include",
            "position",
            "batch",
        ],
    )
    (raw / "assignments.csv").write_text(ledger.to_csv(index=False))
    (raw / "answers.csv").write_text(handed_text({}, read(root, "responses")))
    lines = [{"format": "sameword-journal"}, *({"assignment_id": a, "state": "coded"} for a in ledger.assignment_id)]
    (raw / "codings/ada.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    book = Workbook()
    for row in [["assignment_id", "decision"], *([a, "coded"] for a in ledger.assignment_id)]:
        book.active.append(row)
    book.save(raw / "codings/ben.xlsx")
    packets = root / "reports/s/packets"
    packets.mkdir(parents=True)
    (packets / "ada.html").write_text(" ".join(ledger.assignment_id))
    (packets / "other.html").write_text("nobody")
    return ledger


def test_two_waves_of_the_same_people(root):
    run(root, "ingest")
    found = read(root, "responses")
    assert found.wave.value_counts().to_dict() == {"1": 6, "2": 6}
    assert found.respondent_id.nunique() == len(read(root, "respondents")) == 6
    assert found.response_id.is_unique
    assert set(found[found.wave == "2"].text) == {row[3] for row in rows(2)}


def test_an_edited_answer_gets_another_id_and_is_listed(root):
    run(root, "ingest")
    run(root, "excerpts")
    before = read(root, "responses").set_index("text").response_id
    hand_out(root)
    (root / "data/raw/s/one.csv").write_bytes(table(HEAD, *reversed(rows(1, ", I mean shape"))))
    said = run(root, "ingest")
    after = read(root, "responses").set_index("text").response_id
    old, new = (f"{SAID[1]}, wave 1{end}" for end in ("", ", I mean shape"))
    assert "1 answers handed out before say something else now" in said
    assert (root / "reports/s/edited.csv").read_text().split() == ["response_id_before", before[old]]
    assert after[new] not in set(before)
    assert before.drop(old).equals(after.drop(new)[before.drop(old).index])


def test_nothing_of_a_withdrawn_person_stays(root):
    run(root, "ingest")
    run(root, "excerpts")
    ledger = hand_out(root)
    person = read(root, "responses").set_index("text").loc[f"{SAID[1]}, wave 1"]
    said = run(root, "withdraw", "R_100")
    raw = root / "data/raw/s"
    assert (raw / "withdrawn.csv").read_text().splitlines()[1].startswith(person.respondent_id + ",20")
    assert "R_100" not in (raw / "withdrawn.csv").read_text()
    assert len((raw / "assignments.csv").read_text().splitlines()) == len(ledger) - 2 + 1
    assert len((raw / "codings/ada.jsonl").read_text().splitlines()) == len(ledger) - 2 + 1
    assert load_workbook(raw / "codings/ben.xlsx").active.max_row == len(ledger) - 2 + 1
    assert len((raw / "answers.csv").read_text().splitlines()) == 12 - 2 + 1
    assert not (root / "data/processed/s").exists()
    assert [path.name for path in (root / "reports/s/packets").iterdir()] == ["other.html"]
    assert (
        "ada.html: was handed out and removed here; ask its holder to delete the copy (packets go to the coders)"
        in said
    )
    assert "one.csv, record 3: still in the export" in said
    assert SAID[1] not in said
    run(root, "ingest")
    assert person.respondent_id not in set(read(root, "responses").respondent_id)
    assert read(root, "flow").iloc[-1][["label", "n_dropped", "reason"]].tolist() == ["not withdrawn", 2, "withdrawn"]
    for path in raw.rglob("*"):
        if path.is_file() and path.name not in ("one.csv", "two.xlsx", "withdrawn.csv"):
            assert not holds(path, {person.respondent_id, person.response_id, "R_100"})


def test_who_is_not_there_cannot_withdraw(root):
    result = CliRunner().invoke(main, ["withdraw", "R_nobody", "--study", "s", "--root", str(root)])
    assert result.exit_code == 1
    assert "no row of the exports has this respondent id" in result.output
    assert not (root / "data/raw/s/withdrawn.csv").exists()


def test_lines_about_others_stay_as_they_are():
    text = '{"a":"x"}\n{"unit":"u_1+u_2"}\nnot json\n{"a": "y"'
    assert withdrawal.without_lines(text, {"u_2"}) == ('{"a":"x"}\nnot json\n{"a": "y"', 1)
    assert withdrawal.without_rows("a;b\n1;u_1\n2;u_3\n", {"u_1"}) == ("a;b\n2;u_3\n", 1)
    assert withdrawal.without_rows("a,b\n1,x\n", {"u_1"}) == ("a,b\n1,x\n", 0)
    assert withdrawal.noted(
        withdrawal.noted("respondent_id,withdrawn_on\n", "p_1", "2025-01-01"), "p_1", "2026-01-01"
    ) == ("respondent_id,withdrawn_on\np_1,2025-01-01\n")


def test_an_id_that_two_people_share_is_not_guessed():
    class One:
        def __init__(self, respondent):
            self.respondent = respondent

        def of(self, *_):
            return ["7", self.respondent]

    with pytest.raises(InputError, match="2 people have this"):
        withdrawal.rows_of_person([One("p_1"), One("p_2")], "7")
