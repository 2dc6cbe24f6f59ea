"""Ridge-penalised logistic regression of two classes or more, by Newton steps (Hastie et al. 2009, 4.4).

What scikit-learn's LogisticRegression(solver="newton-cholesky", tol=1e-6) finds, step for step, without its import,
which takes longer than all the fits of a study.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

STEPS, HALVINGS = 200, 21
TOLERANCE = 1e-6  # per row: a fit ends where no gradient is above it, and the last step gained no more
ENOUGH = 2.0**-11  # of what the gradient promises a step must gain, or half of it is tried (Armijo 1966)


@dataclass(frozen=True)
class Fitted:
    """Classes in order, and weights: features and the intercept x classes, of two classes the second alone."""

    classes: list[str]
    weights: np.ndarray

    def chances(self, points: np.ndarray) -> np.ndarray:
        """Return the chance of each class at each of `points` (points x features): points x classes, rows sum to 1."""
        return np.exp(_log_chances(_with_one(points) @ self.weights))


def fit(points: np.ndarray, labels: Sequence[str], *, strength: float) -> Fitted:
    """Fit points (rows x features) to the label of each row; there must be two classes or more.

    Minimises -(sum of the log chances of the labels) + (sum of squared weights but the intercepts) / (2 · strength).
    """
    classes = sorted(set(labels))
    rows, target = _with_one(points), np.array([[label == name for name in classes] for label in labels], dtype=float)
    shape = (rows.shape[1], 1 if len(classes) == 2 else len(classes))
    penalty = np.append(np.full(points.shape[1], 1 / strength), 0.0)[:, None]
    # Of several classes the last intercept stays 0: only differences of intercepts matter.
    n_free = shape[0] * shape[1] - (len(classes) > 2)

    def loss(weights: np.ndarray) -> float:
        return float((penalty * weights**2).sum() / 2 - (target * _log_chances(rows @ weights)).sum())

    weights, gained = np.zeros(shape), np.inf
    for _ in range(STEPS):
        chances = np.exp(_log_chances(rows @ weights))[:, -shape[1] :]
        gradient = (rows.T @ (chances - target[:, -shape[1] :]) + penalty * weights).ravel()[:n_free]
        if max(np.abs(gradient).max(), gained) <= TOLERANCE * len(rows):
            break
        step = np.zeros(weights.size)
        step[:n_free] = np.linalg.solve(_curvature(rows, chances, penalty)[:n_free, :n_free], gradient)
        gained = float(gradient @ step[:n_free]) / 2
        weights = _descended(weights, step.reshape(shape), loss, ENOUGH * 2 * gained)
    return Fitted(classes, weights)


def _descended(weights: np.ndarray, step: np.ndarray, loss: Callable[[np.ndarray], float], enough: float) -> np.ndarray:
    """Go down by a step, or by half of it, a quarter and so on, until the loss falls by that part of `enough`."""
    before = loss(weights)
    sizes = 0.5 ** np.arange(HALVINGS)
    slack = 1e-12 * abs(before)  # at the optimum nothing is gained but rounding
    best = next((size for size in sizes if loss(weights - size * step) <= before - size * enough + slack), sizes[-1])
    return weights - best * step


def _with_one(points: np.ndarray) -> np.ndarray:
    return np.column_stack([points, np.ones(len(points))])


def _log_chances(odds: np.ndarray) -> np.ndarray:
    """Return the log chance of each class; of one column of log-odds, those of two classes."""
    if odds.shape[1] == 1:
        odds = np.column_stack([np.zeros(len(odds)), odds])
    odds = odds - odds.max(1, keepdims=True)
    return odds - np.log(np.exp(odds).sum(1, keepdims=True))


def _curvature(rows: np.ndarray, chances: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Return the second derivatives, (features x classes) squared."""
    n_features, n_classes = rows.shape[1], chances.shape[1]
    found = np.zeros((n_features, n_classes, n_features, n_classes))
    for one in range(n_classes):
        for other in range(n_classes):
            weight = chances[:, one] * ((one == other) - chances[:, other])
            found[:, one, :, other] = rows.T @ (rows * weight[:, None])
        found[:, one, :, one] += np.diag(penalty[:, 0])
    return found.reshape(n_features * n_classes, -1)
