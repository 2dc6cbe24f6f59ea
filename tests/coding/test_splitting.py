from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.coding.splitting import proposed_units, read_and_split
from pipeline.survey.excerpts import make_excerpts, read_units
from tests.coding.conftest import Command, ledger_of, write_journal
from tests.coding.test_collect import decision


def made(splits: list[str | None], text: str = "one two three") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    coders = [f"c{k}" for k in range(len(splits))]
    assignments = pd.DataFrame({"assignment_id": coders, "coder_id": coders, "unit_kind": "excerpt", "unit_id": "e1"})
    decisions = pd.DataFrame({"assignment_id": coders, "state": "coded", "splits": splits})
    excerpts = pd.DataFrame([("e1", "x1", 5, 5 + len(text))], columns=["excerpt_id", "response_id", "start", "end"])
    return assignments, decisions, excerpts


def test_units_are_proposed_where_more_than_half_of_the_readers_cut() -> None:
    found = proposed_units(*made(["4 8", "4", None]))
    assert found.values.tolist() == [["x1", 5, 9], ["x1", 9, 18]]
    assert proposed_units(*made(["4", None])).empty, "one of two is not most"


def test_proposed_units_can_be_used_as_they_are() -> None:
    units = proposed_units(*made(["4", "4"]))
    responses = pd.DataFrame({"response_id": ["x1", "x2"], "text": ["abcd one two three", "whole"]})
    spans = read_units(units.to_csv(index=False), responses, file="units.csv")
    assert make_excerpts(responses, units=spans).text.tolist() == ["one ", "two three", "whole"]


def test_who_split_how_many_of_what_they_read() -> None:
    assignments, decisions, _ = made(["4", None, "4 8"])
    counts = read_and_split(assignments, decisions)
    assert counts.set_index("coder_id").n_split.to_dict() == {"c0": 1, "c1": 0, "c2": 1}
    assert (counts.n_read == 1).all()


def test_splits_come_back_and_one_outside_the_text_is_a_fault(study: Any, run: Command) -> None:
    assert run("assign").exit_code == 0
    mine = [row for row in ledger_of(study) if row["coder_id"] == "ann" and row["unit_kind"] == "excerpt"]
    write_journal(study, "ann", [decision(mine[0], splits=[12, 5, 5]), decision(mine[1])])
    assert run("collect").exit_code == 0
    kept = tables.read(study.processed, "decisions").set_index("assignment_id").splits
    assert kept[mine[0]["assignment_id"]] == "5 12" and pd.isna(kept[mine[1]["assignment_id"]])
    write_journal(study, "ann", [decision(mine[0], splits=[900])])
    result = run("collect")
    assert result.exit_code == 1 and "the split at 900 is not inside the excerpt" in result.output
    write_journal(study, "ann", [decision(mine[0], splits=["a"])])
    assert "splits is not a list of whole numbers" in run("collect").output
