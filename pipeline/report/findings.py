"""What the report says of each term: people's senses, who uses them, quotes; the machine's groups, marked as such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.notes import retold
from pipeline.report import frames
from pipeline.report.given import NOT_SENSES, Given
from pipeline.report.quotes import Quote, central, quotes
from pipeline.report.scopes import agreement_row
from pipeline.report.wordings import place_of
from pipeline.report.words import Markdown, slug
from pipeline.speech import phrase
from pipeline.wording import decimal, interval, missing

QUOTES = 4  # a sense, in studies that do not print them all
MACHINE_TERMS = 12  # terms worth checking that are shown with quotes


@dataclass(frozen=True)
class SenseFinding:
    """A sense of a term: respondents who use it among those who used the term codably, by group, with quotes."""

    term_id: str
    sense_id: str
    name: str
    definition: str
    n_respondents: int
    base: int
    n_usages: int
    ci_low: float | None
    ci_high: float | None
    groups: list[tuple[str, int, int]]
    quotes: list[Quote]

    @property
    def anchor(self) -> Markdown:
        """Where the report speaks of it."""
        return place_of(self.term_id, self.sense_id)

    @property
    def row(self) -> Markdown:
        """Where the table of its word speaks of it."""
        return place_of(self.term_id, self.sense_id, "use")

    @property
    def other(self) -> bool:
        """Whether this stands for no sense at all."""
        return self.sense_id in NOT_SENSES

    @property
    def n_shown(self) -> int:
        """Usages quoted."""
        return len(self.quotes)


@dataclass(frozen=True)
class TermFinding:
    """A term that people judged."""

    term_id: str
    label: str
    role: str
    verdict: str
    reason: str
    n_usages: int
    n_respondents: int
    differ: str
    within: str
    in_question: bool
    agreement: str
    senses: list[SenseFinding]
    others: list[SenseFinding]  # none of the senses; the text does not tell

    @property
    def anchor(self) -> Markdown:
        """Where the report speaks of it."""
        return Markdown(f"term-{slug(self.term_id)}")

    @property
    def agreement_row(self) -> Markdown:
        """Where the table of agreement speaks of its senses."""
        return agreement_row(f"term:{self.term_id}")

    @property
    def ambiguous(self) -> bool:
        """By people's labels."""
        return self.verdict == "ambiguous"

    @property
    def used(self) -> list[SenseFinding]:
        """Senses somebody uses, most respondents first."""
        return sorted((s for s in self.senses if s.n_respondents), key=lambda s: -s.n_respondents)


@dataclass(frozen=True)
class GroupProposed:
    """A group of usages that the machine proposes: its words, its size, quotes."""

    number: str
    words: list[str]
    n_usages: int
    n_respondents: int
    quotes: list[Quote]


@dataclass(frozen=True)
class TermProposed:
    """A term that the machine finds worth checking."""

    term_id: str
    label: str
    role: str
    n_usages: int
    n_respondents: int
    reason: str
    bound_to: str
    stability: float | None
    groups: list[GroupProposed]

    @property
    def anchor(self) -> Markdown:
        """Where the report speaks of it."""
        return Markdown(f"term-{slug(self.term_id)}")

    @property
    def row(self) -> Markdown:
        """Where the table of words worth checking speaks of it."""
        return Markdown(f"proposed-{slug(self.term_id)}")


def judged_terms(given: Given) -> list[TermFinding]:
    """Return the terms that people judged: ambiguous ones first, then by how often two respondents differ."""
    table = given["ambiguity"]
    table = table[table.term_id.isin(given["shares"].term_id)]
    table = table.merge(given["terms"][["term_id", "label", "role", "in_question"]], on="term_id")
    found = [_term(given, row) for row in table.to_dict("records")]
    score = dict(zip(table.term_id, table.score.astype(float).fillna(-1), strict=True))
    return sorted(found, key=lambda term: (not term.ambiguous, -score[term.term_id], term.term_id))


def _term(given: Given, row: dict) -> TermFinding:
    term = str(row["term_id"])
    shares = frames.shares(given, term)
    senses = [_sense(given, term, sense, shares) for sense in given.senses_of(term, shares.sense_id)]
    return TermFinding(
        term,
        str(row["label"]),
        str(row["role"]),
        str(row["verdict"]),
        _readable(given, term, str(row["reason"] or "")),
        int(row["n_usages"]),
        int(row["n_respondents"]),
        _disputed(given, term, "between"),
        _disputed(given, term, "within"),
        bool(row["in_question"]),
        _agreement(given, term),
        [s for s in senses if s.sense_id not in NOT_SENSES],
        [s for s in senses if s.sense_id in NOT_SENSES],
    )


