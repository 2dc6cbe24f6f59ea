"""A copy of the repository, in a folder with a space in its name, in which whole studies run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

COPIED = ("Makefile", "pyproject.toml", "constraints.txt", "README.md")


class Clone:
    """A working copy: run make in it, ask what make would run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def make(self, *arguments: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **variables}
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # set when the tests themselves run under make
            environment.pop(name, None)
        found = subprocess.run(
            ["make", *arguments], cwd=self.root, text=True, capture_output=True, env=environment, check=False
        )
        if check and found.returncode:
            raise AssertionError(f"make {' '.join(arguments)} failed:\n{found.stdout}\n{found.stderr}")
        return found

    def stages_run(self, study: str, target: str = "report") -> list[str]:
        """Let make run with a stand-in for the command, and return the stages in order.

        `make -n` would not do: it does not see that the other targets of a grouped rule are made too.
        """
        stand_in = self.root / "stand-in"
        stand_in.write_text(f'#!/bin/sh\nexec .venv/bin/python "{Path(__file__).parent / "recorder.py"}" "$@"\n')
        stand_in.chmod(0o755)
        (self.root / "ran.txt").write_text("")
        self.make(target, f"STUDY={study}", "SAMEWORD=./stand-in", PYTHONPATH=str(REPOSITORY))
        return (self.root / "ran.txt").read_text().split()

    def folder(self, kind: str, study: str) -> Path:
        return (
            self.root
            / {"book": "codebooks", "raw": "data/raw", "tables": "data/processed", "reports": "reports"}[kind]
            / study
        )


def clone_of(root: Path, *studies: str) -> Clone:
    """Copy what people write and link the program and its environment."""
    root.mkdir(parents=True)
    for name in COPIED:
        shutil.copy2(REPOSITORY / name, root / name)
        os.utime(root / name, (0, 0))  # older than the installation: a clone never installs over the environment
    for name in ("pipeline", ".venv"):
        (root / name).symlink_to(REPOSITORY / name)
    for study in studies:
        for folder in ("codebooks", "data/raw"):
            shutil.copytree(REPOSITORY / folder / study, root / folder / study)
    return Clone(root)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Clone:
    """Return a clone in which the small shipped study has been reported."""
    clone = clone_of(tmp_path_factory.mktemp("whole run") / "a clone", "transfer-learning-15")
    clone.make("report", "STUDY=transfer-learning-15")
    return clone


@pytest.fixture
def fresh(built, tmp_path) -> Clone:
    """Return a copy of the built clone that a test may change."""
    root = tmp_path / "a copy"
    shutil.copytree(built.root, root, symlinks=True)
    return Clone(root)
