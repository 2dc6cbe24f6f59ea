"""Notes that earlier stages left in their tables, in English, told in the language of the report.

Tables hold one language, so that they are the same whatever the report speaks. A note is known by its message: what
stands in the message's places is taken over, numbers in the marks of the language.
"""

from __future__ import annotations

import re
import string
from functools import cache

from pipeline.speech import ENGLISH, message, number, phrase, spoken
from pipeline.wording import listed, of

WORDS = {
    "question": message("the question"), "item": message("the item"), "respondent": message("the respondent"),
    "language": message("the language"), "form": message("the form"),
}  # fmt: skip
NOTES = (
    # senses
    message("{usages} usages by {people} respondents; at least {least} by {others} are needed"),
    message("its usages differ no more than those of other words (score {score} among {words} words)"),
    message("two groups explain its usages no better than one (gap {gap})"),
    message("the split changes with the respondents drawn (stability {stability})"),
    message("the smaller group has {usages} usages by {people} respondents"),
    message(
        "its usages differ more than those of most words, in two groups that are stable under resampling (stability "
        "{stability}), the smaller with {usages} usages by {people} respondents"
    ),
    message("but the groups follow the {names}, which may be all there is to it"),
    message(
        "but the groups follow the {names}, which may be all there is to it (with the groups' means removed they "
        "remain: gap {gap} instead of {before})"
    ),
    message(
        "but the groups follow the {names}, which may be all there is to it (with the groups' means removed they "
        "fade: gap {gap} instead of {before})"
    ),
    message("people's labels: {n} senses are each used by at least {need} respondents ({counts})"),
    message("people's labels: no second sense is used by {need} respondents or more ({counts})"),
    # agreement
    message("undefined: no unit was read by two coders"),
    message("undefined: no variation (every decision is the same)"),
    message("undefined: no variation (every decision is the same) in {n} units"),
    message("undefined: nobody used this value on a unit that two coders read"),
    message("undefined: no two coders varied on three shared pairs"),
    message("undefined: one of the two is undefined"),
    message("not computed: {n} values make too many pairs of sets"),
    message("no interval: undefined in more than 5 % of resamples"),
    message("units weighted by 1/p_include"),
    message("how far respondents agree about items"),
    message("this says nothing about coders"),
    message(
        "coders agree on {share} of pairs, but the code is rare ({n} of {base} units carry it for anyone), so most of "
        "that agreement is expected by chance"
    ),
    message(
        "coders agree on nearly all pairs, but the code is rare ({n} of {base} units carry it for anyone), so most of "
        "that agreement is expected by chance"
    ),
    # the record
    message("readers differ: {values}"),
    message("no reader decided ({states})"),
    message("unresolved: {reason}"),
    # the codebook
    message("the codebook is being developed, and no open coding has been handed out yet"),
    message("open coding has not come back yet: {coders}"),
    # planned comparisons
    message("no test in a small study"),
    message("not in the frozen plan: described, not tested"),
    message("not tested: a group has {n} respondents, fewer than {least}"),
    message("not tested: every respondent has the same value"),
    # the way into the study
    message("rows in the file"),
    message("not previews or tests"),
    message("finished"),
    message("consented"),
    message("not sent twice"),
    message("with text"),
    message("a preview, a test or spam"),
    message("not finished"),
    message("no consent"),
    message("the same answers sent again"),
    message("no open question answered"),
)


def retold(note: str) -> str:
    """Return a note in the language spoken; what is no known note stays as it is."""
    if spoken() == ENGLISH or not note:
        return note
    parts = note.split("; ")
    for end in range(len(parts), 0, -1):  # a message may have a semicolon of its own
        told = _told("; ".join(parts[:end]))
        if told:
            return "; ".join(filter(None, [told, retold("; ".join(parts[end:]))]))
    return "; ".join(filter(None, [parts[0], retold("; ".join(parts[1:]))]))


def _told(note: str) -> str:
    for text, pattern in _patterns():
        found = pattern.fullmatch(note)
        if found:
            return phrase(text, **{name: _value(value) for name, value in found.groupdict().items()})
    return ""


def followed(bound: str) -> str:
    """Return what groups may follow instead of a sense ("question, form") in the language spoken."""
    if spoken() == ENGLISH:
        return bound
    return ", ".join(phrase(WORDS[word]) if word in WORDS else word for word in bound.split(", ") if word)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return every message with the pattern of what was written by it."""
    found = []
    for text in NOTES:
        parts = [(re.escape(said), name) for said, name, _, _ in string.Formatter().parse(text)]
        found.append((text, re.compile("".join(f"{said}(?P<{name}>[^;]+)" if name else said for said, name in parts))))
    return found


def _value(text: str) -> str:
    """Return what stood in a note's place: a number, counts, what groups follow, or names."""
    if re.fullmatch(r"\d+\.\d+", text):
        return number(float(text), f".{len(text.partition('.')[2])}f")
    if re.fullmatch(r"\d+%", text):
        return f"{text[:-1]}\u00a0%"
    if all(word in WORDS for word in text.split(" and the ")):
        return listed([phrase(WORDS[word]) for word in text.split(" and the ")])
    return re.sub(r"\b(\d+) of (\d+)\b", lambda found: of(int(found[1]), int(found[2])), text)
