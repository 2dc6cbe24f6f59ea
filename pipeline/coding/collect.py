"""Returned rows -> decisions, codings, judgements. All faults at once; every row comes in or is listed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline import tables
from pipeline.coding import ledger as ledgers
from pipeline.coding.returned import NONE_WORDS, TELL_WORDS, Row
from pipeline.coding.units import EXCERPT, PAIR, fold, text_digest
from pipeline.errors import Fault, InputError, nearest

SCALE = ("1", "2", "3", "4")  # unrelated … the same meaning (Schlechtweg et al. 2018)
TO_UNDO = "undo the edit in the file, or ask for a new packet"


@dataclass(frozen=True)
class Inventory:
    """What may be said: labels of codes and of each term's senses, each as written -> id; labels cleaned up by rule."""

    codes: Mapping[str, str]
    senses: Mapping[str, Mapping[str, str]]
    clean: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    version: str = ""
    as_written: bool = False  # unknown labels are kept as codes of their own (labels.yaml)


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


def inventory(
    codes: Sequence[tuple[str, str, str, str]],
    senses: pd.DataFrame,
    *,
    clean: Mapping[str, str],
    version: str,
    as_written: bool = False,
) -> Inventory:
    """Return what may be said. codes: (code_id, name, status, theme_id); senses: term_id, sense_id, name.

    A code may also be called "theme: name", which tells apart the Y of one question from that of another.
    """
    said: dict[str, dict[str, str]] = {}
    for row in senses.itertuples():
        short = str(row.sense_id).partition(".")[2]
        said.setdefault(str(row.term_id), {}).update(
            _unique([(str(row.sense_id), str(row.name)), (str(row.sense_id), short)])
        )
    return Inventory(
        _unique([pair for code, name, _, theme in codes for pair in ((code, name), (code, f"{theme}: {name}"))]),
        said, dict(clean), frozenset(code for code, _, status, _ in codes if status != "active"), version, as_written,
    )  # fmt: skip


