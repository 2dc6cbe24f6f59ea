"""kill -9 at random moments of `make report`, then `make report`: the final bytes must be those of an undisturbed run.

Runs on a copy of transfer-learning-15 in a temporary folder. SAMEWORD_KILLS says how often (default 20). Every round
makes one input look new, so that a different part of the pipeline is at work when the kill comes.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDY = "transfer-learning-15"
TOUCHED = [f"codebooks/{STUDY}/{name}.yaml" for name in ("survey", "themes", "glossary")]
TOUCHED += [f"data/raw/{STUDY}/{name}" for name in ("export.csv", "assignments.csv", "codings/amara.jsonl")]


def copy(folder: Path) -> None:
    """Copy what people write, and link the program and its environment."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
    for name in ("pipeline", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("codebooks", "data/raw"):
        shutil.copytree(ROOT / name / STUDY, folder / name / STUDY)


def report(folder: Path) -> subprocess.Popen[bytes]:
    """Start `make report` in a process group of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        ["make", "report", f"STUDY={STUDY}"], cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every table and of every file of the report, but not of the vector cache."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("data/processed", "reports")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and path.suffix != ".sqlite" and not path.name.endswith("-journal")
    }


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    kills, rng = int(os.environ.get("SAMEWORD_KILLS", "20")), random.Random(1)
    with tempfile.TemporaryDirectory(prefix="sameword faults ") as name:
        folder = Path(name)
        copy(folder)
        start = time.perf_counter()
        if report(folder).wait():
            raise SystemExit("the undisturbed run failed")
        whole = time.perf_counter() - start
        expected, wrong, running, left = digests(folder), 0, 0, 0
        for _ in range(kills):
            touched = folder / rng.choice(TOUCHED)
            os.utime(touched)
            if rng.random() < 0.5:
                for path in (folder / "data/processed" / STUDY).glob("*.sqlite"):
                    path.unlink()
            process = report(folder)
            time.sleep(rng.uniform(0, whole))
            running += process.poll() is None
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            failed = report(folder).wait() != 0
            found = digests(folder)
            left += len(found.keys() - expected.keys())
            wrong += failed or {path: found.get(path) for path in expected} != expected
    return [
        {"what": "kill -9 at a random moment of make report, then make report", "rounds": kills,
         "killed in mid-run": running, "final bytes differ or the second run fails": wrong, "files left behind": left}
    ]  # fmt: skip
