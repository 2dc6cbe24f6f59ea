"""themes.yaml: all faults at once, with line and remedy."""

from __future__ import annotations

import pytest

from pipeline.codebook.themes import load_themes
from pipeline.errors import InputError

BAD = """\
version: 1
themes:
  - id: t
    name: T
    codes:
      - {id: a, name: A, defintion: x}
      - id: Big One
        name: B
      - {id: c, name: C, rules: [{regex: '('}, {any: [x], regex: y}]}
"""


def test_every_fault_is_listed_with_its_line(tmp_path):
    path = tmp_path / "themes.yaml"
    path.write_text(BAD)
    with pytest.raises(InputError) as raised:
        load_themes(path)
    text = str(raised.value)
    assert "line 6" in text
    assert "did you mean 'definition'?" in text
    assert "line 7" in text
    assert "not a code id" in text
    assert "not a regular expression" in text
    assert "exactly one of any, regex, pattern" in text
    assert len(raised.value.faults) == 4


def test_a_code_id_used_twice_is_a_fault(tmp_path):
    path = tmp_path / "themes.yaml"
    path.write_text("version: 1\nthemes: [{id: t, name: T, codes: [{id: a, name: A}, {id: a, name: B}]}]\n")
    with pytest.raises(InputError, match="used twice"):
        load_themes(path)


def test_a_study_without_a_codebook_has_an_empty_one(tmp_path):
    assert load_themes(tmp_path / "themes.yaml").codes == []


def test_the_shipped_codebook_is_sound(repository):
    themes = load_themes(repository / "codebooks" / "transfer-learning" / "themes.yaml")
    assert len(themes.codes) == 14
    assert all(code.definition and code.include and code.exclude and code.rules for code in themes.codes)
