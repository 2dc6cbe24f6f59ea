"""Labels as coders wrote them -> ids: as written, by the stated clean-up, or by case, blanks and dashes alone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.coding.returned import NONE_WORDS, Row
from pipeline.coding.units import fold
from pipeline.errors import Fault


@dataclass(frozen=True)
class Inventory:
    """What may be said: labels of codes and of each term's senses, each as written -> id; labels cleaned up by rule."""

    codes: Mapping[str, str]
    senses: Mapping[str, Mapping[str, str]]
    clean: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    version: str = ""
    as_written: bool = False  # unknown labels are kept as codes of their own (labels.yaml)


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


def alike(labels: Iterable[str]) -> list[str]:
    """Return warnings about labels that differ only by case, blanks or dashes, and count as disagreement."""
    groups: dict[str, set[str]] = {}
    for label in labels:
        groups.setdefault(_loose(label), set()).add(label)
    same = [", ".join(map(repr, sorted(group))) for _, group in sorted(groups.items()) if len(group) > 1]
    head = "labels.yaml keeps labels as written: these differ only by case, blanks or dashes, yet count as disagreement"
    return [f"{head}: {part}" for part in same]


def _loose(label: str) -> str:
    return re.sub(r"[\s_\-/>]+", " ", fold(label).casefold()).strip()


def read_label(
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
