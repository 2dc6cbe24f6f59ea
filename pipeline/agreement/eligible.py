"""What may be compared with what: independent decisions of one purpose under one frozen version.

Reported agreement rests on decisions of purpose `estimate` that are independent (not made after the unit was settled
in discussion), under one version of the codebook or sense inventory, on units that nobody read while it was being
developed. Everything else has rows of its own, under a prefix that says what it is: `pilot / `, `discussed / `,
`seen before / `, `version 1.0 / `. Completed labels and machine codings are not among the tables read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import Fault, InputError

PURPOSES = ("estimate", "calibrate", "pilot", "develop", "train")
DEVELOPING = ("develop", "pilot", "calibrate")
SETTLED = ("negotiated", "adjudicated")
PART = {"excerpt": "themes", "usage": "glossary", "pair": "glossary"}


@dataclass(frozen=True)
class Part:
    """Decisions that may be compared with each other: assignments joined with decisions, one kind of unit."""

    prefix: str
    purpose: str
    version: str
    rows: pd.DataFrame

    @property
    def last(self) -> pd.DataFrame:
        """Return one decision per coder and unit: where a coder read a unit in several rounds, the last round counts.

        The earlier rounds of such a unit are left out for all its coders, so that no decision made before a team
        met is held against one made after.
        """
        rows = self.rows
        again = rows[rows.duplicated(["coder_id", "unit_id"], keep=False)]
        latest = again.groupby(["unit_id", "round"]).decided_at.max().fillna("").reset_index()
        final = latest.sort_values(["decided_at", "round"]).drop_duplicates("unit_id", keep="last")
        wanted = dict(zip(final.unit_id, final["round"], strict=True))
        return rows[[wanted.get(unit, turn) == turn for unit, turn in zip(rows.unit_id, rows["round"], strict=True)]]


def parts(tables: Mapping[str, pd.DataFrame], kind: str, *, current: str = "") -> Iterator[Part]:
    """Yield what may be compared, the study's own agreement (prefix "") first.

    tables: assignments, decisions, and record where there is one. current: the version in force; where nobody
    worked under it, the version of the latest decision is the study's own.
    """
    rows = joined(tables["assignments"], tables["decisions"], kind)
    if rows.empty:
        return
    known = sorted(set(rows.version[rows.purpose == "estimate"]) - {""})
    own = current if current in known else _latest(rows[(rows.purpose == "estimate") & rows.version.isin(known)])
    seen = _seen(tables["assignments"], tables["decisions"])
    rows = rows.assign(late=_late(rows, tables.get("record")))
    for purpose in PURPOSES:
        mine = rows[rows.purpose == purpose]
        head = "" if purpose == "estimate" else f"{purpose} / "
        if purpose != "estimate":
            yield from _versions(mine, head, purpose, "")
            continue
        developed = mine.unit_id.isin(seen)
        yield from _versions(mine[~mine.late & ~developed], head, purpose, own)
        yield from _versions(mine[~mine.late & developed], "seen before / ", purpose, own)
        yield from _versions(mine[mine.late], "discussed / ", purpose, own)


def joined(assignments: pd.DataFrame, decisions: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return assignments with their decisions and the version that matters for the kind of unit ("" = not known).

    Raises InputError naming every coder who decided twice about a unit in one round and purpose.
    """
    rows = assignments[assignments.unit_kind == kind].merge(decisions, on="assignment_id")
    key = ["coder_id", "unit_id", "round", "purpose"]
    faults = [
        Fault(
            "assignments", f"{row.coder_id}, {kind} {row.unit_id}, round {row.round}",
            "two decisions of one coder about the same unit would count as two coders",
            "remove one of the two assignments, or give the second purpose repeat",
        )
        for row in rows[rows.duplicated(key)].itertuples()
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    versions = [_version(stated, PART[kind]) for stated in rows.codebook_version]
    return rows.assign(version=pd.Series(versions, index=rows.index, dtype="object"))


def _version(stated: object, part: str) -> str:
    """Return the version of the codebook (themes) or inventory (glossary) that a decision states."""
    if not isinstance(stated, str):
        return ""
    found = re.search(rf"\b{part} ([^,]+)", stated)
    return (found[1] if found else stated).strip()


def _latest(rows: pd.DataFrame) -> str:
    ordered = rows.assign(at=rows.decided_at.fillna("")).sort_values(["at", "version"])
    return str(ordered.version.iloc[-1]) if len(ordered) else ""


def _versions(rows: pd.DataFrame, head: str, purpose: str, own: str) -> Iterator[Part]:
    """Yield one part per version; a decision that states none goes with the only version there is, else by itself."""
    known = sorted(set(rows.version) - {""})
    if len(known) < 2:
        if len(rows):
            only = known[0] if known else ""
            prefix = head if only in ("", own) or not own else f"{head}version {only} / "
            yield Part(prefix, purpose, only, rows)
        return
    for version in sorted(set(rows.version), key=lambda one: (one != own, one)):
        named = version or "not stated"
        prefix = head if version == own and own else f"{head}version {named} / "
        yield Part(prefix, purpose, named, rows[rows.version == version])


def _seen(assignments: pd.DataFrame, decisions: pd.DataFrame) -> set[str]:
    """Return units that anybody read while the codebook or the senses were being developed."""
    work = assignments[assignments.purpose.isin(DEVELOPING) & assignments.assignment_id.isin(decisions.assignment_id)]
    return {part for unit in work.unit_id for part in {unit, *str(unit).split("+")}}


def _late(rows: pd.DataFrame, record: pd.DataFrame | None) -> pd.Series:
    """Return a mask over rows: decided after the unit had been settled in discussion."""
    if record is None or record.empty:
        return pd.Series(False, index=rows.index)
    settled = record[record.basis.isin(SETTLED)].dropna(subset=["decided_at"])
    when = settled.groupby("unit_id").decided_at.min()
    met = rows.unit_id.map(when)
    known = met.notna() & rows.decided_at.notna()
    return known & (rows.decided_at.where(known, "").astype(str) > met.astype(object).where(known, "").astype(str))
