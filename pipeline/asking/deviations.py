"""Departures from a frozen plan: said by people with a date and a reason, or seen and not said.

codebooks/<study>/deviations.jsonl holds one JSON object a line: date, reason, and the decisions it is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import Fault, InputError

FILE = "deviations.jsonl"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHORT = 60


@dataclass(frozen=True)
class Deviation:
    """A departure: the day it was said ("" if nobody has), why, and what changed (decision, before, after)."""

    day: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


def entry(day: str, reason: str, changes: Sequence[tuple[str, Any, Any]]) -> str:
    """Return the line to append: what differs from the plan on that day, and why."""
    if not DAY.fullmatch(day):
        raise InputError([Fault("--date", "", f"{day!r} is not a day", "write it as 2026-11-23")])
    if not reason.strip():
        raise InputError([Fault("--reason", "", "no reason is given", "say why the plan was left")])
    said = {"date": day, "reason": reason.strip(), "changes": [[key, old, new] for key, old, new in changes]}
    return json.dumps(said, ensure_ascii=False) + "\n"


def parse(text: str, name: str) -> list[dict[str, Any]]:
    """Return the entries of deviations.jsonl; raise InputError listing every line that is none."""
    faults, found = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            if not (DAY.fullmatch(one["date"]) and one["reason"] and isinstance(one["changes"], list)):
                raise ValueError
            found.append(one)
        except (ValueError, KeyError, TypeError):
            what = "not an entry with date, reason and changes"
            faults.append(Fault(name, f"line {number}", what, "restore it, or use: sameword freeze deviate"))
    if faults:
        raise InputError(faults)
    return found


def deviations(said: Sequence[Mapping[str, Any]], changes: Sequence[tuple[str, Any, Any]]) -> list[Deviation]:
    """Return departures by day, then what differs from the plan now and no entry covers.

    An entry covers a change when it names the decision with the value that it has now.
    """
    found = [
        Deviation(one["date"], one["reason"], tuple((key, shown(old), shown(new)) for key, old, new in one["changes"]))
        for one in sorted(said, key=lambda one: one["date"])
    ]
    covered = {(key, json.dumps(new, sort_keys=True)) for one in said for key, _, new in one["changes"]}
    silent = [
        (key, shown(old), shown(new))
        for key, old, new in changes
        if (key, json.dumps(new, sort_keys=True)) not in covered
    ]
    return [*found, *([Deviation("", "", tuple(silent))] if silent else [])]


def shown(value: Any) -> str:
    """Return a value of a decision as a person reads it: lists with commas, digests and long texts cut."""
    if value is None:
        return "nothing"
    if isinstance(value, list):
        text = ", ".join(map(str, value)) or "nothing"
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text[:12] + "…" if re.fullmatch(r"[0-9a-f]{64}", text) else text
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
