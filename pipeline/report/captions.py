"""Captions and alternative texts, written from the numbers a figure shows."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pipeline.report.frames import ALL
from pipeline.report.given import Given
from pipeline.speech import message, phrase
from pipeline.wording import decimal, inside, interval, listed, of, plural, quoted, share

PROPOSED = message("Proposed by the machine, not a finding.")


class Caption(NamedTuple):
    """A figure's title, its caption (how to read it, what it rests on) and a text for those who do not see it."""

    title: str
    caption: str
    alt: str


def ambiguity(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the ranking of terms."""
    if frame.basis.eq("people").all():
        said = [row.label for row in frame.itertuples() if row.verdict == "ambiguous"]
        title = phrase("Terms by ambiguity, from people’s labels")
        caption = phrase(
            "How often two different respondents mean different things by the word, by the senses people gave to "
            "their usages; 0: never. Lines are 95 % intervals from resampled respondents; hollow points have none. "
            "Reference words are in italics."
        )
        alt = phrase(
            "{terms} ranked. Called ambiguous: {words}.", terms=plural(len(frame), "term"), words=_or_none(said)
        )
    else:
        said = [row.label for row in frame.itertuples() if row.verdict == "worth checking"]
        title = phrase("Terms worth checking, before anybody has judged")
        caption = f"{phrase(PROPOSED)} " + phrase(
            "Share of the other words of this survey whose usages differ less in the encoder’s space, with 95 % "
            "intervals from resampled respondents. At most a term is worth checking; ambiguous it becomes by people’s "
            "labels."
        )
        alt = phrase(
            "{terms} ranked by the machine. Worth checking: {words}.",
            terms=plural(len(frame), "term"),
            words=_or_none(said),
        )
    rows = [f"{r.label} {decimal(r.score)} ({interval(r.ci_low, r.ci_high)})" for r in frame.head(12).itertuples()]
    return Caption(title, caption, f"{alt} {'; '.join(rows)}.")


def _or_none(names: list[str]) -> str:
    return listed(names) or phrase("none")


def shares(given: Given, frame: pd.DataFrame, *, term: str) -> Caption:
    """Caption of senses by group."""
    word = given.terms[term]
    everyone = frame[frame.by == ""]
    base = int(everyone.base.max()) if len(everyone) else 0
    parts = [
        f"{r.sense}: {share(int(r.n_respondents), int(r.base), small=given.small, low=r.ci_low, high=r.ci_high)}"
        for r in everyone.itertuples()
    ]
    groups = [name for name in dict.fromkeys(frame.by) if name]
    title = (
        phrase("Who uses “{word}” in which sense, by {groups}", word=word, groups=inside(listed(groups)))
        if groups
        else phrase("Who uses “{word}” in which sense", word=word)
    )
    return Caption(
        title,
        phrase(
            "Share of the respondents who used the word codably ({base} in all; number per group in brackets), with "
            "95 % intervals. A respondent may use several senses. Hollow points are too few respondents for an "
            "interval: read the count beside them.",
            base=base,
        ),
        phrase("Among everyone: {senses}.", senses="; ".join(parts)),
    )


def cases(given: Given, frame: pd.DataFrame, *, term: str) -> Caption:
    """Caption of senses case by case."""
    people = frame.person.nunique()
    counts = frame.groupby("sense", sort=False).person.nunique()
    said = "; ".join(
        phrase("{sense}: {counts} respondents", sense=sense, counts=of(int(count), people))
        for sense, count in counts.items()
    )
    several = int((frame.groupby("person").sense.nunique() > 1).sum())
    return Caption(
        phrase("Who uses “{word}” in which sense, case by case", word=given.terms[term]),
        phrase(
            "One column per respondent who used the word ({people}); the number says in how many usages. {counts} used "
            "it in more than one sense.",
            people=people,
            counts=of(several, people),
        ),
        f"{said}.",
    )


def usage_map(given: Given, frame: pd.DataFrame, *, term: str) -> Caption:
    """Caption of the map of usages; the numbered quotes are listed by the report."""
    machine = frame.basis.eq("machine").any()
    counts = frame.groupby("sense", sort=False).usage_id.nunique()
    parts = [f"{sense}: {plural(int(count), 'usage')}" for sense, count in counts.items()]
    word = given.terms[term]
    place = phrase(
        "Position: first two principal directions of the usage vectors; nearness in the plane is a hint, no measure."
    )
    title = phrase("Usages of “{word}”", word=word)
    colour = phrase("Each mark is a usage; colour and shape show the sense people gave.")
    if machine:
        title = phrase("Usages of “{word}”, grouped by the machine", word=word)
        colour = phrase("Each mark is a usage; colour and shape show the group the machine proposes.")
    quotes = [f"{int(r.number)} ({r.person}): {quoted(r.quote)}" for r in frame[frame.number.notna()].itertuples()]
    return Caption(
        title,
        (f"{phrase(PROPOSED)} " if machine else "") + f"{colour} {place}",
        phrase("Map of {usages}. {senses}.", usages=plural(len(frame), "usage"), senses="; ".join(parts))
        + (f" {phrase('Numbered: {quotes}', quotes=' '.join(quotes))}" if quotes else ""),
    )


def sense_ratings(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of ratings by sense."""
    parts = []
    for (term, sense, rating), rows in frame.groupby(["term", "sense", "rating"], sort=False):
        spread = ", ".join(f"{r.value:g}: {int(r.n)}" for r in rows.sort_values("value").itertuples())
        parts.append(f"{term}, {sense}, {rating}: {spread}")
    return Caption(
        phrase("Ratings beside answers that use a sense"),
        phrase(
            "Number of ratings given by respondents whose explanation of these very ratings uses the sense. An answer "
            "in two senses counts in both rows; ratings of one respondent are not independent."
        ),
        phrase("Ratings by sense. {senses}.", senses="; ".join(parts)),
    )


def orders(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the order of items in two ratings."""
    a, b = inside(frame.a.iloc[0]), inside(frame.b.iloc[0])
    parts = [
        phrase(
            "{sense}: {same} in the same order, {tied} tied, {opposite} opposite",
            sense=r.sense,
            same=r.n_concordant,
            tied=r.n_tied,
            opposite=r.n_discordant,
        )
        for r in frame.itertuples()
    ]
    return Caption(
        phrase("Does {a} order items as {b} does?", a=a, b=b),
        phrase(
            "Pairs of rated items of the same respondent and context: in the same order in {a} and {b}, tied in one of "
            "them, or in the opposite order; by the sense in which the respondent used the word there.",
            a=a,
            b=b,
        ),
        f"{'; '.join(parts)}.",
    )


def prevalence(given: Given, frame: pd.DataFrame, *, by: str = "") -> Caption:
    """Caption of codes by question or group."""
    title = phrase("Codes by {group}", group=inside(given.study.label(by))) if by else phrase("Codes by question")
    overall = frame[frame.column == phrase(ALL)] if not by else frame
    top = overall.sort_values(["n_respondents", "code_id"], ascending=[False, True]).head(5)
    said = "; ".join(
        f"{r.code}{f' ({r.column})' if by else ''}: {of(int(r.n_respondents), int(r.base))}" for r in top.itertuples()
    )
    how = (
        phrase("Respondents with the code among those with a recorded excerpt.")
        if given.small
        else phrase(
            "Share of respondents with the code among those with a recorded excerpt there (n), with 95 % intervals. "
            "Colour and shape show the theme."
        )
    )
    return Caption(title, how, phrase("Most frequent: {codes}.", codes=said))


def co_occurrence(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of codes that go together."""
    pairs = frame[frame.a < frame.b].sort_values(["n_excerpts", "a", "b"], ascending=[False, True, True]).head(5)
    said = "; ".join(
        phrase("{a} with {b}: {n}", a=r.code_a, b=r.code_b, n=int(r.n_excerpts)) for r in pairs.itertuples()
    )
    return Caption(
        phrase("Codes in the same excerpt"),
        phrase(
            "Number of excerpts that carry both codes in the record; on the diagonal, excerpts with the code at all. "
            "Colour follows the number, up to the largest pair."
        ),
        phrase("Most frequent pairs: {pairs}.", pairs=said or phrase("none")),
    )


def agreement(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of coefficients with intervals."""
    known, undefined = frame[frame.value.notna()], frame[frame.value.isna()]
    said = "; ".join(f"{r.label} {decimal(r.value)}" for r in known.itertuples())
    low, high = given.study.survey.agreement.thresholds
    return Caption(
        phrase("Agreement between coders"),
        phrase(
            "Krippendorff’s alpha of independent decisions; lines are 95 % intervals from resampled respondents, "
            "hollow points have none. Dashed lines: {low:g} and {high:g}, the customary bounds for tentative and firm "
            "conclusions.",
            low=low,
            high=high,
        )
        + (f" {phrase('Undefined: the code did not vary.')}" if len(undefined) else "")
        + (f" {phrase('Right: units that carry the code for anyone.')}" if len(frame) else ""),
        f"{said}."
        + (f" {phrase('Undefined: {codes}.', codes=listed(undefined.label.tolist()))}" if len(undefined) else ""),
    )


def coders(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of agreement between each two coders."""
    said = "; ".join(
        phrase(
            "{pair}: {value} on {units}",
            pair=listed([r.coder_a, r.coder_b]),
            value=decimal(r.value),
            units=plural(int(r.n_units), "unit"),
        )
        for r in frame.itertuples()
    )
    return Caption(
        phrase("Agreement between each two coders"),
        phrase("Krippendorff’s alpha over all codes (sets of codes, MASI distance) on the excerpts both read."),
        f"{said}.",
    )


def topics_codes(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of emergent topics against codes."""
    machine = frame.basis.eq("machine").any()
    top = frame.sort_values(["n_excerpts", "topic_id"], ascending=[False, True]).head(5)
    said = "; ".join(phrase("{a} with {b}: {n}", a=r.topic, b=r.code, n=int(r.n_excerpts)) for r in top.itertuples())
    what = (
        phrase("Excerpts in common between topics, named by their most telling words, and codes applied by rule.")
        if machine
        else phrase("Excerpts in common between topics, named by their most telling words, and codes of the record.")
    )
    missed = phrase("A topic without a dark cell may be something the codebook misses.")
    return Caption(
        phrase("Emergent topics against the codebook"),
        f"{phrase(PROPOSED)} {what} {missed}",
        phrase("Largest cells: {cells}.", cells=said),
    )


def flow(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the way into the study."""
    first, last = frame.iloc[0], frame.iloc[-1]
    dropped = [phrase("{n} at “{step}”", n=int(r.n_dropped), step=r.label) for r in frame.itertuples() if r.n_dropped]
    out = phrase("Left out: {steps}.", steps=listed(dropped) or phrase("nothing"))
    return Caption(
        phrase("From the export to the respondents who count"),
        phrase("{counts} rows of the export remain.", counts=of(int(last.n_rows), int(first.n_rows))),
        f"{first.label}: {first.n_rows}. {out} {last.label}: {last.n_rows}.",
    )
