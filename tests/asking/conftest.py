"""A small study run through the commands until its respondents have been asked."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline import tables
from pipeline.cli import main
from pipeline.study import Study, load_study

SURVEY = """
study: few
title: What people mean by similar
synthetic: true
exports: [{file: export.csv}]
columns:
  id: {role: respondent_id}
  role: {role: single_choice}
  rate: {role: rating, question: alike, item: one}
  why: {role: open}
questions:
  why: {text: Why are they similar?, explains: [alike]}
  alike: {text: How similar is the source to the target?, scale: [1, 5]}
items: {one: {source: one}}
terms: {watch: [similar, domain]}
coding: {coders: [ann, bob], overlap: {share: 0.5, coders: 2, usages: 2}, record: majority, seed: 7}
plan:
  comparisons: [{id: looks, hypothesis: Doctors differ., sense: similar.visual, by: role, group: [doctor]}]
asking: {usages: 3, files: [followup/*.csv]}
report: {groups: [role], small: 30}
"""
THEMES = """
version: "1.0"
themes: [{id: t, name: T, codes: [{id: colour, name: Colour, definition: Argues from colour.}]}]
"""
GLOSSARY = """
version: "1.0"
entries:
  - term: similar
    senses:
      - {id: visual, name: alike in looks, definition: "Of pictures that look alike, in colour, texture or shape."}
      - {id: semantic, name: alike in content, definition: Of pictures that show the same.}
  - term: domain
    senses: [{id: field, name: subject area}, {id: shift, name: distribution, definition: What data are drawn from.}]
"""
WORDS = (
    "They look similar <b>to me</b> in colour.",
    "A similar domain, “same” organs & a similar task.",
    "The domain differs.",
)


class Small:
    """The study, and a way to run commands on it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def study(self) -> Study:
        return load_study(self.root, "few")

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--study", "few", "--root", str(self.root)])

    def ok(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def table(self, name: str) -> Any:
        return tables.read(self.study.processed, name)

    def say(self, line: str) -> None:
        """Add a line to survey.yaml."""
        path = self.study.codebook_folder / "survey.yaml"
        path.write_text(f"{path.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")

    def asked(self) -> list[dict[str, str]]:
        return list(csv.DictReader((self.study.raw / "asked.csv").open(encoding="utf-8")))


@pytest.fixture(scope="session")
def frozen_few(tmp_path_factory: pytest.TempPathFactory) -> Small:
    root = tmp_path_factory.mktemp("few")
    book, raw = root / "codebooks" / "few", root / "data" / "raw" / "few"
    book.mkdir(parents=True)
    raw.mkdir(parents=True)
    for name, text in {"survey": SURVEY, "themes": THEMES, "glossary": GLOSSARY}.items():
        (book / f"{name}.yaml").write_text(text, encoding="utf-8")
    with (raw / "export.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [(f"R_{n:02d}", "doctor" if n % 2 else "engineer", n % 5 + 1, WORDS[n % 3]) for n in range(12)]
        csv.writer(file).writerows([("id", "role", "rate", "why"), *rows])
    small = Small(root)
    for stage in ("ingest", "excerpts", "terms"):
        small.ok(stage)
    for name in ("machine_codings", "proposals"):
        tables.write(small.study.processed, name, tables.empty(name))
    small.ok("assign")
    small.ok("freeze", "--date", "2026-01-31")
    return small


@pytest.fixture
def few(frozen_few: Small, tmp_path: Path) -> Small:
    shutil.copytree(frozen_few.root, tmp_path / "few")
    return Small(tmp_path / "few")
