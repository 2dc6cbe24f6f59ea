"""Every kind of rule, status and word survives being written as themes.yaml."""

from __future__ import annotations

import pytest

from pipeline.codebook.themes import Code, Rule, Theme, load_themes
from pipeline.codebook.written import as_yaml

RULES = [
    {"any": ["224", "yes", "null", "# no", "a: b"], "not": ["contrast agent"]},
    {"regex": r"(?:^|(?<=\W))c\+\+('|\")?" + "x" * 200, "ignore_case": False, "questions": ["Q1"], "items": ["1"]},
    {"pattern": [{"LOWER": {"IN": ["a", "b"]}}, {"OP": "?", "LENGTH": 2}], "near": {"words": ["no"], "within": 2}},
]


def test_rules_come_back(tmp_path):
    code = Code(id="c", name="on", rules=tuple(Rule(**rule) for rule in RULES), exclude="x: y\nz")
    gone = Code(id="d", name="2", status="retired", replaced_by=("c",))
    themes = (Theme(id="t", name="Ünïcode 🐙", colour="#000", codes=(code, gone)),)
    path = tmp_path / "themes.yaml"
    path.write_text(as_yaml("1.10", themes, comment="one\ntwo"), encoding="utf-8")
    found = load_themes(path)
    assert found.themes == themes
    assert found.version == "1.10"
    assert path.read_text(encoding="utf-8").startswith("# one\n# two\nversion: '1.10'\n")


@pytest.mark.parametrize("study", ["transfer-learning", "transfer-learning-15"])
def test_the_shipped_codebooks_come_back(repository, tmp_path, study):
    shipped = load_themes(repository / "codebooks" / study / "themes.yaml")
    path = tmp_path / "themes.yaml"
    path.write_text(as_yaml(shipped.version, shipped.themes), encoding="utf-8")
    assert load_themes(path).themes == shipped.themes
