from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.coding.gather import gather
from pipeline.coding.journal import parse_journal
from pipeline.coding.returned import from_journal
from pipeline.coding.units import describe, text_digest
from pipeline.errors import InputError
from tests.coding.conftest import Command, ledger_of, write_journal
from tests.coding.fake import frames, make_study


def digests() -> dict[tuple[str, str], str]:
    made = frames(10)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    return {(row.unit_kind, row.unit_id): row.digest for row in units.itertuples()}


def decision(row: dict[str, str], **more: Any) -> dict[str, Any]:
    said = {"codes": [{"code_id": "colour"}]} if row["unit_kind"] == "excerpt" else {"value": "similar.visual"}
    return {
        "assignment_id": row["assignment_id"], "unit_kind": row["unit_kind"], "unit_id": row["unit_id"],
        "digest": digests()[(row["unit_kind"], row["unit_id"])], "state": "coded",
        "decided_at": "2026-01-01T10:00:00Z", **said, **more,
    }  # fmt: skip


def test_nothing_handed_out_runs_through(study: Any, run: Command) -> None:
    result = run("collect")
    assert result.exit_code == 0 and "no work has been handed out" in result.output
    assert tables.read(study.processed, "decisions").empty
    assert run("record").exit_code == 0


def test_a_journal_comes_in_whole_and_later_lines_replace_earlier(study: Any, run: Command) -> None:
    assert run("assign").exit_code == 0
    mine = [row for row in ledger_of(study) if row["coder_id"] == "ann"]
    lines = [decision(row) for row in mine]
    lines.append(
        {**lines[0], "state": "no_code", "codes": [], "decided_at": "2026-01-01T11:00:00Z", "memo": "second thought"}
    )
    write_journal(study, "ann", lines)
    result = run("collect")
    assert result.exit_code == 0, result.output
    found = tables.read(study.processed, "decisions")
    assert set(found.assignment_id) == {row["assignment_id"] for row in mine}
    changed = found[found.assignment_id == mine[0]["assignment_id"]].iloc[0]
    assert (changed.state, changed.memo) == ("no_code", "second thought")
    usages = [row for row in mine if row["unit_kind"] == "usage"]
    assert len(tables.read(study.processed, "judgements")) == len(usages)


def test_a_filled_spreadsheet_comes_in(study: Any, run: Command, tmp_path: Path) -> None:
    run("assign")
    book = openpyxl.load_workbook(study.reports / "packets" / "bob.xlsx")
    sheet = book["Excerpts"]
    head = [cell.value for cell in sheet[1]]
    where = {name: index + 1 for index, name in enumerate(head)}
    sheet.cell(2, where["code 1"], "Colour and staining")
    sheet.cell(2, where["code 2"], "data-size")
    sheet.cell(3, where["decision"], "no code applies")
    sheet.cell(4, where["decision"], "unsure")
    sheet.cell(5, where["decision"], "cannot be coded")
    usages = book["Usages"]
    names = {cell.value: index + 1 for index, cell in enumerate(usages[1])}
    usages.cell(2, names["sense 1"], "alike in appearance")
    usages.cell(2, names["sense 2"], "alike in what is shown")
    usages.cell(3, names["sense 1"], "none of these senses")
    usages.cell(4, names["decision"], "cannot tell from the text")
    study.codings.mkdir(parents=True)
    book.save(study.codings / "bob.xlsx")
    result = run("collect")
    assert result.exit_code == 0, result.output
    decisions = tables.read(study.processed, "decisions").set_index("assignment_id")
    states = [decisions.state[sheet.cell(row, where["assignment_id"]).value] for row in (2, 3, 4, 5)]
    assert states == ["coded", "no_code", "unsure", "cannot_code"]
    codings = tables.read(study.processed, "codings")
    assert set(codings.code_id) == {"colour", "data-size"} and len(codings) == 2
    values = tables.read(study.processed, "judgements").set_index("assignment_id").value
    assert values[usages.cell(2, names["assignment_id"]).value] == "similar.semantic|similar.visual"
    assert values[usages.cell(3, names["assignment_id"]).value] == "none"
    fourth = usages.cell(4, names["assignment_id"]).value
    assert decisions.state[fourth] == "cannot_code" and fourth not in values
    assert len(decisions) == 7


def test_a_csv_with_the_packets_columns_comes_in(study: Any, run: Command) -> None:
    run("assign")
    mine = [row for row in ledger_of(study) if row["coder_id"] == "cleo"]
    excerpt, usage = (next(r for r in mine if r["unit_kind"] == kind) for kind in ("excerpt", "usage"))
    study.codings.mkdir(parents=True)
    ids = excerpt["assignment_id"], usage["assignment_id"]
    text = f'assignment_id;decision;codes;senses\n{ids[0]};;"colour; Shape";\n{ids[1]};;;semantic\n;;;\n'
    (study.codings / "cleo.csv").write_text(text, encoding="utf-8-sig")
    result = run("collect")
    assert result.exit_code == 0, result.output
    assert set(tables.read(study.processed, "codings").code_id) == {"colour", "shape"}
    assert list(tables.read(study.processed, "judgements").value) == ["similar.semantic"]


