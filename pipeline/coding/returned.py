"""What one row of a returned file says: an assignment, a state, codes or senses, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.coding import packets
from pipeline.coding.sheets import Sheet

NUMBERED = re.compile(r"(code|sense)s?\s*\d*", re.IGNORECASE)
STATES = {
    packets.NO_CODE: "no_code", packets.UNSURE: "unsure", packets.CANNOT: "cannot_code",
    packets.CANNOT_TELL: "cannot_code",
    "no_code": "no_code", "cannot_code": "cannot_code", "coded": "coded", "skipped": "skipped",
    "split here": "skipped", "refers to another answer": "cannot_code",
}  # fmt: skip
NONE_WORDS = (packets.NONE, "none", "none of these")
TELL_WORDS = (packets.CANNOT_TELL, "cannot tell", "cannot_code", "cannot be coded")


@dataclass(frozen=True)
class Row:
    """One decision as a coder returned it; labels are still in the coder's words."""

    file: str
    place: str
    assignment_id: str
    state: str | None  # None where the labels say it
    labels: tuple[str, ...] = ()
    spans: tuple[tuple[int, int] | None, ...] = ()
    text: str | None = None
    digest: str | None = None
    decided_at: str | None = None
    seconds: float | None = None
    codebook_version: str | None = None
    screen: str | None = None
    memo: str = ""
    wrong_state: str = ""
    splits: tuple[int, ...] = ()  # where the coder would cut the excerpt, in code points from its start


def from_journal(file: str, rows: Iterable[tuple[int, dict[str, Any]]]) -> list[Row]:
    """Return journal lines as rows; of several lines about one assignment the last counts, undone ones vanish."""
    last: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, row in rows:
        last[row["assignment_id"]] = (number, row)
    return [_journal_row(file, number, row) for number, row in last.values() if not row.get("undone")]


def _journal_row(file: str, number: int, row: Mapping[str, Any]) -> Row:
    codes = row.get("codes") or []
    value = row.get("value")
    labels = [code["code_id"] for code in codes] if codes else (value.split("|") if value else [])
    spans = [
        (int(code["start"]), int(code["end"]))
        if code.get("start") is not None and code.get("end") is not None
        else None
        for code in codes
    ]
    seconds = row.get("seconds")
    screen = row.get("screen")
    flags = "".join(f"[{flag}] " for flag in row.get("flags") or [])
    return Row(
        file, f"line {number}", row["assignment_id"], row["state"], tuple(labels), tuple(spans),
        digest=row.get("digest"), decided_at=row.get("decided_at"),
        seconds=float(seconds) if isinstance(seconds, int | float) else None,
        codebook_version=None if row.get("codebook_version") is None else str(row["codebook_version"]),
        screen=" ".join(map(str, screen)) if isinstance(screen, list) else screen,
        memo=f"{flags}{row.get('memo') or ''}".strip(),
        splits=tuple(sorted(set(row.get("splits") or []))),
    )  # fmt: skip


def from_sheet(sheet: Sheet) -> list[Row]:
    """Return the decided rows of a packet's sheet; rows without any decision are not reached."""
    labelled = [column for column in sheet.columns if NUMBERED.fullmatch(column)]
    found = []
    for number, cells in sheet.rows:
        row = {column.lower(): cell.strip() for column, cell in cells.items()}
        stated = row.get(packets.DECISION, "") or row.get("state", "")
        labels = [part.strip() for column in labelled for part in cells.get(column, "").split(";") if part.strip()]
        if stated or labels:
            found.append(_sheet_row(sheet, number, row, stated, labels))
    return found


def _sheet_row(sheet: Sheet, number: int, row: Mapping[str, str], stated: str, labels: list[str]) -> Row:
    state = STATES.get(stated.casefold()) if stated else None
    none = stated.casefold() in NONE_WORDS
    seconds = row.get("seconds", "")
    return Row(
        sheet.file, sheet.place(number), row.get(packets.ASSIGNMENT, ""), "coded" if none else state,
        tuple([*labels, "none"] if none else labels), tuple(None for _ in labels),
        text=row.get(packets.TEXT), decided_at=row.get("decided_at") or sheet.saved_at,
        seconds=float(seconds) if re.fullmatch(r"\d+(\.\d+)?", seconds) else None,
        codebook_version=row.get("codebook_version") or None, memo=row.get(packets.MEMO, ""),
        wrong_state=stated if stated and state is None and not none else "",
    )  # fmt: skip


def is_packet(sheet: Sheet) -> bool:
    """Say whether a sheet has the columns of a packet."""
    names = {column.casefold() for column in sheet.columns}
    return packets.ASSIGNMENT in names and bool(
        names & {packets.DECISION, "state"} or any(NUMBERED.fullmatch(n) for n in names)
    )


def answers_nothing(sheet: Sheet) -> bool:
    """Say whether a sheet is one of a packet's own that holds no decisions."""
    return sheet.sheet in ("Read me", "Codebook", "Senses")
