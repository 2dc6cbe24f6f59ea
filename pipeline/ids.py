"""Ids from content, never from position.

Respondents' identities enter only through `keyed_id`, an HMAC whose key lives
outside the repository (`pipeline.keys`), so that ids can be neither guessed nor reversed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SEPARATOR = "\x1f"  # ASCII unit separator: cannot occur in a cleaned cell


def normalise(text: str) -> str:
    """Fold what spreadsheets change on re-saving: Unicode form, line ends, outer and repeated blanks."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def content_id(prefix: str, *parts: object, length: int = 16) -> str:
    """Return `prefix_` plus hexadecimal SHA-256 of the parts, for things that identify nobody."""
    return f"{prefix}_{digest(SEPARATOR.join(map(str, parts)))[:length]}"


def keyed_id(key: bytes, prefix: str, *parts: object, length: int = 16) -> str:
    """Return `prefix_` plus hexadecimal HMAC-SHA-256 (RFC 2104) of the parts under the study's key."""
    return f"{prefix}_{keyed_digest(key)(SEPARATOR.join(map(str, parts)))[:length]}"


@lru_cache(maxsize=4)
def keyed_digest(key: bytes) -> Callable[[str], str]:
    """Return the hexadecimal HMAC-SHA-256 of texts under a key, as a function.

    The two hashes of RFC 2104 are begun once and copied, which takes a third of the time of `hmac.digest`: a large
    survey has a million ids.
    """
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))

    def of(text: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(text.encode("utf-8", "surrogatepass"))
        second.update(first.digest())
        return second.hexdigest()

    return of


def term_id(label: str) -> str:
    """Return the id of a term: its label in lower case with hyphens."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")


def digest(content: str | bytes) -> str:
    """Return the hexadecimal SHA-256 of a text (as UTF-8) or of bytes."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()


def among(ids: Iterable[str], wanted: Collection[str]) -> np.ndarray:
    """Say of each id whether it is wanted (a set or mapping).

    For what pandas' isin is slow at: of a text column it converts every wanted value singly, microseconds each.
    """
    import numpy as np

    return np.array([one in wanted for one in ids], dtype=bool)
