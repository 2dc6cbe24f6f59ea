"""What the vectors alone say about a term, before any person has judged.

One sense is the default and must be beaten: by structure beyond what other terms of the
same corpus show, by stability when respondents are resampled, and by a minority
with enough usages from enough respondents. At most a term is "worth checking".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.senses import clusters

WORTH, ONE, FEW = "worth checking", "one sense is enough", "too few usages"
MIN_USAGES, MIN_RESPONDENTS = 12, 5
MIN_STABILITY = 0.7  # one-sense sets of 60 usages reach .69 at the 95th percentile (measured on edited text)
MIN_PERCENTILE = 0.75  # among the other terms of the corpus


@dataclass(frozen=True)
class Evidence:
    """Scores of one term; None where there is too little to compute them."""

    n_usages: int
    n_respondents: int
    separation: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    stability: float | None = None
    balance: float | None = None
    minority: tuple[int, int] = (0, 0)  # usages and respondents in the smaller of two clusters
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))
    n_senses: int = 1
    distances: np.ndarray = field(default_factory=lambda: np.zeros(0))


def weights_per_respondent(people: np.ndarray, most: int) -> np.ndarray:
    """Return usages' weights so that no respondent weighs more than `most` usages (people: usage -> number)."""
    counts = np.bincount(people)
    return np.minimum(1.0, most / counts[people])


def examine(
    vectors: np.ndarray, people: np.ndarray, *, most: int, max_senses: int, resamples: int, seed: int
) -> Evidence:
    """Return the evidence of one term.

    vectors: usages x dimensions, unit length; people: usage -> respondent number.
    """
    n, n_people = len(vectors), len(np.unique(people))
    if n < MIN_USAGES or n_people < MIN_RESPONDENTS:
        return Evidence(n, n_people, labels=np.zeros(n, dtype=int))
    points = clusters.reduced(vectors)
    base = weights_per_respondent(people, most)
    if points.shape[1] == 0:  # all contexts are the same
        return Evidence(n, n_people, 0.0, 0.0, 0.0, 0.0, 0.0, labels=np.zeros(n, dtype=int))
    drawn = _respondent_draws(people, resamples, seed) * base
    whole = clusters.weighted_kmeans(points, base[None], 2, restarts=6)
    again = clusters.weighted_kmeans(points, drawn, 2)
    found = clusters.separation(points, again, drawn)
    agree = [
        clusters.adjusted_rand(whole.labels[0], labels, row) for labels, row in zip(again.labels, drawn, strict=True)
    ]
    share = float(base[whole.labels[0] == 1].sum() / base.sum())
    small = whole.labels[0] == 1
    labels, centres = _how_many(points, base, max_senses)
    low, high = np.quantile(found, [0.025, 0.975])
    return Evidence(
        n,
        n_people,
        round(float(clusters.separation(points, whole, base[None])[0]), 4),
        round(float(low), 4),
        round(float(high), 4),
        round(float(np.median(agree)), 4),
        round(_entropy(share), 4),
        (int(small.sum()), len(np.unique(people[small]))),
        labels,
        len(centres),
        np.round(np.sqrt(((points[:, None] - centres[None]) ** 2).sum(2)), 4),
    )


def _respondent_draws(people: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    n = int(people.max()) + 1
    draws = np.random.default_rng(seed).integers(0, n, (resamples, n))
    draws += np.arange(resamples)[:, None] * n
    return np.bincount(draws.ravel(), minlength=resamples * n).reshape(resamples, n)[:, people].astype(float)


def _how_many(points: np.ndarray, weights: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and centres for the number of clusters with the best separation, the fewest within .01 of it."""
    best: list[tuple[float, clusters.Clustering]] = []
    for k in range(2, min(most, len(points) // 5, len(np.unique(points, axis=0))) + 1):
        found = clusters.weighted_kmeans(points, weights[None], k, restarts=6)
        best.append((float(clusters.separation(points, found, weights[None])[0]), found))
    if not best:
        return np.zeros(len(points), dtype=int), points.mean(0, keepdims=True)
    top = max(score for score, _ in best)
    _, chosen = next(pair for pair in best if pair[0] >= top - 0.01)
    return chosen.labels[0], chosen.centres[0]


def _entropy(share: float) -> float:
    parts = np.array([share, 1 - share])
    parts = parts[parts > 0]
    return float(-(parts * np.log2(parts)).sum())


def verdict(found: Evidence, percentile: float | None) -> tuple[str, str]:
    """Return a term's verdict before people have judged, and the reason in a sentence."""
    if found.separation is None or found.stability is None:
        return FEW, (
            f"{found.n_usages} usages by {found.n_respondents} respondents; at least {MIN_USAGES} by "
            f"{MIN_RESPONDENTS} are needed"
        )
    usages, people = found.minority
    need = max(3, round(0.1 * found.n_usages))
    failed = []
    if percentile is not None and percentile < MIN_PERCENTILE:
        failed.append(f"its two groups stand apart no more than those of other words (percentile {percentile:.2f})")
    if found.stability < MIN_STABILITY:
        failed.append(f"the split changes with the respondents drawn (stability {found.stability:.2f})")
    if usages < need or people < 3:
        failed.append(f"the smaller group has {usages} usages by {people} respondents")
    if failed:
        return ONE, "; ".join(failed)
    return WORTH, (
        f"two groups of usages, stable under resampling (stability {found.stability:.2f}), the smaller with "
        f"{usages} usages by {people} respondents"
    )
