"""Packets for coders who prefer a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import files, workbook
from pipeline.cells import around, fitting, is_formula
from pipeline.coding.units import OPEN_MARK

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

N_CODES, N_SENSES = 6, 3
ASSIGNMENT, TEXT, DECISION, MEMO = "assignment_id", "text", "decision", "memo"
NO_CODE, UNSURE, CANNOT = "no code applies", "unsure", "cannot be coded"
NONE, CANNOT_TELL = "none of these senses", "cannot tell from the text"
EXCERPT_DECISIONS, USAGE_DECISIONS = (NO_CODE, UNSURE, CANNOT), (NONE, CANNOT_TELL, UNSURE)
HOW_TO = (
    "Each row of the sheets Excerpts and Usages is one decision. Please do not change the columns up to 'text'.",
    "Excerpts: choose one or more codes from the lists in 'code 1', 'code 2' and so on; the order does not matter.",
    "If no code fits, choose 'no code applies' in the column 'decision'. That is a decision, an empty row is not.",
    "If you cannot decide, choose 'unsure'; if the text cannot be coded at all, 'cannot be coded'.",
    "Usages: the word stands between ⟦ and ⟧. Choose the sense in which this person uses it, here, in 'sense 1'.",
    "If it has two senses at once, choose the second in 'sense 2'.",
    "Pairs: how close are the two meanings? 'sense 1': 4 the same, 3 close, 2 distant, 1 unrelated.",
    "If no sense fits: 'none of these senses'. If the text does not tell: 'cannot tell from the text'.",
    "Write what you want to remember under 'memo'. Work alone: do not discuss single rows before you return the file.",
    "Stop and go on whenever you like. Rows left empty count as not reached. Save as .xlsx or .csv and send it back.",
)


def write_workbook(path: Path, packet: dict[str, Any]) -> None:
    """Write a coder's packet as XLSX: instructions, codebook, excerpts, usages; lists to choose from; text as text."""
    from openpyxl import Workbook

    book = Workbook()
    about = book.active
    assert about is not None
    about.title = "Read me"
    _instructions(about, packet)
    codes = [code for theme in packet["themes"] for code in theme["codes"]]
    _codebook(book.create_sheet("Codebook"), packet["themes"])
    senses = _senses(book.create_sheet("Senses"), packet["terms"])
    kinds = {
        kind: [unit for unit in packet["units"] if unit["unit_kind"] == kind] for kind in ("excerpt", "usage", "pair")
    }
    if kinds["excerpt"]:
        _excerpts(book.create_sheet("Excerpts"), kinds["excerpt"], len(codes))
    if kinds["usage"]:
        _usages(book.create_sheet("Usages"), kinds["usage"], packet["terms"], senses)
    if kinds["pair"]:
        _usages(book.create_sheet("Pairs"), kinds["pair"], packet["terms"], dict.fromkeys(packet["terms"], '"1,2,3,4"'))
    files.write_bytes(path, workbook.as_bytes(book))


def _instructions(sheet: Worksheet, packet: dict[str, Any]) -> None:
    head = [f"{packet['title']}", f"Coder: {packet['coder']}. Codebook version {packet['codebook_version']}.", ""]
    _append(sheet, [head[0]])
    for line in [*head[1:], *HOW_TO]:
        _append(sheet, [line])
    _shape(sheet, [110], wrap=True, freeze="A1")
    from openpyxl.styles import Font

    sheet["A1"].font = Font(bold=True, size=14)


def _codebook(sheet: Worksheet, themes: Sequence[dict[str, Any]]) -> None:
    _head(sheet, ["code", "code_id", "theme", "definition", "include", "exclude", "examples"])
    for theme in themes:
        for code in theme["codes"]:
            _append(
                sheet,
                [code["name"], code["id"], theme["name"], code["definition"], code["include"], code["exclude"],
                 " / ".join(code["positive"])],
            )  # fmt: skip
    _shape(sheet, [28, 20, 24, 50, 40, 40, 50], wrap=True)


def _senses(sheet: Worksheet, terms: dict[str, Any]) -> dict[str, str]:
    """Write the senses, and return the range of cells that holds each term's names."""
    _head(sheet, ["term", "sense", "sense_id", "definition", "how to tell", "in answers"])
    ranges, row = {}, 2
    for term_id, term in terms.items():
        first = row
        for sense in term["senses"]:
            _append(
                sheet,
                [
                    term["label"],
                    sense["name"],
                    sense["id"],
                    sense["definition"],
                    sense["tell"],
                    "\n".join(sense.get("anchors", [])),
                ],
            )
            row += 1
        for extra in (NONE, CANNOT_TELL):
            _append(sheet, [term["label"], extra, "", "", "", ""])
            row += 1
        ranges[term_id] = f"Senses!$B${first}:$B${row - 1}"
    _shape(sheet, [18, 34, 22, 60, 60, 60], wrap=True)
    return ranges


