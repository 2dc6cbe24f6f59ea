"""The pictures in docs/coders.md are made here; SAMEWORD_PICTURES=1 writes them again when the page has changed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.coding.page import page_digest
from tests.browser.test_desk import write
from tests.coding.fake import packet_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TEXTS = [
    "RadImageNet has the lungs in it, so I gave it a five. ImageNet looks nothing like an X-ray, "
    "although the first layers would not care.",
    "Both are similar in texture, and for a network that is what counts.",
]
CODES = (
    "Colour and staining",
    "Texture and shape",
    "Anatomy and disease",
    "How networks learn",
    "Own experience",
    "Literature",
)


def example() -> dict[str, Any]:
    packet = packet_of(TEXTS)
    codes = packet["themes"][0]["codes"][: len(CODES)]
    for code, name in zip(codes, CODES, strict=True):
        code.update(name=name, definition=f"The answer argues from {name.lower()}.")
    packet["themes"] = [
        {"id": "a", "name": "What one sees", "colour": "#0072B2", "codes": codes[:3]},
        {"id": "b", "name": "Grounds", "colour": "#D55E00", "codes": codes[3:]},
    ]
    senses = [
        ("similar.visual", "alike in appearance", "Looks alike."),
        ("similar.semantic", "alike in what is shown", "Shows the same kind of thing."),
    ]
    packet["terms"] = {
        "similar": {
            "label": "similar",
            "senses": [dict(zip(("id", "name", "definition"), s, strict=True)) for s in senses],
        }
    }
    first, second = packet["units"]
    first.update(question="Please explain your similarity ratings.", item="Chest X-ray", end=54)
    at = TEXTS[1].index("similar")
    second.update(
        unit_kind="usage",
        term_id="similar",
        start=at,
        end=at + 7,
        question="When would you call two data sets similar?",
    )
    packet.update(title="What people mean by similar", coder="Amara")
    packet["others"] = {"p0": [{"response": "other", "question": "Anything else?", "item": "", "answer": "No."}]}
    return packet


def shots(browser: Any, folder: Path, source: Path) -> None:
    view = browser.new_context(viewport={"width": 1180, "height": 640}).new_page()
    view.goto(source.as_uri())
    view.keyboard.press("3")
    view.screenshot(path=folder / "excerpt.png")
    view.keyboard.press("Enter")
    view.keyboard.press("1")
    view.screenshot(path=folder / "usage.png")
    small = browser.new_context(viewport={"width": 360, "height": 700}, color_scheme="dark").new_page()
    small.goto(source.as_uri())
    small.keyboard.press("3")
    small.screenshot(path=folder / "small.png")


def test_the_coders_guide_shows_the_page_as_it_is(browser: Any, tmp_path: Path, repository: Path) -> None:
    source = write(tmp_path / "example.html", example())
    folder = repository / "docs" / "pictures"
    if os.environ.get("SAMEWORD_PICTURES"):
        shots(browser, folder, source)
        (folder / "made-from.txt").write_text(page_digest() + "\n")
    shots(browser, tmp_path, source)
    named = re.findall(r"\(pictures/([a-z]+\.png)\)", (repository / "docs" / "coders.md").read_text(encoding="utf-8"))
    assert sorted(named) == ["excerpt.png", "small.png", "usage.png"]
    for name in named:
        made, kept = ((where / name).read_bytes() for where in (tmp_path, folder))
        assert made[16:24] == kept[16:24], f"{name} has another size"
    remedy = "the page has changed: SAMEWORD_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_pictures.py"
    assert (folder / "made-from.txt").read_text().strip() == page_digest(), remedy


def test_the_guide_names_keys_that_exist(repository: Path) -> None:
    script = (repository / "pipeline" / "coding" / "templates" / "keys.js").read_text(encoding="utf-8")
    keys = re.findall(r"\*\*([a-z?/])\*\*", (repository / "docs" / "coders.md").read_text(encoding="utf-8"))
    assert keys
    for key in set(keys) - {"n", "u", "x"}:
        assert re.search(rf'[ "]{re.escape(key)}"?: ', script), key
