"""Emoji that the PDF's fonts cannot draw, written as their names: ‹thumbs up sign› says more than an empty box.

No system package is needed and nothing is lost: report.html and report.docx show the emoji themselves.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

OPEN, CLOSE = "‹", "›"
JOINERS = ("\u200d", "\ufe0f", "\ufe0e", "\u20e3")  # they join or style what stands before; alone they draw nothing
SKIN = range(0x1F3FB, 0x1F400)  # skin tones, which change the emoji before them


@lru_cache(maxsize=2)
def drawn(font: Path) -> frozenset[int]:
    """Return the code points that a font file can draw."""
    from fontTools.ttLib import TTFont

    return frozenset(TTFont(font, lazy=True).getBestCmap())


def pictured(text: str) -> bool:
    """Say whether a text holds pictographs at all; where it holds none, no font need be opened."""
    return any(_lost(mark, frozenset()) for mark in text)


def named(text: str, covered: frozenset[int]) -> str:
    """Return text with every pictograph that no font covers written as its Unicode name.

    Letters of any script stay as they are: a name per letter would be no reading. Parts of one emoji that are
    joined become one name.
    """
    out: list[str] = []
    names: list[str] = []
    for mark in text:
        if names and (mark in JOINERS or ord(mark) in SKIN):
            continue
        if _lost(mark, covered):
            names.append(unicodedata.name(mark, "symbol").lower())
            continue
        out += _closed(names)
        if mark not in JOINERS[1:3]:
            out.append(mark)
    return "".join([*out, *_closed(names)])


def _closed(names: list[str]) -> list[str]:
    said = [f"{OPEN}{', '.join(names)}{CLOSE}"] if names else []
    names.clear()
    return said


def _lost(mark: str, covered: frozenset[int]) -> bool:
    return ord(mark) > 0x2100 and unicodedata.category(mark) in ("So", "Sk") and ord(mark) not in covered
