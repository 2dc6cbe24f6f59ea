"""How a term is used, beside who uses it: usages by sense, what stands beside the word, whether all senses were met."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.senses import said
from pipeline.speech import phrase
from pipeline.terms.facets import facet_counts
from pipeline.wording import interval, percent, plural


def usage_shares(table: pd.DataFrame, *, small: int) -> dict[str, str]:
    """Return sense_id -> its share of its term's usages, in words; nothing under `small` respondents.

    Where the machine completed the labels, the corrected estimate stands beside that of the labelled usages.
    """
    found: dict[str, str] = {}
    for sense, rows in table[table.n_respondents >= small].groupby("sense_id"):
        at = {row.method: row for row in rows.itertuples()}
        drawn, helped = at.get("weighted", at["labelled"]), at.get("difference")
        facts = {"share": _with_interval(drawn), "usages": plural(int(drawn.n_usages), "usage")}
        if drawn.n_labelled == drawn.n_usages:
            text = phrase("{share} of {usages}, all of them labelled", **facts)
        else:
            text = phrase("{share} of {usages}, {n:,} of them labelled", n=int(drawn.n_labelled), **facts)
        if helped is not None:
            text += phrase("; with the machine’s help {share}", share=_with_interval(helped))
        found[str(sense)] = text
    return found


def _with_interval(row: object) -> str:
    around = interval(row.ci_low, row.ci_high, as_percent=True)  # type: ignore[attr-defined]
    return percent(row.share) + (f" ({around})" if around else "")  # type: ignore[attr-defined]


def beside(usages: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return what stands beside the word in these usages, by position."""
    return said.beside(facet_counts(tables["facets"], usages, tables["responses"]))


def of_senses(term: str, tables: Mapping[str, pd.DataFrame], *, small: int) -> tuple[str, ...]:
    """Return sentences: whether all senses were met, and what the machine completed; none under `small` respondents."""
    found = []
    for name, say in (("coverage", said.seen), ("completion", said.completed)):
        table = tables[name]
        for row in table[(table.term_id == term) & (table.n_respondents >= small)].itertuples():
            found.append(say(row))
    return tuple(text for text in found if text)
