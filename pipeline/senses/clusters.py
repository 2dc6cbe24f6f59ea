"""k-means on unit vectors, for one term at many resamples at once.

Resampling respondents gives usages weights; with weights as rows of a matrix, all resamples and restarts
run as the same few matrix products. Deterministic: starts are farthest-first, and
vectors are rounded before they come here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ITERATIONS = 30
KEEP = 50  # principal directions kept; a term with n usages has at most n - 1


@dataclass(frozen=True)
class Clustering:
    """labels: resamples x usages; centres: resamples x k x dimensions; inertia: resamples."""

    labels: np.ndarray
    centres: np.ndarray
    inertia: np.ndarray


def reduced(vectors: np.ndarray) -> np.ndarray:
    """Return centred vectors in their principal directions (usages x at most KEEP), signs fixed, rounded."""
    centred = vectors - vectors.mean(0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    keep = min(KEEP, int((size > 1e-6).sum()))
    points = left[:, :keep] * size[:keep]
    signs = np.sign(points[np.abs(points).argmax(0), np.arange(keep)]) if keep else np.ones(0)
    return np.round(points * signs, 5)


def farthest_first(points: np.ndarray, k: int, start: int) -> np.ndarray:
    """Return k rows of `points` (usages x dimensions): the start, then always the row farthest from those chosen."""
    chosen = [start]
    distance = ((points - points[start]) ** 2).sum(1)
    for _ in range(1, k):
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(1))
    return points[chosen]


def weighted_kmeans(points: np.ndarray, weights: np.ndarray, k: int, *, restarts: int = 4) -> Clustering:
    """Return the best of several k-means runs for every row of weights.

    points: usages x dimensions; weights: resamples x usages, 0 = left out. Lloyd's algorithm
    (Lloyd 1982), labels numbered by falling weight, so that label 0 is the largest cluster.
    """
    order = np.argsort(((points - points.mean(0)) ** 2).sum(1), kind="stable")
    first = order[np.linspace(0, len(points) - 1, restarts).round().astype(int)]
    starts = np.stack([farthest_first(points, k, int(start)) for start in first])
    # All restarts of all resamples run at once: restart by restart, resamples within.
    every = _lloyd(points, np.tile(weights, (restarts, 1)), np.repeat(starts, len(weights), axis=0))
    best = np.round(every.inertia.reshape(restarts, -1), 6).argmin(0) * len(weights) + np.arange(len(weights))
    return _by_weight(Clustering(every.labels[best], every.centres[best], every.inertia[best]), weights)


def _lloyd(points: np.ndarray, weights: np.ndarray, centres: np.ndarray) -> Clustering:
    """Run every row of weights from its own centres (rows x k x dimensions) until its labels stay."""
    k, centres = centres.shape[1], centres.copy()
    labels = _nearest(points, centres)
    going = np.arange(len(weights))
    for _ in range(ITERATIONS):
        member = (labels[going, None] == np.arange(k)[:, None]) * weights[going, None]
        mass = member.sum(2)[:, :, None]
        sums = (member.reshape(-1, len(points)) @ points).reshape(len(going), k, -1)
        centres[going] = np.where(mass > 0, sums / np.maximum(mass, 1e-12), centres[going])
        moved = _nearest(points, centres[going])
        changed = (moved != labels[going]).any(1)
        labels[going] = moved
        going = going[changed]
        if not len(going):
            break
    own = np.take_along_axis(_distances(points, centres), labels[:, None], axis=1)[:, 0]
    return Clustering(labels, centres, ((own + (points**2).sum(1)) * weights).sum(1))


def _distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return squared distances, less the usage's own squared length: rows x k x usages."""
    cross = (centres.reshape(-1, points.shape[1]) @ points.T).reshape(*centres.shape[:2], len(points))
    found: np.ndarray = (centres**2).sum(2)[:, :, None] - 2 * cross
    return found


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    distance = np.round(_distances(points, centres), 6)
    return (distance[:, 1] < distance[:, 0]).astype(int) if centres.shape[1] == 2 else distance.argmin(1)


def _by_weight(found: Clustering, weights: np.ndarray) -> Clustering:
    k = found.centres.shape[1]
    mass = ((found.labels[:, :, None] == np.arange(k)) * weights[:, :, None]).sum(1)
    order = np.argsort(-mass, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    labels = np.take_along_axis(rank, found.labels, axis=1)
    return Clustering(labels, np.take_along_axis(found.centres, order[:, :, None], axis=1), found.inertia)


def separation(points: np.ndarray, found: Clustering, weights: np.ndarray) -> np.ndarray:
    """Return the simplified silhouette per resample (Hruschka et al. 2004): mean of 1 - a / b.

    a is a usage's distance to its own centre, b to the nearest other centre.
    """
    distance = np.sqrt(((points[None, :, None] - found.centres[:, None]) ** 2).sum(3))
    own = np.take_along_axis(distance, found.labels[:, :, None], axis=2)[:, :, 0]
    np.put_along_axis(distance, found.labels[:, :, None], np.inf, axis=2)
    other = distance.min(2)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = np.where(other > 0, 1 - own / other, 0.0)
    return (width * weights).sum(1) / weights.sum(1)


def adjusted_rand(first: np.ndarray, second: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985) of two labellings, on usages with weight > 0."""
    keep = slice(None) if weights is None else weights > 0
    a, b = np.unique(first[keep], return_inverse=True)[1], np.unique(second[keep], return_inverse=True)[1]
    table = np.zeros((a.max(initial=0) + 1, b.max(initial=0) + 1))
    np.add.at(table, (a, b), 1)

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns, total = pairs(table), pairs(table.sum(1)), pairs(table.sum(0)), pairs(np.array([len(a)]))
    expected = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
