"""What counts: people's independent decisions of purpose estimate, by the rule the study states.

Votes are per code (or sense). A value enters by `single` (one reader), `unanimous`, `majority` (more than half of the
readers), or `adjudicated`/`negotiated` (settled later, with a reason). Unsure and skipped are no votes; "cannot be
coded" is a vote for that value. Original decisions are never altered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.tables import SCHEMAS

NO_CODE, CANNOT = "no_code", "cannot_code"
SETTLED = ("negotiated", "adjudicated")


@dataclass(frozen=True)
class Vote:
    """One reader's decision about a unit: a set of values, or None where the reader did not decide."""

    coder: str
    values: frozenset[str] | None
    state: str
    decided_at: str | None


def votes(
    assignments: pd.DataFrame, decisions: pd.DataFrame, *, codings: pd.DataFrame, judgements: pd.DataFrame
) -> dict[tuple[str, str], list[Vote]]:
    """Return every reader's vote per (unit_kind, unit_id), for purpose estimate."""
    work = assignments[assignments.purpose == "estimate"].merge(decisions, on="assignment_id")
    said: dict[str, set[str]] = {}
    for key, code in zip(codings.assignment_id, codings.code_id, strict=True):
        said.setdefault(key, set()).add(code)
    for key, value in zip(judgements.assignment_id, judgements.value, strict=True):
        said.setdefault(key, set()).update(str(value).split("|"))
    found: dict[tuple[str, str], list[Vote]] = {}
    latest: dict[tuple[str, str, str], Vote] = {}
    for row in work.sort_values(["decided_at", "assignment_id"], na_position="first").itertuples():
        values = {"coded": frozenset(said.get(row.assignment_id, ())), NO_CODE: frozenset([NO_CODE]),
                  CANNOT: frozenset([CANNOT])}.get(row.state)  # fmt: skip
        at = row.decided_at if isinstance(row.decided_at, str) else None
        latest[(row.unit_kind, row.unit_id, row.coder_id)] = Vote(row.coder_id, values, row.state, at)
    for kind, unit, coder in sorted(latest):
        found.setdefault((kind, unit), []).append(latest[(kind, unit, coder)])
    return found


def make_record(
    found: Mapping[tuple[str, str], Sequence[Vote]],
    settled: Iterable[Mapping[str, Any]],
    *,
    rule: str | None,
    coders: Sequence[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return record and open_units. Without a rule nothing is recorded and everything that was read is open.

    What was settled counts for every unit under the rules that settle, and under the others where votes leave one open.
    """
    latest = {(str(row["unit_kind"]), str(row["unit_id"])): row for row in settled}
    record: list[tuple[object, ...]] = []
    waiting: list[tuple[object, ...]] = []
    for key in sorted(found):
        if rule is None:
            waiting.append((*key, "", "survey.yaml states no rule (coding.record)"))
            continue
        rows, open_row = _by_votes(key, found[key], rule, coders)
        if key in latest and latest[key].get("outcome") != "codebook" and (rule in SETTLED or open_row):
            record += _settled_rows(key, latest[key], waiting)
        else:
            record += rows
            waiting += open_row
    return _frame("record", record), _frame("open_units", waiting)


def _settled_rows(
    key: tuple[str, str], row: Mapping[str, Any], waiting: list[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    values = [str(value) for value in row.get("values") or ()]
    reason = str(row.get("reason") or "")
    if row.get("outcome") == "unresolved" or not values:
        waiting.append((*key, "", f"unresolved: {reason}".rstrip(": ")))
        return []
    by = ", ".join(map(str, row.get("decided_by") or ()))
    basis = str(row.get("basis") or "adjudicated")
    return [(*key, value, basis, by, reason or None, row.get("decided_at")) for value in values]


def _by_votes(
    key: tuple[str, str], given: Sequence[Vote], rule: str, coders: Sequence[str]
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the record's rows of one unit, and its open_units row where something stays undecided."""
    cast = [vote for vote in given if vote.values]
    if not cast:
        states = sorted({vote.state for vote in given})
        return [], [(*key, "", f"no reader decided ({', '.join(states)})")]
    if rule == "single":
        order = {coder: index for index, coder in enumerate(coders)}
        cast = [min(cast, key=lambda vote: (order.get(vote.coder, len(order)), vote.coder))]
    sets = Counter(vote.values for vote in cast)
    counts = Counter(value for vote in cast for value in vote.values or ())
    top, times = max(sets.items(), key=lambda item: (item[1], sorted(item[0] or ())))
    agreed = times == len(cast)
    whole = rule not in ("unanimous", *SETTLED) and times * 2 > len(cast)
    if agreed or whole:
        chosen, tied = set(top or ()), set()
    else:
        need = len(cast) if rule in ("unanimous", *SETTLED) else len(cast) / 2 + 0.5
        chosen = {value for value, count in counts.items() if count >= need}
        tied = set(counts) - chosen if rule != "majority" else {v for v, n in counts.items() if n * 2 == len(cast)}
    by = ", ".join(vote.coder for vote in cast)
    at = max((vote.decided_at for vote in cast if vote.decided_at), default=None)
    basis = {value: _basis(counts[value], len(cast)) for value in chosen}
    rows: list[tuple[object, ...]] = [(*key, value, basis[value], by, None, at) for value in sorted(chosen)]
    said = ", ".join(f"{value} {counts[value]} of {len(cast)}" for value in sorted(tied or set(counts)))
    if tied or not chosen:
        return rows, [(*key, "|".join(sorted(tied or set(counts))), f"readers differ: {said}")]
    return rows, []


def _basis(count: int, readers: int) -> str:
    return "single" if readers == 1 else "unanimous" if count == readers else "majority"


def _frame(name: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS[name].types)), dtype="object")


def basis_line(record: pd.DataFrame) -> str:
    """Return the basis of the record in words: "62 % single, 38 % unanimous", or counts under 30 units."""
    units = record.drop_duplicates(["unit_kind", "unit_id"])
    counts = units.basis.value_counts()
    if len(units) < 30:
        return ", ".join(f"{count} {basis}" for basis, count in counts.items())
    return ", ".join(f"{count / len(units):.0%} {basis}".replace("%", " %") for basis, count in counts.items())
