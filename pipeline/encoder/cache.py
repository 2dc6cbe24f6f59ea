"""Vectors that are already known, keyed by content: weights, text and span.

One SQLite file per study. Keys are HMACs under the study's key, because a digest of a short answer could be
guessed; no text is stored. Every row carries its own checksum: what does not fit is computed again. SQLite's
journal makes a write whole or nothing, under two processes at once and under kill -9.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

SENTENCE = (-1, -1)
PAGE = 16384  # bytes of a page: SQLite's usual 4 kB would be filled by one vector of a usage, with a quarter left empty
HELD = 64_000  # kB of pages held: the index of a million names, so that a new one costs no reading
DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where its list of tables is no text any more
LAYOUT = b"4"  # how vectors are made: raised when that changes, so that older rows are not taken for them
Key = tuple[str, int, int]  # text, start, end; SENTENCE's span for the sentence vector


class VectorCache:
    """Vectors by (text, span) for one encoder and one study key."""

    def __init__(self, path: Path, *, weights: str, key: bytes) -> None:
        self._path, self._weights, self._key = path, weights.encode(), key

    def get(self, wanted: Iterable[Key]) -> dict[Key, np.ndarray]:
        """Return the vectors that are stored and whole."""
        if not self._path.exists():
            return {}
        names = {self._name(key): key for key in wanted}
        found = {}
        try:
            with self._open() as database:
                for name, key in names.items():
                    row = database.execute("SELECT vector, sum FROM vectors WHERE name = ?", (name,)).fetchone()
                    if row and _is_whole(name, *row):
                        found[key] = np.frombuffer(row[0], dtype="<f4")
        except (sqlite3.OperationalError, OSError):  # locked, unreadable or no room: it costs time, and nothing is lost
            return found
        except DAMAGED:  # not a database any more: what was not read is computed again
            self._discard()
        return found

    def lacking(self, wanted: Iterable[Key]) -> list[Key]:
        """Return the keys that nothing is stored under; what is stored is not read, and may turn out damaged."""
        names = {self._name(key): key for key in wanted}
        if not self._path.exists():
            return list(names.values())
        try:
            with self._open() as database:
                asked = "SELECT 1 FROM vectors WHERE name = ?"
                known = {name for name in names if database.execute(asked, (name,)).fetchone()}
        except (sqlite3.OperationalError, OSError):
            return list(names.values())
        except DAMAGED:
            self._discard()
            return list(names.values())
        return [key for name, key in names.items() if name not in known]

    def put(self, vectors: Mapping[Key, np.ndarray]) -> bool:
        """Store vectors; return whether it worked (a full disk costs time later, never a result)."""
        rows = []
        for key, vector in vectors.items():
            name, blob = self._name(key), np.asarray(vector, dtype="<f4").tobytes()
            rows.append((name, blob, zlib.crc32(blob, zlib.crc32(name))))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", sorted(rows))
        except (sqlite3.Error, UnicodeDecodeError, OSError):
            return False
        return True

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give the database; what was written stands when the block ends, or nothing of it does."""
        database = sqlite3.connect(self._path, timeout=60)
        try:
            database.execute(f"PRAGMA page_size = {PAGE}")  # of a file that is made now; others keep theirs
            database.execute(f"PRAGMA cache_size = -{HELD}")
            with database:
                database.execute("CREATE TABLE IF NOT EXISTS vectors (name BLOB PRIMARY KEY, vector BLOB, sum INTEGER)")
                yield database
        finally:
            database.close()

    def _discard(self) -> None:
        """Remove what is no database, its journal first: a journal left alone would be played into the next one."""
        try:
            self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)
        except OSError:  # the folder may not be written: put() says so
            return

    def _name(self, key: Key) -> bytes:
        text, start, end = key
        message = b"\x1f".join(
            [LAYOUT, self._weights, text.encode("utf-8", "surrogatepass"), f"{start}:{end}".encode()]
        )
        return hmac.new(self._key, message, hashlib.sha256).digest()[:16]


def _is_whole(name: bytes, vector: object, checksum: object) -> bool:
    """Say whether a row is what was stored; a damaged one may even be of another type."""
    return isinstance(vector, bytes) and len(vector) % 4 == 0 and zlib.crc32(vector, zlib.crc32(name)) == checksum
