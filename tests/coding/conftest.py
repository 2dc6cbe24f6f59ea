"""Fixtures of the coding room: a small study, and the command line run inside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from tests.coding.fake import make_study

Command = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """Run `sameword <words> --study tiny` in tmp_path."""

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--study", "tiny", "--root", str(tmp_path)])

    return call


@pytest.fixture
def study(tmp_path: Path) -> Any:
    """Return the small study, ten respondents."""
    return make_study(tmp_path)


def ledger_of(study: Any) -> list[dict[str, str]]:
    """Return the ledger's rows."""
    with (study.raw / "assignments.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_journal(study: Any, coder: str, decisions: list[dict[str, Any]], name: str | None = None) -> Path:
    """Write a journal by hand, as any program could."""
    lines = [{"format": "sameword-journal", "version": 1, "study": study.name, "coder": coder}, *decisions]
    path = study.codings / (name or f"{coder}.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
