"""Docs that can drift are generated; these tests hold them against the program."""

from __future__ import annotations

import re
import tomllib

import pytest
from ruamel import yaml

from docs import generate
from docs.settings import INTRO, remarks, settings_page
from pipeline.settings import Settings, Survey

WANTED = {
    "help", "setup", "new", "check-inputs", "report", "assign", "review", "collect", "adjudicate", "freeze", "ask",
    "instrument", "public", "supplement", "agreement", "glossary", "figures", "test", "lint", "check", "bench",
    "clean",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", [generate.DOCS / "tables.md", generate.DOCS / "commands.md"], ids=lambda path: path.name
)
def test_generated_pages_are_current(path):
    assert path.read_text(encoding="utf-8") == generate.pages()[path], "run: .venv/bin/python docs/generate.py"


def test_every_setting_is_explained():
    page = settings_page()
    assert "| `usages_per_respondent` | whole number (≥ 1) | `3` | that weigh in |" in page
    assert "## plan.comparisons, each" in page

    class Silent(Settings):
        word: str = ""

    with pytest.raises(SystemExit, match=r"Silent\.word has no remark"):
        remarks(Silent)


def test_the_example_of_settings_is_one():
    example = yaml.YAML(typ="safe").load(INTRO.split("```yaml\n")[1].split("```")[0])
    columns = {"position": {"role": "single_choice"}, "similar_why": {"role": "open"}}
    example["questions"] |= {"similarity": {"text": "How similar?"}, "position": {"text": "Your position?"}}
    Survey.model_validate({"study": "s", "title": "S", "exports": [{"file": "e.csv"}], "columns": columns} | example)


def test_every_target_is_documented(repository):
    text = (repository / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", text, re.M).group(1).replace("\\", " ").split()
    assert sorted(phony) == sorted(WANTED)
    assert sorted(generate.targets()) == sorted(WANTED)


def test_every_make_command_in_the_readme_exists(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^ *(?:\$ )?make ([a-z-]+)", text, re.M)) | set(re.findall(r"`make ([a-z-]+)", text))
    assert {"report", "test"} <= named
    assert named - set(WANTED) == set()


def test_every_dependency_is_pinned_once(repository):
    pins = dict(line.split("==") for line in (repository / "constraints.txt").read_text().split() if "==" in line)
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.match(r"[A-Za-z0-9._-]+?(?=[><=])", line).group().lower().replace("_", "-") for line in wanted]
    known = {name.lower().replace("_", "-") for name in pins}
    assert set(names) - known == set()
    assert pins["torch"] == "2.13.0"


def test_every_dependency_has_its_reason(repository):
    text = (repository / "ARCHITECTURE.md").read_text(encoding="utf-8").lower()
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    names = [re.match(r"[A-Za-z0-9._-]+?(?=[><=])", line).group().lower() for line in project["dependencies"]]
    assert [name for name in names if f"`{name}`" not in text] == []
