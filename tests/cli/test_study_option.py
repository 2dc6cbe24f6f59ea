from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.common import progress


@pytest.mark.parametrize(
    "words",
    [
        ["freeze", "--study", "absent", "show"],
        ["freeze", "show", "--study", "absent"],
        ["freeze", "show", "--plain", "--study=absent"],
        ["codebook", "show", "--study", "absent"],
        ["agreement", "plan", "--study", "absent"],
    ],
)
def test_the_study_is_named_before_or_behind_a_command(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1 and "codebooks/absent/survey.yaml" in result.output


def test_a_study_without_a_name_is_an_error_in_words() -> None:
    result = CliRunner().invoke(main, ["freeze", "show", "--study"])
    assert result.exit_code == 2 and "--study" in result.output


def test_where_nobody_looks_at_a_terminal_progress_is_a_line_and_loads_nothing(monkeypatch):
    @click.command()
    def work():
        with progress("counting", 2) as tick:
            tick(2)

    for name in ("rich", "rich.console", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)
    done = CliRunner().invoke(work)
    assert (done.exit_code, done.output) == (0, "counting …\n")
