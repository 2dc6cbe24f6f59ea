"""Which dropped values can be looked for: those that cannot stand in a report by chance."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pipeline.survey.opened import contents

SHORTEST = 5  # characters; shorter values ("MX", "12") occur by chance
PLAIN_WORD = re.compile(r"[a-z]+")
ROUND = re.compile(r"\d{1,6}(\.0*)?")
WORD = re.compile(r"[^\W\d_]{3,}")
REMARK = re.compile(r'"""(?s:.*?)"""|#.*')  # what no reader of a report sees
# Words that document formats, fonts and dates bring along, and capitalised ones of reports: somebody's name too.
BROUGHT = {
    "Agent", "All", "And", "Any", "Application", "April", "Arial", "Art", "August", "Availability",
    "Bibliography", "Bill", "Block", "Body", "Calibri", "Cambria", "Captioned", "Case", "Characters", "Code",
    "Courier", "Dale", "Date", "Day", "Display", "English", "Extension", "External", "Footnote", "For", "French",
    "Gene", "Generic", "Georgia", "German", "Good", "Graphics", "Heading", "High", "Hope", "Hyperlink", "Irish",
    "January", "Joy", "July", "June", "Key", "Light", "Long", "Low", "Main", "Male", "March", "Mark", "Max",
    "May", "Mongolian", "Name", "None", "Not", "Office", "Override", "Page", "Pages", "Paragraphs", "Picture",
    "Properties", "Read", "Relationships", "Rich", "Roman", "Rose", "Ross", "Said", "September", "Star", "Stone",
    "Strong", "Subtitle", "Symbol", "Text", "The", "Times", "True", "Wave", "Welsh", "West", "Will", "Wood", "Yes",
}  # fmt: skip


def is_telling(secret: str) -> bool:
    """Say whether a value can be looked for: long enough, and no word that reports are made of, or a round number."""
    if len(secret) < SHORTEST or PLAIN_WORD.fullmatch(secret) or ROUND.fullmatch(secret):
        return False
    return not is_own_word(secret)


def is_short_name(secret: str) -> bool:
    """Say whether a value looks like a short name, "Amy" or "Özil": looked for in text, as a word with its capital."""
    return 3 <= len(secret) < SHORTEST and secret.isalpha() and secret.istitle() and not is_own_word(secret)


def is_own_word(secret: str) -> bool:
    """Say whether a capitalised word (Will, May, French) is one of the program's own: no name can be told from it.

    With another name beside it it is another value, and looked for.
    """
    return secret.isalpha() and (secret in BROUGHT or secret in _own_words())


@lru_cache(maxsize=1)
def _own_words() -> frozenset[str]:
    """Return every word in the program's own files: templates, sentences in code, names of styles."""
    found: set[str] = set()
    for path in sorted(Path(__file__).parent.parent.rglob("*")):
        if path.suffix in {".py", ".jinja", ".html", ".js", ".css", ".lua", ".md", ".typ", ".yaml", ".mplstyle"}:
            for content in contents(path):
                text = REMARK.sub("", content.decode("utf-8", "replace"))
                found.update(word for word in WORD.findall(text) if word.istitle())
    return frozenset(found)
