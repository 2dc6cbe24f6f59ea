"""How people's words are written in the report: inert, on one line, as a name."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Any

from pipeline.speech import number
from pipeline.wording import NOTHING, missing

SPECIAL = {ord(mark): "\\" + mark for mark in string.punctuation}
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")


class Markdown(str):
    """Markdown that the program wrote; every other text is made inert before it is set."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell the template engine that nothing needs escaping (the protocol of markupsafe)."""
        return str(self)


def one_line(text: str) -> str:
    """Return text as one line: blanks folded; control, format and unassigned characters gone (emoji joiners stay).

    A no-break space stays one, so that "35 % (17 of 48)" is not broken in a cell.
    """
    if not text.isprintable():  # most text is: no need to look at every character
        text = "".join(
            mark for mark in text if mark.isspace() or mark == "\u200d" or unicodedata.category(mark)[0] != "C"
        )
    return BLANKS.sub(" ", text).strip()


def inert(value: Any) -> Markdown:
    r"""Return text as Markdown that pandoc reads as nothing but that text.

    Every ASCII punctuation mark is escaped (pandoc manual, `all_symbols_escapable`), line
    breaks become blanks, so that no block or inline syntax can begin. A blank at either end stays.
    """
    text = _written(value)
    line = one_line(text)
    left, right = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return Markdown(f"{left}{line.translate(SPECIAL)}{right}" if line else left)


def _written(value: Any) -> str:
    if missing(value):
        return NOTHING
    if isinstance(value, float):
        return number(value, ".2f")
    return str(value)


def slug(text: str) -> str:
    """Return a name for files and anchors: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def wrapped(text: str, width: int = 26, lines: int = 2) -> str:
    """Return a label for a figure on at most so many lines, cut with an ellipsis; dollar signs are no mathematics."""
    import textwrap

    found = textwrap.wrap(one_line(text), width, max_lines=lines, placeholder="…", break_long_words=True)
    return "\n".join(found).replace("$", r"\$")
