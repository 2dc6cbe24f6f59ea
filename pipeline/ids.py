"""Ids from content, never from position.

Respondents' identities enter only through `keyed_id`, an HMAC whose key lives
outside the repository (`pipeline.keys`), so that ids can be neither guessed nor reversed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

SEPARATOR = "\x1f"  # ASCII unit separator: cannot occur in a cleaned cell


def normalise(text: str) -> str:
    """Fold what spreadsheets change on re-saving: Unicode form, line ends, outer and repeated blanks."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def content_id(prefix: str, *parts: object, length: int = 16) -> str:
    """Return `prefix_` plus hexadecimal SHA-256 of the parts, for things that identify nobody."""
    return f"{prefix}_{digest(SEPARATOR.join(map(str, parts)))[:length]}"


def keyed_id(key: bytes, prefix: str, *parts: object, length: int = 16) -> str:
    """Return `prefix_` plus hexadecimal HMAC-SHA-256 (RFC 2104) of the parts under the study's key."""
    message = SEPARATOR.join(map(str, parts)).encode("utf-8", "surrogatepass")
    return f"{prefix}_{hmac.digest(key, message, 'sha256').hex()[:length]}"


def term_id(label: str) -> str:
    """Return the id of a term: its label in lower case with hyphens."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")


def digest(content: str | bytes) -> str:
    """Return the hexadecimal SHA-256 of a text (as UTF-8) or of bytes."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()
