"""Returned rows -> decisions, codings, judgements. All faults at once; every row comes in or is listed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from pipeline import tables
from pipeline.coding import ledger as ledgers
from pipeline.coding.labels import Inventory, alike, read_label
from pipeline.coding.returned import TELL_WORDS, Row
from pipeline.coding.units import EXCERPT, PAIR, fold, text_digest
from pipeline.errors import Fault, InputError, nearest

SCALE = ("1", "2", "3", "4")  # unrelated … the same meaning (Schlechtweg et al. 2018)
TO_UNDO = "undo the edit in the file, or ask for a new packet"


class Unit(Protocol):
    """A described unit: of units.COLUMNS, what is asked of it here."""

    unit_kind: str
    term_id: str
    text: str
    digest: str


@dataclass
class Collected:
    """The tables of this stage, and what people should know about how they came about."""

    assignments: pd.DataFrame
    decisions: pd.DataFrame
    codings: pd.DataFrame
    judgements: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class Decision:
    """A checked row."""

    row: Row
    state: str
    values: tuple[str, ...]  # code ids or sense ids
    spans: tuple[tuple[int, int] | None, ...]


def collect(
    rows: Sequence[Row], ledger: pd.DataFrame, *, units: pd.DataFrame, said: Inventory, faults: Sequence[Fault] = ()
) -> Collected:
    """Return decisions from returned rows, or raise InputError with every fault (and those already found).

    units: described units (units.COLUMNS). Several decisions of one assignment merge by time.
    """
    found = list(faults)
    notes: list[str] = []
    given = {row.assignment_id: row for row in ledger.itertuples()}
    known = {
        (kind, key): row for kind, key, row in zip(units.unit_kind, units.unit_id, units.itertuples(), strict=True)
    }
    decisions: dict[str, list[Decision]] = {}
    for row in rows:
        work = given.get(row.assignment_id)
        if work is None:
            found.append(_unknown(row, given))
            continue
        unit = known.get((work.unit_kind, work.unit_id))
        if unit is None:
            notes.append(f"{row.file}, {row.place}: the {work.unit_kind} is no longer in the study; decision left out")
            continue
        decision = _decision(row, unit, said, found, notes)
        if decision is not None:
            decisions.setdefault(row.assignment_id, []).append(decision)
    kept = {key: _merged(several, found, notes) for key, several in decisions.items()}
    if found:
        raise InputError(sorted(found))
    if said.as_written:
        notes += alike({label for row in rows for label in row.labels})
    return _tables(kept, ledger, given, folded(notes))


def folded(notes: Sequence[str]) -> list[str]:
    """Return notes "file, place: what" with those that say the same joined: where first, and how often."""
    places: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        where, _, what = note.partition(": ")
        file, _, place = where.partition(", ")
        places.setdefault((file, what), []).append(place)
    return [
        f"{file}, {found[0]}: {what}" + (f" (and in {len(found) - 1} more rows)" if len(found) > 1 else "")
        if found[0]
        else f"{file}: {what}"
        for (file, what), found in places.items()
    ]


def _unknown(row: Row, given: Collection[str]) -> Fault:
    if not row.assignment_id:
        return Fault(row.file, row.place, "the assignment_id is blank", "copy it back from the packet")
    close = difflib.get_close_matches(row.assignment_id, given, n=1, cutoff=0.8)
    remedy = f"it looks like {close[0]}; copy it back from the packet" if close else "copy it back from the packet"
    return Fault(row.file, row.place, f"unknown assignment {row.assignment_id!r}", remedy)


def _decision(row: Row, unit: Unit, said: Inventory, faults: list[Fault], notes: list[str]) -> Decision | None:
    before = len(faults)
    excerpt = unit.unit_kind == EXCERPT
    if _edited(row, unit):
        faults.append(Fault(row.file, row.place, "the text is not the text that was handed out", TO_UNDO))
    if row.wrong_state:
        known = ("no code applies", "unsure", "cannot be coded", "none of these senses", "cannot tell from the text")
        faults.append(
            Fault(row.file, row.place, f"unknown decision {row.wrong_state!r}", nearest(row.wrong_state, known))
        )
    state, labels = row.state, list(row.labels)
    if not excerpt and [fold(label).casefold() for label in labels] in [[word] for word in TELL_WORDS]:
        state, labels = "cannot_code", []
    known_labels = said.codes if excerpt else said.senses.get(str(unit.term_id), {})
    if unit.unit_kind == PAIR:
        known_labels = {step: step for step in SCALE}
    values = [read_label(row, label, known_labels, said, faults, notes, excerpt=excerpt) for label in labels]
    if labels and state in ("no_code", "cannot_code"):
        what = f"says both {state.replace('_', ' ')!r} and {', '.join(labels)}"
        faults.append(Fault(row.file, row.place, what, "keep one of the two"))
    if state is None:
        state = "coded" if labels else None
    if state == "coded" and not labels:
        faults.append(
            Fault(row.file, row.place, "says 'coded' but names nothing", "name what applies, or blank the row")
        )
    if len(values) > 1 and "none" in values:
        faults.append(Fault(row.file, row.place, "says 'none' beside a sense", "keep one of the two"))
    faults.extend(_span_faults(row, unit))
    if len(faults) > before or state is None:
        return None
    spans = row.spans if len(row.spans) == len(values) else tuple(None for _ in values)
    once = {value: span for value, span in reversed(list(zip(values, spans, strict=True))) if value is not None}
    ordered = sorted(once)
    return Decision(row, state, tuple(ordered), tuple(once[value] for value in ordered))


def _edited(row: Row, unit: Unit) -> bool:
    expected: str = unit.digest
    if row.digest is not None:
        return row.digest != expected
    if row.text is None:
        return False
    if text_digest(row.text) == expected:
        return False
    cut = fold(row.text).removesuffix("[...]").strip()
    return not (len(cut) > 20_000 and fold(unit.text).startswith(cut))


def _span_faults(row: Row, unit: Unit) -> Iterator[Fault]:
    length = len(unit.text)
    for span in row.spans:
        if span and not 0 <= span[0] < span[1] <= length:
            what = f"the span {span[0]}-{span[1]} is not inside the excerpt (0-{length})"
            yield Fault(row.file, row.place, what, "mark the words again")
    for place in row.splits:
        if not 0 < place < length:
            what = f"the split at {place} is not inside the excerpt (0-{length})"
            yield Fault(row.file, row.place, what, "split the text again")


def _merged(several: list[Decision], faults: list[Fault], notes: list[str]) -> Decision:
    """Return the latest of several decisions about one assignment; without times to tell, they are in conflict."""
    best = several[0]
    for other in several[1:]:
        same = (best.state, best.values) == (other.state, other.values)
        first, second = best.row.decided_at, other.row.decided_at
        if not same and (first is None or second is None or first == second):
            faults.append(
                Fault(
                    other.row.file, other.row.place,
                    f"two decisions in conflict about {other.row.assignment_id} (the other: {best.row.file}, "
                    f"{best.row.place}), and no times tell which came last",
                    "remove one of the two files, or blank the older row",
                )
            )  # fmt: skip
        later = other if (second or "") >= (first or "") else best
        if not same:
            earlier = best if later is other else other
            notes.append(
                f"{earlier.row.file}, {earlier.row.place}: replaced by the later decision in "
                f"{later.row.file}, {later.row.place}"
            )
        best = later
    return best


def _tables(
    kept: Mapping[str, Decision], ledger: pd.DataFrame, given: Mapping[str, Any], notes: list[str]
) -> Collected:
    decisions, codings, judgements = [], [], []
    for key in sorted(kept):
        decision, row = kept[key], kept[key].row
        decisions.append(
            (
                key,
                decision.state,
                row.decided_at,
                row.seconds,
                row.codebook_version,
                row.screen,
                row.memo or None,
                " ".join(map(str, row.splits)) or None,
            )
        )
        if given[key].unit_kind == EXCERPT:
            for value, span in zip(decision.values, decision.spans, strict=True):
                codings.append((key, value, *(span or (None, None))))
        elif decision.values:
            judgements.append((key, "|".join(decision.values)))
    made = {"decisions": decisions, "codings": codings, "judgements": judgements}
    frames = {
        name: pd.DataFrame(rows, columns=pd.Index(list(tables.SCHEMAS[name].types))) for name, rows in made.items()
    }
    frames["codings"] = frames["codings"].astype({"start": "Int64", "end": "Int64"})
    work = ledger.assign(p_include=ledgers.restated(ledger))[list(tables.SCHEMAS["assignments"].types)]
    return Collected(work.reset_index(drop=True), notes=notes, **frames)
