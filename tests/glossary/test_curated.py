"""glossary.yaml: faults with line and remedy; the inventory coders choose from."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError
from pipeline.glossary.curated import anchors, inventory, load_glossary

BAD = """\
version: 1
entries:
  - term: similar
    senses:
      - {id: a, name: A, relations: {related: [similar.b], wider: [similar.a]}}
      - {id: a, name: again}
  - term: Similar
    sences: []
"""


def test_every_fault_is_listed_with_its_line(tmp_path):
    path = tmp_path / "glossary.yaml"
    path.write_text(BAD)
    with pytest.raises(InputError) as raised:
        load_glossary(path)
    assert "line 8" in str(raised.value)
    assert "did you mean 'senses'?" in str(raised.value)
    path.write_text(BAD.replace("    sences: []\n", ""))
    with pytest.raises(InputError) as raised:
        load_glossary(path)
    text = str(raised.value)
    assert "unknown sense 'similar.b'" in text
    assert "unknown relation 'wider'" in text
    assert "stands twice" in text
    assert "has two entries" in text


def test_inventory_of_the_shipped_study(repository):
    glossary = load_glossary(repository / "codebooks" / "transfer-learning" / "glossary.yaml")
    senses = inventory(glossary)
    assert senses[senses.term_id == "similar"].sense_id.tolist() == [
        "similar.visual", "similar.semantic", "similar.statistical", "similar.modality", "similar.amount",
    ]  # fmt: skip
    assert (senses.definition == "").any()
    assert anchors(glossary).empty


def test_no_file_is_an_empty_glossary(tmp_path):
    assert load_glossary(tmp_path / "none.yaml").entries == ()
