"""Every file that people write or hand in, damaged at random: a plain error that names the file, or a result.

SAMEWORD_FUZZ says how many cases (default 5,000), dealt evenly over the kinds of file; the same number gives the same
cases. A case that ends in any other error, in one that does not name the file, or takes over ten seconds is a fault;
its bytes are kept in build/fuzz/. The vector cache and tables must give what was stored, or say that it is gone.
"""

from __future__ import annotations

import io
import os
import random
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import tables
from pipeline.codebook.project import Coded, Memo, Project, Source
from pipeline.codebook.qdpx import as_qdpx, read_qdpx
from pipeline.codebook.refi import read_qdc
from pipeline.codebook.tablebooks import read_book, write_book
from pipeline.codebook.themes import Code, Theme, load_themes
from pipeline.coding import gather, habits, ledger
from pipeline.coding.sheets import read_file
from pipeline.encoder.cache import SENTENCE, VectorCache
from pipeline.errors import SamewordError
from pipeline.glossary.curated import load_glossary
from pipeline.study import load_study
from pipeline.survey.exports import read_grid

ROOT = Path(__file__).resolve().parent.parent
STUDY = "transfer-learning-15"
BOOK, RAW = ROOT / "codebooks" / STUDY, ROOT / "data" / "raw" / STUDY
LONGEST = 10.0  # seconds
LABELS = """version: 2
files:
  - file: other.csv
    layout: columns
    coder: cara
    unit: [excerpt_id]
    columns: {Code 1: same, Code 2: form}
clean: {look alike: same}
"""
NASTY = [
    "\x00", "\ufeff", "\u202e", "\ud83d", "'", '"', "{", "[", "]", "}", ":", "- ", "? ", "!!python/object:os.system ",
    "&a ", "*a", "<<: ", "|", ">", "%", "@", "`", "\t", "\r", "\n", "\n\n", ",", ";", "=1+1", "-1", "0", "1e999", "nan",
    ".inf", "null", "~", "true", "2026-02-30", "9" * 40, "../", "<!DOCTYPE a>", "&lt;", "]]>", "<a/>", "\\u0000",
    "💥", "\\ud800", "[]", "{}", '""', "x" * 5000,
]  # fmt: skip
Outcome = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of file: its name in the study, a good one, and what reads it and complains if the result is wrong."""

    name: str
    file: str
    good: bytes
    read: Callable[[Path, Path], None]
    names_file: bool = True  # errors name the file (a cache has none: it is only computed again)


def survey(root: Path, path: Path) -> None:
    load_study(root, STUDY)


def gathered(root: Path, path: Path) -> None:
    found = gather.gather(path.parent, STUDY, foreign=lambda name, pages: None, projects=project)
    if found.faults:
        from pipeline.errors import InputError

        raise InputError(found.faults)


def project(path: Path) -> habits.Read:
    read_qdpx(path)
    return habits.Read()


def cached(root: Path, path: Path) -> None:
    cache = VectorCache(path, weights="w", key=b"k" * 32)
    for key, vector in cache.get(stored()).items():
        assert np.array_equal(vector, stored()[key]), f"another vector for {key}"
    cache.put(stored())


def stored() -> dict[tuple[str, int, int], np.ndarray]:
    rng = np.random.default_rng(1)
    return {(f"text {k}", *SENTENCE): rng.standard_normal(8).astype("float32") for k in range(40)}


def table() -> pd.DataFrame:
    return pd.DataFrame({"assignment_id": [f"a{k}" for k in range(200)], "code_id": "x", "start": 3, "end": 5})


def tabled(root: Path, path: Path) -> None:
    pd.testing.assert_frame_equal(
        tables.read(path.parent, "codings"), tables.checked("codings", table()), check_dtype=False
    )


def archive() -> bytes:
    codes = (Code(id="a", name="A"), Code(id="b", name="B"))
    sources = tuple(
        Source(f"r{k}", f"p q{k}", f"some text {k} 👩‍👩‍👧 שלום", (Coded(0, 4, "a", "amara", "2026-01-01T00:00:00Z"),),
               (Memo(1, 3, "ben", "why"),), {}) for k in range(5)
    )  # fmt: skip
    themes = (Theme(id="t", name="T", codes=codes),)
    return as_qdpx(Project("s", themes, users=("amara", "ben"), sources=sources), study=STUDY)


def book() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        write_book(Path(name) / "book.xlsx", load_themes(BOOK / "themes.yaml").themes, tool="maxqda")
        return (Path(name) / "book.xlsx").read_bytes()


def sheet() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in [["id", "Q1", "Q2"], *([f"r{k}", f"answer {k} é", k % 5] for k in range(20))]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def kinds(folder: Path) -> list[Kind]:
    """Return every kind of file, with a good one of it."""
    cache = folder / "good.sqlite"
    VectorCache(cache, weights="w", key=b"k" * 32).put(stored())
    tables.write(folder, "codings", table())
    qdpx = archive()
    with zipfile.ZipFile(io.BytesIO(qdpx)) as members:
        qde = members.read("project.qde")
    codings = f"data/raw/{STUDY}/codings"
    return [
        Kind("survey.yaml", f"codebooks/{STUDY}/survey.yaml", (BOOK / "survey.yaml").read_bytes(), survey),
        Kind("themes.yaml", "themes.yaml", (BOOK / "themes.yaml").read_bytes(), reads(load_themes)),
        Kind("glossary.yaml", "glossary.yaml", (BOOK / "glossary.yaml").read_bytes(), reads(load_glossary)),
        Kind("labels.yaml", "labels.yaml", LABELS.encode(), reads(habits.load_labels)),
        Kind("ledger", "assignments.csv", lines_of(RAW / "assignments.csv"),
             reads(lambda path: ledger.parse_ledger(read_file(path), str(path)))),
        Kind("journal", f"{codings}/amara.jsonl", lines_of(RAW / "codings" / "amara.jsonl"), gathered),
        Kind("packet CSV", f"{codings}/chiara.csv", (RAW / "codings" / "chiara.csv").read_bytes(), gathered),
        Kind("packet XLSX", f"{codings}/ben.xlsx", (RAW / "codings" / "ben.xlsx").read_bytes(), gathered),
        Kind("export XLSX", "export.xlsx", sheet(), reads(read_grid)),
        Kind("codebook XLSX", "book.xlsx", book(), reads(read_book)),
        Kind("export CSV", "export.csv", (RAW / "export.csv").read_bytes(), reads(read_grid)),
        Kind("QDPX", "project.qdpx", qdpx, reads(read_qdpx)),
        Kind("QDC", "book.qdc", qde, reads(read_qdc)),
        Kind("vector cache", "vectors.sqlite", cache.read_bytes(), cached, names_file=False),
        Kind("Parquet", "codings.parquet", (folder / "codings.parquet").read_bytes(), tabled),
    ]  # fmt: skip


def lines_of(path: Path) -> bytes:
    """Return the first sixty lines of a file."""
    return b"".join(path.read_bytes().splitlines(keepends=True)[:60])


def reads(act: Callable[[Path], object]) -> Callable[[Path, Path], None]:
    """Return a reader that wants something back."""

    def read(root: Path, path: Path) -> None:
        assert act(path) is not None

    return read


def damaged(good: bytes, rng: random.Random) -> bytes:
    """Return bytes with a few changes; of an archive every other time a member's bytes, stored anew."""
    if good[:2] == b"PK" and rng.random() < 0.6:
        return _repacked(good, rng)
    content = bytearray(good)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        rng.choice((_flip, _cut, _drop, _double, _swap, _nasty, _nasty, _nasty))(content, rng)
    return bytes(content)


