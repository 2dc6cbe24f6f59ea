"""The one place that writes figures, tables and small files of the report: the same content is the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.cells import inert
from pipeline.files import write_bytes, write_text
from pipeline.ids import digest
from pipeline.report.fonts import with_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("pdf", "svg", "png")
# No dates, no version of the drawing library: only what is drawn may change the bytes.
FIXED = {"svg.hashsalt": "sameword", "svg.fonttype": "none", "pdf.fonttype": 42}
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": "Sameword", "Creator": "Sameword"},
    "svg": {"Date": None, "Creator": "Sameword"},
    "png": {"Software": None},
}


def figure_bytes(figure: Figure, kind: str, *, title: str = "") -> bytes:
    """Return a figure as PDF (fonts embedded as TrueType), SVG (text as text) or PNG (300 dots per inch)."""
    import matplotlib

    buffer = io.BytesIO()
    metadata = {**METADATA[kind], **({"Title": title} if title else {})}
    with matplotlib.rc_context(FIXED):
        figure.savefig(buffer, format=kind, metadata=metadata, dpi=300)
    return with_fonts(buffer.getvalue()) if kind == "svg" else buffer.getvalue()


def save_figure(
    folder: Path, name: str, figure: Figure, *, formats: tuple[str, ...] = FORMATS, title: str = ""
) -> None:
    """Write a figure under its name in each format."""
    for kind in formats:
        write_bytes(folder / f"{name}.{kind}", figure_bytes(figure, kind, title=title))


def save_bytes(path: Path, content: bytes) -> None:
    """Write a file that is ready."""
    write_bytes(path, content)


def save_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV."""
    write_bytes(path, csv_bytes(frame))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV (UTF-8 with byte order mark, LF); cells that look like formulas are made inert."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = safe[column].map(inert)
    buffer = io.StringIO()
    safe.to_csv(buffer, index=False, lineterminator="\n")
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def save_text(path: Path, text: str) -> None:
    """Write text."""
    write_text(path, text)


def save_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON with sorted keys."""
    write_text(path, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def load_json(path: Path) -> dict[str, Any]:
    """Read JSON, or nothing where there is no file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def same(path: Path, content: bytes) -> bool:
    """Whether a file holds exactly these bytes."""
    return path.exists() and path.read_bytes() == content


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, or '' where there is none."""
    return digest(path.read_bytes()) if path.is_file() else ""


def remove_others(folder: Path, keep: set[str], suffixes: tuple[str, ...]) -> None:
    """Delete files of earlier runs that this run no longer makes."""
    for path in sorted(folder.glob("*")):
        if path.is_file() and path.suffix in suffixes and path.name not in keep:
            path.unlink()


def digests(folder: Path, root: Path, keep: Callable[[Path], bool]) -> dict[str, str]:
    """Return path relative to root -> SHA-256 of every file under a folder that is kept (asked relative to it)."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and keep(path.relative_to(folder)):
            inside = path.is_relative_to(root)
            found[(path.relative_to(root) if inside else path.relative_to(folder)).as_posix()] = digest(
                path.read_bytes()
            )
    return found
