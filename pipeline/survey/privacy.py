"""What must not leave an export: marks of identity inside free text, replaced by stable placeholders.

The scrubbed text is the text of record, so every offset counted later is counted in it. What was replaced is logged
by kind and place, never by content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'”)]+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])@\w{2,30}\b")
IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"\b(?:\d[ -]?){13,19}\b")
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Replaced:
    """One replacement: its kind, where it stood in the original, and what stood there (kept in memory only)."""

    kind: str
    start: int
    end: int
    original: str


def clean(text: str) -> str:
    """Return a cell as the text of record: line ends as LF, control characters out, lone surrogates replaced.

    Everything else stays as typed, HTML entities included: what a person wrote is data.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = UNWANTED.sub("", text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def scrub(text: str, names: Sequence[str] = (), region: str | None = None) -> tuple[str, list[Replaced]]:
    """Return the text with marks of identity replaced by placeholders, and the log of what was replaced."""
    found = sorted(_marks(text, names, region), key=lambda mark: (mark.start, -mark.end))
    kept: list[Replaced] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    if not kept:
        return text, kept
    out, place = [], 0
    for mark in kept:
        out += [text[place : mark.start], f"[{mark.kind}]"]
        place = mark.end
    return "".join([*out, text[place:]]), kept


def _marks(text: str, names: Sequence[str], region: str | None) -> list[Replaced]:
    found: list[Replaced] = []
    has_digit = any(map(text.__contains__, "0123456789")) or not text.isascii()
    for kind, pattern, possible in (
        ("email", EMAIL, "@" in text),
        ("url", URL, "." in text or "/" in text),
        ("handle", HANDLE, "@" in text),
        ("ip", IP, has_digit),
        ("account", IBAN, has_digit),
    ):
        if possible:
            found += [Replaced(kind, match.start(), match.end(), match.group()) for match in pattern.finditer(text)]
    if not has_digit:
        return found + list(_named(text, names))
    found += [Replaced("account", m.start(), m.end(), m.group()) for m in CARD.finditer(text) if _luhn(m.group())]
    if re.search(r"\d{3}|\d[ -.]\d{2}", text):
        found += _phones(text, region)
    return found + list(_named(text, names))


def _named(text: str, names: Sequence[str]) -> Iterator[Replaced]:
    for name in names:
        pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        for match in pattern.finditer(text):
            yield Replaced("name", match.start(), match.end(), match.group())


def _phones(text: str, region: str | None) -> list[Replaced]:
    import phonenumbers

    matches = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    return [Replaced("phone", match.start, match.end, match.raw_string) for match in matches]


def _luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()][::-1]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(digits) >= 13 and total % 10 == 0
