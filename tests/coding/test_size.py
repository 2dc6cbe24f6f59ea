from __future__ import annotations

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
    """Everything handed out comes back, at a size few studies reach; how fast it is says bench/coding.py."""
    study = make_study(tmp_path, n=5000)
    path = study.codebook_folder / "survey.yaml"
    path.write_text(path.read_text().replace("[ann, bob, cleo]", CODERS).replace("share: 0.4", "share: 1"))
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
    result = run("collect")
    assert result.exit_code == 0, result.output
    assert len(tables.read(study.processed, "decisions")) == len(rows)
    assert run("record").exit_code == 0
    assert tables.read(study.processed, "record").unit_id.nunique() == len({row["unit_id"] for row in rows})
