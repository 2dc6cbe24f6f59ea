"""How long it takes to hand out and to collect 10,000 excerpts for six coders: whole commands, start-up included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.coding.ledger import parse_ledger
from pipeline.coding.units import describe
from tests.coding.conftest import write_journal
from tests.coding.fake import frames, make_study

CODERS = [f"c{k}" for k in range(1, 7)]
RESPONDENTS = 5000  # each answers two questions


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        return list(_timed(Path(folder)))


def _timed(root: Path) -> Iterator[dict[str, object]]:
    study = make_study(root, n=RESPONDENTS)
    path = study.codebook_folder / "survey.yaml"
    path.write_text(path.read_text().replace("[ann, bob, cleo]", f"[{', '.join(CODERS)}]").replace("0.4", "1"))
    yield {"command": "assign --plan", "seconds": _run(root, study.name, "assign", "--plan")}
    yield {"command": "assign, packets written", "seconds": _run(root, study.name, "assign")}
    ledger = parse_ledger((study.raw / "assignments.csv").read_text(encoding="utf-8"), "assignments.csv")
    made = frames(RESPONDENTS)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    digests = dict(zip(units.unit_id, units.digest, strict=True))
    for coder, rows in ledger.groupby("coder_id"):
        lines = []
        for row in rows.to_dict("records"):
            said = {"codes": [{"code_id": "colour"}]} if row["unit_kind"] == "excerpt" else {"value": "similar.visual"}
            kept = {"assignment_id": row["assignment_id"], "digest": digests[row["unit_id"]], "state": "coded"}
            lines.append(kept | said)
        write_journal(study, str(coder), lines)
    yield {"command": f"collect, {len(ledger):,} decisions", "seconds": _run(root, study.name, "collect")}
    yield {"command": "record", "seconds": _run(root, study.name, "record")}


def _run(root: Path, study: str, *command: str) -> float:
    repository = Path(__file__).resolve().parent.parent
    start = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).parent / "sameword"), command[0], "--study", study, *command[1:]],
        cwd=root, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(repository)},
    )  # fmt: skip
    return round(time.perf_counter() - start, 2)
