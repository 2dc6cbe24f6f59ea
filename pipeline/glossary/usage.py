"""How a term is used, beside who uses it: usages by sense, what stands beside the word, whether all senses were met."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

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


def beside(
    used: Mapping[str, Collection[str]], usages: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> dict[str, str]:
    """Return sense_id -> what stands beside the word in the usages of that sense, by position.

    used: sense_id -> its usages; usages: usage_id, response_id.
    """
    pairs = [(name, sense) for sense, mine in used.items() for name in mine]
    frame = pd.DataFrame(pairs, columns=pd.Index(["usage_id", "sense_id"]), dtype="str")
    frame = frame.merge(usages[["usage_id", "response_id"]], on="usage_id")
    counted = facet_counts(tables["facets"], frame, tables["responses"], by=["sense_id"])
    often = counted[counted.n_respondents >= said.LEAST]
    return {str(sense): said.beside(mine) for sense, mine in often.groupby("sense_id")}


def of_senses(coverage: Any, completion: Any, *, small: int) -> tuple[str, ...]:
    """Return sentences: whether all senses were met, and what the machine completed; none under `small` respondents.

    coverage, completion: the term's rows of these tables, None where it has none.
    """
    known = ((coverage, said.seen), (completion, said.completed))
    found = (say(row) for row, say in known if row is not None and row.n_respondents >= small)
    return tuple(text for text in found if text)
