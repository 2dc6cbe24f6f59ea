"""Letters that a text must hold for a rule to fire at all, so that costly rules run on candidates only.

What is required is found in the regular expression's own parse; where nothing is, the rule has no candidates and runs
everywhere. Texts and letters are compared in a folded form that takes together whatever `re.IGNORECASE` does.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.codebook.themes import Rule

REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
NO_RULES: frozenset[str] = frozenset()
START = 3  # letters by which literals are looked up


def fold(text: str) -> str:
    """Return text in which characters that match each other regardless of case are the same."""
    return text.casefold().replace("ı", "i").replace("\u0307", "")


def required(regex: str) -> frozenset[str] | None:
    """Return pieces without blanks of which every match holds at least one, or None where there are none."""
    parser = importlib.import_module("re._parser")  # what `re` itself parses with
    return _of(parser.parse(regex))


def required_by_pattern(rule: Rule) -> frozenset[str] | None:
    """Return the same for a token pattern: the words its tokens name, where a token must be there."""
    found = None
    for token in rule.pattern:
        if (
            token.get("OP", "1") in ("?", "*", "!")
            or "-" in str(token.get("OP", ""))
            or "," in str(token.get("OP", ""))
        ):
            continue
        for key in ("LOWER", "TEXT", "ORTH"):
            said = token.get(key)
            words = said.get("IN") if isinstance(said, dict) else [said] if isinstance(said, str) else None
            pieces = [_longest(word) for word in words or () if isinstance(word, str)]
            if words and len(pieces) == len(words) and all(pieces):
                found = _better(found, frozenset(pieces))
    return found


class Literals:
    """Literals of many rules, found in a word in one pass over it."""

    def __init__(self, wanted: Mapping[str, frozenset[str]]) -> None:
        self._starts: dict[str, list[tuple[str, list[str]]]] = {}
        rules: dict[str, list[str]] = {}
        for name, pieces in wanted.items():
            for piece in sorted(pieces):
                rules.setdefault(piece, []).append(name)
        for piece, names in rules.items():
            self._starts.setdefault(piece[:START], []).append((piece, names))
        self.none = not self._starts
        self._lengths = sorted({len(start) for start in self._starts})

    def rules_in(self, word: str) -> frozenset[str]:
        """Return the rules of which a literal is in a word (a run of characters between blanks)."""
        folded = fold(word)
        ends = [(at, folded[at : at + length]) for length in self._lengths for at in range(len(folded) - length + 1)]
        if self._starts.keys().isdisjoint(start for _, start in ends):
            return NO_RULES
        found: set[str] = set()
        for at, start in ends:
            for piece, names in self._starts.get(start, ()):
                if folded.startswith(piece, at):
                    found.update(names)
        return frozenset(found)


def _of(nodes: Iterable[Any]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run: list[str] = []
    for node, value in [*nodes, (None, None)]:
        if str(node) == "LITERAL":
            run.append(chr(value))
            continue
        if run and (piece := _longest("".join(run))):
            best = _better(best, frozenset([piece]))
        run = []
        best = _better(best, _inside(str(node), value))
    return best


def _inside(kind: str, value: Any) -> frozenset[str] | None:
    """Return what a group, a choice or a repetition requires."""
    if kind == "SUBPATTERN":
        return _of(value[3])
    if kind == "ATOMIC_GROUP":
        return _of(value)
    if kind in REPEATS and value[0] >= 1:
        return _of(value[2])
    if kind == "BRANCH":
        parts = [_of(part) for part in value[1]]
        return None if any(part is None for part in parts) else frozenset().union(*(part or () for part in parts))
    return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the set whose shortest literal is longer: it has fewer candidates."""
    if not one or not other:
        return one or other
    return one if min(map(len, one)) >= min(map(len, other)) else other


def _longest(text: str) -> str:
    return fold(max(text.split(), key=len, default=""))