def _repacked(good: bytes, rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(good)) as members:
        found = {info.filename: members.read(info) for info in members.infolist()}
    name = rng.choice(sorted(found))
    what = rng.random()
    if what < 0.1:
        del found[name]
    elif what < 0.15:
        found["../" + name] = found.pop(name)
    else:
        found[name] = damaged(found[name], rng) if found[name][:2] != b"PK" else found[name]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as members:
        for each, content in found.items():
            members.writestr(each, content)
    return buffer.getvalue()


def _place(content: bytearray, rng: random.Random) -> int:
    return rng.randrange(len(content) + 1)


def _flip(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 10)):
        if content:
            content[rng.randrange(len(content))] = rng.randrange(256)


def _cut(content: bytearray, rng: random.Random) -> None:
    del content[_place(content, rng) :]


def _drop(content: bytearray, rng: random.Random) -> None:
    place = _place(content, rng)
    del content[place : place + rng.randint(1, 200)]


def _double(content: bytearray, rng: random.Random) -> None:
    place = _place(content, rng)
    content[place:place] = content[place : place + rng.randint(1, 400)] * rng.randint(1, 3)


def _swap(content: bytearray, rng: random.Random) -> None:
    lines = content.split(b"\n")
    if len(lines) > 1:
        first, second = rng.sample(range(len(lines)), 2)
        lines[first], lines[second] = lines[second], lines[first]
        content[:] = b"\n".join(lines)


