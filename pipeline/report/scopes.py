"""Scopes of the agreement table in words."""

from __future__ import annotations

from pipeline.report.given import Given
from pipeline.report.words import Markdown, slug

PREFIXES = {
    "pilot": "Pilot", "calibrate": "Calibration", "develop": "Development", "train": "Training sample",
    "seen before": "Read while the codebook was made", "discussed": "After discussion",
    "spans": "Marked words",
}  # fmt: skip


def agreement_row(scope: str) -> Markdown:
    """Return where the table of agreement speaks of a scope."""
    return Markdown(f"alpha-{slug(scope.replace(':', '-'))}")


def label_of(given: Given, scope: str) -> str:
    """Return a scope as people say it: "pilot / code:colour" -> "Pilot: Colour and staining"."""
    if scope.startswith("difference:"):
        both, _, code = scope.removeprefix("difference:").partition(" / ")
        first, _, second = both.partition(" minus ")
        end = f": {label_of(given, code)}" if code else ""
        return f"{label_of(given, first)} minus {_lower(label_of(given, second))}{end}"
    *heads, last = scope.split(" / ")
    said = [_head(given, head) for head in heads]
    return ": ".join([*said, _one(given, last)]) if said else _one(given, last)


def _head(given: Given, head: str) -> str:
    if head.startswith("intra:"):
        return f"{head.removeprefix('intra:')}, twice"
    if head.startswith("pair:"):
        return _one(given, head)
    if head.startswith("version "):
        return head.capitalize()
    return PREFIXES.get(head, head)


def _one(given: Given, scope: str) -> str:
    kind, _, one = scope.partition(":")
    if kind == "code":
        return given.code_name(one)
    if kind in ("term", "pairs"):
        word = given.terms.get(one, one)
        return f"Senses of “{word}”" if kind == "term" else f"Pairs of usages of “{word}”"
    if kind == "group":
        question, _, value = one.partition("=")
        return f"{given.study.label(question)}: {given.study.label(value)}"
    named = {
        "question": given.study.label(one), "ratings": f"Ratings: {given.study.label(one).lower()}",
        "pair": " and ".join(one.split("|")), "without": f"Without {one}", "round": f"Round {one}",
        "batch": f"Batch {one}", "time": f"Part {one}", "all codes": "All codes together",
    }  # fmt: skip
    return named.get(kind, scope)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("All", "The", "Without", "Round", "Batch", "Part")) else text
