"""Which tool made an export, and where its header ends: told from the content, never from the file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.errors import Fault, InputError
from pipeline.settings import ExportFile
from pipeline.survey.exports import Grid
from pipeline.survey.headers import Column, columns_of
from pipeline.survey.shape import rows_above
from pipeline.survey.tools import TOOLS, plain, tell


@dataclass(frozen=True)
class Export:
    """An export with its header read: tool, why, columns, data rows and the line each row came from."""

    file: str
    tool: str
    why: str
    columns: tuple[Column, ...]
    rows: Sequence[list[str]]
    header_rows: int  # records before the data, with what stands above the header
    encoding: str
    repaired: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    header: tuple[tuple[str, ...], ...] = ()  # the header as the file writes it

    @cached_property
    def names(self) -> list[str]:
        """Return the columns' names in order."""
        return [column.name for column in self.columns]

    @cached_property
    def places(self) -> dict[str, int]:
        """Return where each column stands."""
        return {name: place for place, name in enumerate(self.names)}

    def column(self, name: str) -> list[str]:
        """Return one column's cells."""
        place = self.places[name]
        return [row[place] for row in self.rows]


def recognise(grid: Grid, stated: ExportFile | None = None) -> Export:
    """Return the export with its header told from its data. Settings in survey.yaml overrule what the content says."""
    if not grid.rows or not grid.rows[0]:
        raise InputError([Fault(grid.file, "", "no table is in this file", "download the export again")])
    above = rows_above(grid.rows) if stated is None or stated.skip_rows is None else stated.skip_rows
    rows, notes = grid.rows[above:] if above else grid.rows, grid.notes
    if above:
        said = "record 1 stands" if above == 1 else f"records 1 to {above} stand"
        notes = [*notes, f"{said} above the table and not in it; if that is wrong: skip_rows: 0 in survey.yaml"]
    if not rows:
        raise InputError([Fault(grid.file, "", "nothing is left below skip_rows", "correct it in survey.yaml")])
    tool, header, why = tell(rows)
    if stated and stated.format:
        if stated.format not in TOOLS:
            what = f"unknown format {stated.format!r}"
            raise InputError([Fault("survey.yaml", "key exports.format", what, "known: " + ", ".join(TOOLS))])
        if stated.format != tool:
            tool, header, why = stated.format, 2 if stated.format == "surveymonkey" else 1, "stated in survey.yaml"
    if stated and stated.header_rows is not None:
        header = stated.header_rows
    if header >= len(rows):
        raise InputError([Fault(grid.file, "", "the export has a header and no rows", "download it again")])
    columns = columns_of(tool, rows[:header]) or columns_of("plain", [[""] * len(rows[0])])
    written = tuple(tuple(map(plain, row)) for row in rows[:header])
    return Export(
        grid.file, tool, why, columns, rows[header:], header + above, grid.encoding, grid.repaired, notes, written
    )
