"""What the glossary shows of each term: its senses, who uses them, quotes, every usage in context, a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.glossary import context, counts, neighbours, usage
from pipeline.glossary.context import Quote
from pipeline.glossary.entries import PROPOSED, RESTS_ON
from pipeline.glossary.gathered import Gathered, gather
from pipeline.glossary.model import Entry, Sense
from pipeline.glossary.source import Source, Usage, rows_by
from pipeline.ids import term_id
from pipeline.senses.plane import plane
from pipeline.speech import phrase

MOST_WORDS = 8
MOST_LINES = {True: 600, False: 80}  # usages shown of a term with senses of people, and of one the machine proposes


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
    rows: tuple[context.Line, ...] = ()  # the concordance, of n_lines in all
    n_lines: int = 0
    points: tuple[tuple[str, float, float, int], ...] = ()  # usage_id, x, y in 0..1, rank of the sense
    confusable: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()  # whether all senses were met, what was completed

    @property
    def of_people(self) -> bool:
        """Whether the team has named the senses; else the machine proposes groups."""
        return any(sense.status != PROPOSED for sense in self.senses)


def entry_views(entries: pd.DataFrame, source: Source) -> list[EntryView]:
    """Return every term of the glossary table as it is shown: the team's terms in their order, then proposed ones."""
    stated = {term_id(entry.term): entry for entry in source.glossary.entries}
    rows = rows_by("term_id", entries)
    order = [term for term in stated if term in rows]
    order += sorted(set(rows) - set(order))
    gathered = gather(entries, source)
    return [_entry(term, rows[term], stated.get(term) or Entry(term=term), source, gathered) for term in order]


def _entry(term: str, rows: Sequence[Any], stated: Entry, source: Source, gathered: Gathered) -> EntryView:
    small = source.study.survey.report.small
    of_team = any(row.status != PROPOSED for row in rows)
    usages, known = gathered.usages.get(term, []), gathered.row("terms", term)
    shares = gathered.rows["shares"].get(term, [])
    ranks = {row.sense_id: rank for rank, row in enumerate(rows)}
    everyone = context.concordance(usages, gathered.labels, questions=gathered.asked, ranks=ranks)
    lines = context.shown(everyone, silent=gathered.silent, most=MOST_LINES[of_team])
    echo = [line for line in everyone if line.echo]
    verdict, summary = counts.verdict(gathered.row("ambiguity", term), gathered.names)
    return EntryView(
        term,
        str(known.label) if known else stated.term,
        verdict,
        summary,
        counts.agreement(gathered.agreement.get(term)),
        stated,
        tuple(_sense(row, rank, usages, shares, source, gathered) for rank, row in enumerate(rows)),
        counts.no_senses(shares),
        (len(echo), len({line.respondent_id for line in echo})),
        tuple(lines),
        len(usages),
        _points(
            [line for line in lines if line.source in context.PEOPLE] if of_team else lines, gathered.vectors, ranks
        ),
        tuple(neighbours.confusable_terms(term, source.tables["terms"], gathered.means)),
        usage.of_senses(gathered.row("coverage", term), gathered.row("completion", term), small=small),
    )


def _sense(
    row: Any, rank: int, usages: Sequence[Usage], shares: Sequence[Any], source: Source, gathered: Gathered
) -> SenseView:
    """usages, shares: of the sense's term."""
    sense, names = str(row.sense_id), gathered.names
    mine = [one for one in usages if one.usage_id in gathered.used[sense]]
    labels = {one.usage_id: gathered.labels[one.usage_id] for one in mine}
    quotable = [one for one in usages if one.respondent_id not in gathered.silent]
    surfaces = Counter(one.surface.casefold() for one in mine)
    shown = [one for one in quotable if one.usage_id in labels and labels[one.usage_id].sense_id == sense]
    return SenseView(
        sense,
        row.name,
        row.definition,
        row.status,
        rank,
        row.n_usages,
        row.n_respondents,
        counts.base(shares),
        source.glossary.iri_of(sense, source.study.name),
        source.glossary.senses[sense][1] if sense in source.glossary.senses else Sense(id="", name=""),
        tuple(gathered.words.get(sense, [])[:MOST_WORDS]),
        tuple(sorted(surfaces.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(context.typical(shown, gathered.vectors, gathered.differ)),
        tuple(context.borderline(sense, quotable, labels, gathered.differ, names)) if row.status != PROPOSED else (),
        counts.groups(sense, source.study, shares),
        gathered.ratings.get(sense, ()),
        gathered.of_usages.get(sense, ""),
        gathered.beside.get(sense, ""),
        tuple((other, names.get(other, other), n) for other, n in gathered.confused.get(sense, ())),
        tuple(
            (relation, other, f"{other.partition('.')[0]}: {names.get(other, other)}")
            for relation, other in gathered.related.get(sense, ())
        ),
    )


def _points(
    lines: Iterable[context.Line], vectors: Mapping[str, np.ndarray], ranks: Mapping[str, int]
) -> tuple[tuple[str, float, float, int], ...]:
    """Place usages that have one sense in a plane, scaled to 0..1."""
    placed = sorted(
        (line.usage_id, line.sense_id) for line in lines if line.sense_id in ranks and line.usage_id in vectors
    )
    if len(placed) < 3:
        return ()
    spots = plane(np.stack([vectors[usage_id] for usage_id, _ in placed]))
    spread = spots.max(0) - spots.min(0)
    scaled = np.round((spots - spots.min(0)) / np.where(spread == 0, 1, spread), 3)
    return tuple(
        (usage_id, float(x), float(y), ranks[sense]) for (usage_id, sense), (x, y) in zip(placed, scaled, strict=True)
    )
