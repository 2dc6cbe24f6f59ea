from __future__ import annotations

import pytest
from click.testing import CliRunner

from pipeline.cli import main


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
