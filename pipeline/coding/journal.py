"""The journal: a coder's decisions as JSON lines, one after the other, never changed; the last of an assignment counts.

First line: {"format": "sameword-journal", "version": 1, "study": …, "coder": …}. A line cut short by a crash is
told from a damaged one: only the last line may be incomplete, and it was never acknowledged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import Fault, InputError

FORMAT, VERSION = "sameword-journal", 1
STATES = ("coded", "no_code", "unsure", "cannot_code", "skipped")
FIELDS = ("assignment_id", "state")
ENDS = ("start", "end")
TEXTS = ("value", "digest", "decided_at", "memo")


def header(study: str, coder: str) -> dict[str, Any]:
    """Return the first line of a journal."""
    return {"format": FORMAT, "version": VERSION, "study": study, "coder": coder}


def journal_text(study: str, coder: str, decisions: list[dict[str, Any]]) -> str:
    """Return a whole journal as text."""
    return "".join(line_of(row) for row in [header(study, coder), *decisions])


def line_of(row: dict[str, Any]) -> str:
    """Return one line of a journal, pure ASCII, so that no editor or encoding can change it."""
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"), sort_keys=False) + "\n"


def parse_journal(text: str, name: str) -> tuple[dict[str, Any], list[tuple[int, dict[str, Any]]]]:
    """Return the header and the decisions with their line numbers; raise InputError for every damaged line.

    A last line without line end that does not parse is what a crash leaves, and is left out.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    cut = lines.pop()  # "" after a complete last line
    faults: list[Fault] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate([*lines, cut], 1):
        if not line.strip():
            continue
        last = number == len(lines) + 1
        row = _object(line)
        if row is None and last:
            continue
        what = "not a JSON object" if row is None else row_fault(row) if rows else ""
        if what:
            faults.append(Fault(name, f"line {number}", what, "restore this line from the coder's own copy"))
            continue
        assert row is not None
        rows.append((number, row))
    if faults:
        raise InputError(faults)
    if not rows or rows[0][1].get("format") != FORMAT:
        remedy = "hand in the file that the page's button 'Save my work' made"
        raise InputError([Fault(name, "line 1", "not a Sameword journal", remedy)])
    return rows[0][1], rows[1:]


def _object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def row_fault(row: Mapping[str, Any]) -> str:
    """Return what is wrong with one decision, or nothing."""
    missing = [field for field in FIELDS if not isinstance(row.get(field), str)]
    if missing:
        return f"{', '.join(missing)} missing"
    if row["state"] not in STATES:
        return f"state {row['state']!r} is not one of {', '.join(STATES)}"
    codes = row.get("codes") or []
    if not isinstance(codes, list) or not all(isinstance(c, dict) and isinstance(c.get("code_id"), str) for c in codes):
        return "codes is not a list of objects with a code_id"
    if any(not isinstance(c.get(end), int | None) or isinstance(c.get(end), bool) for c in codes for end in ENDS):
        return "the start or end of a code is not a whole number"
    wrong = [name for name in TEXTS if not isinstance(row.get(name), str | None)]
    if wrong:
        return f"{', '.join(wrong)} is not text"
    splits = row.get("splits") or []
    if not isinstance(splits, list) or not all(type(place) is int for place in splits):
        return "splits is not a list of whole numbers"
    flags = row.get("flags") or []
    return "" if isinstance(flags, list) and all(isinstance(flag, str) for flag in flags) else "flags is not a list"


class Journal:
    """An open journal that appends; every line is on the disk before `append` returns."""

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        self.path, self.head = path, head

    def append(self, row: dict[str, Any]) -> None:
        """Write one decision and wait until the disk has it; a line a crash left half is closed off first."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists() or self.path.stat().st_size == 0
        text = line_of(self.head) if fresh else ""
        with self.path.open("ab+", buffering=0) as file:
            start = self._whole(file, file.seek(0, os.SEEK_END))
            file.truncate(start)
            rest = memoryview((text + line_of(row)).encode("ascii"))
            try:
                while rest:
                    rest = rest[file.write(rest) or 0 :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(start)  # a full disk leaves no half line
                raise
        if fresh:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @staticmethod
    def _whole(file: Any, size: int) -> int:
        """Return the length of the file up to its last whole line."""
        end = size
        while end > 0:
            start = max(0, end - 65536)
            file.seek(start)
            block = file.read(end - start)
            if (found := block.rfind(b"\n")) >= 0:
                return start + found + 1
            end = start
        return 0

    def rows(self) -> list[dict[str, Any]]:
        """Return every decision written so far."""
        if not self.path.exists() or not self.path.stat().st_size:
            return []
        lines = self.path.read_bytes().decode("utf-8", "replace").split("\n")[1:-1]
        return [row for row in map(_object, lines) if row is not None]
