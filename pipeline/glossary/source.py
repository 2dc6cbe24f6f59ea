"""What a glossary is made of: study, glossary.yaml and tables; and of the tables, what entries need, gathered once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.glossary.curated import Glossary
from pipeline.pnumbers import p_numbers
from pipeline.study import Study

READS = (
    "terms", "senses", "ambiguity", "shares", "sense_words", "usages", "usage_vectors", "responses", "respondents",
    "ratings", "agreement", "judgements", "assignments", "usage_shares", "coverage", "completion", "facets",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """The study, its glossary and tables."""

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


class Usage(NamedTuple):
    """One usage with the answer it stands in."""

    usage_id: str
    term_id: str
    start: int
    end: int
    surface: str
    respondent_id: str
    question_id: str
    text: str


class Label(NamedTuple):
    """What is known of a usage's sense: sense_id (several joined by |), and who says so."""

    sense_id: str
    source: str


def usages_of(usages: pd.DataFrame, responses: pd.DataFrame) -> dict[str, list[Usage]]:
    """Return the usages of each term with their answers, in the order of the table."""
    answers = responses[["response_id", "respondent_id", "question_id", "text"]]
    joined = usages.merge(answers, on="response_id")
    found: dict[str, list[Usage]] = {}
    for row in zip(*(joined[name].tolist() for name in Usage._fields), strict=True):
        found.setdefault(row[1], []).append(Usage(*row))
    return found


def labels_of(senses: pd.DataFrame) -> dict[str, Label]:
    """Return usage_id -> its label; of several sources that of its first sense."""
    found: dict[str, Label] = {}
    rows = zip(senses.usage_id.tolist(), senses.sense_id.tolist(), senses.source.tolist(), strict=True)
    for usage, sense, source in sorted(rows, key=lambda row: row[:2]):
        before = found.get(usage)
        found[usage] = Label(f"{before.sense_id}|{sense}", before.source) if before else Label(sense, source)
    return found


def used_in(senses: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Return (sense_id, source) -> the usages that have the sense by this source."""
    found: dict[tuple[str, str], set[str]] = {}
    for sense, source, usage in zip(senses.sense_id, senses.source, senses.usage_id, strict=True):
        found.setdefault((sense, source), set()).add(usage)
    return found


def vectors_of(vectors: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return usage_id -> its vector."""
    return dict(zip(vectors.usage_id.tolist(), vectors.vector.tolist(), strict=True))


def rows_by(column: str, table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of a small table, as named tuples in the table's order, by what stands in a column."""
    found: dict[str, list[Any]] = {}
    for row in table.itertuples(index=False):
        found.setdefault(str(getattr(row, column)), []).append(row)
    return found
