"""What the entries of a glossary need of the tables, gathered in one pass over each: by usage, by term, by sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.glossary import context, counts, neighbours, usage
from pipeline.glossary.entries import PROPOSED
from pipeline.glossary.source import Label, Source, Usage, labels_of, rows_by, usages_of, used_in, vectors_of


@dataclass(frozen=True)
class Gathered:
    """Tables as mappings: of usages by usage_id, of terms by term_id, of senses by sense_id."""

    # of usages
    labels: Mapping[str, Label]
    vectors: Mapping[str, np.ndarray]
    differ: Mapping[str, tuple[str, ...]]
    # of terms
    usages: Mapping[str, list[Usage]]
    means: Mapping[str, np.ndarray]
    rows: Mapping[str, Mapping[str, list[Any]]]  # by table, then by term
    agreement: Mapping[str, Any]  # the row of alpha
    # of senses
    used: Mapping[str, set[str]]  # the usages that people, or else the machine, gave it
    names: Mapping[str, str]
    words: Mapping[str, list[str]]
    beside: Mapping[str, str]
    of_usages: Mapping[str, str]
    related: Mapping[str, list[tuple[str, str]]]
    confused: Mapping[str, list[tuple[str, int]]]
    ratings: Mapping[str, tuple[counts.Rating, ...]]
    # of respondents and questions
    silent: frozenset[str]
    asked: Mapping[str, str]

    def row(self, table: str, term: str) -> Any:
        """Return a term's row of a table, None where it has none."""
        return next(iter(self.rows[table].get(term, ())), None)


def gather(entries: pd.DataFrame, source: Source) -> Gathered:
    """Return what these entries need; usages and senses of their terms alone."""
    tables, study = source.tables, source.study
    terms = list(set(entries.term_id))
    usages = tables["usages"][tables["usages"].term_id.isin(terms)]
    senses = tables["senses"][tables["senses"].term_id.isin(terms)]
    vectors = vectors_of(tables["usage_vectors"])
    differ = context.contested(tables["judgements"], tables["assignments"])
    by_source = used_in(senses)
    own = {row.sense_id: "proposed" if row.status == PROPOSED else "record" for row in entries.itertuples()}
    used = {sense: by_source.get((sense, said), set()) for sense, said in own.items()}
    words: dict[str, list[str]] = {}
    for row in tables["sense_words"].sort_values("rank").itertuples():
        words.setdefault(row.sense_id, []).append(row.word)
    return Gathered(
        labels=labels_of(senses),
        vectors=vectors,
        differ=differ,
        usages=usages_of(usages, tables["responses"]),
        means=neighbours.mean_vectors(tables["usages"], vectors),
        rows={
            name: rows_by("term_id", tables[name])
            for name in ("terms", "ambiguity", "shares", "coverage", "completion")
        },
        agreement={
            row.scope.removeprefix("term:"): row
            for row in tables["agreement"].itertuples()
            if row.scope.startswith("term:") and row.coefficient == "alpha"
        },
        used=used,
        names=dict(zip(entries.sense_id, entries.name, strict=True)),
        words=words,
        beside=usage.beside(used, usages, tables),
        of_usages=usage.usage_shares(tables["usage_shares"], small=study.survey.report.small),
        related=neighbours.related_senses(source.glossary),
        confused=neighbours.confused_senses(differ),
        ratings=counts.ratings(study, tables["senses"], tables["usages"], tables["responses"], tables["ratings"]),
        silent=frozenset(source.silent),
        asked={name: study.question_text(name) for name in study.open_questions()},
    )
