"""Everything a file says, as bytes to search: archives inside archives, compressed tables, PDF text, git history."""

from __future__ import annotations

import gzip
import io
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import git

ROWS = 50_000  # of a table, at once
DEEPEST = 5  # archives inside archives
PIECE, OVERLAP = 1 << 26, 1 << 16  # bytes; what is looked for is shorter than the latter
DATABASE = b"SQLite format 3\x00"
PARQUET, ZIP, PDF, GZIP = b"PAR1", b"PK\x03\x04", b"%PDF-", b"\x1f\x8b"


def contents(path: Path) -> Iterator[bytes]:
    """Yield the readable contents of a file; what cannot be opened is yielded as it is.

    A table and a large database (the cache of vectors) are yielded in pieces, so that neither is ever held whole; those
    of a database overlap.
    """
    with path.open("rb") as file:
        raw = file.read(PIECE)
        if raw[:4] == PARQUET:
            try:
                yield from _parquet(path)
                return
            except (OSError, ValueError):
                pass
        elif raw.startswith(DATABASE) and len(raw) == PIECE:
            while len(raw) > OVERLAP:
                yield raw
                raw = raw[-OVERLAP:] + file.read(PIECE)
            return
        yield from inside(raw + file.read())


def inside(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield the readable contents of a file's bytes."""
    try:
        if depth < DEEPEST and raw[:4] == PARQUET:
            yield from _parquet(io.BytesIO(raw))
        elif depth < DEEPEST and raw[:4] == ZIP:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                yield "\n".join(archive.namelist()).encode("utf-8", "surrogatepass")
                for name in archive.namelist():
                    yield from inside(archive.read(name), depth + 1)
        elif depth < DEEPEST and raw[:2] == GZIP:
            yield from inside(gzip.decompress(raw), depth + 1)
        elif raw[:5] == PDF:
            yield _pdf(raw)
        elif raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield raw.decode("utf-16", "replace").encode("utf-8")
        else:
            yield raw
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        yield raw


def _parquet(source: Path | io.BytesIO) -> Iterator[bytes]:
    """Yield every text of a Parquet file, at any depth of its columns, one a line: names, then rows part by part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
        said = [*schema.names, *(value.decode("utf-8", "replace") for value in (schema.metadata or {}).values())]
        yield "\n".join(said).encode("utf-8", "surrogatepass")
        told = [field.name for field in schema if not _is_numeric(field.type, pa)]
        for batch in file.iter_batches(ROWS, columns=told) if told else ():
            for column in batch.columns:
                yield "\n".join(_texts(column.to_pylist())).encode("utf-8", "surrogatepass")


def _texts(value: object) -> Iterator[str]:
    """Yield the texts inside a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _is_numeric(kind, pa) -> bool:  # type: ignore[no-untyped-def]  # pyarrow has no types
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _pdf(raw: bytes) -> bytes:
    """Return every page's text. A word broken over two lines is one word (PDFium marks the break with U+0002)."""
    import pypdfium2  # type: ignore[import-untyped]

    with pypdfium2.PdfDocument(raw) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "\n".join(pages).replace("\x02", "").encode("utf-8", "surrogatepass")


def history(root: Path, paths: Sequence[str]) -> Iterator[bytes]:
    """Yield every version of the files under these paths that any commit of the repository holds."""
    listed = git.said(root, "log", "--all", "--format=", "--raw", "--no-renames", "--no-abbrev", "--", *paths)
    blobs = {line.split()[3] for line in listed.decode("utf-8", "replace").splitlines() if line[:1] == ":"}
    names = sorted(blobs - {"0" * 40, "0" * 64})
    for content in _blobs(root, names):
        yield from inside(content)


def _blobs(root: Path, names: Sequence[str]) -> Iterator[bytes]:
    """Yield git objects, all from one process (git cat-file --batch: a line "name type size", the bytes, a LF)."""
    if not names:
        return
    command = ["git", "-C", str(root), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as batch:  # noqa: S603
        assert batch.stdin is not None
        assert batch.stdout is not None
        for name in names:  # one question, one answer: neither pipe can fill up
            batch.stdin.write(f"{name}\n".encode())
            batch.stdin.flush()
            said = batch.stdout.readline().split()
            if len(said) == 3:  # else: "name missing", as in a shallow clone
                yield batch.stdout.read(int(said[2]))
                batch.stdout.read(1)


def tracked(root: Path, paths: Sequence[str]) -> list[str]:
    """Return those of these files that git keeps."""
    return git.said(root, "ls-files", "--", *paths).decode("utf-8", "replace").splitlines()
