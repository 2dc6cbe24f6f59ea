"""How a judged word is used: usages by sense, what it is said of, whether all senses were seen, what was completed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.report.given import Given
from pipeline.report.words import decimal, interval, listed, missing, of, percent, plural

OPEN = "open"
METHODS = {"labelled": "Of those labelled", "weighted": "Weighted", "difference": "With the machine’s help"}
SLOTS = {
    "respect": "in respect of", "compared": "compared with", "said of": "said of", "of": "of or for",
    "kind": "which", "manner": "how",
}  # fmt: skip
LEAST, MOST = 2, 5  # respondents behind a word beside the term, and words named per position


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
    return Wording(headers, rows, base, _beside(given, term), _seen(given, term), _completed(given, term))


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
    found = given["facets"].merge(usages[usages.term_id == term][["usage_id", "response_id"]], on="usage_id")
    found = found.merge(given["responses"][["response_id", "respondent_id"]], on="response_id")
    counts = found.groupby(["slot", "words"]).respondent_id.nunique().reset_index(name="n")
    counts = counts[counts.n >= LEAST].sort_values(["n", "words"], ascending=[False, True])
    parts = [
        f"{name} {listed([f'“{row.words}” ({row.n})' for row in mine.head(MOST).itertuples()])}"
        for slot, name in SLOTS.items()
        if len(mine := counts[counts.slot == slot])
    ]
    return f"Beside the word stands, in several respondents’ answers: {'; '.join(parts)}." if parts else ""


def _seen(given: Given, term: str) -> str:
    """Say whether all senses have been met, by coverage and the lower bound of how many there are."""
    row = _row(given["coverage"], term)
    if row is None or given.small or missing(row.coverage):
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


def _completed(given: Given, term: str) -> str:
    """Say how well the machine completes people's labels, and how many usages it gave one."""
    row = _row(given["completion"], term)
    if row is None or given.small or missing(row.accuracy):
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


def _row(table: pd.DataFrame, term: str) -> Any:
    return next(table[table.term_id == term].itertuples(), None)