def _nasty(content: bytearray, rng: random.Random) -> None:
    """Put something nasty in, more often than not in place of a word."""
    place = _place(content, rng)
    end = place
    while end < len(content) and content[end] not in b" \n,:<>\"'" and end - place < 60 and rng.random() < 0.97:
        end += 1
    content[place : end if rng.random() < 0.7 else place] = rng.choice(NASTY).encode("utf-8", "surrogatepass")


def outcome(kind: Kind, content: bytes, root: Path) -> Outcome:
    """Return ("result" | "plain error" | "fault", what was said)."""
    path = root / kind.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    begun = time.perf_counter()
    try:
        kind.read(root, path)
    except SamewordError as error:
        named = path.name in str(error) or not kind.names_file
        found = ("plain error", str(error)) if named else ("fault", f"the file is not named: {error}")
    except RecursionError as error:
        found = ("fault", f"RecursionError: {error}"[:200])
    except Exception as error:
        found = ("fault", f"{type(error).__name__}: {error}"[:300])
    else:
        found = ("result", "")
    took = time.perf_counter() - begun
    for left in (path, path.with_name(path.name + "-journal")):
        left.unlink(missing_ok=True)
    return ("fault", f"took {took:.0f} s") if took > LONGEST else found


def cases(total: int) -> Iterator[tuple[Kind, int, bytes, Outcome]]:
    """Yield kind, number, bytes and outcome of every case."""
    with tempfile.TemporaryDirectory() as name:
        every = kinds(Path(name))
        for kind in every:
            good = outcome(kind, kind.good, Path(name))
            assert good[0] == "result", (kind.name, good)
            for number in range(-(-total // len(every))):
                content = damaged(kind.good, random.Random(f"{kind.name} {number}"))
                yield kind, number, content, outcome(kind, content, Path(name))


def main() -> list[dict[str, object]]:
    """Return a row per kind of file."""
    rows: dict[str, dict[str, object]] = {}
    kept = ROOT / "build" / "fuzz"
    for kind, number, content, (what, said) in cases(int(os.environ.get("SAMEWORD_FUZZ", "5000"))):
        row = rows.setdefault(kind.name, {"file": kind.name, "cases": 0, "result": 0, "plain error": 0, "fault": 0})
        row["cases"] = int(str(row["cases"])) + 1
        row[what] = int(str(row[what])) + 1
        if what == "fault":
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{kind.name.replace(' ', '-')}-{number}").write_bytes(content)
            (kept / f"{kind.name.replace(' ', '-')}-{number}.txt").write_text(said, encoding="utf-8")
    return list(rows.values())
