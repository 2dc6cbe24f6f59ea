"""Usages in a plane: the first two principal directions of their vectors, the same on every run and machine."""

from __future__ import annotations

import numpy as np


def plane(vectors: np.ndarray) -> np.ndarray:
    """Return n x 2 coordinates, rounded to three digits; signs are such that the largest value of a column is positive.

    Distances in a plane say little about distances in the vectors' space.
    """
    centred = vectors.astype(float) - vectors.mean(0, dtype=float)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.pad(left[:, :2] * size[:2], ((0, 0), (0, max(0, 2 - left.shape[1]))))
    signs = np.sign(points[np.abs(points).argmax(0), [0, 1]])
    found: np.ndarray = np.round(points * np.where(signs == 0, 1, signs), 3)
    return found
