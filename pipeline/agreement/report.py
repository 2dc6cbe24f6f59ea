"""The agreement table: every scope and coefficient that may be reported, or the reason why not.

Scopes: `code:ID`, `all codes`, `pair:A|B`, `without:CODER`, `question:ID`, `group:QUESTION=VALUE`,
`version:V`, `round:R`, `term:ID`, `intra:CODER`; a purpose other than estimate is put in front: `pilot / all codes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from pipeline.agreement.codes import per_code
from pipeline.agreement.rows import COLUMNS, Basis, Row
from pipeline.agreement.sets import label_rows, measured, overall
from pipeline.agreement.units import Units, decided, excerpt_units, usage_units

PURPOSES = ("estimate", "calibrate", "pilot", "develop", "train")


@dataclass(frozen=True)
class Settings:
    """Resamples and seed of the bootstrap."""

    resamples: int = 2000
    seed: int = 1


def agreement_table(
    tables: dict[str, pd.DataFrame], *, codes: Sequence[str], groups: Sequence[str], settings: Settings
) -> pd.DataFrame:
    """Return the agreement table from assignments, decisions, codings, judgements and where units come from.

    tables: assignments, decisions, codings, judgements, excerpts, usages, responses, respondents.
    codes: all codes of the codebook, so that a code nobody used is reported as undefined.
    groups: closed questions whose answers split respondents.
    """
    context = unit_context(tables, groups)
    basis = Basis.of(_read(tables, context), resamples=settings.resamples, seed=settings.seed)
    rows: list[Row] = []
    for purpose in PURPOSES:
        prefix = "" if purpose == "estimate" else f"{purpose} / "
        read = decided(tables["assignments"], tables["decisions"], unit_kind="excerpt", purpose=purpose)
        units = excerpt_units(read, tables["codings"], context.respondent_id)
        found = list(_code_rows(units, read, context, codes, basis)) if units.unit_ids else []
        read = decided(tables["assignments"], tables["decisions"], unit_kind="usage", purpose=purpose)
        units = usage_units(read, tables["judgements"], context.respondent_id)
        found += _term_rows(units, context, basis)
        rows += [{**row, "scope": prefix + str(row["scope"])} for row in found]
    rows += _repeat_rows(tables, context, basis)
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def _read(tables: dict[str, pd.DataFrame], context: pd.DataFrame) -> list[str]:
    """Return the respondents of every unit that anybody decided about."""
    work = tables["assignments"]
    units = work[work.assignment_id.isin(tables["decisions"].assignment_id)].unit_id
    return sorted(set(context.respondent_id[context.index.isin(units)]))


def unit_context(tables: dict[str, pd.DataFrame], groups: Sequence[str]) -> pd.DataFrame:
    """Return, per excerpt_id and usage_id, its respondent, question, groups and term."""
    responses = tables["responses"][["response_id", "respondent_id", "question_id"]]
    people = tables["respondents"][["respondent_id", *(group for group in groups if group in tables["respondents"])]]
    where = responses.merge(people, on="respondent_id", how="left")
    excerpts = tables["excerpts"][["excerpt_id", "response_id"]].rename(columns={"excerpt_id": "unit_id"})
    usages = tables["usages"][["usage_id", "response_id", "term_id"]].rename(columns={"usage_id": "unit_id"})
    return pd.concat([excerpts, usages]).merge(where, on="response_id").set_index("unit_id").sort_index()


def _code_rows(
    units: Units, read: pd.DataFrame, context: pd.DataFrame, codes: Sequence[str], basis: Basis
) -> Iterator[Row]:
    used = {code for row in units.labels for cell in row if cell for code in cell}
    yield from per_code(units, [*codes, *sorted(used - set(codes))], basis)
    yield from overall(measured(units, basis), "all codes")
    for first, second in combinations(units.coders, 2):
        yield from overall(measured(units.keep_coders([first, second]), basis), f"pair:{first}|{second}")
    if len(units.coders) > 2:
        for coder in units.coders:
            rest = [other for other in units.coders if other != coder]
            yield from overall(measured(units.keep_coders(rest), basis), f"without:{coder}")
    for scope, wanted in _splits(units, read, context):
        yield from overall(measured(units.keep_units(wanted), basis), scope)


def _splits(units: Units, read: pd.DataFrame, context: pd.DataFrame) -> Iterator[tuple[str, list[bool]]]:
    """Yield scope and units for every question, group, round and codebook version."""
    facts = context.loc[list(units.unit_ids)]
    names = [name for name in facts if name not in ("response_id", "respondent_id", "term_id")]
    for name in names:
        for value in sorted(facts[name].dropna().unique()):
            scope = f"question:{value}" if name == "question_id" else f"group:{name}={value}"
            yield scope, (facts[name] == value).tolist()
    for column, label in (("round", "round"), ("codebook_version", "version")):
        per_unit = {unit: set(rows[column].dropna()) for unit, rows in read.groupby("unit_id")}
        for value in sorted(set(read[column].dropna())):
            if read[column].nunique() > 1:
                yield f"{label}:{value}", [per_unit.get(unit) == {value} for unit in units.unit_ids]


def _term_rows(units: Units, context: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    """Yield the rows of every term."""
    if not units.unit_ids:
        return
    terms = context.term_id.loc[list(units.unit_ids)]
    for term in sorted(terms.unique()):
        yield from label_rows(units.keep_units((terms == term).tolist()), f"term:{term}", basis)


def _repeat_rows(tables: dict[str, pd.DataFrame], context: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    """Yield intra-coder agreement: a coder's repeated decisions against the same coder's first ones."""
    first = decided(tables["assignments"], tables["decisions"], unit_kind="excerpt", purpose="estimate")
    again = decided(tables["assignments"], tables["decisions"], unit_kind="excerpt", purpose="repeat")
    for coder in sorted(set(again.coder_id)):
        both = pd.concat(
            [
                first[first.coder_id == coder].assign(coder_id="first"),
                again[again.coder_id == coder].assign(coder_id="again"),
            ]
        )
        units = excerpt_units(both, tables["codings"], context.respondent_id)
        yield from overall(measured(units, basis), f"intra:{coder}")
