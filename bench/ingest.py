"""Reading exports: 100,000 rows of 40 columns against pandas' C parser in the same run, and 500 MB in a child process.

The table is made here: 8 columns of free text, 26 of choices and ratings, and a tool's metadata. "read" is what `new`
and `check-inputs` do (encoding, separator, grid, header); "ingest" makes every table too, scrubbed; in a process of
its own it is the command itself.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
N_OPEN, N_CLOSED = 8, 26
WORDS = ("they look alike to me because the colours match and shapes are what I would call similar domain data").split()  # noqa: SIM905
META = ["StartDate", "EndDate", "Status", "IPAddress", "Finished", "ResponseId"]
PEAK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bench.ingest import study_at, read_all
if sys.argv[3] == "read":
    read_all(study_at(Path(sys.argv[2])))
else:
    from pipeline.cli import main
    main(["ingest", "--study", "bench", "--root", sys.argv[2]], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write_export(path: Path, n_rows: int, words: int) -> None:
    """Write an export as Qualtrics does, with a tag row, a label row and the row of ImportIds."""
    rng = random.Random(1)
    names = [*META, *(f"Q{i}" for i in range(N_OPEN)), *(f"C{i}" for i in range(N_CLOSED))]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerow([f"Question {name}, as it was asked" for name in names])
        writer.writerow([f'{{"ImportId":"{name}"}}' for name in names])
        for number in range(n_rows):
            texts = [
                " ".join(rng.choices(WORDS, k=rng.randint(words // 2, words * 2))) if rng.random() < 0.7 else ""
                for _ in range(N_OPEN)
            ]
            choices = [str(rng.randint(1, 5)) if rng.random() < 0.9 else "" for _ in range(N_CLOSED)]
            stamp = f"2025-05-{rng.randint(1, 28):02} 10:{rng.randint(0, 59):02}:00"
            address = f"192.0.{number // 250 % 250}.{number % 250}"
            writer.writerow([stamp, stamp, "IP Address", address, "True", f"R_{number:08}", *texts, *choices])


def study_at(root: Path):  # type: ignore[no-untyped-def]
    """Return the study whose export lies at root/data/raw/bench/export.csv, its survey.yaml as first drafted."""
    from pipeline.study import load_study
    from pipeline.survey.dictionary import draft
    from pipeline.survey.exports import read_grid
    from pipeline.survey.recognise import recognise

    target = root / "codebooks" / "bench" / "survey.yaml"
    if not target.exists():
        small = root / "small.csv"
        write_export(small, 500, 12)
        target.parent.mkdir(parents=True)
        text = draft(recognise(read_grid(small)), study="bench", file="export.csv")
        target.write_text(text, encoding="utf-8")
    return load_study(root, "bench")


def read_all(study):  # type: ignore[no-untyped-def]
    """Read and recognise, as `check-inputs` does."""
    from pipeline.cli.survey import exports_of

    return exports_of(study)


def ingest_all(study) -> int:  # type: ignore[no-untyped-def]
    """Make every table; return the number of answers."""
    from pipeline.survey.ingest import ingest

    return len(ingest(study, read_all(study), b"k" * 32, let_go=True).tables["responses"])


def timed(act: Callable[[], object], times: int = 3) -> float:
    """Return the fastest of some runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> list[dict[str, object]]:
    """Return one row per measurement."""
    import pandas as pd

    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "raw" / "bench" / "export.csv"
        path.parent.mkdir(parents=True)
        write_export(path, 100_000, 12)
        study = study_at(Path(folder))
        base = timed(lambda: pd.read_csv(path, dtype=str, keep_default_na=False, engine="c"))
        size = f"100,000 x 40, {path.stat().st_size / 1e6:.0f} MB"
        for name, seconds in (
            ("pandas C parser", base),
            ("read", timed(lambda: read_all(study))),
            ("ingest", timed(lambda: ingest_all(study), 2)),
        ):
            rows.append({"what": name, "file": size, "seconds": seconds, "ratio": seconds / base, "peak_mb": None})
        write_export(path, 490_000, 24)
        for what in ("read", "ingest"):
            start = time.perf_counter()
            child = subprocess.run(
                [sys.executable, "-c", PEAK, str(ROOT), folder, what],
                capture_output=True, text=True, check=True, cwd=ROOT,
                env=os.environ | {"SAMEWORD_KEY": str(Path(folder) / "key")},
            )  # fmt: skip
            seconds = time.perf_counter() - start
            peak = int(child.stdout.split()[-1]) * (1 if sys.platform == "darwin" else 1024) / 1e6
            size = f"490,000 x 40, {path.stat().st_size / 1e6:.0f} MB"
            name = f"{what}, own process"
            rows.append({"what": name, "file": size, "seconds": seconds, "ratio": None, "peak_mb": peak})
    return rows
