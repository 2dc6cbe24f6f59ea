from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from pipeline import tables
from pipeline.coding.units import describe
from tests.coding.conftest import Command, ledger_of, write_journal
from tests.coding.fake import frames, make_study

CODERS = "[c1, c2, c3, c4, c5, c6]"


@pytest.mark.slow
def test_ten_thousand_excerpts_by_six_coders(tmp_path: Path, run: Command) -> None:
    """Assigning takes under 5 s and collecting under 10 s (times of the stage itself, packets apart)."""
    study = make_study(tmp_path, n=5000)
    path = study.codebook_folder / "survey.yaml"
    path.write_text(path.read_text().replace("[ann, bob, cleo]", CODERS).replace("share: 0.4", "share: 1"))
    began = time.perf_counter()
    assert run("assign", "--plan").exit_code == 0
    assert time.perf_counter() - began < 5
    assert run("assign").exit_code == 0
    rows = ledger_of(study)
    assert sum(row["unit_kind"] == "excerpt" for row in rows) == 20_000
    made = frames(5000)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    digests = dict(zip(units.unit_id, units.digest, strict=True))
    for coder in CODERS.strip("[]").split(", "):
        lines: list[dict[str, Any]] = []
        for row in (row for row in rows if row["coder_id"] == coder):
            said = {"codes": [{"code_id": "colour"}]} if row["unit_kind"] == "excerpt" else {"value": "similar.visual"}
            lines.append(
                {"assignment_id": row["assignment_id"], "digest": digests[row["unit_id"]], "state": "coded", **said}
            )
        write_journal(study, coder, lines)
    began = time.perf_counter()
    result = run("collect")
    took = time.perf_counter() - began
    assert result.exit_code == 0, result.output
    assert len(tables.read(study.processed, "decisions")) == len(rows)
    assert took < 10, f"collect took {took:.1f} s"
    began = time.perf_counter()
    assert run("record").exit_code == 0
    assert time.perf_counter() - began < 10
