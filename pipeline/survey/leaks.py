"""The leak check: no dropped value and no scrubbed string of the export may stand in anything the study makes.

Reads Parquet, XLSX, DOCX (and any zip, nested too), PDF text, HTML, JSON, CSV and everything else as bytes, and the
study's git history. Says counts and file names, never the values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.survey.opened import contents, history
from pipeline.survey.telling import is_short_name, is_telling

BLANK = re.compile(r"\s")
NUMBER = re.compile(r"-?\d+\.\d+")
TAG = re.compile(rb"<[^<>]*>")
# A longer word or number; "Don't" is no Don.
BEFORE, AFTER = re.compile(rb"[\w.-]"), re.compile(rb"[\w-]|\.\d|(?:'|\xe2\x80\x99|&#39;|&#x27;)t\b")
BLANKS = re.compile(rb"(?:\s|&nbsp;|\xc2\xa0)+")
EMBEDDED = re.compile(rb"data:[\w/+.-]*;base64,[A-Za-z0-9+/=\s]*")


class Wanted:
    """What is looked for: values as they are; in text also numbers and short names, and values broken over lines."""

    def __init__(self, secrets: Collection[str], allowed: Collection[str] = ()) -> None:
        left = set(secrets) - set(allowed)
        telling = sorted(filter(is_telling, left))
        short = sorted(filter(is_short_name, left))
        self._words = _Finder([secret for secret in telling if not NUMBER.fullmatch(secret)])
        self._in_text = _Finder([*(secret for secret in telling if NUMBER.fullmatch(secret)), *short])
        self._broken = _Finder({" ".join(secret.split()): secret for secret in telling if BLANK.search(secret)})
        self.n_wanted = len(telling) + len(short)
        self.n_passed = len(left) - self.n_wanted  # words, round numbers and the like: they would be found by chance

    def found(self, parts: Iterable[bytes]) -> set[str]:
        """Return what of it stands in these contents."""
        hits: set[str] = set()
        for content in parts:
            hits |= self._words.found(content)
            # A coordinate may equal a coordinate of a drawing, a short name three letters of a picture's bytes.
            if (self._in_text or self._broken) and _is_text(content):
                plain = BLANKS.sub(b" ", TAG.sub(b" ", EMBEDDED.sub(b" ", content)))
                hits |= self._in_text.found(plain) | self._broken.found(plain)
        return hits


def find_leaks(folders: Sequence[Path], secrets: Collection[str], allowed: Collection[str] = ()) -> dict[str, set[str]]:
    """Return {file: the secrets found in it}; values kept on purpose are allowed."""
    wanted = Wanted(secrets, allowed)
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and wanted.n_wanted:
                hits = wanted.found(contents(path))
                if hits:
                    found[str(path)] = hits
    return found


def find_in_history(
    root: Path, paths: Sequence[str], secrets: Collection[str], allowed: Collection[str] = ()
) -> set[str]:
    """Return the secrets in what was ever committed under these paths; none where there is no git."""
    wanted = Wanted(secrets, allowed)
    return wanted.found(history(root, paths)) if wanted.n_wanted else set()


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

        named = secrets if isinstance(secrets, Mapping) else dict(zip(secrets, secrets, strict=True))
        self._of = {form: secret for text, secret in named.items() for form in forms(text)}
        self._forms = sorted(self._of)
        self._automaton = BytesAhoCorasick(self._forms) if self._forms else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def found(self, content: bytes) -> set[str]:
        """Return those that stand in the content, in whatever form."""
        if self._automaton is None:
            return set()
        matches = self._automaton.find_matches_as_indexes(content, overlapping=True)
        return {
            self._of[self._forms[form]]
            for form, start, end in matches
            if not BEFORE.fullmatch(content[start - 1 : start] if start else b"")
            and not AFTER.match(content[end : end + 8])
        }


def holds(path: Path, texts: Collection[str]) -> bool:
    """Say whether a file holds one of these texts, archives and compressed tables opened."""
    finder = _Finder(texts)
    return any(finder.found(content) for content in contents(path))


def forms(secret: str) -> set[bytes]:
    """Return the byte forms a value may take: UTF-8, HTML-escaped, JSON-escaped."""
    import html
    import json

    texts = {secret, html.escape(secret), html.escape(secret, quote=False), json.dumps(secret)[1:-1]}
    return {text.encode("utf-8", "surrogatepass") for text in texts}
