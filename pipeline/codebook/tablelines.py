"""Rows of a codebook as other tools and people write them -> themes. Columns are found by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.codebook.descriptions import understood
from pipeline.codebook.keywords import slug
from pipeline.codebook.qdaxml import COLOUR
from pipeline.codebook.themes import Code, Theme
from pipeline.errors import Fault, InputError

NAME = ("code", "code name", "name", "tag", "label", "path")
TEXT = ("comment", "memo", "code memo", "description", "definition", "code definition")
GROUP = re.compile(r"(code )?groups?( \d+)?|theme|category|folder|parent( code)?")
COLOR = ("color", "colour")
LINE_END = " ¶ "  # in QualCoder's file a text has one line
LOOSE = "Codes"  # the theme of codes that have none


@dataclass(frozen=True)
class Line:
    """One code of a table: its theme ("" for none), its name ("" for the theme itself), text and colour."""

    theme: str
    name: str
    text: str
    colour: str | None = None


def column_of(head: Sequence[str], names: Sequence[str]) -> int | None:
    """Return which column has one of these names, whatever its case."""
    plain = [cell.strip().strip('"').casefold() for cell in head]
    return next((plain.index(name) for name in names if name in plain), None)


def lines_of(rows: Sequence[Sequence[str]], source: str, notes: list[str]) -> Iterator[Line]:
    """Yield the codes of a table, head first; raise InputError for rows without a name; what is left out is noted."""
    head = rows[0] if rows else []
    name, text, colour = (column_of(head, names) for names in (NAME, TEXT, COLOR))
    if name is None:
        what = f"no column holds the codes; its columns are {', '.join(head) or 'none'}"
        raise InputError([Fault(source, "row 1", what, f"call one of them {', '.join(NAME)}")])
    groups = [at for at, cell in enumerate(head) if at != name and GROUP.fullmatch(cell.strip().casefold())]
    joint = _joint(head[name].strip().casefold(), rows[1:], name)
    faults = []
    for number, row in enumerate(rows[1:], 2):
        cell = [*row, *[""] * (len(head) - len(row))]
        if not any(part.strip() for part in cell):
            continue
        path = cell[name].strip()
        if not path:
            faults.append(Fault(source, f"row {number}", "a row without a name", "name the code, or clear the row"))
            continue
        mine = [part for at in groups for part in cell[at].split("\n") if part.strip()]
        if len(mine) > 1:
            notes.append(f"row {number}: {path!r} is in several groups; kept is {mine[0].strip()!r}")
        theme, last = _split(path, "" if groups else joint)
        given = cell[colour].strip() if colour is not None else ""
        if given and not COLOUR.fullmatch(given):
            notes.append(f"row {number}: the colour {given!r} is no #RRGGBB")
        memo = cell[text] if text is not None else ""
        yield Line(
            (mine[0] if mine else theme).strip(), last.strip(), memo.replace(LINE_END, "\n"),
            given if COLOUR.fullmatch(given) else None,
        )  # fmt: skip
    if faults:
        raise InputError(faults)


def _split(path: str, joint: str) -> tuple[str, str]:
    """Return (theme, code): before and after the last joint; a dot is the first one, as names of codes have dots."""
    if not joint:
        return "", path
    theme, _, name = path.partition(joint) if joint == "." else path.rpartition(joint)
    return (theme, name) if theme.strip() and name.strip() else ("", path)


def _joint(head: str, rows: Sequence[Sequence[str]], name: int) -> str:
    """Return what joins theme and code in a table: that of the tool whose habits its first column shows."""
    if head == "tag":
        return "."
    return ">>" if any(len(row) > name and ">>" in row[name] for row in rows) else " > "


def themes_of(lines: Sequence[Line], source: str, known: Mapping[tuple[str, str], str]) -> tuple[Theme, ...]:
    """Return the themes of a table's lines; known: (theme name, code name) -> id."""
    parents = {line.theme for line in lines if line.theme}
    texts = {line.name: line.text for line in lines if not line.theme and line.name in parents}
    order = dict.fromkeys(line.theme or (line.name if line.name in parents else LOOSE) for line in lines)
    given: set[str] = set(known.values())
    faults, themes = [], []
    for theme in order:
        mine = [one for one in lines if one.theme == theme or (theme == LOOSE and not one.theme)]
        mine = [one for one in mine if one.theme or one.name not in parents]
        names = [one.name for one in mine]
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.append(Fault(source, f"theme {theme}", f"the code {name!r} is there twice", "rename one of the two"))
        codes = tuple(
            Code(
                id=known.get((theme, one.name)) or _fresh(slug(one.name), given),
                name=one.name,
                colour=one.colour,
                **understood(one.text),
            )
            for one in mine
        )
        key = known.get((theme, "")) or _fresh(slug(theme), given)
        themes.append(Theme(id=key, name=theme, definition=texts.get(theme, "").strip(), codes=codes))
    if faults:
        raise InputError(faults)
    return tuple(themes)


def _fresh(base: str, given: set[str]) -> str:
    found, number = base, 1
    while found in given:
        number += 1
        found = f"{base}-{number}"
    given.add(found)
    return found
