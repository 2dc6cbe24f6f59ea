"""What a coefficient is: a number, or the plain reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

MINIMUM = 10  # positive units, and respondents, under which a bootstrap interval under-covers
NO_PAIRS = "undefined: no unit was read by two coders"
NO_VARIATION = "undefined: no variation (every decision is the same)"


@dataclass(frozen=True)
class Measure:
    """A coefficient's value, or None with the reason in `note`."""

    value: float | None
    note: str = ""


def undefined(reason: str) -> Measure:
    """Return a measure without a value."""
    return Measure(None, reason)
