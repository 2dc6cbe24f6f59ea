"""What the glossary shows of each term: its senses, who uses them, quotes, every usage in context, a map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.glossary import context, counts, neighbours, usage
from pipeline.glossary.context import Quote
from pipeline.glossary.curated import Glossary
from pipeline.glossary.entries import PROPOSED, RESTS_ON
from pipeline.glossary.model import Entry, Sense
from pipeline.ids import term_id
from pipeline.pnumbers import p_numbers
from pipeline.senses.plane import plane
from pipeline.speech import phrase
from pipeline.study import Study

MOST_LINES = {True: 600, False: 80}  # usages shown of a term with senses of people, and of one the machine proposes
READS = (
    "terms", "senses", "ambiguity", "shares", "sense_words", "usages", "usage_vectors", "responses", "respondents",
    "ratings", "agreement", "judgements", "assignments", "usage_shares", "coverage", "completion", "facets",
)  # fmt: skip


@dataclass(frozen=True)
class SenseView:
    """One sense as the glossary shows it."""

    sense_id: str
    name: str
    definition: str
    status: str
    rank: int
    n_usages: int
    n_respondents: int
    base: int
    iri: str
    stated: Sense
    words: tuple[str, ...] = ()
    surfaces: tuple[tuple[str, int], ...] = ()
    typical: tuple[Quote, ...] = ()
    borderline: tuple[Quote, ...] = ()
    groups: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...] = ()
    ratings: tuple[counts.Rating, ...] = ()
    of_usages: str = ""  # its share of the term's usages
    beside: str = ""  # what stands beside the word, by position
    confused: tuple[tuple[str, str, int], ...] = ()  # sense_id, name, usages
    related: tuple[tuple[str, str, str], ...] = ()  # relation, sense_id, "term: name"

    @property
    def rests_on(self) -> str:
        """What the entry rests on, in words."""
        return phrase(RESTS_ON[self.status])


@dataclass(frozen=True)
class EntryView:
    """One term as the glossary shows it."""

    term_id: str
    label: str
    verdict: str
    summary: str
    agreement: str
    stated: Entry
    senses: tuple[SenseView, ...]
    others: tuple[tuple[str, int, int, int], ...] = ()  # what is no sense: name, respondents, base, usages
    echo: tuple[int, int] = (0, 0)  # usages that repeat the question's words, respondents
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    n_lines: int = 0
    points: tuple[tuple[str, float, float, int], ...] = ()  # usage_id, x, y in 0..1, rank of the sense
    confusable: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()  # whether all senses were met, what was completed

    @property
    def of_people(self) -> bool:
        """Whether the team has named the senses; else the machine proposes groups."""
        return any(sense.status != PROPOSED for sense in self.senses)

    @property
    def rows(self) -> list[Any]:
        """The concordance, a named tuple a line."""
        return list(self.lines.itertuples())


@dataclass(frozen=True)
class Source:
    """The study, its glossary and tables, and what every entry needs of them, made once."""

    study: Study
    glossary: Glossary
    tables: Mapping[str, pd.DataFrame]

    @property
    def silent(self) -> Collection[str]:
        """Respondents whose words may not be shown."""
        people = self.tables["respondents"]
        if self.study.survey.report.quotes == "all":
            return ()
        if self.study.survey.report.quotes == "none":
            return tuple(people.respondent_id)
        return tuple(people[~people.quote_ok.fillna(False).astype(bool)].respondent_id)

    @property
    def people(self) -> dict[str, str]:
        """P-numbers by respondent_id."""
        return p_numbers(self.tables["respondents"], self.tables["responses"])


def entry_views(entries: pd.DataFrame, source: Source) -> list[EntryView]:
    """Return every term of the glossary table as it is shown: the team's terms in their order, then proposed ones."""
    tables = source.tables
    labels = context.labels_of(tables["senses"])
    differ = context.contested(tables["judgements"], tables["assignments"])
    means = neighbours.mean_vectors(tables["usages"], tables["usage_vectors"])
    shared = _Shared(
        labels,
        differ,
        means,
        tables["usages"].merge(tables["responses"], on="response_id"),
        frozenset(source.silent),
        neighbours.related_senses(source.glossary),
        neighbours.confused_senses(differ),
        counts.ratings(source.study, tables["senses"], tables["usages"], tables["responses"], tables["ratings"]),
        dict(zip(entries.sense_id, entries.name, strict=True)),
        usage.usage_shares(tables["usage_shares"], small=source.study.survey.report.small),
    )
    stated = {term_id(entry.term): entry for entry in source.glossary.entries}
    order = [term for term in stated if term in set(entries.term_id)]
    order += sorted(set(entries.term_id) - set(order))
    return [
        _entry(term, entries[entries.term_id == term], stated.get(term) or Entry(term=term), source, shared)
        for term in order
    ]


