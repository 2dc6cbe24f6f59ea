"""What goes wrong on real machines, and the bytes afterwards: those of an undisturbed `make report`, every time.

Runs on a copy of transfer-learning-15 in a temporary folder. SAMEWORD_KILLS says how often `make report` is killed with
kill -9 at a random moment (default 20; every round makes one input look new, so that another part of the pipeline is
at work), SAMEWORD_STAGE_KILLS how often each stage is (default 5). A small tmpfs and bind mounts need root: rows that
cannot be run here say so.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDY = "transfer-learning-15"
TOUCHED = [f"codebooks/{STUDY}/{name}.yaml" for name in ("survey", "themes", "glossary")]
TOUCHED += [f"data/raw/{STUDY}/{name}" for name in ("export.csv", "assignments.csv", "codings/amara.jsonl")]
STAGES = ("ingest", "excerpts", "terms", "encode", "collect", "record", "planned", "topics", "proposals", "code",
          "senses", "agreement", "authors", "glossary", "figures", "report", "leaks", "manifest")  # fmt: skip
TABLES, REPORTS = f"data/processed/{STUDY}", f"reports/{STUDY}"
Row = dict[str, object]


def copy(folder: Path, study: str = STUDY) -> None:
    """Copy the program and what people write; link the environment."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
        os.utime(folder / name, (0, 0))  # older than the installation: nothing is installed now
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv").symlink_to(ROOT / ".venv")
    for name in ("codebooks", "data/raw"):
        shutil.copytree(ROOT / name / study, folder / name / study)


def start(folder: Path, *command: str) -> subprocess.Popen[str]:
    """Start a command in a process group of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        command, cwd=folder, env=environment | {"PYTHONPATH": str(folder)}, start_new_session=True, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def report(folder: Path) -> subprocess.Popen[str]:
    """Start `make report`."""
    return start(folder, "make", "report", f"STUDY={STUDY}")


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return exit status and what was said on standard error."""
    said = process.communicate()[1]
    return process.returncode, said


def killed(process: subprocess.Popen[str], after: float) -> bool:
    """Kill a process and all it started after some seconds; return whether it was still at work."""
    time.sleep(after)
    at_work = process.poll() is None
    if at_work:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return at_work


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every table and of every file of the report, but not of the vector cache."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in (TABLES, REPORTS)
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and path.suffix != ".sqlite" and not path.name.endswith("-journal")
    }


class Bench:
    """One copy of the study, and what an undisturbed run made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.rng = folder, random.Random(1)
        copy(folder)
        begun = time.perf_counter()
        if ended(report(folder))[0]:
            raise SystemExit("the undisturbed run failed")
        self.whole = time.perf_counter() - begun
        self.expected = digests(folder)

    def touch(self) -> None:
        """Make one input look new, and every other time forget the vectors."""
        os.utime(self.folder / self.rng.choice(TOUCHED))
        if self.rng.random() < 0.5:
            for path in (self.folder / TABLES).glob("*.sqlite"):
                path.unlink()

    def heals(self) -> bool:
        """Run `make report` and say whether its bytes are those of the undisturbed run."""
        status, said = ended(report(self.folder))
        found = digests(self.folder)
        differ = [path for path in self.expected if found.get(path) != self.expected[path]]
        if status or differ:
            print("after a fault:", status, said[-300:] if status else "", *differ[:8], sep="\n  ", file=sys.stderr)
        return status == 0 and not differ

    def row(self, what: str, rounds: int, met: int, wrong: int, note: str = "") -> Row:
        """Return a row of the table."""
        left = sorted(digests(self.folder).keys() - self.expected.keys())
        for name in left:
            (self.folder / name).unlink()
        return {"what": what, "rounds": rounds, "met in mid-run": met, "wrong afterwards": wrong,
                "files left behind": len(left), "note": note}  # fmt: skip


def kills_of_make(bench: Bench, rounds: int) -> Row:
    """Kill `make report` three times in a row, at a moment of its own each time, and only then let it end."""
    met = wrong = 0
    for number in range(1, rounds + 1):
        bench.touch()
        met += killed(report(bench.folder), bench.rng.uniform(0, bench.whole))
        if number % 3 == 0 or number == rounds:
            wrong += not bench.heals()
    return bench.row("kill -9 of make report, thrice before it may end", rounds, met, wrong)


def kills_of_stages(bench: Bench, rounds: int) -> Row:
    """Kill each stage some times, then run `make report`; `encode` starts without vectors each time."""
    met = wrong = 0
    for stage in STAGES:
        command = (".venv/bin/sameword", stage, "--study", STUDY)
        begun = time.perf_counter()
        ended(start(bench.folder, *command))
        took = time.perf_counter() - begun
        for _ in range(rounds):
            if stage == "encode":
                (bench.folder / TABLES / "vectors.sqlite").unlink(missing_ok=True)
            met += killed(start(bench.folder, *command), bench.rng.uniform(0, took))
        wrong += rounds > 0 and not bench.heals()
    return bench.row(f"kill -9 of each of {len(STAGES)} stages", rounds * len(STAGES), met, wrong)


def two_at_once(bench: Bench, rounds: int) -> Row:
    wrong = waited = 0
    for _ in range(rounds):
        bench.touch()
        both = [report(bench.folder)]
        time.sleep(bench.rng.uniform(0, 2))
        both.append(report(bench.folder))
        results = [ended(process) for process in both]
        waited += any("waiting for it" in said for _, said in results)
        wrong += any(status for status, _ in results) or not bench.heals()
    return bench.row("two make report at once", rounds, waited, wrong, "met: one waited for the other")


def clock_ahead(bench: Bench) -> Row:
    """Inputs of tomorrow; then everything made by a clock a day ahead, and an input edited after it was put right."""
    wrong, later = 0, time.time() + 86_400
    os.utime(bench.folder / TOUCHED[0], (later, later))
    wrong += not bench.heals()
    os.utime(bench.folder / TOUCHED[0])
    wrong += not bench.heals()
    for name in digests(bench.folder):
        os.utime(bench.folder / name, (later, later))
    survey = bench.folder / TOUCHED[0]
    kept = survey.read_text(encoding="utf-8")
    survey.write_text(kept.replace("title:", "title: Another", 1), encoding="utf-8")
    wrong += bench.heals()  # an edit that shows must change the bytes
    survey.write_text(kept, encoding="utf-8")
    wrong += not bench.heals()
    return bench.row("clock a day ahead, then put right", 4, 4, wrong)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a tmpfs of 300 kB over a folder, its content gone; unmounted at the end."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], check=True, stderr=subprocess.PIPE)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only by a bind mount, which root obeys too."""
    subprocess.run(["mount", "--bind", folder, folder], check=True, stderr=subprocess.PIPE)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True, stderr=subprocess.PIPE)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def forbidden(path: Path) -> Iterator[None]:
    """Take everybody's permissions of a file away. Root reads it all the same."""
    if os.geteuid() == 0:
        raise PermissionError("root reads what nobody may read")
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


