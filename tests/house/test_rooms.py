"""The order of rooms, who opens files, who speaks. Each rule is shown to fail on a bad example."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.house import rules

RULES: list[tuple[Callable[[str, str], list[str]], str, str, str]] = [
    (rules.import_faults, "survey/x.py", "from pipeline.senses.proposals import propose", "later room"),
    (rules.import_faults, "ids.py", "import pipeline.survey.ingest", "later room"),
    (rules.import_faults, "survey/x.py", "from pipeline import senses", "later room"),
    (rules.import_faults, "survey/x.py", "import torch", "at the top"),
    (rules.opening_faults, "senses/x.py", "from pathlib import Path\nPath('a').read_text()", "read_text"),
    (rules.opening_faults, "senses/x.py", "open('a')", "open"),
    (rules.speaking_faults, "senses/x.py", "print(1)", "print"),
    (rules.speaking_faults, "ids.py", "import sys\nsys.exit(1)", "sys.exit"),
]


@pytest.mark.parametrize(("rule", "path", "source", "expected"), RULES)
def test_each_rule_can_fail(rule: Callable[[str, str], list[str]], path: str, source: str, expected: str) -> None:
    faults = rule(path, source)
    assert len(faults) == 1
    assert expected in faults[0]


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (rules.import_faults, "senses/x.py", "from pipeline.survey.ingest import ingest\ndef f():\n    import torch"),
        (rules.opening_faults, "survey/exports.py", "open('a')"),
        (rules.speaking_faults, "cli/x.py", "print(1)"),
    ],
)
def test_what_is_allowed_passes(rule: Callable[[str, str], list[str]], path: str, source: str) -> None:
    assert rule(path, source) == []


@pytest.mark.parametrize("rule", [rules.import_faults, rules.opening_faults, rules.speaking_faults])
def test_the_house_is_in_order(rule: Callable[[str, str], list[str]], repository) -> None:
    found = [(path, source) for path, source in rules.modules(repository)]
    assert len(found) > 20
    assert [fault for path, source in found for fault in rule(path, source)] == []
