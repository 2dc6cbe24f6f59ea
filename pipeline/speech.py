"""What the program says to people, in the language they read.

A message is an English sentence with named places: `phrase("{n} of {base} respondents", n=7, base=15)`. English is what
the code says; every other language is one catalogue, languages/<code>.po (GNU gettext's format), which holds each
message's translation and how numbers are written. What people wrote is never a message.
"""

from __future__ import annotations

import gettext
import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "languages"
ENGLISH = "en"
KEYWORD = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+((?:"(?:[^"\\\n]|\\.)*"\s*)+)', re.MULTILINE)
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
Forms = tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """A language: translations by message (with the plural's forms), which form a number takes, its two marks."""

    language: str = ENGLISH
    messages: Mapping[str, Forms] = field(default_factory=dict)
    form_of: Callable[[int], int] = lambda n: int(n != 1)
    thousands: str = ","
    decimal: str = "."

    def number(self, text: str) -> str:
        """Return a number that Python wrote, with this language's marks."""
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})


class _Filler(string.Formatter):
    """Fills a message's places; numbers get the marks of the language spoken."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text if isinstance(value, str) else _spoken.number(text)


_spoken = Catalogue()  # a command speaks one language at a time; threads that it starts speak the same
_filler = _Filler()


def languages() -> tuple[str, ...]:
    """Return the codes of the languages there are, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


def nearest_language(code: str, otherwise: str = ENGLISH) -> str:
    """Return the language that the program speaks to readers of a BCP 47 code (de-AT: de), or another."""
    base = code.partition("-")[0].lower()
    return base if base in languages() else otherwise


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language inside a block."""
    global _spoken
    before = _spoken
    _spoken = catalogue(language)
    try:
        yield
    finally:
        _spoken = before


def spoken() -> str:
    """Return the code of the language that is spoken now."""
    return _spoken.language


def phrase(message: str, /, **values: Any) -> str:
    """Return a message in the language spoken, its places filled; numbers are written as that language writes them."""
    return _filler.vformat(_spoken.messages.get(message, (message,))[0], (), values)


def phrases(n: int, one: str, many: str, /, **values: Any) -> str:
    """Return one of two messages by a number, which fills the place {n} of either."""
    forms = _spoken.messages.get(one, (one, many))
    return _filler.vformat(forms[min(_spoken.form_of(n), len(forms) - 1)], (), {"n": n, **values})


def number(value: Any, spec: str = ",") -> str:
    """Return a number as the language spoken writes it: 1,706 in English, 1.706 in German."""
    return _spoken.number(format(value, spec))


def message(text: str) -> str:
    """Return a message as it is: it is said later, by `phrase`, in the language spoken then."""
    return text


def everywhere(message: str, /, **values: Any) -> tuple[str, ...]:
    """Return a message in every language there is: what somebody answered may have been asked in another."""
    found = []
    for language in languages():
        with speaking(language):
            found.append(phrase(message, **values))
    return tuple(found)


@lru_cache(maxsize=8)
def catalogue(language: str) -> Catalogue:
    """Return a language's catalogue; English has none. Raises ValueError for a language that there is not."""
    if language == ENGLISH:
        return Catalogue()
    if language not in languages():
        raise ValueError(f"the program does not speak {language!r}: known are {', '.join(languages())}")
    header, messages = parse((FOLDER / f"{language}.po").read_text(encoding="utf-8"))
    plural = header["Plural-Forms"].partition("plural=")[2].rstrip("; ")
    form_of = gettext.c2py(plural)  # type: ignore[attr-defined]  # the standard library's own reader of plural rules
    return Catalogue(language, messages, form_of, *(header[f"X-{mark}"] for mark in ("Thousands", "Decimal")))


def parse(text: str) -> tuple[dict[str, str], dict[str, Forms]]:
    """Return a PO file's header and its messages with their translated forms; blank and fuzzy ones are not translated.

    Format: GNU gettext manual, "The Format of PO Files". Raises ValueError where a message stands twice.
    """
    messages: dict[str, Forms] = {}
    for block in re.split(r"\n\s*\n", text):
        said = {
            key: "".join(json.loads(part) for part in STRING.findall(parts)) for key, parts in KEYWORD.findall(block)
        }
        forms = tuple(value for key, value in said.items() if key.startswith("msgstr"))
        if "msgid" in said and forms and all(forms) and not re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE):
            if said["msgid"] in messages:
                raise ValueError(f"a message stands twice: {said['msgid']!r}")
            messages[said["msgid"]] = forms
    header = dict(line.split(": ", 1) for line in messages.pop("", ("",))[0].splitlines() if ": " in line)
    return header, messages
