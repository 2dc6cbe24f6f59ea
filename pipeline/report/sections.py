"""Which sections a report has: all that apply, or those survey.yaml names; no link leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection

ANCHOR = re.compile(r"\{#([\w:.-]+)")
TARGET = re.compile(r"\]\(#([\w:.-]+)\)")


def shown(name: str, wanted: Collection[str]) -> bool:
    """Say whether a section is shown; none named means all."""
    return not wanted or name in wanted


def without_dead_links(markdown: str) -> str:
    """Return Markdown in which links to places that are not there have become their text.

    A link's text is what stands between its brackets, which may hold other brackets; escaped ones do not count.
    """
    known = set(ANCHOR.findall(markdown))
    parts, end = [], len(markdown)
    for link in reversed(list(TARGET.finditer(markdown))):
        if link[1] in known or link.start() >= end:
            continue
        start = _opening(markdown, link.start())
        if start is not None:
            parts += [markdown[link.end() : end], markdown[start + 1 : link.start()]]
            end = start
    return "".join([markdown[:end], *reversed(parts)])


def _opening(text: str, close: int) -> int | None:
    """Return where the bracket that closes at `close` opens, in the same line; None where it opens nowhere."""
    depth, place = 0, close
    while place >= 0 and text[place] != "\n":
        if text[place] in "[]" and not _escaped(text, place):
            depth += 1 if text[place] == "]" else -1
            if depth == 0:
                return place
        place -= 1
    return None


def _escaped(text: str, place: int) -> bool:
    before = place
    while before and text[before - 1] == "\\":
        before -= 1
    return (place - before) % 2 == 1
