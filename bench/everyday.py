"""What is waited for every day, on the shipped study: nothing changed, one coder's file changed, one figure, the help.

`make report` runs once from nothing, untimed. A change is a decision taken back and taken again: the journal has other
bytes, its agreement others too. The fastest of some runs counts: the slower ones measure what else the machine did.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.faults import copy, ended, start

STUDY = "transfer-learning"
AIMS = {"nothing changed": 0.2, "one coder's file changed": 10, "one figure": 3, "sameword --help": 0.3}


def main() -> list[dict[str, object]]:
    """Return one row per wait."""
    with tempfile.TemporaryDirectory(prefix="sameword everyday ") as name:
        folder = Path(name)
        copy(folder, STUDY)
        make = ["make", f"STUDY={STUDY}"]
        run(folder, *make, "report")
        journal = next(iter(sorted((folder / "data/raw" / STUDY / "codings").glob("*.jsonl"))))
        kept: list[str] = []
        waits = {
            "nothing changed": fastest(lambda: run(folder, *make, "report")),
            "one coder's file changed": fastest(
                lambda: after_a_change(journal, kept, lambda: run(folder, *make, "report"))
            ),
            "one figure": fastest(lambda: run(folder, *make, "figures", "FIGURES=ambiguity")),
            "sameword --help": fastest(lambda: run(folder, ".venv/bin/sameword", "--help")),
        }
    return [{"what": what, "seconds": round(took, 3), "aim": AIMS[what]} for what, took in waits.items()]


def fastest(act: Callable[[], float], times: int = 3) -> float:
    """Return the shortest of some runs."""
    return min(act() for _ in range(times))


def run(folder: Path, *command: str) -> float:
    """Return the wall time of a command in seconds; it must succeed."""
    begun = time.perf_counter()
    status, said = ended(start(folder, *command))
    took = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{' '.join(command)}: {said[-500:]}")
    return took


def after_a_change(journal: Path, kept: list[str], act: Callable[[], float]) -> float:
    """Drop the last decision of a coder's journal, or put it back, and run."""
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    if kept:
        lines.append(kept.pop())
    else:
        assert json.loads(lines[-1])["assignment_id"]
        kept.append(lines.pop())
    journal.write_text("".join(lines), encoding="utf-8")
    return act()
