"""What the vectors alone say about a term, before any person has judged.

One sense is the default and must be beaten: by structure beyond what other terms of the
same corpus show, by stability when respondents are resampled, and by a minority
with enough usages from enough respondents. At most a term is "worth checking".

How far usages differ is read from the upper layers of the encoder together, which of them belong together from the
last one: of what was tried, each does its part best over survey answers and edited text (bench/senses.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.senses import clusters

MIN_USAGES, MIN_RESPONDENTS = 12, 5
NULLS = 24
HELD = 500_000  # numbers in the Gaussian clouds that are clustered together: 4 MB, and six times that on the way


@dataclass(frozen=True)
class Evidence:
    """Scores of one term; None where there is too little to compute them.

    dispersion: mean cosine distance of two usages; gap: how many standard deviations the share of variance between
    two clusters lies above that of a Gaussian with the same covariance (the cluster index of Liu et al. 2008);
    separation: simplified silhouette of the two; drawn: (dispersion, gap) per resample of respondents.
    """

    n_usages: int
    n_respondents: int
    dispersion: float | None = None
    gap: float | None = None
    separation: float | None = None
    stability: float | None = None
    balance: float | None = None
    minority: tuple[int, int] = (0, 0)  # usages and respondents in the smaller of two clusters
    drawn: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    labels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))
    n_senses: int = 1
    distances: np.ndarray = field(default_factory=lambda: np.zeros(0))


def weights_per_respondent(people: np.ndarray, most: int) -> np.ndarray:
    """Return usages' weights so that no respondent weighs more than `most` usages (people: usage -> number)."""
    counts = np.bincount(people)
    return np.minimum(1.0, most / counts[people])


def examine(
    vectors: np.ndarray,
    people: np.ndarray,
    *,
    upper: np.ndarray | None = None,
    most: int,
    max_senses: int,
    resamples: int,
    seed: int,
    least: tuple[int, int] = (MIN_USAGES, MIN_RESPONDENTS),
) -> Evidence:
    """Return the evidence of one term; none with fewer usages or respondents than `least`.

    vectors, upper: usages x dimensions, unit length, of the last and of the upper layers (default: the last
    for both); people: usage -> respondent number.
    """
    n, n_people = len(vectors), len(np.unique(people))
    if n < least[0] or n_people < least[1]:
        return Evidence(n, n_people, labels=np.zeros(n, dtype=int))
    points = clusters.reduced(vectors)
    base = weights_per_respondent(people, most)
    if points.shape[1] == 0:  # all contexts are the same
        return Evidence(n, n_people, 0.0, 0.0, 0.0, 0.0, 0.0, labels=np.zeros(n, dtype=int))
    drawn = _respondent_draws(people, resamples, seed) * base
    whole = clusters.weighted_kmeans(points, base[None], 2, restarts=6)
    again = clusters.weighted_kmeans(points, drawn, 2)
    agree = clusters.adjusted_rands(whole.labels[0], again.labels, drawn)
    null = _null_shares(points, seed)
    spread = vectors if upper is None else upper
    scores = [
        np.column_stack([_dispersion(spread, weights), _gap(points, found, weights, null)])
        for found, weights in ((whole, base[None]), (again, drawn))
    ]
    small = whole.labels[0] == 1
    labels, centres = _grouped(points, base, max_senses)
    return Evidence(
        n,
        n_people,
        round(float(scores[0][0, 0]), 4),
        round(float(scores[0][0, 1]), 4),
        round(float(clusters.separation(points, whole, base[None])[0]), 4),
        round(float(np.median(agree)), 4),
        round(_entropy(float(base[small].sum() / base.sum())), 4),
        (int(small.sum()), len(np.unique(people[small]))),
        np.round(scores[1], 4),
        labels,
        len(centres),
        np.round(np.sqrt(((points[:, None] - centres[None]) ** 2).sum(2)), 4),
    )


def _null_shares(points: np.ndarray, seed: int) -> np.ndarray:
    """Return the share of variance between two clusters in Gaussian draws with the covariance of `points`."""
    rng = np.random.default_rng(seed)
    sizes = points.std(0)
    found: list[np.ndarray] = []
    at_once = max(1, HELD // points.size)
    for first in range(0, NULLS, at_once):
        clouds = np.round(rng.standard_normal((min(at_once, NULLS - first), *points.shape)) * sizes, 5)
        clouds -= clouds.mean(1, keepdims=True)
        found.append(1 - clusters.inertia_in_two(clouds, restarts=6) / (clouds**2).sum((1, 2)))
    return np.concatenate(found)


def _dispersion(vectors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean cosine distance of two different usages (unit vectors), per row of weights."""
    mass, squares = weights.sum(1), (weights**2).sum(1)
    alike = ((weights @ vectors) ** 2).sum(1)
    return 1 - np.where(mass**2 > squares, (alike - squares) / np.maximum(mass**2 - squares, 1e-12), 1.0)


def _gap(points: np.ndarray, found: clusters.Clustering, weights: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Return how far the share of variance between two clusters lies over the null, per row of weights."""
    mass = weights.sum(1)
    centre = weights @ points / mass[:, None]
    around = weights @ (points**2).sum(1) - mass * (centre**2).sum(1)
    share = np.where(around > 0, 1 - found.inertia / np.maximum(around, 1e-12), 0.0)
    return (share - null.mean()) / max(float(null.std()), 1e-6)


def _respondent_draws(people: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    n = int(people.max()) + 1
    draws = np.random.default_rng(seed).integers(0, n, (resamples, n))
    draws += np.arange(resamples)[:, None] * n
    return np.bincount(draws.ravel(), minlength=resamples * n).reshape(resamples, n)[:, people].astype(float)


def _grouped(points: np.ndarray, weights: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and centres for the number of clusters that separate best, the fewest within .01 of it."""
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