def _unique(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return every id and every name as a way to say the id; a name that two share says nothing."""
    found: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    for key, name in pairs:
        owners.setdefault(name, set()).add(key)
    for name, keys in owners.items():
        if len(keys) == 1:
            found[name] = next(iter(keys))
    return found | {key: key for key, _ in pairs}


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
        notes += _alike({label for row in rows for label in row.labels})
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


def _unknown(row: Row, given: Mapping[str, object]) -> Fault:
    if not row.assignment_id:
        return Fault(row.file, row.place, "the assignment_id is blank", "copy it back from the packet")
    close = difflib.get_close_matches(row.assignment_id, given, n=1, cutoff=0.8)
    remedy = f"it looks like {close[0]}; copy it back from the packet" if close else "copy it back from the packet"
    return Fault(row.file, row.place, f"unknown assignment {row.assignment_id!r}", remedy)


def _decision(row: Row, unit: object, said: Inventory, faults: list[Fault], notes: list[str]) -> Decision | None:
    before = len(faults)
    excerpt = unit.unit_kind == EXCERPT  # type: ignore[attr-defined]
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
    known_labels = said.codes if excerpt else said.senses.get(str(unit.term_id), {})  # type: ignore[attr-defined]
    if unit.unit_kind == PAIR:  # type: ignore[attr-defined]
        known_labels = {step: step for step in SCALE}
    values = [_label(row, label, known_labels, said, faults, notes, excerpt=excerpt) for label in labels]
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


def _edited(row: Row, unit: object) -> bool:
    expected: str = unit.digest  # type: ignore[attr-defined]
    if row.digest is not None:
        return row.digest != expected
    if row.text is None:
        return False
    if text_digest(row.text) == expected:
        return False
    cut = fold(row.text).removesuffix("[...]").strip()
    return not (len(cut) > 20_000 and fold(unit.text).startswith(cut))  # type: ignore[attr-defined]


def _span_faults(row: Row, unit: object) -> Iterator[Fault]:
    length = len(unit.text)  # type: ignore[attr-defined]
    for span in row.spans:
        if span and not 0 <= span[0] < span[1] <= length:
            what = f"the span {span[0]}-{span[1]} is not inside the excerpt (0-{length})"
            yield Fault(row.file, row.place, what, "mark the words again")


def _label(
    row: Row,
    label: str,
    known: Mapping[str, str],
    said: Inventory,
    faults: list[Fault],
    notes: list[str],
    *,
    excerpt: bool,
) -> str | None:
    """Return the id a label stands for: as written, by the stated clean-up, or by case, blanks and dashes alone."""
    if not excerpt and fold(label).casefold() in NONE_WORDS:
        return "none"
    found = None if said.as_written else known.get(label)
    if found is None and excerpt and label in said.clean:
        found = said.clean[label]
        notes.append(f"{row.file}, {row.place}: {label!r} read as {found!r} (clean labels)")
    if found is None and not said.as_written:
        same = {key for written, key in known.items() if _loose(written) == _loose(label)}
        if len(same) == 1:
            found = same.pop()
            notes.append(f"{row.file}, {row.place}: {label!r} read as {found!r} (case, blanks or dashes differ)")
    if found is None and excerpt and said.as_written:
        return label
    if found is None:
        what = f"unknown {'code' if excerpt else 'sense'} {label!r}"
        faults.append(Fault(row.file, row.place, what, _proposal(label, known, excerpt)))
    elif found in said.retired:
        notes.append(f"{row.file}, {row.place}: the code {found!r} is no longer active; the coding is kept")
    return found


def _alike(labels: Iterable[str]) -> list[str]:
    """Return warnings about labels that differ only by case, blanks or dashes, and count as disagreement."""
    groups: dict[str, set[str]] = {}
    for label in labels:
        groups.setdefault(_loose(label), set()).add(label)
    alike = [", ".join(map(repr, sorted(group))) for _, group in sorted(groups.items()) if len(group) > 1]
    head = "labels.yaml keeps labels as written: these differ only by case, blanks or dashes, yet count as disagreement"
    return [f"{head}: {part}" for part in alike]


def _loose(label: str) -> str:
    return re.sub(r"[\s_\-/>]+", " ", fold(label).casefold()).strip()


def _proposal(label: str, known: Mapping[str, str], excerpt: bool) -> str:
    theme, colon, words = label.rpartition(": ")
    names = {n.removeprefix(theme + colon).casefold(): key for n, key in known.items() if n.startswith(theme + colon)}
    close = difflib.get_close_matches(words.casefold(), names, n=1, cutoff=0.6)
    if not close:
        return "known: " + (", ".join(sorted(set(names.values()))) or "nothing; there is no codebook or inventory")
    target = names[close[0]]
    if excerpt:
        return f"if {target!r} is meant, add to themes.yaml under clean: labels:  {label!r}: {target}"
    return f"if {target!r} is meant, correct the cell"


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
    kept: Mapping[str, Decision], ledger: pd.DataFrame, given: Mapping[str, object], notes: list[str]
) -> Collected:
    decisions, codings, judgements = [], [], []
    for key in sorted(kept):
        decision, row = kept[key], kept[key].row
        decisions.append(
            (key, decision.state, row.decided_at, row.seconds, row.codebook_version, row.screen, row.memo or None)
        )
        if given[key].unit_kind == EXCERPT:  # type: ignore[attr-defined]
            for value, span in zip(decision.values, decision.spans, strict=True):
                codings.append((key, value, *(span or (None, None))))
        elif decision.values:
            judgements.append((key, "|".join(decision.values)))
    made = {"decisions": decisions, "codings": codings, "judgements": judgements}
    frames = {
        name: pd.DataFrame(rows, columns=pd.Index(list(tables.SCHEMAS[name].types))) for name, rows in made.items()
    }
    frames["codings"] = frames["codings"].astype({"start": "Int64", "end": "Int64"})
    work = ledger[[column for column in ledgers.COLUMNS if column != "batch"]]
    return Collected(work.reset_index(drop=True), notes=notes, **frames)
