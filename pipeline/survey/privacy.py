"""What must not leave an export: marks of identity inside free text, replaced by stable placeholders.

The scrubbed text is the text of record, so every offset counted later is counted in it. What was replaced is logged
by kind and place, never by content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'”)]+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])@\w{2,30}\b")
IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"\b(?:\d[ -]?){13,19}\b")
DIGIT = re.compile(r"\d")
SUSPECT = r"[@/\p{Nd}]|(?i:www\.)"  # as `may_identify`, for RE2
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


def scrub(
    text: str, names: Sequence[str] = (), region: str | None = None, people: Iterable[tuple[int, int]] = ()
) -> tuple[str, list[Replaced]]:
    """Return the text with marks of identity replaced by placeholders, and the log of what was replaced.

    people: spans that a trained pipeline takes for names of persons.
    """
    found = _marks(text, region) if may_identify(text) else []
    if names:
        found += _named(text, tuple(names))
    found += [Replaced("name", start, end, text[start:end]) for start, end in people]
    if not found:
        return text, found
    kept: list[Replaced] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    out, place = [], 0
    for mark in kept:
        out += [text[place : mark.start], f"[{mark.kind}]"]
        place = mark.end
    return "".join([*out, text[place:]]), kept


def placed(marks: Sequence[Replaced]) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) of each placeholder in the scrubbed text."""
    shift = 0
    for mark in marks:
        start = mark.start + shift
        end = start + len(mark.kind) + 2
        yield mark.kind, start, end
        shift = end - mark.end


def may_identify(text: str) -> bool:
    """Say whether any mark but a name can stand in a text: each needs a digit, an @, a slash or www."""
    return "@" in text or "/" in text or "www." in text.lower() or DIGIT.search(text) is not None


def suspects(texts: Sequence[str]) -> list[bool]:
    """Say the same of many texts at once, thirty times faster."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[bool] = pc.match_substring_regex(pa.array(texts, pa.large_string()), SUSPECT).to_pylist()
    return found


def _marks(text: str, region: str | None) -> list[Replaced]:
    found: list[Replaced] = []
    has_digit = DIGIT.search(text) is not None
    for kind, pattern, possible in (
        ("email", EMAIL, "@" in text),
        ("url", URL, "." in text or "/" in text),
        ("handle", HANDLE, "@" in text),
        ("ip", IP, has_digit),
        ("account", IBAN, has_digit),
    ):
        if possible:
            found += [Replaced(kind, match.start(), match.end(), match.group()) for match in pattern.finditer(text)]
    if has_digit:
        found += [Replaced("account", m.start(), m.end(), m.group()) for m in CARD.finditer(text) if _luhn(m.group())]
        if re.search(r"\d{3}|\d[ -.]\d{2}", text):
            found += _phones(text, region)
    return found


def _named(text: str, names: tuple[str, ...]) -> list[Replaced]:
    pattern = _any_of(names)
    return [Replaced("name", m.start(), m.end(), m.group()) for m in pattern.finditer(text)] if pattern else []


@lru_cache(maxsize=8)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return a pattern for any of the names as whole words, the longest first."""
    listed = sorted({name.strip() for name in names} - {""}, key=lambda name: (-len(name), name))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b", re.IGNORECASE) if listed else None


def _phones(text: str, region: str | None) -> list[Replaced]:
    import phonenumbers

    matches = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    return [Replaced("phone", match.start, match.end, match.raw_string) for match in matches]


def _luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()][::-1]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(digits) >= 13 and total % 10 == 0
