"""Slips people make in YAML, named in the words of somebody who writes the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.codebook.themes import load_themes
from pipeline.errors import InputError

HEAD = "version: 1\nthemes:\n"
CODE = HEAD + "  - id: ease\n    name: Ease\n    codes:\n      - id: busy\n        name: Busy hands\n"

SLIPS = {
    "tab": (HEAD + "\t- id: ease\n", "line 3: a tab stands at the beginning", "indent with spaces"),
    "colon": (
        CODE + "        definition: Hands: don't touch\n",
        "line 8: a colon",
        "definition: 'Hands: don''t touch'",
    ),
    "quote": (CODE.replace("Busy", '"Busy') + "        definition: x\n", "line 7: a quote opens", "close it"),
    "indent": (HEAD + "  - id: ease\n   name: Ease\n", "line 4: this line is indented", "the same column"),
    "list": (
        CODE + "        rules:\n          - any: hands\n",
        "'hands' stands where a list is wanted",
        "any: [hands]",
    ),
    "text": (CODE + "        definition: [x]\n", "line 8", "write one text"),
    "words": (HEAD + "  - Ease\n", "'Ease' stands where keys of their own are wanted", "write - {key: value}"),
    "comma": (HEAD + "  - {id: ease, name: Ease, of use}\n", "unknown key 'of use'", "a comma begins a new key"),
    "version": ("themes: []\n", "the key 'version' is missing", "version: …"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_line_and_what_to_write(tmp_path: Path, slip: str) -> None:
    written, what, remedy = SLIPS[slip]
    path = tmp_path / "themes.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_themes(path)
    assert what in str(caught.value)
    assert remedy in str(caught.value)
