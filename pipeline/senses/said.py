"""How a word is used, in words for glossary and report: what stands beside it, were all senses met, completion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.wording import decimal, listed, missing, percent, plural

SLOTS = {
    "respect": "in respect of", "compared": "compared with", "said of": "said of", "of": "of or for",
    "kind": "which", "manner": "how",
}  # fmt: skip
LEAST, MOST = 2, 5  # respondents behind a word beside the term, and words named per position


def beside(counts: pd.DataFrame) -> str:
    """Return what stands beside a word in the answers of several respondents, by position; nothing if nothing does.

    counts: slot, words, n_respondents (terms.facets.facet_counts).
    """
    often = counts[counts.n_respondents >= LEAST].sort_values(["n_respondents", "words"], ascending=[False, True])
    parts = [
        f"{name} {listed([f'“{row.words}” ({row.n_respondents})' for row in mine.head(MOST).itertuples()])}"
        for slot, name in SLOTS.items()
        if len(mine := often[often.slot == slot])
    ]
    return "; ".join(parts)


def seen(row: Any) -> str:
    """Say whether all senses have been met, by coverage and the lower bound of how many there are.

    row: of the table coverage, as a named tuple.
    """
    if row is None or missing(row.coverage):
        return ""
    once = (
        "none of them was met in one respondent only"
        if not row.n_once
        else (f"{plural(int(row.n_once), 'sense')} {'was' if row.n_once == 1 else 'were'} met in one respondent only")
    )
    more = max(0, round(float(row.chao2) - int(row.n_senses)))
    bound = f"at least {plural(more, 'more sense')} must be expected" if more else "no further sense must be expected"
    return (
        f"Of {plural(int(row.n_senses), 'sense')} seen in {plural(int(row.n_respondents), 'respondent')}, {once}: "
        f"about {percent(row.coverage)} of its use is of senses seen (Good–Turing), and {bound} (Chao2)."
    )


def completed(row: Any) -> str:
    """Say how well the machine completes people's labels, and how many usages it gave one.

    row: of the table completion, as a named tuple.
    """
    if row is None or missing(row.accuracy):
        return ""
    said = (
        f"From {plural(int(row.n_labelled), 'label')}, the machine names the sense of a usage right in "
        f"{percent(row.accuracy)} (the commonest sense alone: {percent(row.majority)}; held out by respondent, "
        f"calibration error {decimal(row.calibration_error)})"
    )
    if not row.n_completed and not row.n_left:
        return f"{said}; no usage was left to complete."
    left = f", and left {int(row.n_left):,}" if row.n_left else ""
    return f"{said}; for search and quotes alone it completed {plural(int(row.n_completed), 'usage')}{left}."