def _readable(given: Given, term: str, reason: str) -> str:
    """Replace sense ids in a reason by the senses' names."""
    for sense in sorted(given.senses_of(term, given.judged.sense_id), key=len, reverse=True):
        if sense.startswith(f"{term}."):
            reason = reason.replace(sense, given.sense_name(sense))
    reason = retold(reason)
    return (reason[:1].upper() + reason[1:]).replace("'", "’")


def _sense(given: Given, term: str, sense: str, shares: pd.DataFrame) -> SenseFinding:
    mine = shares[shares.sense_id == sense]
    everyone = mine[mine.by == ""].to_dict("records")
    one: dict[str, Any] = everyone[0] if everyone else {"n_respondents": 0, "base": 0, "ci_low": None, "ci_high": None}
    usages = given.judged[(given.judged.sense_id == sense) & (given.judged.term_id == term)]
    groups = [(r.group_label, int(r.n_respondents), int(r.base)) for r in mine[mine.by != ""].itertuples()]
    return SenseFinding(
        term,
        sense,
        given.sense_name(sense),
        given.definition(sense),
        int(one["n_respondents"]),
        int(one["base"]),
        usages.usage_id.nunique(),
        one["ci_low"],
        one["ci_high"],
        groups,
        quotes(given, usages, most=None if given.small else QUOTES),
    )


def _disputed(given: Given, term: str, scope: str) -> str:
    rows = given["disputes"]
    rows = rows[(rows.term_id == term) & (rows.scope == scope)]
    if rows.empty or missing(rows.value.iloc[0]):
        return ""
    row = rows.iloc[0]
    around = interval(row.ci_low, row.ci_high)
    return decimal(row.value) + (f" ({around})" if around else "")


def _agreement(given: Given, term: str) -> str:
    rows = given["agreement"]
    rows = rows[(rows.scope == f"term:{term}") & (rows.coefficient == "alpha")]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if missing(row.value):
        return retold(str(row.note or "")) or phrase("undefined")
    around = interval(row.ci_low, row.ci_high)
    return decimal(row.value) + (f" ({around})" if around else "")


def proposed_terms(given: Given) -> tuple[list[TermProposed], int]:
    """Return terms worth checking that people have not judged, the strongest first, and how many more there are."""
    judged = set(given["shares"].term_id)
    table = given["evidence"].merge(given["terms"][["term_id", "label", "role"]], on="term_id")
    table = table[(table.verdict == "worth checking") & ~table.term_id.isin(judged)]
    table = table.sort_values(["score", "term_id"], ascending=[False, True])
    found = [_proposed(given, row) for row in table.head(MACHINE_TERMS).to_dict("records")]
    return found, max(0, len(table) - MACHINE_TERMS)


def _proposed(given: Given, row: dict) -> TermProposed:
    term = str(row["term_id"])
    words = given["sense_words"].sort_values("rank")
    mine = given.proposed[given.proposed.term_id == term]
    groups = [
        GroupProposed(
            str(sense).rpartition("#")[2],
            words[(words.term_id == term) & (words.sense_id == sense)].word.head(6).tolist(),
            part.usage_id.nunique(),
            part.respondent_id.nunique(),
            quotes(given, central(part), most=QUOTES),
        )
        for sense, part in mine.groupby("sense_id")
    ]
    bound = "" if missing(row["bound_to"]) else str(row["bound_to"])
    return TermProposed(
        term,
        str(row["label"]),
        str(row["role"]),
        int(row["n_usages"]),
        int(row["n_respondents"]),
        retold(str(row["reason"] or "")),
        bound,
        row["stability"],
        groups,
    )


def unremarkable(given: Given) -> pd.DataFrame:
    """Return terms looked at and not judged, with what the machine says: label, role, verdict, counts, reason."""
    judged = set(given["shares"].term_id)
    table = given["evidence"][["term_id", "verdict", "reason"]].merge(
        given["terms"][["term_id", "label", "role", "n_usages", "n_respondents"]], on="term_id", how="right"
    )
    return table[~table.term_id.isin(judged)].sort_values(["n_respondents", "term_id"], ascending=[False, True])
