"""How a judged word is used: usages by sense, what it is said of, whether all senses were seen, what was completed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.report.given import Given
from pipeline.senses import said
from pipeline.terms.facets import facet_counts
from pipeline.wording import interval, of, percent, plural

OPEN = "open"
METHODS = {"labelled": "Of those labelled", "weighted": "Weighted", "difference": "With the machine’s help"}


@dataclass(frozen=True)
class Wording:
    """headers and rows: usages by sense; the rest are sentences, empty where there is nothing to say."""

    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    base: str = ""
    beside: str = ""
    seen: str = ""
    completed: str = ""


def wording(given: Given, term: str) -> Wording:
    """Return what the report says of a judged term's usages."""
    headers, rows, base = _by_sense(given, term)
    return Wording(headers, rows, base, _beside(given, term), *_of_senses(given, term))


def _by_sense(given: Given, term: str) -> tuple[list[str], list[list[str]], str]:
    """Return headers, rows and legend of usages by sense. A way of counting that changes nothing has no column."""
    mine = given["usage_shares"]
    mine = mine[mine.term_id == term]
    if mine.empty:
        return [], [], ""
    senses = [s for s in given.senses_of(term, mine.sense_id) if s != OPEN] + [OPEN] * (OPEN in set(mine.sense_id))
    table = mine.pivot(index="sense_id", columns="method", values="share")
    same = "weighted" in table and (table["weighted"] == table["labelled"]).all()
    methods = [m for m in METHODS if m in table and not (same and m == "weighted")]
    first = mine.iloc[0]
    n_read, n_all = int(first.n_labelled), int(first.n_usages)
    cells = {(r.sense_id, r.method): r for r in mine.itertuples()}
    rows = []
    for sense in senses:
        name = "readers differ, not settled" if sense == OPEN else given.sense_name(sense)
        rows.append([name, *(_cell(given, cells.get((sense, method)), n_read) for method in methods)])
    base = f"{of(n_read, n_all)} usages were labelled, by {plural(int(first.n_respondents), 'respondent')}"
    base += "; a usage of several senses counts in parts"
    if "weighted" in methods:
        base += "; weighted: by the inverse of a usage’s chance of being drawn"
    if "difference" in methods:
        base += (
            "; with the machine’s help: the machine’s labels of all usages, corrected by what it gets wrong on those "
            "labelled (cross-fitted difference estimate)"
        )
    return ["Sense", *(METHODS[m] for m in methods)], rows, f"{base}."


def _cell(given: Given, row: Any, n_read: int) -> str:
    share = row.share if row is not None else 0.0
    if given.small:
        return of(round(share * n_read), n_read)
    around = interval(row.ci_low, row.ci_high, as_percent=True) if row is not None else ""
    return percent(share) + (f" ({around})" if around else "")


def _beside(given: Given, term: str) -> str:
    """Return what stands beside the term in the words of several respondents, by position."""
    usages = given["usages"]
    parts = said.beside(facet_counts(given["facets"], usages[usages.term_id == term], given["responses"]))
    return f"Beside the word stands, in several respondents’ answers: {parts}." if parts else ""


def _of_senses(given: Given, term: str) -> tuple[str, str]:
    """Return whether all senses were seen, and what was completed; nothing in small studies."""
    if given.small:
        return "", ""
    return said.seen(_row(given["coverage"], term)), said.completed(_row(given["completion"], term))


def _row(table: pd.DataFrame, term: str) -> Any:
    return next(table[table.term_id == term].itertuples(), None)
