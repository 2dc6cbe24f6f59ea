"""Where a term stands among the corpus's other terms, and what may be said of it before people have judged.

MIN_STANDING and MIN_USAGES_SHARE are the best of a grid by the adjusted Rand index of what is then proposed, over 33
words of a survey and 101 of edited text; docs/measured.md ("Senses") says how the choice does on words left out of it.
A gap of nothing or less is no structure at all, whatever other words show: 5 of 62 words of one sense were split by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.senses.evidence import MIN_RESPONDENTS, MIN_USAGES, Evidence

WORTH, ONE, FEW = "worth checking", "one sense is enough", "too few usages"
MIN_STABILITY = 0.7  # one-sense sets of 60 usages reach .69 at the 95th percentile (measured on edited text)
MIN_STANDING = 0.7  # among comparable terms of the corpus
MIN_USAGES_SHARE, MIN_MINORITY = 0.05, 3  # of the usages, and least usages and respondents, in the smaller group
MIN_GAP = 1.645  # standard deviations above the null, where there are no terms to compare with
BAND, FEWEST = 3, 5  # comparable frequency, and the fewest terms to compare with


@dataclass(frozen=True)
class Standing:
    """Where a term stands among others: score and gap_share in 0..1, the score's interval, number of terms compared."""

    score: float
    ci_low: float | None
    ci_high: float | None
    gap_share: float
    n_terms: int


def standings(found: Mapping[str, Evidence]) -> dict[str, Standing]:
    """Return each term's place among comparable terms of the corpus, with an interval from resampled respondents.

    The score is the mean of two shares: of the other terms whose usages are less dispersed, and of those
    whose gap is smaller. Comparable are terms used at most BAND times more or less often, or all where fewer than
    FEWEST are; with fewer than FEWEST in all there is no score.
    """
    scored = {term: one for term, one in found.items() if one.dispersion is not None}
    places = {}
    for term, one in scored.items():
        others = [other for name, other in scored.items() if name != term]
        near = [other for other in others if 1 / BAND <= other.n_usages / one.n_usages <= BAND]
        reference = near if len(near) >= FEWEST else others
        if len(reference) >= FEWEST:
            places[term] = _standing(one, np.array([[other.dispersion, other.gap] for other in reference], dtype=float))
    return places


def _standing(one: Evidence, others: np.ndarray) -> Standing:
    mine = np.array([one.dispersion, one.gap], dtype=float)
    drawn = (one.drawn[:, None, :] > others).mean(1).mean(1) if len(one.drawn) else np.zeros(0)
    low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (None, None)
    shares = (others < mine).mean(0)
    return Standing(
        round(float(shares.mean()), 4),
        None if low is None else round(float(low), 4),
        None if high is None else round(float(high), 4),
        round(float(shares[1]), 4),
        len(others),
    )


def verdict(found: Evidence, standing: Standing | None) -> tuple[str, str]:
    """Return a term's verdict before people have judged, and the reason in a sentence."""
    if found.gap is None or found.stability is None:
        return FEW, (
            f"{found.n_usages} usages by {found.n_respondents} respondents; at least {MIN_USAGES} by "
            f"{MIN_RESPONDENTS} are needed"
        )
    usages, people = found.minority
    need = max(MIN_MINORITY, round(MIN_USAGES_SHARE * found.n_usages))
    failed = []
    if standing is not None and standing.score < MIN_STANDING:
        failed.append(
            f"its usages differ no more than those of other words (score {standing.score:.2f} "
            f"among {standing.n_terms} words)"
        )
    if found.gap <= (MIN_GAP if standing is None else 0.0):
        failed.append(f"two groups explain its usages no better than one (gap {found.gap:.2f})")
    if found.stability < MIN_STABILITY:
        failed.append(f"the split changes with the respondents drawn (stability {found.stability:.2f})")
    if usages < need or people < MIN_MINORITY:
        failed.append(f"the smaller group has {usages} usages by {people} respondents")
    if failed:
        return ONE, "; ".join(failed)
    return WORTH, (
        f"its usages differ more than those of most words, in two groups that are stable under resampling (stability "
        f"{found.stability:.2f}), the smaller with {usages} usages by {people} respondents"
    )
