"""The families of errors Sameword raises on purpose.

An `InputError` carries every fault found in one pass, because people fix a
sheet once, not eleven times. Only `pipeline.cli` turns these into text and an
exit status; no other room prints or exits.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with an input: what, where, and what to do about it."""

    file: str
    place: str  # "line 12", "row 7, column Q3", "key terms.watch", or ""
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.what}\n    -> {self.remedy}"


class SamewordError(Exception):
    """Root of all expected errors; the command line shows their text, exit status 1."""


class InputError(SamewordError):
    """Faults in files that people write or hand in."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        count = len(self.faults)
        head = f"{count} fault{'s' if count != 1 else ''} found; nothing was written."
        super().__init__("\n".join([head, *map(str, self.faults)]))


class MissingError(SamewordError):
    """Something an earlier step makes is not there yet; the text names the step."""


class ModelError(SamewordError):
    """Encoder weights are absent, or are not the ones the study pins."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a remedy naming the known word closest to `word`, or listing them."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(choices) if choices else "there is none yet"
