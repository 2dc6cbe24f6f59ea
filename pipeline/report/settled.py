"""How disagreements were settled: joint sessions, what was disputed, how it was settled and why, who held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.coding.record import SETTLED, Vote, votes
from pipeline.report.given import Given
from pipeline.report.undecided import named, unit_of
from pipeline.report.words import one_line
from pipeline.speech import number, phrase
from pipeline.wording import missing

MOST = 40  # settled units shown; tables/settled.csv has all


@dataclass(frozen=True)
class Outcome:
    """One settled unit, and what its readers had said before."""

    unit_kind: str
    unit_id: str
    date: str
    by: str
    before: str
    outcome: str
    reason: str
    others: tuple[str, ...]  # readers whose own decision was another


def outcomes(given: Given) -> list[Outcome]:
    """Return every settled unit, by date."""
    record = given["record"]
    rows = record[record.basis.isin(SETTLED)]
    cast = votes(given["assignments"], given["decisions"], codings=given["codings"], judgements=given["judgements"])
    found = []
    for key, part in rows.groupby(["unit_kind", "unit_id"], sort=True):
        first, chosen = part.iloc[0], frozenset(part.value)
        given_votes = cast.get((str(key[0]), str(key[1])), [])
        others = tuple(vote.coder for vote in given_votes if vote.values is not None and vote.values != chosen)
        found.append(
            Outcome(
                str(key[0]), str(key[1]), "" if missing(first.decided_at) else str(first.decided_at)[:10],
                str(first.decided_by or ""), _said(given_votes), "|".join(sorted(chosen)),
                "" if missing(first.reason) else one_line(str(first.reason)), others,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.date, one.unit_kind, one.unit_id))


def _said(cast: list[Vote]) -> str:
    return "; ".join(f"{vote.coder}: {'|'.join(sorted(vote.values)) if vote.values else vote.state}" for vote in cast)


def section(given: Given) -> dict[str, Any]:
    """Return the template's names."""
    found = outcomes(given)
    disputed = given["open_units"]
    return {
        "n_settled": len(found),
        "session_rows": session_rows(found),
        "settled_rows": settled_rows(given, found[:MOST]),
        "held_rows": held_rows(found),
        "n_unsettled": int((disputed["values"].fillna("") != "").sum()),
    }


def session_rows(found: list[Outcome]) -> list[list[Any]]:
    """Return joint sessions: day, who decided, units settled, units on which somebody had said something else."""
    table = pd.DataFrame(
        [(o.date or phrase("no date"), o.by, bool(o.others)) for o in found], columns=["date", "by", "held"]
    )
    counts = table.groupby(["date", "by"], as_index=False).agg(n=("held", "size"), held=("held", "sum"))
    return [[row.date, row.by or "–", number(row.n), number(int(row.held))] for row in counts.itertuples()]


def held_rows(found: list[Outcome]) -> list[list[Any]]:
    """Return, per coder, how many units were settled otherwise than the coder had decided."""
    counts = pd.Series([coder for one in found for coder in one.others], dtype="object").value_counts()
    return [[coder, number(int(counts[coder]))] for coder in sorted(counts.index)]


def settled_rows(given: Given, found: list[Outcome]) -> list[list[Any]]:
    """Return respondent, words, what each had said, as what it was settled, the reason, who had held otherwise."""
    usages = given.placed(given["usages"]).set_index("usage_id")
    excerpts = given.placed(given["excerpts"]).set_index("excerpt_id")
    texts = dict(zip(given["responses"].response_id, given["responses"].text, strict=True))
    rows = []
    for one in found:
        row = {"unit_kind": one.unit_kind, "unit_id": one.unit_id, "values": "", "reason": ""}
        unit = unit_of(given, row, usages, excerpts, texts)
        if unit is not None:
            rows.append([unit.person, unit.text, named(given, one.before), named(given, one.outcome), one.reason or "–",
                         ", ".join(one.others) or "–"])  # fmt: skip
    return rows
