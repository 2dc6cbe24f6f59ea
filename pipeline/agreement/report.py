"""The agreement table: every scope and coefficient that may be reported, or the reason why not.

Scopes: `code:ID`, `all codes`, `pair:A|B`, `without:CODER`, `question:ID`, `group:QUESTION=VALUE`, `round:R`,
`batch:N`, `time:1 of 4`, `term:ID`, `pairs:TERM`, `intra:CODER / code:ID`, `machine:SOURCE / code:ID`,
`ratings:QUESTION`, `difference:A minus B`, `spans / pair:A|B / code:ID`. What is not the study's own agreement has
a prefix (see eligible.py): `pilot / all codes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from pipeline.agreement import differences, scopes
from pipeline.agreement.alpha import Level
from pipeline.agreement.codes import per_code
from pipeline.agreement.eligible import Part, parts
from pipeline.agreement.intra import repeat_rows
from pipeline.agreement.machine import machine_rows
from pipeline.agreement.pairs import pair_rows, rating_rows
from pipeline.agreement.rows import COLUMNS, Basis, Row, joined
from pipeline.agreement.sets import label_rows, measured, overall
from pipeline.agreement.spans import span_rows
from pipeline.agreement.units import Units, excerpt_units, usage_units


@dataclass(frozen=True)
class Settings:
    """Resamples and seed of the bootstrap, the versions in force, and the levels of rating questions."""

    resamples: int = 2000
    seed: int = 1
    codebook: str = ""
    inventory: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)


def agreement_table(
    tables: Mapping[str, pd.DataFrame], *, codes: Sequence[str], groups: Sequence[str], settings: Settings
) -> pd.DataFrame:
    """Return the agreement table from assignments, decisions, codings, judgements and where units come from.

    tables: assignments, decisions, codings, judgements, excerpts, usages, responses, respondents; and, where there
    are any, record, machine_codings and ratings.
    codes: all codes of the codebook, so that a code nobody used is reported as undefined.
    groups: closed questions whose answers split respondents.
    Raises InputError where one coder decided twice about the same unit in a round.
    """
    context = unit_context(tables, groups)
    basis = Basis.of(_read(tables, context), resamples=settings.resamples, seed=settings.seed)
    rows: list[Row] = []
    for part in parts(tables, "excerpt", current=settings.codebook):
        rows += _prefixed(part, _code_rows(part, tables["codings"], context, codes, basis))
        if {"start", "end"} <= set(tables["excerpts"]):
            spans = span_rows(part.last, tables["codings"], tables["excerpts"], context.respondent_id)
            rows += _prefixed(part, spans)
        if not part.prefix and "machine_codings" in tables:
            people = excerpt_units(part.last, tables["codings"], context.respondent_id)
            rows += machine_rows(people, tables["machine_codings"], basis)
    for part in parts(tables, "usage", current=settings.inventory):
        rows += _prefixed(part, _term_rows(part, tables["judgements"], context, basis))
    for part in parts(tables, "pair", current=settings.inventory):
        rows += _prefixed(part, pair_rows(part, tables["judgements"], context, basis))
    rows += repeat_rows(tables, context, codes, basis)
    if "ratings" in tables:
        rows += rating_rows(tables["ratings"], settings.levels)
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def _prefixed(part: Part, rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        yield {**row, "scope": part.prefix + str(row["scope"])}


def _read(tables: Mapping[str, pd.DataFrame], context: pd.DataFrame) -> list[str]:
    """Return the respondents of every unit that anybody decided about."""
    work = tables["assignments"]
    read = work[work.assignment_id.isin(tables["decisions"].assignment_id)].unit_id
    units = {part for unit in read for part in str(unit).split("+")}
    return sorted(set(context.respondent_id[context.index.isin(units)]))


def unit_context(tables: Mapping[str, pd.DataFrame], groups: Sequence[str]) -> pd.DataFrame:
    """Return, per excerpt_id and usage_id, its respondent, question, groups and term."""
    responses = tables["responses"][["response_id", "respondent_id", "question_id"]]
    people = tables["respondents"][["respondent_id", *(group for group in groups if group in tables["respondents"])]]
    where = responses.merge(people, on="respondent_id", how="left")
    excerpts = tables["excerpts"][["excerpt_id", "response_id"]].rename(columns={"excerpt_id": "unit_id"})
    usages = tables["usages"][["usage_id", "response_id", "term_id"]].rename(columns={"usage_id": "unit_id"})
    return pd.concat([excerpts, usages]).merge(where, on="response_id").set_index("unit_id").sort_index()


def _code_rows(
    part: Part, codings: pd.DataFrame, context: pd.DataFrame, codes: Sequence[str], basis: Basis
) -> Iterator[Row]:
    def make(rows: pd.DataFrame) -> Units:
        return excerpt_units(rows, codings, context.respondent_id)

    units = make(part.last)
    if not units.unit_ids:
        return
    used = {code for line in units.labels for cell in line if cell for code in cell}
    every = [*codes, *sorted(used - set(codes))]
    yield from per_code(units, every, basis)
    whole = measured(units, basis)
    yield from overall(whole, "all codes")
    coders, facts, rounds = (
        {scope: measured(some, basis) for scope, some in found}
        for found in (scopes.of_coders(units), scopes.of_facts(units, context), scopes.of_rounds(part, make))
    )
    for scope, found in {**coders, **facts, **rounds}.items():
        yield from overall(found, scope)
    times = [(scope, measured(some, basis), when) for scope, some, when in scopes.of_time(units, part.last)]
    for scope, found, when in times:
        for row in overall(found, scope):
            yield {**row, "note": joined(when, str(row["note"]))}
    for scope, found in coders.items():
        if scope.startswith("without:"):
            yield differences.between((scope, found), ("all codes", whole))
    yield from differences.against_the_rest(whole.units, facts, basis)
    yield from differences.in_order(list(rounds.items()))
    yield from differences.in_order([(scope, found) for scope, found, _ in times])
    for earlier, later in pairwise(scopes.of_rounds(part, make)):
        yield from differences.by_code(later, earlier, every, basis)


def _term_rows(part: Part, judgements: pd.DataFrame, context: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    """Yield the rows of every term, and of every pair of coders over the term's usages."""
    units = usage_units(part.last, judgements, context.respondent_id)
    if not units.unit_ids:
        return
    terms = context.term_id.loc[list(units.unit_ids)]
    for term in sorted(terms.unique()):
        yield from label_rows(units.keep_units((terms == term).tolist()), f"term:{term}", basis)