def test_all_faults_at_once_with_place_and_remedy_and_nothing_written(study: Any, run: Command) -> None:
    run("assign")
    run("collect")
    before = tables.path_of(study.processed, "decisions").read_bytes()
    mine = [row for row in ledger_of(study) if row["coder_id"] == "ann" and row["unit_kind"] == "excerpt"]
    write_journal(
        study, "ann",
        [decision(mine[0], assignment_id="a_0000"), decision(mine[1], codes=[{"code_id": "colur"}]),
         decision(mine[2], digest="edited"), decision(mine[3], state="no_code"),
         decision(mine[4], codes=[{"code_id": "colour", "start": 0, "end": 9999}])],
    )  # fmt: skip
    write_journal(study, "ann", [decision(mine[5])], name="ann one.jsonl")
    (study.codings / "bob.docx").write_bytes(b"x")
    (study.codings / "latin.csv").write_bytes("assignment_id,decision\n\xe9".encode("latin-1"))
    (study.codings / "other.csv").write_text("name,thing\na,b\n")
    result = run("collect")
    assert result.exit_code == 1
    for part in (
        "unknown assignment 'a_0000'", "unknown code 'colur'", "'colur': colour", "the text is not the text",
        "says both 'no code' and colour", "the span 0-9999", "a space", "ann-one.jsonl", ".docx file is not read",
        "not UTF-8", "no sheet has the packet's columns",
    ):  # fmt: skip
        assert part in result.output, part
    assert "line 3" in result.output and "Traceback" not in result.output
    assert tables.path_of(study.processed, "decisions").read_bytes() == before


def test_two_copies_merge_by_time_and_conflict_without_times(study: Any, run: Command) -> None:
    run("assign")
    row = next(r for r in ledger_of(study) if r["coder_id"] == "ann" and r["unit_kind"] == "excerpt")
    write_journal(study, "ann", [decision(row)])
    write_journal(
        study, "ann", [decision(row, codes=[{"code_id": "shape"}], decided_at="2026-02-01T00:00:00Z")], "copy.jsonl"
    )
    result = run("collect")
    assert result.exit_code == 0 and "replaced by the later decision" in result.output
    assert list(tables.read(study.processed, "codings").code_id) == ["shape"]
    write_journal(study, "ann", [decision(row, codes=[{"code_id": "data-size"}], decided_at=None)], "third.jsonl")
    result = run("collect")
    assert result.exit_code == 1 and "two decisions in conflict" in result.output


def test_clean_up_is_stated_and_listed_and_retired_codes_are_kept(study: Any, run: Command) -> None:
    run("assign")
    rows = [r for r in ledger_of(study) if r["coder_id"] == "ann" and r["unit_kind"] == "excerpt"]
    labels = ["staining", "DATA – size", "old"]
    write_journal(
        study, "ann", [decision(r, codes=[{"code_id": label}]) for r, label in zip(rows, labels, strict=False)]
    )
    result = run("collect")
    assert result.exit_code == 0, result.output
    assert set(tables.read(study.processed, "codings").code_id) == {"colour", "data-size", "old"}
    for part in ("read as 'colour' (clean labels", "case, blanks or dashes differ", "no longer active"):
        assert part in result.output


@pytest.mark.parametrize("changed", ["  They look similar “x” ", 'They look similar "x"', "They\u00a0look similar “x”"])
def test_what_a_spreadsheet_changes_is_no_edit(changed: str) -> None:
    assert text_digest(changed) == text_digest("They look similar “x”")
    assert text_digest(changed) != text_digest("They look similar “y”")


def test_packets_are_the_same_bytes_twice_and_formulas_are_inert(study: Any, run: Command, tmp_path: Path) -> None:
    run("assign")
    first = {p.name: p.read_bytes() for p in (study.reports / "packets").iterdir()}
    run("assign")
    assert first == {p.name: p.read_bytes() for p in (study.reports / "packets").iterdir()}
    made = make_study(tmp_path / "two")
    responses = tables.read(made.processed, "responses").assign(text="=HYPERLINK(1) \x00 similar")
    excerpts = tables.read(made.processed, "excerpts")
    units = describe(
        excerpts.assign(start=0, end=10), pd.DataFrame(columns=tables.empty("usages").columns), responses=responses
    )
    from pipeline.coding.packets import write_workbook

    unit = {
        "unit_kind": "excerpt",
        "assignment_id": "a",
        "question": "q",
        "item": "",
        "answer": units.answer[0],
        "text": units.answer[0],
    }
    packet = {"title": "t", "coder": "c", "codebook_version": "1", "themes": [], "terms": {}, "units": [unit]}
    write_workbook(tmp_path / "p.xlsx", packet)
    cell = openpyxl.load_workbook(tmp_path / "p.xlsx")["Excerpts"]["F2"]
    assert cell.data_type == "s" and cell.value.startswith("=HYPERLINK")
    assert text_digest(cell.value) == text_digest(units.answer[0])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["codes", "value", "digest", "memo", "decided_at", "seconds", "screen", "flags", "state", "undone"]
)


@settings(max_examples=150)
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_whatever_stands_in_a_journal_line_it_is_read_or_named(more: dict[str, Any]) -> None:
    line = {"assignment_id": "a_1", "state": "coded", **more}
    text = json.dumps({"format": "sameword-journal", "study": "tiny"}) + "\n" + json.dumps(line) + "\n"
    places, rows = [], None
    try:
        _, rows = parse_journal(text, "x.jsonl")
    except InputError as error:
        places = [fault.place for fault in error.faults]
    if rows is None:
        assert places == ["line 2"]
    else:
        assert len(from_journal("x.jsonl", rows)) == (0 if line.get("undone") else 1)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["csv", "xlsx", "jsonl"]))
def test_no_bytes_end_in_anything_but_rows_or_faults(tmp_path: Path, content: bytes, kind: str) -> None:
    folder = tmp_path / "codings"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / f"odd.{kind}").write_bytes(content)
    found = gather(folder, "tiny", foreign=lambda name, sheets: None, projects=None)
    assert found.files == [f"odd.{kind}"]
    assert found.faults or found.rows or not content.strip() or kind == "csv"