@dataclass(frozen=True)
class _Shared:
    labels: pd.DataFrame
    differ: Mapping[str, tuple[str, ...]]
    means: Mapping[str, np.ndarray]
    where: pd.DataFrame
    silent: frozenset[str]
    related: Mapping[str, list[tuple[str, str]]]
    confused: Mapping[str, list[tuple[str, int]]]
    ratings: Mapping[str, tuple[counts.Rating, ...]]
    names: Mapping[str, str]
    of_usages: Mapping[str, str]


def _entry(term: str, rows: pd.DataFrame, stated: Entry, source: Source, shared: _Shared) -> EntryView:
    tables = source.tables
    of_team = bool((rows.status != PROPOSED).any())
    mine = tables["usages"][tables["usages"].term_id == term]
    known = tables["terms"].set_index("term_id")
    order = {sense: rank for rank, sense in enumerate(rows.sense_id)}
    labels = shared.labels[shared.labels.usage_id.isin(mine.usage_id)]
    asked = {name: source.study.question_text(name) for name in source.study.open_questions()}
    everyone = context.concordance(mine, tables["responses"], labels, questions=asked)
    table = context.shown(everyone, silent=shared.silent, most=MOST_LINES[of_team])
    echo = everyone[everyone.echo]
    verdict, summary = counts.verdict(term, tables["ambiguity"], shared.names)
    return EntryView(
        term,
        str(known.label.get(term, stated.term)),
        verdict,
        summary,
        counts.agreement(term, tables["agreement"]),
        stated,
        tuple(_sense(row, source, shared, mine, labels, rank) for rank, row in enumerate(rows.to_dict("records"))),
        counts.no_senses(term, tables["shares"]),
        (len(echo), echo.respondent_id.nunique()),
        table.assign(rank=table.sense_id.map(lambda found: order.get(found.partition("|")[0], -1))),
        len(mine),
        _points(table[table.source.isin(context.PEOPLE)] if of_team else table, tables["usage_vectors"], order),
        tuple(neighbours.confusable_terms(term, tables["terms"], shared.means)),
        usage.of_senses(term, tables, small=source.study.survey.report.small),
    )


def _sense(
    row: Mapping[str, Any], source: Source, shared: _Shared, usages: pd.DataFrame, labels: pd.DataFrame, rank: int
) -> SenseView:
    tables, sense = source.tables, str(row["sense_id"])
    own = "proposed" if row["status"] == PROPOSED else "record"
    used = tables["senses"][(tables["senses"].sense_id == sense) & (tables["senses"].source == own)]
    mine = labels[labels.usage_id.isin(used.usage_id)]
    where = shared.where[shared.where.usage_id.isin(usages.usage_id) & ~shared.where.respondent_id.isin(shared.silent)]
    words = tables["sense_words"]
    surfaces = usages[usages.usage_id.isin(used.usage_id)].surface.str.casefold().value_counts()
    return SenseView(
        sense,
        row["name"],
        row["definition"],
        row["status"],
        rank,
        row["n_usages"],
        row["n_respondents"],
        counts.base(sense, tables["shares"]),
        source.glossary.iri_of(sense, source.study.name),
        source.glossary.senses[sense][1] if sense in source.glossary.senses else Sense(id="", name=""),
        tuple(words[words.sense_id == sense].sort_values("rank").word.head(8)),
        tuple(sorted(((str(form), int(n)) for form, n in surfaces.items()), key=lambda pair: (-pair[1], pair[0]))),
        tuple(context.typical(sense, mine, where, tables["usage_vectors"], shared.differ)),
        tuple(context.borderline(sense, mine, where, shared.differ, shared.names)) if own == "record" else (),
        counts.groups(sense, source.study, tables["shares"]),
        shared.ratings.get(sense, ()),
        shared.of_usages.get(sense, ""),
        usage.beside(usages[usages.usage_id.isin(used.usage_id)], tables),
        tuple((other, shared.names.get(other, other), n) for other, n in shared.confused.get(sense, ())),
        tuple(
            (relation, other, f"{other.partition('.')[0]}: {shared.names.get(other, other)}")
            for relation, other in shared.related.get(sense, ())
        ),
    )


def _points(
    table: pd.DataFrame, vectors: pd.DataFrame, order: Mapping[str, int]
) -> tuple[tuple[str, float, float, int], ...]:
    """Place usages that have a sense in a plane, scaled to 0..1."""
    placed = table[table.sense_id.isin(list(order))].merge(vectors, on="usage_id").sort_values("usage_id")
    if len(placed) < 3:
        return ()
    spots = plane(np.stack(placed.vector.tolist()))
    spread = spots.max(0) - spots.min(0)
    scaled = np.round((spots - spots.min(0)) / np.where(spread == 0, 1, spread), 3)
    return tuple(
        (usage, float(x), float(y), order[sense])
        for usage, sense, (x, y) in zip(placed.usage_id, placed.sense_id, scaled, strict=True)
    )
