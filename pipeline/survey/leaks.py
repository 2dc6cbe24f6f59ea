"""The leak check: no dropped value and no scrubbed string of the export may stand in anything the study makes.

Reads Parquet, XLSX, DOCX (and any zip), PDF text, HTML, JSON, CSV and everything else as bytes. Says counts and file
names, never the values.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

SHORTEST = 5  # characters; shorter values ("MX", "12") occur by chance
PLAIN_WORD = re.compile(r"[a-z]+")
NUMBER = re.compile(r"-?\d+\.\d+")
TAG = re.compile(rb"<[^<>]*>")


def find_leaks(folders: Sequence[Path], secrets: Collection[str], allowed: Collection[str] = ()) -> dict[str, int]:
    """Return {file: number of secrets found in it}; values kept on purpose are allowed."""
    wanted = sorted({secret for secret in secrets if is_telling(secret)} - set(allowed))
    numbers = _pattern([secret for secret in wanted if NUMBER.fullmatch(secret)])
    words = _pattern([secret for secret in wanted if not NUMBER.fullmatch(secret)])
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and wanted:
                hits = set()
                for content in contents(path):
                    hits |= set(words.findall(content)) if words else set()
                    # A coordinate may equal a coordinate of a drawing: numbers are looked for in text, not inside tags.
                    hits |= set(numbers.findall(TAG.sub(b" ", content))) if numbers else set()
                if hits:
                    found[str(path)] = len(hits)
    return found


def _pattern(secrets: Sequence[str]) -> re.Pattern[bytes] | None:
    """Return a pattern for any form of the secrets that is not part of a longer word or number."""
    if not secrets:
        return None
    either = b"|".join(re.escape(form) for secret in secrets for form in sorted(forms(secret)))
    return re.compile(rb"(?<![\w.-])(?:" + either + rb")(?![\w-]|\.\d)")


def holds(path: Path, texts: Collection[str]) -> bool:
    """Say whether a file holds one of these texts, archives and compressed tables opened."""
    pattern = _pattern(sorted(texts))
    return pattern is not None and any(pattern.search(content) for content in contents(path))


def is_telling(secret: str) -> bool:
    """Say whether a value can be looked for: long enough, and not a common lower-case word or a round number."""
    return len(secret) >= SHORTEST and not PLAIN_WORD.fullmatch(secret) and not re.fullmatch(r"\d{1,6}(\.0*)?", secret)


def forms(secret: str) -> set[bytes]:
    """Return the byte forms a value may take: UTF-8, HTML-escaped, JSON-escaped."""
    import html
    import json

    texts = {secret, html.escape(secret), html.escape(secret, quote=False), json.dumps(secret)[1:-1]}
    return {text.encode("utf-8", "surrogatepass") for text in texts}


def contents(path: Path) -> Iterator[bytes]:
    """Yield the readable contents of a file, archives and compressed tables opened."""
    raw = path.read_bytes()
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    elif raw[:5] == b"%PDF-":
        yield _pdf(path)
    else:
        yield raw


def _parquet(path: Path) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    for field in table.schema:
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            values = [value for value in table[field.name].to_pylist() if value]
            yield "\n".join(values).encode("utf-8", "surrogatepass")


def _pdf(path: Path) -> bytes:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages).encode("utf-8", "surrogatepass")
