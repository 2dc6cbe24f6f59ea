"""One row of the agreement table: a measure, its interval or the reason why there is none, and a plain remark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.agreement import bootstrap
from pipeline.agreement.bootstrap import Resamples
from pipeline.agreement.measure import MINIMUM, NO_VARIATION, Measure
from pipeline.agreement.units import Units

Row = dict[str, object]
COLUMNS = (
    "scope", "coefficient", "level", "value", "ci_low", "ci_high", "coverage",
    "n_units", "n_respondents", "n_coders", "n_positive", "note",
)  # fmt: skip
MASI = "set (MASI, 1 - J*M)"
WEIGHTED = "units weighted by 1/p_include"


@dataclass(frozen=True)
class Basis:
    """What all rows of a study rest on: one draw of respondents, and where each respondent stands in it."""

    draw: Resamples
    places: Mapping[str, int]

    @classmethod
    def of(cls, respondents: Sequence[str], *, resamples: int = 2000, seed: int = 1) -> Basis:
        """Return the basis of a study with these respondents, in whatever order they come."""
        people = sorted(set(respondents))
        return cls(Resamples(len(people), resamples, seed), {person: place for place, person in enumerate(people)})

    def groups(self, units: Units) -> np.ndarray:
        """Return the respondent of each unit as a position in the draw."""
        return np.array([self.places[person] for person in units.respondents], dtype=np.int64)


def row(
    scope: str,
    coefficient: str,
    level: str,
    measure: Measure,
    units: Units,
    *,
    ci: tuple[float, float] | None = None,
    coverage: float | None = None,
    positive: int | None = None,
    note: str = "",
) -> Row:
    """Return a row; an interval stands only beside a value, and a missing value says why.

    coverage: how often such an interval holds the true value, in simulated studies of this size.
    """
    known = measure.value is not None
    return {
        "scope": scope,
        "coefficient": coefficient,
        "level": level,
        "value": steady(measure.value),
        "ci_low": steady(ci[0]) if ci and known else None,
        "ci_high": steady(ci[1]) if ci and known else None,
        "coverage": coverage if ci and known else None,
        "n_units": len(set(units.unit_ids)),
        "n_respondents": len(set(units.respondents)),
        "n_coders": len(units.coders),
        "n_positive": positive,
        "note": note or measure.note,
    }


def people(units: Units, wanted: np.ndarray) -> int:
    """Return how many respondents the wanted units (a mask) come from."""
    return len({person for person, keep in zip(units.respondents, wanted, strict=True) if keep})


def interval_of(
    draws: np.ndarray, n_units: int, n_people: int, what: str = "positive unit"
) -> tuple[tuple[float, float] | None, str]:
    """Return the interval of resampled values, or None and the reason."""
    if n_units < MINIMUM or n_people < MINIMUM:
        return None, (
            f"no interval: {plural(n_units, what)} from {plural(n_people, 'respondent')}; "
            f"at least {MINIMUM} of each are needed"
        )
    found = bootstrap.interval(draws)
    return found, "" if found else "no interval: undefined in more than 5 % of resamples"


def plural(count: int, noun: str) -> str:
    """Return "1 unit", "2 units"; of several words the first is counted ("units with another label")."""
    first, _, rest = noun.partition(" with ")
    said = f"{count} {first}{'' if count == 1 else 's'}"
    return f"{said} with {rest}" if rest else said


def surprise(value: Measure, agreed: Measure, positive: np.ndarray) -> str:
    """Explain a value that is right but surprises: high raw agreement, low alpha."""
    if value.value is None:
        return f"{value.note} in {len(positive)} units" if value.note == NO_VARIATION else value.note
    if agreed.value is not None and agreed.value >= 0.9 and value.value < 0.5:
        return (
            f"coders agree on {agreed.value:.0%} of pairs, but the code is rare ({positive.sum()} of "
            f"{len(positive)} units carry it for anyone), so most of that agreement is expected by chance"
        )
    return ""


def joined(*notes: str) -> str:
    """Join remarks that say something."""
    return "; ".join(note for note in notes if note)


def steady(value: float | None) -> float | None:
    """Return a value without the last digits, which depend on where memory lies when sums are taken."""
    return None if value is None else round(float(value), 12)
