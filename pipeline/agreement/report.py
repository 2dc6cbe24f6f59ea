"""The agreement table: every scope and coefficient that may be reported, or the reason why not.

Scopes: `code:ID`, `all codes`, `pair:A|B`, `without:CODER`, `question:ID`, `group:QUESTION=VALUE`,
`version:V`, `round:R`, `term:ID`, `intra:CODER`; a purpose other than estimate is put in front: `pilot / all codes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined
from pipeline.agreement.units import Units, decided, excerpt_units, usage_units

MINIMUM = 10  # positive units, and respondents, under which a bootstrap interval under-covers
COLUMNS = [
    "scope",
    "coefficient",
    "level",
    "value",
    "ci_low",
    "ci_high",
    "n_units",
    "n_respondents",
    "n_coders",
    "n_positive",
    "note",
]
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
    rows: list[dict[str, object]] = []
    for purpose in PURPOSES:
        prefix = "" if purpose == "estimate" else f"{purpose} / "
        read = decided(tables["assignments"], tables["decisions"], unit_kind="excerpt", purpose=purpose)
        units = excerpt_units(read, tables["codings"], context.respondent_id)
        if units.unit_ids:
            rows += [
                {**row, "scope": prefix + str(row["scope"])}
                for row in _code_rows(units, read, context, codes, settings)
            ]
        read = decided(tables["assignments"], tables["decisions"], unit_kind="usage", purpose=purpose)
        units = usage_units(read, tables["judgements"], context.respondent_id)
        rows += [{**row, "scope": prefix + str(row["scope"])} for row in _term_rows(units, context, settings)]
    rows += _repeat_rows(tables, context)
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def unit_context(tables: dict[str, pd.DataFrame], groups: Sequence[str]) -> pd.DataFrame:
    """Return, per excerpt_id and usage_id, its respondent, question, groups and term."""
    responses = tables["responses"][["response_id", "respondent_id", "question_id"]]
    people = tables["respondents"][["respondent_id", *(group for group in groups if group in tables["respondents"])]]
    where = responses.merge(people, on="respondent_id", how="left")
    excerpts = tables["excerpts"][["excerpt_id", "response_id"]].rename(columns={"excerpt_id": "unit_id"})
    usages = tables["usages"][["usage_id", "response_id", "term_id"]].rename(columns={"usage_id": "unit_id"})
    return pd.concat([excerpts, usages]).merge(where, on="response_id").set_index("unit_id").sort_index()


def _code_rows(
    units: Units, read: pd.DataFrame, context: pd.DataFrame, codes: Sequence[str], settings: Settings
) -> Iterator[dict[str, object]]:
    used = {code for row in units.labels for cell in row if cell for code in cell}
    yield from per_code(units, [*codes, *sorted(used - set(codes))], settings)
    yield from overall(units, "all codes", settings)
    for first, second in combinations(units.coders, 2):
        yield from overall(units.keep_coders([first, second]), f"pair:{first}|{second}", settings)
    if len(units.coders) > 2:
        for coder in units.coders:
            rest = [other for other in units.coders if other != coder]
            yield from overall(units.keep_coders(rest), f"without:{coder}", settings)
    for scope, wanted in _splits(units, read, context):
        yield from overall(units.keep_units(wanted), scope, settings)


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


def per_code(units: Units, codes: Sequence[str], settings: Settings) -> Iterator[dict[str, object]]:
    """Yield alpha, percent, AC1, positive and negative agreement of each code, present or absent."""
    units = units.shared()
    if not units.unit_ids:
        for code in codes:
            yield _row(f"code:{code}", "alpha", "nominal", undefined(NO_PAIRS), units)
        return
    arrays = {code: units.with_code(code) for code in codes}
    ones = np.stack([np.nansum(arrays[code], axis=0) for code in codes], axis=1)
    draws = bootstrap.binary_resamples(ones, units.size, units.groups, resamples=settings.resamples, seed=settings.seed)
    for column, code in enumerate(codes):
        ratings = arrays[code]
        positive = ones[:, column] > 0
        ci, reason = _interval(draws[:, column], int(positive.sum()), _people(units, positive))
        scope = f"code:{code}"
        value = alphas.alpha(ratings, "nominal", domain=[0, 1])
        measures = {
            "alpha": value,
            "percent": chance.percent(ratings),
            "ac1": chance.gwet(ratings, domain=[0, 1]),
            "positive": chance.specific(ratings, 1),
            "negative": chance.specific(ratings, 0),
        }
        for name, measure in measures.items():
            yield _row(
                scope,
                name,
                "nominal",
                measure,
                units,
                positive=int(positive.sum()),
                ci=ci if name == "alpha" else None,
                note=_surprise(value, measures["percent"], positive) or reason if name == "alpha" else "",
            )


def overall(units: Units, scope: str, settings: Settings) -> Iterator[dict[str, object]]:
    """Yield set-valued alpha under MASI (with interval) and Jaccard, and the share of equal sets."""
    units = units.shared()
    counts, sets = alphas.set_counts(units.labels)
    if not units.unit_ids:
        yield _row(scope, "alpha", "set (MASI, 1 - J*M)", undefined(NO_PAIRS), units)
        return
    delta = alphas.distances(sets, alphas.masi)
    draws = bootstrap.distance_resamples(counts, delta, units.groups, resamples=settings.resamples, seed=settings.seed)
    everyone = np.ones(len(units.unit_ids), dtype=bool)
    ci, reason = _interval(draws, len(units.unit_ids), _people(units, everyone))
    yield _row(
        scope, "alpha", "set (MASI, 1 - J*M)", alphas.alpha_from_distances(counts, delta), units, ci=ci, note=reason
    )
    jaccard = alphas.alpha_from_distances(counts, alphas.distances(sets, alphas.jaccard))
    yield _row(scope, "alpha (Jaccard)", "set (Jaccard)", jaccard, units)
    exact = chance.observed(counts)
    yield _row(scope, "percent", "set (equal or not)", undefined(NO_PAIRS) if exact is None else Measure(exact), units)


def _term_rows(units: Units, context: pd.DataFrame, settings: Settings) -> Iterator[dict[str, object]]:
    """Yield, per term, nominal alpha over its labels and MASI alpha where a usage may carry several senses."""
    if not units.unit_ids:
        return
    terms = context.term_id.loc[list(units.unit_ids)]
    for term in sorted(terms.unique()):
        mine = units.keep_units((terms == term).tolist()).shared()
        counts, sets = alphas.set_counts(mine.labels)
        if not mine.unit_ids:
            yield _row(f"term:{term}", "alpha", "nominal", undefined(NO_PAIRS), mine)
            continue
        delta = 1 - np.eye(len(sets))
        draws = bootstrap.distance_resamples(
            counts, delta, mine.groups, resamples=settings.resamples, seed=settings.seed
        )
        minority = counts.sum(0) < counts.sum(0).max()
        varied = counts[:, minority].sum(1) > 0
        ci, reason = _interval(draws, int(varied.sum()), _people(mine, varied))
        value = alphas.alpha_from_distances(counts, delta)
        yield _row(f"term:{term}", "alpha", "nominal", value, mine, ci=ci, positive=int(varied.sum()), note=reason)
        yield _row(f"term:{term}", "alpha (MASI)", "set (MASI, 1 - J*M)", alphas.set_alpha(mine.labels), mine)
        exact = chance.observed(counts)
        yield _row(f"term:{term}", "percent", "nominal", undefined(NO_PAIRS) if exact is None else Measure(exact), mine)


def _repeat_rows(tables: dict[str, pd.DataFrame], context: pd.DataFrame) -> Iterator[dict[str, object]]:
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
        units = excerpt_units(both, tables["codings"], context.respondent_id).shared()
        yield _row(f"intra:{coder}", "alpha", "set (MASI, 1 - J*M)", alphas.set_alpha(units.labels), units)


def _people(units: Units, wanted: np.ndarray) -> int:
    return len({person for person, keep in zip(units.respondents, wanted, strict=True) if keep})


def _interval(draws: np.ndarray, n_positive: int, n_people: int) -> tuple[tuple[float, float] | None, str]:
    if n_positive < MINIMUM or n_people < MINIMUM:
        return None, (
            f"no interval: {n_positive} positive units from {n_people} respondents; "
            f"at least {MINIMUM} of each are needed"
        )
    found = bootstrap.interval(draws)
    return found, "" if found else "no interval: undefined in more than 5 % of resamples"


def _surprise(value: Measure, agreed: Measure, positive: np.ndarray) -> str:
    """Explain a value that is right but surprises: high raw agreement, low alpha."""
    if value.value is None:
        return f"{value.note} in {len(positive)} units" if value.note == NO_VARIATION else value.note
    if agreed.value is not None and agreed.value >= 0.9 and value.value < 0.5:
        return (
            f"coders agree on {agreed.value:.0%} of pairs, but the code is rare ({positive.sum()} of "
            f"{len(positive)} units carry it for anyone), so most of that agreement is expected by chance"
        )
    return ""


def _row(
    scope: str,
    coefficient: str,
    level: str,
    measure: Measure,
    units: Units,
    *,
    ci: tuple[float, float] | None = None,
    positive: int | None = None,
    note: str = "",
) -> dict[str, object]:
    return {
        "scope": scope,
        "coefficient": coefficient,
        "level": level,
        "value": _steady(measure.value),
        "ci_low": _steady(ci[0]) if ci and measure.value is not None else None,
        "ci_high": _steady(ci[1]) if ci and measure.value is not None else None,
        "n_units": len(units.unit_ids),
        "n_respondents": len(set(units.respondents)),
        "n_coders": len(units.coders),
        "n_positive": positive,
        "note": note or measure.note,
    }


def _steady(value: float | None) -> float | None:
    """Return a value without the last digits, which depend on where memory lies when sums are taken."""
    return None if value is None else round(float(value), 12)
