"""docs/codebook.md does what it says: its files are written, its commands run, and they print what stands there."""

from __future__ import annotations

import re
import shlex

from click.testing import CliRunner

from pipeline.cli import main

BLOCK = re.compile(r"```(\w+)(?: (\S+))?\n(.*?)```", re.S)


def played(text, root):
    """Yield (command, what the page says it prints, what it prints) for each command of a page, in a fresh folder."""
    for kind, path, body in BLOCK.findall(text):
        if kind != "console":
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.name == "themes.yaml" and target.exists():
                target.rename(root / "old.yaml")
            target.write_text(body, encoding="utf-8")
            continue
        for step in re.split(r"^\$ ", body, flags=re.M)[1:]:
            command, _, said = step.partition("\n")
            found = CliRunner().invoke(main, shlex.split(command)[1:])
            assert found.exception is None or found.exit_code == 1, found.output
            lines = [line for line in found.output.splitlines() if not line.endswith(" …")]
            yield command, said.rstrip("\n"), "\n".join(lines).rstrip("\n")


def test_the_worked_example_prints_what_the_page_says(repository, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (repository / "docs" / "codebook.md").read_text(encoding="utf-8")
    found = list(played(text, tmp_path))
    assert len(found) >= 12
    for command, said, printed in found:
        assert printed == said, command
