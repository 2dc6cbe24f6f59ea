"""How a judged word is used: by whom and how often in which sense, beside which words, whether all senses were seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.report import frames
from pipeline.report.given import NOT_SENSES, Given
from pipeline.report.markdown import anchored, link
from pipeline.report.words import Markdown, slug
from pipeline.senses import said
from pipeline.speech import message, number, phrase
from pipeline.terms.facets import facet_counts
from pipeline.wording import interval, missing, of, percent, plural

OPEN = "open"
NOBODY = ["–", "–"]
RESPONDENTS = message(
    "Respondents: of those whose usage of the word could be coded; where it is none of the senses or the text does not "
    "tell, of all who used it. One respondent may use several senses."
)
METHODS = {
    "labelled": message("Usages"), "weighted": message("Usages, weighted"),
    "difference": message("Usages, with the machine’s help"),
}  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """headers and rows: respondents and usages by sense; the rest are sentences, empty where nothing is to say."""

    headers: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    base: str = ""
    several: str = ""  # Markdown
    beside: str = ""
    seen: str = ""
    completed: str = ""


def wording(given: Given, term: str) -> Wording:
    """Return what the report says of a judged term's usages."""
    people, usages = _people(given, term), given["usage_shares"][given["usage_shares"].term_id == term]
    names, cells, base = _usages(given, usages)
    used = pd.Series([*people, *usages.sense_id.unique()], dtype="object").drop_duplicates()
    senses = [s for s in given.senses_of(term, used) if s != OPEN] + [OPEN] * (OPEN in set(used))
    rows: list[list[Any]] = [
        [_named(given, term, sense), *people.get(sense, NOBODY), *cells.get(sense, [])] for sense in senses
    ]
    count, several = _several(given, term)
    if count and rows:
        rows.append(
            [anchored(phrase("more than one sense"), f"several-{slug(term)}"), count, *["–"] * (1 + len(names))]
        )
    headers = [phrase("Sense"), phrase("Respondents"), phrase("95 % interval"), *names]
    if all(row[2] == "–" for row in rows):  # a small study, or few who use the word
        headers, rows = [*headers[:2], *headers[3:]], [[*row[:2], *row[3:]] for row in rows]
    return Wording(headers, rows, base, several, _beside(given, term), *_of_senses(given, term))


def place_of(term_id: str, sense_id: str, kind: str = "sense") -> Markdown:
    """Return where the report speaks of a sense (kind sense: its quotes; use: its row), or of no sense, of a word."""
    own = sense_id if sense_id.startswith(f"{term_id}.") else f"{term_id}-{sense_id}"
    return Markdown(f"{kind}-{slug(own)}")


def _named(given: Given, term: str, sense: str) -> Markdown:
    """Return a row's first cell: it can be linked to, and leads to the quotes."""
    if sense == OPEN:
        return Markdown(phrase("readers differ, not settled"))
    return anchored(link(given.sense_name(sense), place_of(term, sense)), place_of(term, sense, "use"))


def _people(given: Given, term: str) -> dict[str, list[str]]:
    """Return, per sense: respondents who use it with their share, and the interval; those without a sense too."""
    shares = frames.shares(given, term)
    found = {}
    for row in shares[shares.by == ""].itertuples():
        count, base = int(row.n_respondents), int(row.base)
        few = given.small or base < given.study.survey.report.small
        said = of(count, base) if few else f"{percent(count / base)} ({of(count, base)})"
        around = "" if few else interval(row.ci_low, row.ci_high, as_percent=True)
        found[row.sense_id] = [said, around or "–"]
    return found


def _several(given: Given, term: str) -> tuple[str, Markdown]:
    """Return how many respondents use a term in more than one sense, and the sentence; nothing where one is used."""
    mine = given.judged[(given.judged.term_id == term) & ~given.judged.sense_id.isin(NOT_SENSES)]
    if mine.sense_id.nunique() < 2:
        return "", Markdown("")
    count = int((mine.groupby("respondent_id").sense_id.nunique() > 1).sum())
    said = of(count, mine.respondent_id.nunique())
    place = link(said, f"several-{slug(term)}")
    return said, Markdown(phrase("{counts} respondents use it in more than one sense.", counts=place))


