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


def farthest_first(points: np.ndarray, k: int, starts: np.ndarray) -> np.ndarray:
    """Return k rows of each cloud's points for each start: the start, then always the row farthest from those chosen.

    points: clouds x usages x dimensions; starts: clouds x restarts, row numbers; found: clouds x restarts x k x
    dimensions.
    """
    chosen = [_rows(points, starts)]
    distance = ((points[:, None] - chosen[0][:, :, None]) ** 2).sum(3)
    for _ in range(1, k):
        chosen.append(_rows(points, distance.argmax(2)))
        if len(chosen) < k:
            distance = np.minimum(distance, ((points[:, None] - chosen[-1][:, :, None]) ** 2).sum(3))
    return np.stack(chosen, axis=2)


def _rows(points: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    found: np.ndarray = points[np.arange(len(points))[:, None], numbers]
    return found


def weighted_kmeans(points: np.ndarray, weights: np.ndarray, k: int, *, restarts: int = 4) -> Clustering:
    """Return the best of several k-means runs for every row of weights.

    points: usages x dimensions; weights: resamples x usages, 0 = left out. Lloyd's algorithm
    (Lloyd 1982), labels numbered by falling weight, so that label 0 is the largest cluster.
    """
    labels, centres, inertia = _best(points[None], weights[None], k, restarts)
    return _by_weight(Clustering(labels[0], centres[0], inertia[0]), weights)


def inertia_in_two(clouds: np.ndarray, *, restarts: int = 4) -> np.ndarray:
    """Return the inertia of the best of several 2-means runs in each cloud (clouds x usages x dimensions)."""
    return _best(clouds, np.ones((len(clouds), 1, clouds.shape[1])), 2, restarts)[2][:, 0]


def _best(points: np.ndarray, weights: np.ndarray, k: int, restarts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, centres and inertia of the best restart, for every cloud and row of weights.

    points: clouds x usages x dimensions; weights: clouds x rows x usages.
    """
    n_clouds, n_rows, n = weights.shape
    order = np.argsort(((points - points.mean(1, keepdims=True)) ** 2).sum(2), axis=1, kind="stable")
    starts = farthest_first(points, k, order[:, np.linspace(0, n - 1, restarts).round().astype(int)])
    # All restarts of all rows run at once: restart by restart, rows within.
    run = _lloyd_in_two if k == 2 else _lloyd
    labels, centres, inertia = run(points, np.tile(weights, (1, restarts, 1)), np.repeat(starts, n_rows, axis=1))
    least = np.round(inertia.reshape(n_clouds, restarts, n_rows), 6).argmin(1) * n_rows + np.arange(n_rows)
    own = np.arange(n_clouds)[:, None]
    return labels[own, least], centres[own, least], inertia[own, least]


def _lloyd(points: np.ndarray, weights: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run every row of weights from its own centres (clouds x rows x k x dimensions) until its labels stay."""
    k, centres = centres.shape[2], centres.copy()
    labels = _nearest(points, centres)
    going = np.arange(weights.shape[1])  # rows whose labels still change in some cloud
    for _ in range(ITERATIONS):
        member = (labels[:, going, None] == np.arange(k)[:, None]) * weights[:, going, None]
        mass = member.sum(3)[..., None]
        sums = (member.reshape(len(points), -1, points.shape[1]) @ points).reshape(centres[:, going].shape)
        centres[:, going] = np.where(mass > 0, sums / np.maximum(mass, 1e-12), centres[:, going])
        moved = _nearest(points, centres[:, going])
        changed = (moved != labels[:, going]).any((0, 2))
        labels[:, going] = moved
        going = going[changed]
        if not len(going):
            break
    return labels, centres, _inertia(points, weights, centres, labels)


def _lloyd_in_two(
    points: np.ndarray, weights: np.ndarray, centres: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Do the same for two centres with half the products: what is not in the second cluster is in the first."""
    centres = centres.copy()
    second = _nearer_second(points, centres)
    sums, masses = weights @ points, weights.sum(2)
    going = np.arange(weights.shape[1])
    for _ in range(ITERATIONS):
        member = second[:, going] * weights[:, going]
        mass, total = member.sum(2), member @ points
        mass = np.stack([masses[:, going] - mass, mass], axis=2)[..., None]
        total = np.stack([sums[:, going] - total, total], axis=2)
        centres[:, going] = np.where(mass > 0, total / np.maximum(mass, 1e-12), centres[:, going])
        moved = _nearer_second(points, centres[:, going])
        changed = (moved != second[:, going]).any((0, 2))
        second[:, going] = moved
        going = going[changed]
        if not len(going):
            break
    labels = second.astype(int)
    return labels, centres, _inertia(points, weights, centres, labels)


def _nearer_second(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Say which usages lie nearer to the second of two centres; as near to both counts as the first."""
    across = centres[:, :, 1] - centres[:, :, 0]
    lead = (centres[:, :, 1] ** 2).sum(2) - (centres[:, :, 0] ** 2).sum(2)
    found: np.ndarray = np.round(lead[..., None] - 2 * (across @ points.transpose(0, 2, 1)), 6) < 0
    return found


def _inertia(points: np.ndarray, weights: np.ndarray, centres: np.ndarray, labels: np.ndarray) -> np.ndarray:
    own = np.take_along_axis(_distances(points, centres), labels[:, :, None], axis=2)[:, :, 0]
    found: np.ndarray = ((own + (points**2).sum(2)[:, None]) * weights).sum(2)
    return found


def _distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return squared distances, less the usage's own squared length: clouds x rows x k x usages."""
    flat = centres.reshape(len(points), -1, points.shape[2])
    cross = (flat @ points.transpose(0, 2, 1)).reshape(*centres.shape[:3], points.shape[1])
    found: np.ndarray = (centres**2).sum(3)[..., None] - 2 * cross
    return found


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.round(_distances(points, centres), 6).argmin(2)


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


def adjusted_rand(first: np.ndarray, second: np.ndarray) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985) of two labellings, of any values."""
    a, b = np.unique(first, return_inverse=True)[1], np.unique(second, return_inverse=True)[1]
    return float(adjusted_rands(a, b[None], np.ones((1, len(b))))[0])


def adjusted_rands(first: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the adjusted Rand index of one labelling with each row of others, on usages whose weight there is over 0.

    first: usages; rows, weights: rows x usages. Labels are numbers from 0.
    """
    n_rows, n_first, n_second = len(rows), int(first.max(initial=0)) + 1, int(rows.max(initial=0)) + 1
    cells = (np.arange(n_rows)[:, None] * n_first + first) * n_second + rows
    table = np.bincount(cells[weights > 0], minlength=n_rows * n_first * n_second)
    table = table.reshape(n_rows, n_first, n_second).astype(float)
    both, total = _pairs(table).sum((1, 2)), _pairs(table.sum((1, 2)))
    ones, others = _pairs(table.sum(2)).sum(1), _pairs(table.sum(1)).sum(1)
    expected = np.where(total > 0, ones * others / np.maximum(total, 1), 0.0)
    most = (ones + others) / 2
    same = most == expected
    return np.where(same, 1.0, (both - expected) / np.where(same, 1.0, most - expected))


def _pairs(counts: np.ndarray) -> np.ndarray:
    return counts * (counts - 1) / 2