def _excerpts(sheet: Worksheet, units: Sequence[dict[str, Any]], n_codes: int) -> None:
    codes = [f"code {number}" for number in range(1, N_CODES + 1)]
    _head(sheet, ["no", ASSIGNMENT, "question", "item", "whole answer", TEXT, DECISION, *codes, MEMO])
    for number, unit in enumerate(units, 1):
        whole = "" if unit["answer"] == unit["text"] else unit["answer"]
        _append(sheet, [number, unit["assignment_id"], unit["question"], _about(unit), whole, unit["text"]])
    last = len(units) + 1
    _choices(sheet, f"G2:G{last}", '"' + ",".join(EXCERPT_DECISIONS) + '"')
    if n_codes:
        _choices(sheet, f"H2:M{last}", f"Codebook!$A$2:$A${n_codes + 1}")
    _shape(sheet, [5, 12, 30, 12, 40, 70, 16, *[20] * N_CODES, 30], wrap=True, freeze="G2")


def _usages(sheet: Worksheet, units: Sequence[dict[str, Any]], terms: dict[str, Any], ranges: dict[str, str]) -> None:
    senses = [f"sense {number}" for number in range(1, N_SENSES + 1)]
    _head(sheet, ["no", ASSIGNMENT, "term", "question", "item", TEXT, DECISION, *senses, MEMO])
    rows: dict[str, list[int]] = {}
    for number, unit in enumerate(units, 1):
        term = terms[unit["term_id"]]["label"]
        text = around(unit["text"], OPEN_MARK)
        _append(sheet, [number, unit["assignment_id"], term, unit["question"], _about(unit), text])
        rows.setdefault(unit["term_id"], []).append(number + 1)
    _choices(sheet, f"G2:G{len(units) + 1}", '"' + ",".join(USAGE_DECISIONS) + '"')
    for term_id, numbers in rows.items():
        _choices(sheet, " ".join(f"H{first}:J{last}" for first, last in _runs(numbers)), ranges[term_id])
    _shape(sheet, [5, 12, 14, 30, 12, 80, 22, *[26] * N_SENSES, 30], wrap=True, freeze="G2")


def _about(unit: dict[str, Any]) -> str:
    """Return what stands beside a text: its item, translations, and what else coders may see, line by line."""
    facts = [f"{fact['label']}: {fact['value']}" for fact in unit.get("facts", [])]
    return "\n".join(filter(None, [unit["item"], *facts]))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return stretches of consecutive rows as (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _append(sheet: Worksheet, values: Sequence[Any]) -> None:
    """Add a row; `_shape` makes texts inert afterwards."""
    sheet.append([fitting(value) for value in values])


def _head(sheet: Worksheet, names: Sequence[str]) -> None:
    from openpyxl.styles import Font, PatternFill

    sheet.append(list(names))
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8E8E8")


def _shape(sheet: Worksheet, widths: Sequence[int], *, wrap: bool = False, freeze: str = "A2") -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    style = Alignment(wrap_text=wrap, vertical="top")
    for number, width in enumerate(widths, 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width, column.alignment = width, style  # cells that are still empty take it from their column
    sheet.freeze_panes = freeze
    plain = inert = None
    cells: list[Any] = list(sheet._cells.values())
    for cell in cells:  # only cells with something in them: iter_rows would make the empty ones
        if cell.row == 1:
            continue
        formula = is_formula(cell.value)
        if formula:
            cell.data_type = "s"  # a text that stays a text, whatever it begins with
        made = inert if formula else plain
        if made is None:
            cell.alignment, cell.quotePrefix = style, formula
            made = cell._style
            inert, plain = (made, plain) if formula else (inert, made)
        cell._style = copy(made)  # making a style anew for every cell takes most of the time


def _choices(sheet: Worksheet, cells: str, source: str) -> None:
    from openpyxl.worksheet.cell_range import MultiCellRange
    from openpyxl.worksheet.datavalidation import DataValidation

    where = MultiCellRange(cells)  # several ranges where late answers stand behind another term's
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True, sqref=where)
    rule.error, rule.errorTitle = "Please choose from the list.", "Not in the list"
    sheet.add_data_validation(rule)
