"""Ratings of pairs of usages (1 unrelated … 4 the same meaning; Schlechtweg et al. 2018), and ratings of items.

Ordinal alpha with the whole scale declared is the main value, interval alpha a sensitivity check, linearly weighted
kappa and the mean rank correlation of pairs of coders are what the field of word usage prints. A pair belongs to two
respondents; its interval draws respondents and counts a pair as often as both were drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.eligible import Part
from pipeline.agreement.measure import NO_PAIRS, Measure, undefined
from pipeline.agreement.rows import Basis, Row, interval_of, row
from pipeline.agreement.units import Units

SCALE = (1.0, 2.0, 3.0, 4.0)
RATERS = "how far respondents agree about items; this says nothing about coders"


def pair_rows(part: Part, judgements: pd.DataFrame, context: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    """Yield the rows of every term's pairs."""
    ratings = rated(part.last, judgements)
    ratings = ratings[[set(pair.split("+")) <= set(context.index) for pair in ratings.index]]
    if ratings.empty:
        return
    terms = pd.Series([context.term_id[pair.split("+")[0]] for pair in ratings.index], ratings.index)
    for term in sorted(terms.unique()):
        yield from _rows(ratings[terms == term], f"pairs:{term}", context, basis)


def rated(rows: pd.DataFrame, judgements: pd.DataFrame) -> pd.DataFrame:
    """Return pairs x coders of ratings, missing where a coder did not rate (or could not)."""
    values = judgements.set_index("assignment_id").value
    mine = rows.assign(value=pd.to_numeric(rows.assignment_id.map(values), errors="coerce"))
    mine = mine[mine.value.isin(SCALE)]
    found: pd.DataFrame = mine.pivot(index="unit_id", columns="coder_id", values="value").sort_index()
    return found


def _rows(table: pd.DataFrame, scope: str, context: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    table = table[table.notna().sum(axis=1) > 1].dropna(axis=1, how="all")
    ends = [[context.respondent_id[usage] for usage in pair.split("+")] for pair in table.index]
    everyone = tuple(person for pair in ends for person in pair)
    units = Units(tuple(table.columns), tuple(table.index), everyone, ())
    if table.empty:
        yield row(scope, "alpha", "ordinal", undefined(NO_PAIRS), units)
        return
    ratings = table.to_numpy(dtype=float).T
    counts = alphas.value_counts(ratings, SCALE)
    first, second = (np.array([basis.places[pair[end]] for pair in ends]) for end in (0, 1))
    draws = bootstrap.ordinal_alpha(basis.draw.pair_sums(bootstrap.coincidences(counts), first, second), len(SCALE))
    ci, reason = interval_of(draws, len(table), len(set(everyone)), "pair")
    value = alphas.alpha_from_counts(counts, SCALE, "ordinal")
    yield row(scope, "alpha", "ordinal", value, units, ci=ci, note=reason)
    yield row(scope, "alpha (interval)", "interval", alphas.alpha_from_counts(counts, SCALE, "interval"), units)
    weights = chance.linear_weights(chance.domain_of(ratings))
    yield row(scope, "kappa (linear)", "ordinal, linear weights", chance.conger(ratings, weights), units)
    yield row(scope, "spearman", "ranks", spearman(ratings), units)


def spearman(ratings: np.ndarray) -> Measure:
    """Return the mean rank correlation over pairs of coders (coders x units, NaN = not rated), weighted by units."""
    total, known = 0.0, 0
    for first, second in combinations(ratings, 2):
        both = ~np.isnan(first) & ~np.isnan(second)
        one, two = (pd.Series(side[both]).rank() for side in (first, second))
        if both.sum() > 2 and one.nunique() > 1 and two.nunique() > 1:
            total += float(np.corrcoef(one, two)[0, 1]) * int(both.sum())
            known += int(both.sum())
    return Measure(total / known) if known else undefined("undefined: no two coders varied on three shared pairs")


def rating_rows(ratings: pd.DataFrame, levels: Mapping[str, alphas.Level]) -> Iterator[Row]:
    """Yield, per rating question, alpha with respondents as raters and items as units, at the question's level."""
    for question, mine in ratings[ratings.item_id != ""].dropna(subset=["value"]).groupby("question_id", sort=True):
        counts = mine.groupby(["item_id", "wave", "value"]).size().unstack(fill_value=0)
        people = tuple(sorted(set(mine.respondent_id)))
        units = Units(people, tuple("\t".join(map(str, key)) for key in counts.index), people, ())
        level = levels.get(str(question), "ordinal")
        value = alphas.alpha_from_counts(counts.to_numpy(), [float(v) for v in counts.columns], level)
        yield row(f"ratings:{question}", "alpha", level, value, units, note=value.note or RATERS)
