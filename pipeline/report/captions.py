"""Captions and alternative texts, written from the numbers a figure shows."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pipeline.report.given import Given
from pipeline.wording import decimal, interval, listed, of, plural, share

PROPOSED = "Proposed by the machine, not a finding."


class Caption(NamedTuple):
    """A figure's title, its caption (how to read it, what it rests on) and a text for those who do not see it."""

    title: str
    caption: str
    alt: str


def ambiguity(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the ranking of terms."""
    if frame.basis.eq("people").all():
        said = [row.label for row in frame.itertuples() if row.verdict == "ambiguous"]
        title = "Terms by ambiguity, from people’s labels"
        caption = (
            "How often two different respondents mean different things by the word, by the senses people gave to "
            "their usages; 0: never. Lines are 95 % intervals from resampled respondents; hollow points have none. "
            "Reference words are in italics."
        )
        alt = f"{plural(len(frame), 'term')} ranked. Called ambiguous: {listed(said) or 'none'}."
    else:
        said = [row.label for row in frame.itertuples() if row.verdict == "worth checking"]
        title = "Terms worth checking, before anybody has judged"
        caption = (
            f"{PROPOSED} Share of the other words of this survey whose usages differ less in the encoder’s space, with "
            "95 % intervals from resampled respondents. At most a term is worth checking; ambiguous it becomes by "
            "people’s labels."
        )
        alt = f"{plural(len(frame), 'term')} ranked by the machine. Worth checking: {listed(said) or 'none'}."
    rows = [f"{r.label} {decimal(r.score)} ({interval(r.ci_low, r.ci_high)})" for r in frame.head(12).itertuples()]
    return Caption(title, caption, f"{alt} {'; '.join(rows)}.")


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
    by = f", by {listed(groups).lower()}" if groups else ""
    return Caption(
        f"Who uses “{word}” in which sense{by}",
        f"Share of the respondents who used the word codably ({base} in all; number per group in brackets), with 95 % "
        "intervals. A respondent may use several senses. Hollow points are too few respondents for an interval: read "
        "the count beside them.",
        f"Among everyone: {'; '.join(parts)}.",
    )


def cases(given: Given, frame: pd.DataFrame, *, term: str) -> Caption:
    """Caption of senses case by case."""
    people = frame.person.nunique()
    counts = frame.groupby("sense", sort=False).person.nunique()
    said = "; ".join(f"{sense}: {of(int(count), people)} respondents" for sense, count in counts.items())
    several = int((frame.groupby("person").sense.nunique() > 1).sum())
    return Caption(
        f"Who uses “{given.terms[term]}” in which sense, case by case",
        f"One column per respondent who used the word ({people}); the number says in how many usages. "
        f"{several} of {people} used it in more than one sense.",
        f"{said}.",
    )


def usage_map(given: Given, frame: pd.DataFrame, *, term: str) -> Caption:
    """Caption of the map of usages; the numbered quotes are listed by the report."""
    machine = frame.basis.eq("machine").any()
    counts = frame.groupby("sense", sort=False).usage_id.nunique()
    parts = [f"{sense}: {plural(int(count), 'usage')}" for sense, count in counts.items()]
    colour = "the group the machine proposes" if machine else "the sense people gave"
    quotes = [f"{int(r.number)} ({r.person}): “{r.quote}”" for r in frame[frame.number.notna()].itertuples()]
    return Caption(
        f"Usages of “{given.terms[term]}”" + (", grouped by the machine" if machine else ""),
        (f"{PROPOSED} " if machine else "")
        + f"Each mark is a usage; colour and shape show {colour}. Position: first two principal "
        "directions of the usage vectors; nearness in the plane is a hint, no measure.",
        f"Map of {plural(len(frame), 'usage')}. {'; '.join(parts)}."
        + (f" Numbered: {' '.join(quotes)}" if quotes else ""),
    )


def sense_ratings(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of ratings by sense."""
    parts = []
    for (term, sense, rating), rows in frame.groupby(["term", "sense", "rating"], sort=False):
        spread = ", ".join(f"{r.value:g}: {int(r.n)}" for r in rows.sort_values("value").itertuples())
        parts.append(f"{term}, {sense}, {rating}: {spread}")
    return Caption(
        "Ratings beside answers that use a sense",
        "Number of ratings given by respondents whose explanation of these very ratings uses the sense. An answer in "
        "two senses counts in both rows; ratings of one respondent are not independent.",
        f"Ratings by sense. {'; '.join(parts)}.",
    )


def orders(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the order of items in two ratings."""
    a, b = frame.a.iloc[0].lower(), frame.b.iloc[0].lower()
    parts = [
        f"{r.sense}: {r.n_concordant} in the same order, {r.n_tied} tied, {r.n_discordant} opposite"
        for r in frame.itertuples()
    ]
    return Caption(
        f"Does {a} order items as {b} does?",
        f"Pairs of rated items of the same respondent and context: in the same order in {a} and {b}, tied in one of "
        "them, or in the opposite order; by the sense in which the respondent used the word there.",
        f"{'; '.join(parts)}.",
    )


def prevalence(given: Given, frame: pd.DataFrame, *, by: str = "") -> Caption:
    """Caption of codes by question or group."""
    what = given.study.label(by).lower() if by else "question"
    overall = frame[frame.column == "All questions"] if not by else frame
    top = overall.sort_values(["n_respondents", "code_id"], ascending=[False, True]).head(5)
    said = "; ".join(
        f"{r.code}{f' ({r.column})' if by else ''}: {of(int(r.n_respondents), int(r.base))}" for r in top.itertuples()
    )
    how = (
        "Respondents with the code among those with a recorded excerpt."
        if given.small
        else "Share of respondents with the code among those with a recorded excerpt there (n), with 95 % intervals. "
        "Colour and shape show the theme."
    )
    return Caption(f"Codes by {what}", how, f"Most frequent: {said}.")


def co_occurrence(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of codes that go together."""
    pairs = frame[frame.a < frame.b].sort_values(["n_excerpts", "a", "b"], ascending=[False, True, True]).head(5)
    said = "; ".join(f"{r.code_a} with {r.code_b}: {r.n_excerpts}" for r in pairs.itertuples())
    return Caption(
        "Codes in the same excerpt",
        "Number of excerpts that carry both codes in the record; on the diagonal, excerpts with the code at all. "
        "Colour follows the number, up to the largest pair.",
        f"Most frequent pairs: {said or 'none'}.",
    )


def agreement(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of coefficients with intervals."""
    known, undefined = frame[frame.value.notna()], frame[frame.value.isna()]
    said = "; ".join(f"{r.label} {decimal(r.value)}" for r in known.itertuples())
    low, high = given.study.survey.agreement.thresholds
    return Caption(
        "Agreement between coders",
        "Krippendorff’s alpha of independent decisions; lines are 95 % intervals from resampled respondents, hollow "
        "points have none. "
        f"Dashed lines: {low:g} and {high:g}, the customary bounds for tentative and firm conclusions. "
        + ("Undefined: the code did not vary. " if len(undefined) else "")
        + ("Right: units that carry the code for anyone." if len(frame) else ""),
        f"{said}." + (f" Undefined: {listed(undefined.label.tolist())}." if len(undefined) else ""),
    )


def coders(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of agreement between each two coders."""
    said = "; ".join(
        f"{r.coder_a} and {r.coder_b}: {decimal(r.value)} on {plural(int(r.n_units), 'unit')}"
        for r in frame.itertuples()
    )
    return Caption(
        "Agreement between each two coders",
        "Krippendorff’s alpha over all codes (sets of codes, MASI distance) on the excerpts both read.",
        f"{said}.",
    )


def topics_codes(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of emergent topics against codes."""
    machine = frame.basis.eq("machine").any()
    top = frame.sort_values(["n_excerpts", "topic_id"], ascending=[False, True]).head(5)
    said = "; ".join(f"{r.topic} with {r.code}: {r.n_excerpts}" for r in top.itertuples())
    whose = "codes applied by rule" if machine else "codes of the record"
    return Caption(
        "Emergent topics against the codebook",
        f"{PROPOSED} Excerpts in common between topics, named by their most telling words, and {whose}. "
        "A topic without a dark cell may be something the codebook misses.",
        f"Largest cells: {said}.",
    )


def flow(given: Given, frame: pd.DataFrame) -> Caption:
    """Caption of the way into the study."""
    first, last = frame.iloc[0], frame.iloc[-1]
    dropped = [f"{int(r.n_dropped)} at “{r.label}”" for r in frame.itertuples() if r.n_dropped]
    return Caption(
        "From the export to the respondents who count",
        f"{of(int(last.n_rows), int(first.n_rows))} rows of the export remain.",
        f"{first.label}: {first.n_rows}. Left out: {listed(dropped) or 'nothing'}. {last.label}: {last.n_rows}.",
    )
