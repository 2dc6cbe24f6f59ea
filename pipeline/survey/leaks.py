"""The leak check: no dropped value and no scrubbed string of the export may stand in anything the study makes.

Reads Parquet, XLSX, DOCX (and any zip, nested too), PDF text, HTML, JSON, CSV and everything else as bytes, and the
study's git history. Says counts and file names, never the values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pipeline.survey.opened import contents, history

SHORTEST = 5  # characters; shorter values ("MX", "12") occur by chance
PLAIN_WORD = re.compile(r"[a-z]+")
NUMBER = re.compile(r"-?\d+\.\d+")
TAG = re.compile(rb"<[^<>]*>")
BEFORE, AFTER = re.compile(rb"[\w.-]"), re.compile(rb"[\w-]|\.\d")  # a longer word or number
EMBEDDED = re.compile(rb"data:[\w/+.-]*;base64,[A-Za-z0-9+/=\s]*")


class Wanted:
    """What is looked for: values as they are, numbers outside tags, short names in text alone."""

    def __init__(self, secrets: Collection[str], allowed: Collection[str] = ()) -> None:
        left = set(secrets) - set(allowed)
        telling = sorted(filter(is_telling, left))
        short = sorted(filter(is_short_name, left))
        self._words = _Finder([secret for secret in telling if not NUMBER.fullmatch(secret)])
        self._in_text = _Finder([*(secret for secret in telling if NUMBER.fullmatch(secret)), *short])
        self.n_wanted = len(telling) + len(short)

    def found(self, parts: Iterable[bytes]) -> set[bytes]:
        """Return what of it stands in these contents."""
        hits: set[bytes] = set()
        for content in parts:
            hits |= self._words.found(content)
            # A coordinate may equal a coordinate of a drawing, a short name three letters of a picture's bytes.
            if self._in_text and _is_text(content):
                hits |= self._in_text.found(TAG.sub(b" ", EMBEDDED.sub(b" ", content)))
        return hits


def find_leaks(folders: Sequence[Path], secrets: Collection[str], allowed: Collection[str] = ()) -> dict[str, int]:
    """Return {file: number of secrets found in it}; values kept on purpose are allowed."""
    wanted = Wanted(secrets, allowed)
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and wanted.n_wanted:
                hits = wanted.found(contents(path))
                if hits:
                    found[str(path)] = len(hits)
    return found


def find_in_history(root: Path, paths: Sequence[str], secrets: Collection[str], allowed: Collection[str] = ()) -> int:
    """Return how many secrets stand in what was ever committed under these paths; 0 where there is no git."""
    wanted = Wanted(secrets, allowed)
    return len(wanted.found(history(root, paths))) if wanted.n_wanted else 0


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in content


class _Finder:
    """Finds any form of some values, where it is not part of a longer word or number, in one pass whatever their count.

    Method: Aho and Corasick (1975), Efficient string matching, CACM 18(6).
    """

    def __init__(self, secrets: Collection[str]) -> None:
        from ahocorasick_rs import BytesAhoCorasick

        self._forms = sorted({form for secret in secrets for form in forms(secret)})
        self._automaton = BytesAhoCorasick(self._forms) if self._forms else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def found(self, content: bytes) -> set[bytes]:
        """Return the forms that stand in the content."""
        if self._automaton is None:
            return set()
        matches = self._automaton.find_matches_as_indexes(content, overlapping=True)
        return {
            self._forms[form]
            for form, start, end in matches
            if not BEFORE.fullmatch(content[start - 1 : start] if start else b"")
            and not AFTER.match(content[end : end + 2])
        }


def holds(path: Path, texts: Collection[str]) -> bool:
    """Say whether a file holds one of these texts, archives and compressed tables opened."""
    finder = _Finder(texts)
    return any(finder.found(content) for content in contents(path))


def is_telling(secret: str) -> bool:
    """Say whether a value can be looked for: long enough, and not a common lower-case word or a round number."""
    return len(secret) >= SHORTEST and not PLAIN_WORD.fullmatch(secret) and not re.fullmatch(r"\d{1,6}(\.0*)?", secret)


def is_short_name(secret: str) -> bool:
    """Say whether a value looks like a short name, "Amy" or "Özil": looked for in text, as a word with its capital.

    Names that are words of the program's own reports (Mark, May) cannot be told from those.
    """
    return 3 <= len(secret) < SHORTEST and secret.isalpha() and secret.istitle() and secret not in ALSO_WORDS


ALSO_WORDS = {
    "Mark", "Will", "May", "Rose", "Art", "Page", "Code", "Case", "Rich", "Bill", "Gene", "Dale", "Hope", "Joy",
    "Long", "Max", "Main", "Day", "Read", "Ross", "Said", "Star", "True", "Wood", "Wave", "West", "Yes", "None",
    "Male", "Key", "Low", "High", "Good", "Date", "Name", "Text", "Not", "All", "Any", "The", "And", "For",
}  # fmt: skip


def forms(secret: str) -> set[bytes]:
    """Return the byte forms a value may take: UTF-8, HTML-escaped, JSON-escaped."""
    import html
    import json

    texts = {secret, html.escape(secret), html.escape(secret, quote=False), json.dumps(secret)[1:-1]}
    return {text.encode("utf-8", "surrogatepass") for text in texts}
