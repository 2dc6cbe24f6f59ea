"""Stages that Make starts run in copies of one process: same outputs, same exit status, and nothing is left over."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import warm
from pipeline.files import alone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, which is safe on Linux alone")
COMMAND = [sys.executable, "-c", "from pipeline.cli import main; main()"]
WAIT = 30  # seconds, generous


@pytest.fixture
def make():
    """Stand in for Make: a process that others outlive; give its id and, once something listens, what it started."""
    standing = subprocess.Popen(["sleep", "600"])
    yield standing
    standing.kill()
    standing.wait()


def run(make, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {warm.WARM: str(make.pid), "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run([*COMMAND, *arguments], env=environment, text=True, capture_output=True, **options)


def listening(make) -> int:
    """Wait until something listens for a Make; return its process id."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(warm._address(str(make.pid)))
            except OSError:
                time.sleep(0.05)
            else:
                sent = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
                return struct.unpack("3i", sent)[0]
    raise AssertionError("nothing listens")


def gone(process: int) -> bool:
    """Wait until a process has ended."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        stat = Path(f"/proc/{process}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_commands_say_and_return_the_same_in_a_copy(make, tmp_path):
    asked = [["--version"], ["ingest", "--study", "none", "--root", str(tmp_path)], ["nonsense"], ["ingest", "--help"]]
    here = [run(make, *asked[0])]
    here += [subprocess.run([*COMMAND, *one], text=True, capture_output=True) for one in asked[1:]]
    listening(make)
    there = [run(make, *one) for one in asked]
    for first, second in zip(here, there, strict=True):
        assert first.returncode == second.returncode
        assert first.stdout.replace("-c", "sameword") == second.stdout
        assert first.stderr.replace("-c", "sameword") == second.stderr
    assert [one.returncode for one in there] == [0, 1, 2, 0]


def small_study(root: Path) -> Path:
    """Make a study of two answers; return where its tables go."""
    for folder in ("codebooks/small", "data/raw/small"):
        (root / folder).mkdir(parents=True)
    (root / "data/raw/small/export.csv").write_text("id,Q1\np1,It is similar\np2,They look similar\n")
    (root / "codebooks/small/survey.yaml").write_text(
        "study: small\ntitle: Small\ndetect_language: false\nexports: [{file: export.csv}]\n"
        "columns:\n  id: {role: respondent_id}\n  Q1: {role: open, question: q1}\nquestions: {q1: {text: What?}}\n"
    )
    return root / "data/processed/small"


def test_the_folder_and_the_environment_are_those_of_the_command(make, tmp_path, monkeypatch):
    tables = small_study(tmp_path)
    run(make, "--version")
    listening(make)
    monkeypatch.setenv("SAMEWORD_KEY", str(tmp_path / "a key"))
    monkeypatch.setenv("STUDY", "small")
    done = run(make, "ingest", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tables / "responses.parquet").exists()
    assert (tmp_path / "a key").exists()


def test_it_ends_with_make(make):
    run(make, "--version")
    server = listening(make)
    make.kill()
    make.wait()
    assert gone(server)


def test_a_killed_command_takes_its_copy_with_it(make, tmp_path):
    tables = small_study(tmp_path)
    run(make, "--version")
    server = listening(make)
    environment = os.environ | {warm.WARM: str(make.pid), "SAMEWORD_KEY": str(tmp_path / "key")}
    with alone(tmp_path / "data/.locks/small-ingest", lambda: None):
        command = [*COMMAND, "ingest", "--study", "small", "--root", str(tmp_path)]
        asker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        copy = child_of(server)
        asker.kill()
        asker.wait()
        assert gone(copy)
    assert not tables.exists()
    assert run(make, "--version").returncode == 0, "and the next command is served"


def child_of(process: int) -> int:
    children = Path(f"/proc/{process}/task/{process}/children")
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if found := children.read_text().split():
            return int(found[0])
        time.sleep(0.01)
    raise AssertionError("no copy was made")


def test_only_this_users_processes_are_served(monkeypatch):
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert warm._mine(one)
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        assert not warm._mine(one)
