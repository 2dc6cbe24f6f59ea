"""REDCap's data dictionary, downloaded beside the data: labels, roles, choices, and which fields identify people.

Columns as REDCap writes them (Project Setup, "Download the current Data Dictionary"): Variable / Field Name, Field
Type, Field Label, "Choices, Calculations, OR Slider Labels" ("1, Red | 2, Green"), Identifier? (y).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.errors import Fault, InputError
from pipeline.survey.exports import Grid
from pipeline.survey.headers import Column
from pipeline.survey.recognise import Export
from pipeline.survey.tools import CHECKBOX, plain

NAME, TYPE, LABEL = "Variable / Field Name", "Field Type", "Field Label"
CHOICES, IDENTIFIER = "Choices, Calculations, OR Slider Labels", "Identifier?"
VALIDATION = "Text Validation Type OR Show Slider Number"
CLOSED = {"radio", "dropdown", "yesno", "truefalse", "checkbox", "sql"}
ROLES = {
    "notes": "open", "slider": "rating", "calc": "metadata", "file": "identifying", "descriptive": "ignored",
    "checkbox": "multiple_choice", **dict.fromkeys(sorted(CLOSED - {"checkbox"}), "single_choice"),
}  # fmt: skip
ALWAYS = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
TAG = re.compile(r"<[^<>]+>")


@dataclass(frozen=True)
class Described:
    """A field as the dictionary has it; role is "" where its cells must say what it is."""

    label: str
    role: str
    choices: Mapping[str, str]


def read_dictionary(grid: Grid) -> dict[str, Described]:
    """Return fields by name. Raises InputError where the file is no data dictionary."""
    head = [plain(cell).strip('"') for cell in grid.rows[0]]
    missing = [name for name in (NAME, TYPE, LABEL, CHOICES) if name not in head]
    if missing:
        what = f"not a REDCap data dictionary: the columns {', '.join(missing)} are missing"
        raise InputError([Fault(grid.file, "record 1", what, "download the project's Data Dictionary as CSV")])
    found = {}
    for row in grid.rows[1:]:
        field = dict(zip(head, map(plain, row), strict=True))
        kind = field[TYPE].lower()
        role = "identifying" if field.get(IDENTIFIER, "").lower() == "y" else ROLES.get(kind, "")
        if not role and field.get(VALIDATION):
            role = "identifying" if field[VALIDATION] in ("email", "phone") else "metadata"
        choices = ALWAYS.get(kind) or (_choices(field[CHOICES]) if kind in CLOSED else {})
        found[field[NAME]] = Described(" ".join(TAG.sub(" ", field[LABEL]).split()), role, choices)
    return found


def _choices(text: str) -> dict[str, str]:
    """Read "1, Red | 2, Green (or blue, at times)" as {1: Red, ...}."""
    pairs = (part.partition(",") for part in text.split("|"))
    return {code.strip().lower(): label.strip() for code, _, label in pairs if code.strip() and label.strip()}


def described(export: Export, fields: Mapping[str, Described]) -> Export:
    """Return the export with what the dictionary says of its columns.

    Raises InputError where the dictionary knows none of the columns: it is another project's.
    """
    columns = [_column(column, fields) for column in export.columns]
    known = [new for old, new in zip(export.columns, columns, strict=True) if new is not old]
    if not known:
        what = "the data dictionary describes none of the export's columns"
        raise InputError([Fault(export.file, "record 1", what, "download both from the same project")])
    return replace(export, columns=tuple(columns))


def _column(column: Column, fields: Mapping[str, Described]) -> Column:
    box = CHECKBOX.fullmatch(column.name)
    field = fields.get(box.group(1) if box else column.name)
    if field is None:
        return column
    label = field.label or column.label
    if box:
        code = box.group(2).lower().lstrip("_")
        return replace(column, label=label, part=field.choices.get(code, column.part), kind=field.role)
    return replace(column, label=label, kind=field.role, codes=tuple(field.choices.items()))
