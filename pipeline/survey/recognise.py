"""Which tool made an export, and where its header ends: told from the content, never from the file name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.errors import Fault, InputError
from pipeline.study import ExportFile
from pipeline.survey.exports import Grid

IMPORT_ID = re.compile(r"""^\s*\{\s*['"]ImportId['"]\s*:""")
QUALTRICS = {
    "StartDate",
    "EndDate",
    "RecordedDate",
    "ResponseId",
    "ResponseID",
    "Finished",
    "Progress",
    "DistributionChannel",
}
ALCHEMER = {"Time Started", "Date Submitted", "Status"}
TOOLS = ("qualtrics", "alchemer", "surveymonkey", "google-forms", "plain")


@dataclass(frozen=True)
class Column:
    """A column's own name (unique), the label respondents saw, and the part of it that names one of several boxes."""

    name: str
    label: str
    part: str = ""


@dataclass(frozen=True)
class Export:
    """An export with its header read: tool, why, columns, data rows and the line each row came from."""

    file: str
    tool: str
    why: str
    columns: tuple[Column, ...]
    rows: list[list[str]]
    header_rows: int
    encoding: str
    repaired: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Return the columns' names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> list[str]:
        """Return one column's cells."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def recognise(grid: Grid, stated: ExportFile | None = None) -> Export:
    """Return the export with its header told from its data. Settings in survey.yaml overrule what the content says."""
    tool, header, why = _tool(grid.rows)
    if stated and stated.format:
        if stated.format not in TOOLS:
            raise InputError(
                [
                    Fault(
                        "survey.yaml",
                        "key exports.format",
                        f"unknown format {stated.format!r}",
                        "known: " + ", ".join(TOOLS),
                    )
                ]
            )
        tool, why = stated.format, "stated in survey.yaml"
    if stated and stated.header_rows is not None:
        header = stated.header_rows
    columns = _columns(tool, grid.rows[:header])
    if header >= len(grid.rows):
        raise InputError([Fault(grid.file, "", "the export has a header and no rows", "download it again")])
    return Export(grid.file, tool, why, columns, grid.rows[header:], header, grid.encoding, grid.repaired)


def _tool(rows: list[list[str]]) -> tuple[str, int, str]:
    first = {cell.replace("\xa0", " ").strip() for cell in rows[0]}
    for line in range(1, min(4, len(rows))):
        if sum(bool(IMPORT_ID.match(cell)) for cell in rows[line]) > len(rows[line]) / 2:
            return "qualtrics", line + 1, f"row {line + 1} holds ImportId entries"
    if len(first & QUALTRICS) >= 3:
        header = 2 if len(rows) > 1 and _is_label_row(rows[1]) else 1
        return "qualtrics", header, "metadata columns " + ", ".join(sorted(first & QUALTRICS))
    if rows[0][0] in ("V1", "ResponseID") and len(rows) > 1 and "ResponseI" in rows[1][0] + rows[0][0]:
        return "qualtrics", 2, "the legacy header V1, V2, …"
    if first >= ALCHEMER:
        return "alchemer", 1, "the columns Time Started, Date Submitted, Status"
    if first & {"RespondentID", "Respondent ID", "CollectorID", "Collector ID"}:
        return "surveymonkey", 2, "a RespondentID column and a second header row"
    if rows[0][0].strip() == "Timestamp":
        return "google-forms", 1, "the first column is Timestamp"
    return "plain", 1, "no survey tool's marks; read as a plain table"


def _is_label_row(row: list[str]) -> bool:
    """Say whether a row looks like question labels: no dates, no numbers, mostly words."""
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and not any(re.match(r"\d{1,4}[-/.]\d", cell) for cell in filled)


def _columns(tool: str, header: list[list[str]]) -> tuple[Column, ...]:
    if not header:
        return ()
    tags = [cell.replace("\xa0", " ").strip() for cell in header[0]]
    labels = tags
    if tool == "surveymonkey" and len(header) > 1:
        return _continued(tags, [cell.replace("\xa0", " ").strip() for cell in header[1]])
    if tool == "qualtrics" and len(header) > 1:
        labels = [cell.replace("\xa0", " ").strip() for cell in header[1]]
    parts = [""] * len(tags)
    if tool == "alchemer":
        split = [re.match(r"(.{0,80}?):(.+)", tag, re.DOTALL) for tag in tags]
        parts = [found.group(1).strip() if found else "" for found in split]
        labels = [
            " ".join((found.group(2) if found else tag).strip(" :").split())
            for found, tag in zip(split, tags, strict=True)
        ]
        tags = [f"c{number:02}" if len(tag) > 40 else tag for number, tag in enumerate(tags)]
    if tool in ("google-forms", "plain"):
        grid = [re.match(r"(.+?) ?\[(.+)\]$", tag, re.DOTALL) for tag in tags]
        parts = [found.group(2) if found else "" for found in grid]
        labels = [found.group(1) if found else tag for found, tag in zip(grid, tags, strict=True)]
        tags = [f"c{number:02}" if len(tag) > 40 else tag for number, tag in enumerate(tags)]
    return tuple(map(Column, _unique(tags), labels, parts))


def _continued(first: list[str], second: list[str]) -> tuple[Column, ...]:
    """Read SurveyMonkey's two rows: a question, blank for its further options, and below it option or "Response"."""
    columns, question = [], ""
    for number, (tag, option) in enumerate(zip(first, second, strict=True)):
        question = tag or question
        several = not tag or (number + 1 < len(first) and not first[number + 1])
        columns.append(
            Column(f"c{number:02}" if len(tag) > 40 or not tag else tag, question, option if several else "")
        )
    names = _unique([column.name for column in columns])
    return tuple(Column(name, column.label, column.part) for name, column in zip(names, columns, strict=True))


def _unique(names: list[str]) -> list[str]:
    """Return names that differ: what occurs twice is numbered, what has no name is named by its place."""
    seen: Counter[str] = Counter()
    found = []
    for number, name in enumerate(names):
        name = name or f"c{number:02}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