def _usages(given: Given, mine: pd.DataFrame) -> tuple[list[str], dict[str, list[str]], str]:
    """Return columns, cells per sense and legend of usages. A way of counting that changes nothing has no column."""
    if mine.empty:
        return [], {}, phrase(RESPONDENTS)
    table = mine.pivot(index="sense_id", columns="method", values="share")
    same = "weighted" in table and (table["weighted"] == table["labelled"]).all()
    methods = [m for m in METHODS if m in table and not (same and m == "weighted")]
    first = mine.iloc[0]
    n_read, n_all = int(first.n_labelled), int(first.n_usages)
    cells = {(r.sense_id, r.method): r for r in mine.itertuples()}
    found = {
        sense: [_cell(given, cells.get((sense, method)), n_read) for method in methods]
        for sense in mine.sense_id.unique()
    }
    base = f"{phrase(RESPONDENTS)} " + phrase(
        "Usages: {counts} were labelled, by {people}; a usage of several senses counts in parts",
        counts=of(n_read, n_all),
        people=plural(int(first.n_respondents), "respondent"),
    )
    if "weighted" in methods:
        base += phrase("; weighted: by the inverse of a usage’s chance of being drawn")
    if "difference" in methods:
        base += phrase(
            "; with the machine’s help: the machine’s labels of all usages, corrected by what it gets wrong on those "
            "labelled (cross-fitted difference estimate)"
        )
    return [phrase(METHODS[m]) for m in methods], found, f"{base}."


def _cell(given: Given, row: Any, n_read: int) -> str:
    share = row.share if row is not None else 0.0
    if given.small:
        return of(round(share * n_read), n_read)
    around = interval(row.ci_low, row.ci_high, as_percent=True) if row is not None else ""
    return percent(share) + (f" ({around})" if around else "")


def _beside(given: Given, term: str) -> str:
    """Return what stands beside the term in the words of several respondents, by position."""
    parts = said.beside(_facets(given, term))
    return phrase("Beside the word stands, in several respondents’ answers: {words}.", words=parts) if parts else ""


def _facets(given: Given, term: str) -> pd.DataFrame:
    usages = given["usages"]
    return facet_counts(given["facets"], usages[usages.term_id == term], given["responses"])


def beside_words(given: Given) -> pd.DataFrame:
    """Return what stands beside the judged words in several respondents' answers: term, slot, words, n_respondents."""
    counts = [_facets(given, term).assign(term=given.terms[term]) for term in sorted(set(given["shares"].term_id))]
    found = pd.concat(counts) if counts else pd.DataFrame(columns=["term", "slot", "words", "n_respondents"])
    found = found[found.n_respondents >= said.LEAST].sort_values(["term", "slot", "n_respondents", "words"],
                                                                 ascending=[True, True, False, True])  # fmt: skip
    return found[["term", "slot", "words", "n_respondents"]].reset_index(drop=True)


def completeness_rows(given: Given) -> list[list[Any]]:
    """Return, per judged word: senses seen, met once, coverage, still expected, labels, named right, commonest alone.

    Nothing in small studies.
    """
    rows: list[list[Any]] = []
    for term in [] if given.small else given["coverage"].term_id:
        seen, done = _row(given["coverage"], term), _row(given["completion"], term)
        if missing(seen.coverage):
            continue
        more = max(0, round(float(seen.chao2) - int(seen.n_senses)))
        learnt = ["–"] * 3
        if done is not None and not missing(done.accuracy):
            learnt = [number(int(done.n_labelled)), percent(done.accuracy), percent(done.majority)]
        counts = [number(int(count)) for count in (seen.n_senses, seen.n_once)]
        word = anchored(given.terms.get(term, term), f"met-{slug(term)}")
        rows.append([word, *counts, percent(seen.coverage), number(more), *learnt])
    return rows


def _of_senses(given: Given, term: str) -> tuple[str, str]:
    """Return whether all senses were seen, and what was completed; nothing in small studies."""
    if given.small:
        return "", ""
    return said.seen(_row(given["coverage"], term)), said.completed(_row(given["completion"], term))


def _row(table: pd.DataFrame, term: str) -> Any:
    return next(table[table.term_id == term].itertuples(), None)
