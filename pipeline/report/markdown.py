"""Markdown written by the program: tables, figures, quotes, links. What people wrote goes through `inert`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.report.quotes import Quote
from pipeline.report.words import Markdown, inert
from pipeline.speech import ENGLISH, message, phrase, spoken

LETTER, GAP = 0.0128, 0.02  # shares of a table's width
KINDS = {"Figure": message("Figure {n}."), "Table": message("Table {n}.")}
ALIGN = {"l": (":", "-"), "r": ("-", ":"), "c": (":", ":")}


def cell(value: Any) -> Markdown:
    """Return a table cell: Markdown made here stays, anything else becomes inert text."""
    return value if hasattr(value, "__html__") else Markdown(inert("" if value is None else value).strip())


def pipe_table(
    headers: Sequence[Any], rows: Iterable[Sequence[Any]], *, align: str, widths: Sequence[int], caption: Any = ""
) -> Markdown:
    """Return a pipe table; align is a letter a column (l, r, c), widths are relative and leave headers whole."""
    fitting = fitted(headers, widths)
    rules = [f"{ALIGN[a][0]}{'-' * width}{ALIGN[a][1]}" for a, width in zip(align, fitting, strict=True)]
    lines = ["| " + " | ".join(map(str, map(cell, headers))) + " |", "|" + "|".join(rules) + "|"]
    lines += ["| " + " | ".join(str(cell(value)) for value in row) + " |" for row in rows]
    said = f"\n\n: {cell(caption)}" if caption else ""
    return Markdown("\n" + "\n".join(lines) + said + "\n")


def fitted(headers: Sequence[Any], widths: Sequence[int]) -> list[int]:
    """Return widths, relative, of which none is too narrow for the longest word of its header.

    On a page of A4 a letter of a bold header takes about a hundredth of the table, the space between columns two.
    """
    longest = [max(map(len, re.split(r"[\s-]+", str(header)))) for header in headers]
    needed = [LETTER * length + GAP for length in longest]
    found = [float(width) for width in widths]
    for _ in range(5):  # what one column gains, the others lose
        total = sum(found)
        found = [max(width, need * total) for width, need in zip(found, needed, strict=True)]
    return [max(3, round(width)) for width in found]


def quote(said: Quote, *, number: int | None = None, language: str = ENGLISH) -> Markdown:
    """Return a quote with the usage marked and who said it; nothing in it is Markdown.

    language: of the quote.
    """
    before, hit, after = inert(said.before).lstrip(), inert(said.surface), inert(said.after).rstrip()
    count = f"[{number}]{{.number}} " if number else ""
    words = theirs(Markdown(f"{before}[{hit}]{{.hit}}{after}"), language)
    who = f"[{inert(said.person)} · {inert(said.question)} · {said.mark}]{{.who}}"
    return Markdown(f"\n::: quote\n{count}{words} {who}\n:::\n")


def theirs(text: Any, language: str) -> Any:
    """Return what people wrote; where its language is not the report's, it is said: for hyphens and for listeners."""
    if language == spoken() or not str(text).strip():
        return text
    return Markdown(f"[{cell(text)}]{{lang={language}}}")


def link(text: Any, anchor: str) -> Markdown:
    """Return a link to a place in the report."""
    return Markdown(f"[{cell(text)}](#{anchor})")


def anchored(text: Any, anchor: str) -> Markdown:
    """Return text that a link can lead to, such as the first cell of a table's row."""
    return Markdown(f"[{cell(text)}]{{#{anchor}}}")


def strong(text: Any) -> Markdown:
    """Return bold text."""
    return Markdown(f"**{cell(text)}**")


@dataclass
class Numbering:
    """Counts figures and tables in the order in which the report shows them."""

    captions: dict[str, dict[str, str]]
    counts: dict[str, int] = field(default_factory=lambda: {"Figure": 0, "Table": 0})

    def figure(self, name: str) -> Markdown:
        """Return a figure with number, caption and alternative text; nothing when the study has no such figure."""
        said = self.captions.get(name)
        if said is None:
            return Markdown("")
        number = self._next("Figure")
        stop = "" if said["title"].endswith("?") else "."
        text = f"**{number}** **{inert(said['title'])}{stop}** [{inert(said['caption'])}]{{.legend}}"
        return Markdown(f'\n\n![{text}](figures/{name}){{#fig-{name} alt="{inert(said["alt"])}"}}\n\n')

    def place(self, name: str, *, otherwise: str) -> Markdown:
        """Return where a figure stands, or another place when the study has no such figure."""
        return Markdown(f"fig-{name}" if name in self.captions else otherwise)

    def table(
        self,
        name: str,
        caption: Any,
        headers: Sequence[Any],
        rows: Iterable[Sequence[Any]],
        *,
        align: str,
        widths: Sequence[int],
    ) -> Markdown:
        """Return a table with number and caption, in a block that scrolls on narrow screens."""
        number = self._next("Table")
        body = pipe_table(headers, rows, align=align, widths=widths, caption=Markdown(f"**{number}** {cell(caption)}"))
        return Markdown(f'\n::: {{#tab-{name} .table label="{number[:-1]}"}}\n{body}\n:::\n')

    def _next(self, kind: str) -> str:
        self.counts[kind] += 1
        return phrase(KINDS[kind], n=str(self.counts[kind]))
