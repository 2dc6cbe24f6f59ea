"""How a word is used, in words for glossary and report: what stands beside it, were all senses met, completion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.senses.standing import MIN_MINORITY, MIN_STABILITY, MIN_STANDING, MIN_USAGES_SHARE
from pipeline.speech import message, phrase, phrases
from pipeline.wording import decimal, listed, missing, percent, plural, quoted

SLOTS = {
    "respect": message("in respect of"), "compared": message("compared with"), "said of": message("said of"),
    "of": message("of or for"), "kind": message("which"), "manner": message("how"),
}  # fmt: skip
LEAST, MOST = 2, 5  # respondents behind a word beside the term, and words named per position


def beside(counts: pd.DataFrame) -> str:
    """Return what stands beside a word in the answers of several respondents, by position; nothing if nothing does.

    counts: slot, words, n_respondents (terms.facets.facet_counts).
    """
    rows = zip(counts.slot.tolist(), counts.words.tolist(), counts.n_respondents.tolist(), strict=True)
    named: dict[str, list[str]] = {slot: [] for slot in SLOTS}
    for slot, words, n in sorted(rows, key=lambda row: (-row[2], row[1])):
        if n >= LEAST:
            named[slot].append(f"{quoted(words)} ({n})")
    parts = (f"{phrase(SLOTS[slot])} {listed(mine[:MOST])}" for slot, mine in named.items() if mine)
    return "; ".join(parts)


def seen(row: Any) -> str:
    """Say whether all senses have been met, by coverage and the lower bound of how many there are.

    row: of the table coverage, as a named tuple.
    """
    if row is None or missing(row.coverage):
        return ""
    once = phrase("none of them was met in one respondent only")
    if row.n_once:
        once = phrases(
            int(row.n_once),
            "{n:,} sense was met in one respondent only",
            "{n:,} senses were met in one respondent only",
        )
    more = max(0, round(float(row.chao2) - int(row.n_senses)))
    bound = phrase("no further sense must be expected")
    if more:
        bound = phrases(
            more, "at least {n:,} more sense must be expected", "at least {n:,} more senses must be expected"
        )
    return phrase(
        "Of {senses} seen in {people}, {once}: about {share} of its use is of senses seen (Good–Turing), and {bound} "
        "(Chao2).",
        senses=plural(int(row.n_senses), "sense"),
        people=plural(int(row.n_respondents), "respondent"),
        once=once,
        share=percent(row.coverage),
        bound=bound,
    )


def completed(row: Any) -> str:
    """Say how well the machine completes people's labels, and how many usages it gave one.

    row: of the table completion, as a named tuple.
    """
    if row is None or missing(row.accuracy):
        return ""
    said = phrase(
        "From {labels}, the machine names the sense of a usage right in {share} (the commonest sense alone: "
        "{majority}; held out by respondent, calibration error {error})",
        labels=plural(int(row.n_labelled), "label"),
        share=percent(row.accuracy),
        majority=percent(row.majority),
        error=decimal(row.calibration_error),
    )
    if not row.n_completed and not row.n_left:
        return f"{said}; {phrase('no usage was left to complete.')}"
    left = phrase(", and left {n:,}", n=int(row.n_left)) if row.n_left else ""
    usages = plural(int(row.n_completed), "usage")
    return f"{said}; {phrase('for search and quotes alone it completed {usages}{left}.', usages=usages, left=left)}"


def rule() -> str:
    """Say by which rule words are put forward before people have judged, for a methods text; keys of methods.bib."""
    return phrase(
        "A word is put forward as worth checking where its usages differ more than those of {standing} of the words "
        "used about as often (mean of two percentiles: of the mean cosine distance of two usages, and of how much "
        "better two groups explain them than they would a Gaussian cloud [@liu2008]), where two groups explain them "
        "better than such a cloud at all, where these groups return when respondents are drawn anew (median adjusted "
        "Rand index [@hubert1985] of {stability} or more), and where the smaller one holds {share} of the usages, and "
        "at least {n} by {n} respondents. Groups that follow question, item, language, word form or respondent are "
        "marked so (permutation tests, false discovery rate [@benjamini1995]). Only people’s decisions make a word "
        "ambiguous.",
        standing=percent(MIN_STANDING),
        stability=decimal(MIN_STABILITY),
        share=percent(MIN_USAGES_SHARE),
        n=MIN_MINORITY,
    )
