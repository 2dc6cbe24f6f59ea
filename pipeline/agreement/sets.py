"""Agreement on whole decisions: sets of codes under a set distance, and labels under a nominal one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap
from pipeline.agreement.codes import coverage_of
from pipeline.agreement.measure import NO_PAIRS, Measure, undefined
from pipeline.agreement.rows import MASI, WEIGHTED, Basis, Row, interval_of, joined, people, row
from pipeline.agreement.setdata import SetData
from pipeline.agreement.units import Units


@dataclass(frozen=True)
class Measured:
    """Set-valued alpha of some units (MASI distance) with its value in every resample."""

    units: Units
    measure: Measure
    draws: np.ndarray

    @property
    def enough(self) -> tuple[int, int]:
        """Return how many units and respondents there are."""
        return len(self.units.unit_ids), len(set(self.units.respondents))


def measured(units: Units, basis: Basis) -> Measured:
    """Return MASI alpha over the units that two coders read, weighted where units were sampled at different rates."""
    units = units.shared()
    return Measured(units, *SetData(units).resampled(basis.groups(units), basis.draw))


def overall(found: Measured, scope: str) -> Iterator[Row]:
    """Yield alpha under MASI (with interval) and Jaccard, and the share of equal sets."""
    units, weights = found.units, found.units.unit_weights
    if not units.unit_ids:
        yield row(scope, "alpha", MASI, found.measure, units)
        return
    ci, reason = interval_of(found.draws, *found.enough, what="unit")
    weighted = "" if weights is None else WEIGHTED
    yield row(scope, "alpha", MASI, found.measure, units, ci=ci, note=joined(reason or found.measure.note, weighted))
    if weights is not None:
        yield row(scope, "alpha (unweighted)", MASI, SetData(replace(units, p_include=())).measure, units)
    yield row(scope, "alpha (Jaccard)", "set (Jaccard)", SetData(units, "jaccard").measure, units)
    yield row(scope, "percent", "set (equal or not)", equal(units), units)


def equal(units: Units) -> Measure:
    """Return the share of pairs of coders who said exactly the same, averaged over units that two coders read."""
    shares, kept = [], []
    for column in zip(*units.labels, strict=True):
        said = Counter(cell for cell in column if cell is not None)
        n = said.total()
        kept.append(n > 1)
        shares.append(sum(k * (k - 1) for k in said.values()) / (n * (n - 1)) if n > 1 else 0.0)
    mask = np.array(kept, dtype=bool)
    if not mask.any():
        return undefined(NO_PAIRS)
    return Measure(float((np.array(shares)[mask] * alphas.scaled(units.unit_weights, mask)).mean()))


def label_rows(units: Units, scope: str, basis: Basis) -> Iterator[Row]:
    """Yield nominal alpha over labels, MASI alpha where a unit may carry several, and the share of equal labels."""
    units = units.shared()
    if not units.unit_ids:
        yield row(scope, "alpha", "nominal", undefined(NO_PAIRS), units)
        return
    counts, sets = alphas.set_counts(units.labels)
    delta, weights = 1 - np.eye(len(sets)), units.unit_weights
    draws = bootstrap.distance_resamples(counts, delta, basis.groups(units), draw=basis.draw, unit_weights=weights)
    varied = counts[:, counts.sum(0) < counts.sum(0).max()].sum(1) > 0
    ci, reason = interval_of(draws, int(varied.sum()), people(units, varied), "unit with another label than the usual")
    value = alphas.alpha_from_distances(counts, delta, weights)
    note = joined(reason if value.value is not None else value.note, "" if weights is None else WEIGHTED)
    other = float(counts.sum() - counts.sum(0).max()) / float(counts.sum())
    yield row(
        scope, "alpha", "nominal", value, units, ci=ci, positive=int(varied.sum()),
        coverage=coverage_of(ci, value, units, other), note=note,
    )  # fmt: skip
    if weights is not None:
        plain = alphas.alpha_from_distances(counts, delta)
        yield row(scope, "alpha (unweighted)", "nominal", plain, units, positive=int(varied.sum()))
    yield row(scope, "alpha (MASI)", MASI, SetData(units).measure, units)
    yield row(scope, "percent", "nominal", equal(units), units)
