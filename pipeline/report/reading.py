"""What the methods say of people's reading: units and samples, coders, screen, agreement, and what counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.coding.splitting import read_and_split
from pipeline.report.approach import MANNERS
from pipeline.report.given import Given
from pipeline.report.sentence import methods_sentence
from pipeline.report.words import inert
from pipeline.speech import message, phrase, phrases
from pipeline.survey.excerpts import split_share
from pipeline.wording import listed, of, percent, plural

UNITS = {
    "response": message("The unit of coding is the whole answer to a question."),
    "sentence": message("The unit of coding is the sentence."),
    "manual": message("The unit of coding is spans set by the team before coding."),
    "coder": message("The unit of coding is spans that coders marked themselves."),
}
RULES = {
    "single": message("one coder’s decision"),
    "unanimous": message("a decision on which all who read the unit agree"),
    "majority": message("a decision on which more than half of those who read the unit agree"),
    "negotiated": message("what coders settled in discussion where they had differed"),
    "adjudicated": message("what an adjudicator decided where coders differed"),
}
SHOWN = {
    "ratings": message("the respondent’s ratings"),
    "group": message("the respondent’s group"),
    "machine": message("codes proposed by the machine"),
    "other_answers": message("the respondent’s other answers"),
}
ROUNDS = {
    "develop": message("{units} were read to develop the codebook, and enter no count."),
    "pilot": message("{units} were read as a pilot, and enter no count."),
    "calibrate": message("{units} were read to train coders, and enter no count."),
}
ALL_OF = {
    "excerpt": lambda n: phrases(n, "All {n:,} excerpt were handed out.", "All {n:,} excerpts were handed out."),
    "usage": lambda n: phrases(
        n, "All {n:,} usage of watched words were handed out.", "All {n:,} usages of watched words were handed out."
    ),
}
SAMPLE_OF = {
    "excerpt": message(
        "A probability sample of {counts} excerpts was handed out (chance of being drawn from {low:.2g}), "
        "stratified by question; counts are weighted by its inverse."
    ),
    "usage": message(
        "A probability sample of {counts} usages of watched words was handed out (chance of being drawn from "
        "{low:.2g}), stratified by question; counts are weighted by its inverse."
    ),
}
TWICE = {
    "excerpt": message("{counts} excerpts were given to two or more of them."),
    "usage": message("{counts} usages were given to two or more of them."),
}
BASES = {
    "single": message("single"), "unanimous": message("unanimous"), "majority": message("majority"),
    "negotiated": message("negotiated"), "adjudicated": message("adjudicated"),
}  # fmt: skip


def _split_by_coders(given: Given) -> list[str]:
    """Return "amara split 3 of 40" per coder; nothing where coders neither were asked to split nor did."""
    counts = read_and_split(given["assignments"], given["decisions"])
    if given.study.survey.coding.unitise != "coder" and not counts.n_split.sum():
        return []
    return [
        phrase("{coder} split {counts}", coder=inert(row.coder_id), counts=of(row.n_split, row.n_read))
        for row in counts.itertuples()
    ]


def units(given: Given) -> Iterator[str]:
    """Yield what a unit of coding is, and how many were handed out by which chance."""
    coding, work = given.study.survey.coding, given["assignments"]
    mine = work[work.purpose == "estimate"]
    yield phrase(UNITS[coding.unitise])
    if coding.unitise in ("sentence", "manual"):
        several, answers = split_share(given["excerpts"])
        yield phrase("{n} of {answers} were cut into several units.", n=several, answers=plural(answers, "answer"))
    if cut := _split_by_coders(given):
        yield phrase("Coders could split an answer where it says several things: {coders}.", coders=listed(cut))
    if mine.empty:
        yield phrase("No work of the main round has been handed out yet.")
        return
    for kind, every in (("excerpt", len(given["excerpts"])), ("usage", _watched(given))):
        found = mine[mine.unit_kind == kind]
        if found.empty:
            continue
        n = found.unit_id.nunique()
        if (found.p_include == 1).all():
            yield ALL_OF[kind](n)
        else:
            yield phrase(SAMPLE_OF[kind], counts=of(n, every), low=found.p_include.min())


def _watched(given: Given) -> int:
    watched = given["terms"][given["terms"].role == "watched"].term_id
    return int(given["usages"].term_id.isin(watched).sum())


def coders(given: Given) -> Iterator[str]:
    """Yield who coded, by which approach, after which rounds, and how much was read twice."""
    work, coding = given["assignments"], given.study.survey.coding
    coders = sorted(work.coder_id.dropna().unique())
    manner = phrase(MANNERS[coding.approach].name)
    if not coders:
        yield phrase("Nobody has coded yet; the approach is {approach}.", approach=manner)
        return
    yield phrase(
        "{coders} coded: {names}. The approach is {approach}.",
        coders=plural(len(coders), "coder"),
        names=inert(listed(coders)),
        approach=manner,
    )
    rounds = work[work.purpose.isin(list(ROUNDS))]
    for purpose, units in rounds.groupby("purpose", sort=False):
        yield phrase(ROUNDS[str(purpose)], units=plural(units.unit_id.nunique(), "unit"))
    if rounds.empty:
        yield phrase("No round of development, pilot or training is on record.")
    if coding.approach != "reflexive" and len(coders) > 1:
        readers = work[work.purpose == "estimate"].groupby(["unit_kind", "unit_id"]).coder_id.nunique()
        for kind, said in TWICE.items():
            if kind in readers.index.get_level_values(0):
                mine = readers.loc[kind]
                yield phrase(said, counts=of(int((mine > 1).sum()), len(mine)))


def screen(given: Given) -> Iterator[str]:
    """Yield what stood on the screen beside the texts."""
    if given["decisions"].empty:
        return
    on_screen = given.study.survey.coding.show_to_coders
    shown = [phrase(SHOWN[name]) for name in on_screen]
    hidden = [phrase(said) for name, said in SHOWN.items() if name not in on_screen]
    if shown:
        yield phrase("Coders saw the question, the answer, {shown} and the codebook.", shown=listed(shown))
    else:
        yield phrase("Coders saw the question, the answer and the codebook.")
    noted = int(given["decisions"].screen.notna().sum())
    told = of(noted, len(given["decisions"]))
    seen = phrase("; what was on screen is noted with {counts} decisions", counts=told) if noted else ""
    yield phrase(
        "They did not see {hidden}, nor each other’s decisions{noted}.",
        hidden=listed(hidden, "{names} or {last}"),
        noted=seen,
    )


def agreement(given: Given) -> Iterator[str]:
    """Yield how agreement was measured."""
    coding = given.study.survey.coding
    if given["assignments"].empty:
        return
    manner = MANNERS[coding.approach]
    yield phrase(manner.why)
    if coding.approach == "reflexive":
        return
    yield methods_sentence(given)
    low, high = given.study.survey.agreement.thresholds
    if manner.verdicts:
        yield phrase(
            "Customary bounds: {low:g} and {high:g}, held against the interval’s lower bound.", low=low, high=high
        )


def record(given: Given) -> Iterator[str]:
    """Yield by which rule decisions count, and on what they rest."""
    rule, record = given.study.survey.coding.record, given["record"]
    if rule is None or given["decisions"].empty:
        return
    yield phrase(
        "What counts is {what} (rule “{rule}”); only people’s decisions count.", what=phrase(RULES[rule]), rule=rule
    )
    units = record.drop_duplicates(["unit_kind", "unit_id"])
    bases = units.basis.value_counts()
    if len(units):
        yield phrase(
            "Basis of the {units} on record: {parts}.",
            units=plural(len(units), "unit"),
            parts=_parts(given, bases.items(), len(units)),
        )
    waiting = len(given["open_units"])
    if waiting:
        yield phrases(
            waiting,
            "{n:,} unit that people read stays undecided.",
            "{n:,} units that people read stay undecided.",
        )
    yield phrase("Not reached, no code applies, unsure and cannot be coded are kept apart.")


def _parts(given: Given, counts: Iterable[tuple[Any, int]], base: int) -> str:
    return listed(
        [
            f"{phrase(BASES.get(name, name))} {count}" + ("" if given.small else f" ({percent(count / base)})")
            for name, count in counts
        ]
    )
