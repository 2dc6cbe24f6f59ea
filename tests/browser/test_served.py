"""The served page: the server dies and comes back, two coders work at once, differences are settled."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import tables
from pipeline.coding.journal import Journal, header
from tests.browser.test_desk import code_by_keyboard, sameword, until, write
from tests.coding.conftest import ledger_of, write_journal
from tests.coding.fake import make_study, packet_of
from tests.coding.test_collect import decision

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ROOT = Path(__file__).resolve().parents[2]


def serve(folder: Path, *words: str) -> tuple[subprocess.Popen[str], str]:
    """Start `sameword review` or `adjudicate` and return it with its address."""
    code = "from pipeline.cli import main; main()"
    command = [sys.executable, "-c", code, *words, "--study", "tiny", "--root", str(folder), "--no-open"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells ignore it for what runs behind
    )  # fmt: skip
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    return process, found[0]


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> None:
    process.send_signal(how)
    process.wait(timeout=10)
    if process.stdout is not None:
        process.stdout.close()


def test_the_server_is_killed_and_restarted_while_two_coders_work(browser: Any, tmp_path: Path) -> None:
    study = make_study(tmp_path, n=12)
    assert sameword(tmp_path, "assign").exit_code == 0
    ann, where = serve(tmp_path, "review", "--coder", "ann")
    bob, beside = serve(tmp_path, "review", "--coder", "bob")
    view, other = browser.new_context().new_page(), browser.new_context().new_page()
    errors: list[str] = []
    view.on("pageerror", lambda error: errors.append(str(error)))
    view.goto(where)
    other.goto(beside)
    code_by_keyboard(view, 0, 8)
    code_by_keyboard(other, 0, 6)
    until(view, "document.getElementById('saved').textContent === 'In the journal'")
    stop(ann, signal.SIGKILL)
    code_by_keyboard(view, 8, 12)
    view.wait_for_selector("#alert-away")
    ann, again = serve(tmp_path, "review", "--coder", "ann")
    assert again == where, "an open page cannot find the restarted server"
    view.wait_for_selector("#alert-away", state="detached", timeout=10_000)
    mine = [row for row in ledger_of(study) if row["coder_id"] == "ann"]
    code_by_keyboard(view, 12, len(mine))
    until(view, "document.getElementById('saved').textContent === 'In the journal'")
    fresh = browser.new_context().new_page()
    fresh.goto(where)
    assert fresh.inner_text("#remains").startswith(f"All {len(mine)} decided")
    until(other, "document.getElementById('saved').textContent === 'In the journal'")
    stop(ann)
    stop(bob)
    result = sameword(tmp_path, "collect")
    assert result.exit_code == 0, result.output
    found = tables.read(study.processed, "decisions")
    work = {row["assignment_id"]: row["coder_id"] for row in ledger_of(study)}
    counts = found.assignment_id.map(work).value_counts()
    assert counts["ann"] == len(mine) and counts["bob"] == 6
    assert errors == []


def test_differences_are_settled_with_a_reason_and_enter_the_record(browser: Any, tmp_path: Path) -> None:
    study = make_study(tmp_path, n=10)
    text = (study.codebook_folder / "survey.yaml").read_text().replace("record: majority", "record: adjudicated")
    (study.codebook_folder / "survey.yaml").write_text(text)
    sameword(tmp_path, "assign")
    by_coder: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(ledger_of(study)):
        more = {"codes": [{"code_id": ("colour", "shape")[number % 2]}]} if row["unit_kind"] == "excerpt" else {}
        by_coder.setdefault(row["coder_id"], []).append(decision(row, **more))
    for coder, lines in by_coder.items():
        write_journal(study, coder, lines)
    assert sameword(tmp_path, "collect").exit_code == 0
    assert sameword(tmp_path, "record").exit_code == 0
    waiting = tables.read(study.processed, "open_units")
    assert len(waiting) >= 2
    desk, where = serve(tmp_path, "adjudicate", "--by", "ann", "--by", "bob")
    view = browser.new_context().new_page()
    view.goto(where)
    assert "Reader A" in view.inner_text("#votes") and "ann" not in view.inner_text("#votes")
    assert not view.is_visible("#accept"), "two readers who differ have no majority"
    view.keyboard.press("1")
    view.keyboard.press("2")
    view.keyboard.press("Enter")
    assert "reason" in view.inner_text("#alert-reason")
    view.keyboard.type("both are argued")
    view.keyboard.press("Escape")
    view.keyboard.press("Enter")
    view.keyboard.press("u")
    view.keyboard.press("m")
    view.keyboard.type("no way to tell")
    view.keyboard.press("Escape")
    until(view, "document.getElementById('saved').textContent === 'In the journal'")
    stop(desk)
    before = tables.path_of(study.processed, "decisions").read_bytes()
    assert sameword(tmp_path, "collect").exit_code == 0
    assert tables.path_of(study.processed, "decisions").read_bytes() == before, "original decisions were altered"
    assert sameword(tmp_path, "record").exit_code == 0
    settled = tables.read(study.processed, "record").query("basis == 'adjudicated'")
    assert set(settled.value) == {"colour", "shape"} and set(settled.reason) == {"both are argued"}
    assert set(settled.decided_by) == {"ann, bob"}
    still = tables.read(study.processed, "open_units")
    assert len(still) == len(waiting) - 1
    assert "unresolved: no way to tell" in set(still.reason)
    assert Journal(study.codings / "adjudication.jsonl", header("tiny", "x")).rows()


def test_what_most_readers_said_can_be_accepted_at_once(browser: Any, tmp_path: Path) -> None:
    packet = packet_of(
        ["one", "two", "three"], mode="settle", coder="adjudication", deciders=["ann"], basis="negotiated"
    )
    said = [(["c1"], ["c1", "c2"], ["c1"]), (["c1"], ["c2"], ["c3"]), (["c1"], ["no_code"])]
    for unit, sets in zip(packet["units"], said, strict=True):
        unit["votes"] = [
            {"coder": f"R{i}", "values": values, "state": "coded", "memo": ""} for i, values in enumerate(sets)
        ]
    view = browser.new_context(offline=True).new_page()
    view.goto(write(tmp_path / "s.html", packet).as_uri())
    assert view.inner_text("#accept") == "Accept what most readers said, 1 open text"
    view.click("#accept")
    assert view.evaluate("[...store.rows.values()].map((r) => [r.assignment_id, r.values, r.outcome, r.basis])") == [
        ["a_0", ["c1"], "value", "negotiated"]
    ]
    assert not view.is_visible("#accept")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("2")
    view.keyboard.press("n")
    assert view.evaluate("[row().outcome, row().values]") == ["value", ["no_code"]], "nothing can be what is settled on"
    view.keyboard.press("1")
    assert view.evaluate("row().values") == ["c0"]
    view.keyboard.press("0")
    assert view.evaluate("[row().outcome, row().values]") == ["codebook", []]
