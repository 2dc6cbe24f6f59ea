"""Agreement on each code: present or absent, everything beside prevalence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.measure import NO_PAIRS, Measure, undefined
from pipeline.agreement.plan import expect
from pipeline.agreement.rows import WEIGHTED, Basis, Row, interval_of, joined, people, row, surprise
from pipeline.agreement.units import Units

ABSENT, PRESENT = 0, 1
FEW = 30  # respondents under which an interval's simulated coverage is printed beside it


def per_code(units: Units, codes: Sequence[str], basis: Basis) -> Iterator[Row]:
    """Yield alpha, percent, AC1, positive and negative agreement of each code.

    Where units were sampled at different rates, all are weighted by 1/p_include and alpha unweighted stands beside.
    """
    units = units.shared()
    if not units.unit_ids:
        for code in codes:
            yield row(f"code:{code}", "alpha", "nominal", undefined(NO_PAIRS), units)
        return
    draws = code_draws(units, codes, basis)
    for column, code in enumerate(codes):
        ratings = units.with_code(code)
        positive = np.nansum(ratings, axis=0) > 0
        n_positive = len({unit for unit, keep in zip(units.unit_ids, positive, strict=True) if keep})
        ci, reason = interval_of(draws[:, column], n_positive, people(units, positive))
        measures = coefficients(ratings, units.unit_weights)
        for name, measure in measures.items():
            note = surprise(measure, measures["percent"], positive) or reason if name == "alpha" else ""
            weighted = WEIGHTED if name == "alpha" and "alpha (unweighted)" in measures else ""
            mine = ci if name == "alpha" else None
            yield row(
                f"code:{code}", name, "nominal", measure, units, positive=n_positive, ci=mine,
                coverage=coverage_of(mine, measure, units, float(np.nanmean(ratings))), note=joined(note, weighted),
            )  # fmt: skip


def coverage_of(ci: tuple[float, float] | None, value: Measure, units: Units, prevalence: float) -> float | None:
    """Return the simulated coverage of an interval from few respondents; None where there are enough, or no interval.

    Simulated for a code as frequent and as agreed upon as this one, in a study of this size.
    """
    people = len(set(units.respondents))
    if ci is None or value.value is None or people >= FEW:
        return None
    found = expect(
        n_units=len(units.unit_ids), n_respondents=people, coders=max(2, round(float(units.size.mean()))),
        prevalence=round(min(max(prevalence, 0.02), 0.98), 2), alpha=round(min(max(value.value, 0.05), 0.95), 2),
    )  # fmt: skip
    return found.coverage


def coefficients(ratings: np.ndarray, unit_weights: np.ndarray | None) -> dict[str, Measure]:
    """Return every coefficient of a binary code (coders x units, NaN = not decided)."""
    domain = [ABSENT, PRESENT]
    plain = alphas.alpha(ratings, "nominal", domain=domain)
    measures = {"alpha": plain}
    if unit_weights is not None:
        counts = alphas.value_counts(ratings, domain)
        measures = {
            "alpha": alphas.alpha_from_distances(counts, 1 - np.eye(2), unit_weights),
            "alpha (unweighted)": plain,
        }
    return measures | {
        "percent": chance.percent(ratings, unit_weights),
        "ac1": chance.gwet(ratings, domain=domain, unit_weights=unit_weights),
        "positive": chance.specific(ratings, PRESENT, unit_weights),
        "negative": chance.specific(ratings, ABSENT, unit_weights),
    }


def code_draws(units: Units, codes: Sequence[str], basis: Basis) -> np.ndarray:
    """Return alpha of every code in every resample: resamples x codes."""
    ones = np.stack([np.nansum(units.with_code(code), axis=0) for code in codes], axis=1)
    return bootstrap.binary_resamples(
        ones, units.size, basis.groups(units), draw=basis.draw, unit_weights=units.unit_weights
    )