def refused(bench: Bench, what: str, trouble: Callable[[Path], object], part: str) -> Row:
    """Run `make report` in trouble: it fails in plain words, and once the trouble is over the bytes are right."""
    path = bench.folder / part
    if path.is_dir() and trouble is small_disk:
        shutil.rmtree(path)
        path.mkdir(parents=True)
    else:
        bench.touch()
    try:
        with trouble(path):  # type: ignore[attr-defined]
            status, said = ended(report(bench.folder))
    except (subprocess.CalledProcessError, PermissionError) as error:
        return bench.row(what, 0, 0, 0, f"not run here: {error}")
    plain = status != 0 and "Traceback" not in said
    line = next((line for line in said.splitlines() if line.startswith("sameword")), "")
    return bench.row(what, 1, 1, (not plain) + (not bench.heals()), line.replace(str(bench.folder), "")[:110])


def interrupted_install(folder: Path) -> Row:
    """An environment whose making was cut before pip was in it: `make setup` goes on and does not claim to be ready."""
    shutil.rmtree(folder / "pipeline")
    (folder / ".venv").unlink()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    done = subprocess.run(
        ["make", "setup", f"PYTHON={sys.executable}"], cwd=folder, env=environment, text=True, capture_output=True
    )
    pip = subprocess.run([folder / ".venv/bin/python", "-m", "pip", "--version"], capture_output=True).returncode == 0
    claims = (folder / ".venv" / ".installed").exists()
    wrong = (not pip) + claims + (done.returncode == 0)
    return {"what": "installation cut short, then make setup without network", "rounds": 1, "met in mid-run": 1,
            "wrong afterwards": wrong, "files left behind": 0, "note": "pip came back"}  # fmt: skip


def main() -> list[Row]:
    """Return the rows of the table."""
    times, each = (int(os.environ.get(name, usual)) for name, usual in
                   (("SAMEWORD_KILLS", "20"), ("SAMEWORD_STAGE_KILLS", "5")))  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="sameword faults ") as name:
        bench = Bench(Path(name))
        table: list[Row] = []
        for one in (
            lambda: refused(bench, "full disk under the tables", small_disk, TABLES),
            lambda: refused(bench, "full disk under the report", small_disk, REPORTS),
            lambda: refused(bench, "read-only tables", read_only, TABLES),
            lambda: refused(bench, "read-only report", read_only, REPORTS),
            lambda: refused(bench, "an export nobody may read", forbidden, TOUCHED[3]),
            lambda: clock_ahead(bench),
            lambda: two_at_once(bench, 2),
            lambda: kills_of_stages(bench, each),
            lambda: kills_of_make(bench, times),
            lambda: interrupted_install(Path(name)),
        ):
            table.append(one())
            print(table[-1], file=sys.stderr, flush=True)
        return table
