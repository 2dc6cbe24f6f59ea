"""Differences of alpha between rounds, coders, groups and times, with intervals from the same draw of respondents.

A respondent who is in both sides is drawn in both, so the interval is paired; it is not corrected for how many
differences are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from pipeline.agreement.codes import code_draws, coefficients
from pipeline.agreement.measure import NO_PAIRS, Measure, undefined
from pipeline.agreement.rows import MASI, Basis, Row, interval_of, row
from pipeline.agreement.sets import Measured, measured
from pipeline.agreement.units import Units

ONE_SIDE = "undefined: one of the two is undefined"


def scope_of(first: str, second: str) -> str:
    """Return the scope of first minus second."""
    return f"difference:{first} minus {second}"


def between(first: tuple[str, Measured], second: tuple[str, Measured]) -> Row:
    """Return alpha of the first minus alpha of the second, over whole decisions (MASI)."""
    (one, left), (two, right) = first, second
    units, people = (min(pair) for pair in zip(left.enough, right.enough, strict=True))
    ci, reason = interval_of(left.draws - right.draws, units, people, "unit")
    value = minus(left.measure, right.measure)
    note = value.note or reason
    return row(scope_of(one, two), "difference", MASI, value, union(left.units, right.units), ci=ci, note=note)


def against_the_rest(whole: Units, found: Mapping[str, Measured], basis: Basis) -> Iterator[Row]:
    """Yield, for every part of the units, its alpha minus that of all other units; nothing where it is the whole."""
    for scope, part in found.items():
        mine = set(part.units.unit_ids)
        rest = whole.keep_units([unit not in mine for unit in whole.unit_ids]).shared()
        if mine and rest.unit_ids:
            yield between((scope, part), ("the rest", measured(rest, basis)))


def in_order(found: Sequence[tuple[str, Measured]]) -> Iterator[Row]:
    """Yield each minus the one before it."""
    for earlier, later in pairwise(found):
        yield between(later, earlier)


def by_code(first: tuple[str, Units], second: tuple[str, Units], codes: Sequence[str], basis: Basis) -> Iterator[Row]:
    """Yield the difference for every code, first minus second."""
    (one, left), (two, right) = (first[0], first[1].shared()), (second[0], second[1].shared())
    if not (left.unit_ids and right.unit_ids and codes):
        return
    draws = code_draws(left, codes, basis) - code_draws(right, codes, basis)
    for column, code in enumerate(codes):
        sides = [(units, units.with_code(code)) for units in (left, right)]
        values = [coefficients(ratings, units.unit_weights)["alpha"] for units, ratings in sides]
        counts = [_positive(units, ratings) for units, ratings in sides]
        units, people = (min(pair) for pair in zip(*counts, strict=True))
        ci, reason = interval_of(draws[:, column], units, people)
        value = minus(*values)
        yield row(
            f"{scope_of(one, two)} / code:{code}", "difference", "nominal", value, union(left, right),
            ci=ci, positive=sum(n for n, _ in counts), note=value.note or reason,
        )  # fmt: skip


def _positive(units: Units, ratings: np.ndarray) -> tuple[int, int]:
    places = np.flatnonzero(np.nansum(ratings, axis=0) > 0)
    return len(places), len({units.respondents[place] for place in places})


def minus(first: Measure, second: Measure) -> Measure:
    """Return the difference of two measures, or why there is none."""
    if first.value is None or second.value is None:
        return undefined(NO_PAIRS if first.note == second.note == NO_PAIRS else ONE_SIDE)
    return Measure(first.value - second.value)


def union(first: Units, second: Units) -> Units:
    """Return whose units and coders a difference is about."""
    coders = tuple(sorted({*first.coders, *second.coders}))
    ids = first.unit_ids + second.unit_ids
    return Units(coders, ids, first.respondents + second.respondents, ())
