"""Codebooks as tables of other tools: ATLAS.ti and MAXQDA workbooks, Taguette CSV, QualCoder's lines.

| tool | a code is | its theme | its text | colour |
|---|---|---|---|---|
| ATLAS.ti | Code | Code Group | Comment | Color |
| MAXQDA | Code, written "Theme > Code" | a row of its own | Memo | |
| Taguette | tag, written "Theme.Code" | the part before the first dot | description | |
| QualCoder | a line "Theme>>Code" | the part before >> | after a tab, on the same line | |

Definition, include, exclude and examples are one text (`descriptions`). Reading is by column names, in any order and
case, so that what these tools export and what people make of it both come in.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline import cells, workbook
from pipeline.codebook.descriptions import describe
from pipeline.codebook.refi import Given, losses
from pipeline.codebook.tablelines import LINE_END, NAME, column_of, lines_of, themes_of
from pipeline.codebook.themes import Theme, decoded
from pipeline.errors import Fault, InputError
from pipeline.files import write_bytes

TOOLS = ("atlasti", "maxqda", "taguette", "qualcoder")
HEADS = {
    "atlasti": ("Code", "Comment", "Code Group", "Color"),
    "maxqda": ("Code", "Memo"),
    "taguette": ("tag", "description"),
}
JOINTS = {"maxqda": " > ", "taguette": ".", "qualcoder": ">>"}
LONGEST = 63  # characters MAXQDA keeps of a name


def write_book(path: Path, themes: Sequence[Theme], *, tool: str) -> None:
    """Write a codebook for a tool; .xlsx is a workbook, .csv a table, .txt QualCoder's lines."""
    rows = list(rows_for(themes, tool))
    if path.suffix.lower() == ".xlsx":
        write_bytes(path, _workbook(rows))
    elif tool == "qualcoder":
        write_bytes(path, "".join("\t".join(filter(None, row)) + "\n" for row in rows).encode("utf-8"))
    else:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([[cells.inert(cell) for cell in row] for row in rows])
        write_bytes(path, text.getvalue().encode("utf-8"))


def rows_for(themes: Sequence[Theme], tool: str) -> Iterator[list[str]]:
    """Yield the rows of a table for a tool, its head first."""
    if tool in HEADS:
        yield list(HEADS[tool])
    joint = JOINTS.get(tool, "")
    for theme in themes:
        holder = _bare(theme.name, joint, tool)
        if tool in ("maxqda", "taguette"):
            yield [holder, theme.definition]
        for code in theme.codes:
            text = describe(code)
            if tool == "atlasti":
                yield [code.name, text, theme.name, code.colour or ""]
                continue
            name = _bare(code.name, joint, "" if tool == "taguette" else tool)
            yield [f"{holder}{joint}{name}", text if tool != "qualcoder" else _one_line(text)]


def table_losses(themes: Sequence[Theme], tool: str) -> list[str]:
    """Return, in plain sentences, what a table for a tool has no place for."""
    codes = [code for theme in themes for code in theme.codes]
    said = [loss for loss in losses(themes) if not loss.startswith("status")]
    if odd := [code.id for code in codes if code.status != "active"]:
        said.append(f"status: written like any other code: {', '.join(odd)}")
    if tool != "atlasti" and any(code.colour for code in codes):
        said.append("colours: this form has no column for them")
    if any(theme.colour for theme in themes):
        said.append("colours of themes are left out")
    if tool in ("atlasti", "qualcoder") and any(theme.definition for theme in themes):
        said.append("definitions of themes are left out")
    if tool in ("atlasti", "qualcoder") and (bare := [theme.name for theme in themes if not theme.codes]):
        said.append(f"themes without codes are left out: {', '.join(bare)}")
    if tool in ("maxqda", "taguette") and (bare := [theme.name for theme in themes if not theme.codes]):
        said.append(f"themes without codes come back as codes: {', '.join(bare)}")
    joint = JOINTS.get(tool, "").strip()
    names = [theme.name for theme in themes] + ([code.name for code in codes] if tool != "taguette" else [])
    if joint and (joined := [name for name in names if joint in name]):
        said.append(f"names: {joint!r} would be read as nesting and is written ›: {', '.join(joined)}")
    if tool == "maxqda" and (long := [code.name for code in codes if len(code.name) > LONGEST]):
        said.append(f"names: MAXQDA cuts them to {LONGEST} characters: {', '.join(long)}")
    return said


def read_book(path: Path, *, known: Mapping[tuple[str, str], str] | None = None) -> Given:
    """Read a codebook from a table; known: (theme name, code name) -> id of a code, (theme name, "") of a theme.

    Raises InputError with every fault: no column for names, rows without one, codes named twice in a theme.
    """
    raw, source = path.read_bytes(), str(path)
    rows = _from_workbook(raw, source) if path.suffix.lower() == ".xlsx" else _from_text(decoded(raw, source))
    notes: list[str] = []
    lines = list(lines_of(rows, source, notes))
    return Given(themes_of(lines, source, known or {}), tuple(notes))


def known_names(themes: Sequence[Theme]) -> dict[tuple[str, str], str]:
    """Return (theme name, code name) -> id, so that a study's own codes keep their ids."""
    return {(theme.name, ""): theme.id for theme in themes} | {
        (theme.name, code.name): code.id for theme in themes for code in theme.codes
    }


def _bare(name: str, joint: str, tool: str) -> str:
    return name.replace(joint.strip(), "›") if tool and joint else name


def _one_line(text: str) -> str:
    return LINE_END.join(text.replace("\t", " ").split("\n"))


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    workbook.fill(sheet, rows[0], rows[1:], (40, 90, 30, 12))
    return workbook.as_bytes(book)


def _from_workbook(raw: bytes, source: str) -> list[list[str]]:
    try:
        sheet = workbook.opened(raw, data_only=True).worksheets[0]
    except (ValueError, IndexError) as error:
        fault = Fault(source, "", f"not a workbook: {error}", "save it as .xlsx")
        raise InputError([fault]) from None
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _from_text(text: str) -> list[list[str]]:
    head = text.split("\n", 1)[0]
    if ">>" in head or (column_of(re.split(r"[,;\t]", head), NAME) is None and ">>" in text):
        return [["path", "memo"], *([*line.split("\t", 1), ""][:2] for line in text.splitlines() if line.strip())]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[cell[1:] if cell[:1] == "'" and cells.is_formula(cell[1:]) else cell for cell in row] for row in rows]
