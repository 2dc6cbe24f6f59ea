"""Definition, include, exclude and examples of a code <-> the one text that other tools have for a code."""

from __future__ import annotations

import re
from typing import Any

from pipeline.codebook.themes import Code, Examples

INCLUDE, EXCLUDE, POSITIVE, NEGATIVE = HEADINGS = ("Include", "Exclude", "Examples", "Counter-examples")
HEADING = re.compile(rf"^({'|'.join(HEADINGS)}):[ ]?", re.MULTILINE)
LOOKS_LIKE_ONE = re.compile(rf"^(\\*)({'|'.join(HEADINGS)}):", re.MULTILINE)


def describe(code: Code) -> str:
    """Return a code's definition, include, exclude and examples as one text with headings."""
    parts = [_escaped(code.definition)]
    parts += [f"{INCLUDE}: {_escaped(code.include)}"] if code.include else []
    parts += [f"{EXCLUDE}: {_escaped(code.exclude)}"] if code.exclude else []
    for heading, examples in ((POSITIVE, code.examples.positive), (NEGATIVE, code.examples.negative)):
        if examples:
            parts.append("\n".join([f"{heading}:", *("- " + _lf(text).replace("\n", "\n  ") for text in examples)]))
    return "\n\n".join(part for part in parts if part)


def understood(text: str) -> dict[str, Any]:
    """Return the fields of a Code that such a text holds; a text without headings is a definition."""
    pieces = HEADING.split(_lf(text))
    found = {"": pieces[0].strip()}
    for heading, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        found[heading] = "\n".join(filter(None, [found.get(heading, ""), piece.strip("\n")]))
    return {
        "definition": _unescaped(found[""]),
        "include": _unescaped(found.get(INCLUDE, "")).strip(),
        "exclude": _unescaped(found.get(EXCLUDE, "")).strip(),
        "examples": Examples(positive=_listed(found.get(POSITIVE, "")), negative=_listed(found.get(NEGATIVE, ""))),
    }


def _listed(text: str) -> tuple[str, ...]:
    """Return the items of a list with a hyphen each; lines set in by two blanks go on the item before."""
    items: list[str] = []
    for line in text.split("\n"):
        if line.startswith("- ") or not items:
            items.append(line.removeprefix("- "))
        else:
            items[-1] += "\n" + line.removeprefix("  ")
    return tuple(item.strip() for item in items if item.strip())


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _escaped(text: str) -> str:
    """Keep a line of people's own text that begins like a heading from being read as one."""
    return LOOKS_LIKE_ONE.sub(r"\\\1\2:", _lf(text))


def _unescaped(text: str) -> str:
    return LOOKS_LIKE_ONE.sub(lambda match: match[0].removeprefix("\\"), text)
