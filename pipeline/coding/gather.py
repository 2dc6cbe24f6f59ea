"""Everything under data/raw/<study>/codings/: which files are what, and their rows. Faults are gathered, not raised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.coding import journal, returned, sheets
from pipeline.coding.habits import Read
from pipeline.coding.returned import Row
from pipeline.coding.sheets import Sheet
from pipeline.errors import Fault, InputError

ADJUDICATION = "sameword-adjudication"
PROJECTS = (".qdpx",)
READ = ".jsonl (the page), .xlsx or .csv (the spreadsheet), .qdpx (another tool)"


@dataclass
class Gathered:
    """Rows of decisions, lines of adjudication, what is wrong, and which files were read."""

    rows: list[Row] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    work: list[tuple[str, str]] = field(default_factory=list)  # (coder, excerpt) of files read by labels.yaml

    def add(self, read: Read) -> None:
        """Take over what a file made elsewhere says."""
        self.rows += read.rows
        self.work += read.work
        self.faults += read.faults
        self.notes += read.notes


Foreign = Callable[[str, Sequence[Sheet]], Read | None]
Projects = Callable[[Path], Read]


def gather(folder: Path, study: str, *, foreign: Foreign, projects: Projects) -> Gathered:
    """Read every file of the folder, in order of name.

    foreign: reads pages that are no packet, where it can; projects: reads REFI-QDA projects.
    """
    found = Gathered()
    for path in sorted(_files(folder)):
        try:
            _read(path, study, found, foreign, projects)
        except InputError as error:
            found.faults.extend(error.faults)
        found.files.append(path.name)
    return found


def gather_settled(folder: Path, study: str) -> list[dict[str, Any]]:
    """Return the settled units alone; files of other kinds are left for `gather`."""
    found = Gathered()
    for path in sorted(_files(folder)):
        if path.suffix == ".jsonl" and ADJUDICATION in sheets.read_file(path)[:200]:
            _read_lines(path, study, found)
    return found.settled


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (
            p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")) and p.suffix != ".md"
        )


def _read(path: Path, study: str, found: Gathered, foreign: Foreign, projects: Projects) -> None:
    suffix = path.suffix.lower()
    if " " in path.name:
        what = "the file name holds a space, which Make cannot follow"
        found.faults.append(Fault(str(path), "", what, f"rename it to {path.name.replace(' ', '-')}"))
    elif suffix == ".jsonl":
        _read_lines(path, study, found)
    elif suffix in (".xlsx", ".csv", ".tsv", ".txt"):
        pages = sheets.read_workbook(path) if suffix == ".xlsx" else sheets.read_csv(path)
        mine = [sheet for sheet in pages if returned.is_packet(sheet)]
        mapped = None if mine else foreign(path.name, pages)
        if mapped is not None:
            found.add(mapped)
        elif not mine:
            what = "no sheet has the packet's columns (assignment_id, decision, code 1 or sense 1 …)"
            found.faults.append(
                Fault(
                    str(path),
                    "row 1",
                    what,
                    "keep the packet's first row as it was, or say in labels.yaml how to read this file",
                )
            )
        strange = [s for s in pages if s not in mine and not returned.answers_nothing(s)]
        found.notes += [
            f"{path.name}: sheet {sheet.sheet!r} has no assignment_id and was not read" for sheet in strange if mine
        ]
        for sheet in mine:
            found.rows += returned.from_sheet(sheet)
    elif suffix in PROJECTS:
        found.add(projects(path))
    else:
        found.faults.append(Fault(str(path), "", f"a {suffix or 'nameless'} file is not read", f"read are {READ}"))


def _read_lines(path: Path, study: str, found: Gathered) -> None:
    text = sheets.read_file(path)
    if ADJUDICATION in text.split("\n", 1)[0]:
        settled = adjudications(text, str(path))
        found.settled += [row for row in settled if row.get("reason")]
        silent = len(settled) - sum(bool(row.get("reason")) for row in settled)
        if silent:
            found.notes.append(f"{path.name}: {silent} units have an outcome but no reason, and stay open")
        return
    head, rows = journal.parse_journal(text, str(path))
    if head.get("study") != study:
        what = f"the journal is of the study {head.get('study')!r}"
        found.faults.append(Fault(str(path), "line 1", what, f"move it to data/raw/{head.get('study')}/codings/"))
        return
    found.rows += returned.from_journal(str(path), rows)


def adjudications(text: str, name: str) -> list[dict[str, Any]]:
    """Return the last line about each unit, unless it was taken back; raise InputError for every damaged line.

    A last line cut short by a crash was never acknowledged, and is left out.
    """
    faults, rows = [], {}
    *lines, _ = text.split("\n")
    for number, line in enumerate(lines[1:], 2):
        try:
            row = json.loads(line) if line.strip() else {}
            if row:
                rows[(row["unit_kind"], row["unit_id"])] = row
        except (ValueError, KeyError, TypeError):
            faults.append(Fault(name, f"line {number}", "not a settled unit", "restore this line from version control"))
    if faults:
        raise InputError(faults)
    return [row for row in rows.values() if not row.get("undone")]
