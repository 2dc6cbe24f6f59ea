"""Scopes of the agreement table in words."""

from __future__ import annotations

from pipeline.report.given import Given
from pipeline.report.words import Markdown, slug
from pipeline.speech import ENGLISH, message, phrase, spoken
from pipeline.wording import inside, listed

PREFIXES = {
    "pilot": message("Pilot"), "calibrate": message("Calibration"), "develop": message("Development"),
    "train": message("Training sample"), "seen before": message("Read while the codebook was made"),
    "discussed": message("After discussion"), "spans": message("Marked words"),
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
        a, b = label_of(given, first), label_of(given, second)
        return phrase("{a} minus {b}", a=a, b=_lower(b) if spoken() == ENGLISH else b) + end
    *heads, last = scope.split(" / ")
    said = [_head(given, head) for head in heads]
    return ": ".join([*said, _one(given, last)]) if said else _one(given, last)


def _head(given: Given, head: str) -> str:
    if head.startswith("intra:"):
        return phrase("{coder}, twice", coder=head.removeprefix("intra:"))
    if head.startswith("pair:"):
        return _one(given, head)
    if head.startswith("version "):
        return phrase("Version {version}", version=head.removeprefix("version "))
    return phrase(PREFIXES[head]) if head in PREFIXES else head


def _one(given: Given, scope: str) -> str:
    kind, _, one = scope.partition(":")
    if kind == "code":
        return given.code_name(one)
    if kind in ("term", "pairs"):
        word = given.terms.get(one, one)
        return (
            phrase("Senses of “{word}”", word=word)
            if kind == "term"
            else phrase("Pairs of usages of “{word}”", word=word)
        )
    if kind == "group":
        question, _, value = one.partition("=")
        return f"{given.study.label(question)}: {given.study.label(value)}"
    named = {
        "question": given.study.label(one),
        "ratings": phrase("Ratings: {question}", question=inside(given.study.label(one))),
        "pair": listed(one.split("|")), "without": phrase("Without {coder}", coder=one),
        "round": phrase("Round {n}", n=one), "batch": phrase("Batch {n}", n=one), "time": phrase("Part {n}", n=one),
        "all codes": phrase("All codes together"),
    }  # fmt: skip
    return named.get(kind, scope)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("All", "The", "Without", "Round", "Batch", "Part")) else text
