"""Ridge-penalised logistic regression: classes against one another, or many yes/no questions about the same rows.

What scikit-learn's LogisticRegression finds, without its import, which takes longer than all the fits of a study, and
without its checks of every input, which take longer than one fit. A penalty on squared weights keeps the optimum in the
span of the rows (the representer theorem): with fewer rows than features, the fit is made there (`span`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

STEPS, HALVINGS = 200, 21
TOLERANCE = 1e-6  # per row: a fit ends where no gradient is above it, and the last step gained no more
NEAR = 1e-5  # gradient of the mean loss, in coordinates scaled by the root of the rows, at which `_lbfgs` ends
ENOUGH = 2.0**-11  # of what the gradient promises a step must gain, or half of it is tried (Armijo 1966)


@dataclass(frozen=True)
class Fitted:
    """Classes in order, and weights: features and the intercept x classes, of two classes the second alone."""

    classes: list[str]
    weights: np.ndarray

    def chances(self, points: np.ndarray) -> np.ndarray:
        """Return the chance of each class at each of `points` (points x features): points x classes, rows sum to 1."""
        return np.exp(_log_chances(log_odds(points, self.weights)))


def fit(points: np.ndarray, labels: Sequence[str], *, strength: float) -> Fitted:
    """Fit points (rows x features) to the label of each row; there must be two classes or more.

    Minimises -(sum of the log chances of the labels) + (sum of squared weights but the intercepts) / (2 · strength).
    """
    classes = sorted(set(labels))
    target = np.array([[label == name for name in classes] for label in labels], dtype=float)
    return Fitted(classes, _newton(points, target, strength))


def fit_each(points: np.ndarray, truth: np.ndarray, *, strength: float, exact: bool = False) -> np.ndarray:
    """Return the weights of one regression per column of truth (rows x questions): features and intercept x questions.

    A question that all rows or none answer with yes gets its smoothed log-odds as the intercept alone. All are fitted
    at once by SciPy's L-BFGS (Zhu et al. 1997); exact: Newton steps from there, which end at the optimum itself, so
    that the result does not depend on the BLAS.
    """
    n, yes = len(truth), truth.sum(0)
    found = np.zeros((points.shape[1] + 1, truth.shape[1]))
    found[-1] = np.log((yes + 0.5) / (n - yes + 0.5))
    open_ = np.flatnonzero((yes > 0) & (yes < n))
    if len(open_):
        found[:, open_] = _lbfgs(points, truth[:, open_].astype(float), strength)
    if exact:
        for column in open_:
            target = np.column_stack([1.0 - truth[:, column], truth[:, column]])
            found[:, [column]] = _newton(points, target, strength, found[:, [column]])
    return found


def log_odds(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return points x columns log-odds (points: x features; weights: features and intercept x columns)."""
    found: np.ndarray = points @ weights[:-1] + weights[-1]
    return found


def span(points: np.ndarray) -> np.ndarray:
    """Return orthonormal directions (features x at most rows) that span the rows of `points`."""
    basis: np.ndarray = np.linalg.qr(points.T)[0]
    return basis


def _lbfgs(points: np.ndarray, target: np.ndarray, strength: float) -> np.ndarray:
    """Return weights near the optimum, one column per column of target (0 or 1): log-odds are right to about .01.

    Bohning's bound on the second derivatives (Bohning & Lindsay 1988) is one matrix for all columns. Coordinates in
    which it is the identity suit every column, whatever the penalty, so few steps do for all of them together.
    """
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    rows, sign = np.column_stack([points, np.ones(len(points))]), 2 * target - 1
    shape, n = (rows.shape[1], target.shape[1]), len(rows)
    penalty = np.append(np.full(points.shape[1], 1 / strength), 0.0)[:, None]
    bound = np.linalg.cholesky(rows.T @ rows / 4 + np.diag(penalty[:, 0]))
    back = solve_triangular(bound.T, np.eye(len(bound)))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = back @ flat.reshape(shape)
        margin = sign * (rows @ weights)
        small = np.exp(-np.abs(margin))
        wrong = np.where(margin >= 0, small, 1) / (1 + small)  # the chance given to what is not so
        lost = (np.log1p(small) - np.minimum(margin, 0)).sum() + (penalty * weights**2).sum() / 2
        return lost / n, (back.T @ (penalty * weights - rows.T @ (sign * wrong))).ravel() / n

    limits = {"gtol": NEAR / np.sqrt(n), "ftol": 0.0, "maxiter": 2000, "maxfun": 4000}
    found: np.ndarray = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=limits).x
    return back @ found.reshape(shape)


def _newton(points: np.ndarray, target: np.ndarray, strength: float, start: np.ndarray | None = None) -> np.ndarray:
    """Return the weights as scikit-learn's solver "newton-cholesky" finds them (Hastie et al. 2009, 4.4).

    target: rows x classes, 1 for the row's own; start: weights to begin at.
    """
    rows, n_classes = np.column_stack([points, np.ones(len(points))]), target.shape[1]
    shape = (rows.shape[1], 1 if n_classes == 2 else n_classes)
    penalty = np.append(np.full(points.shape[1], 1 / strength), 0.0)[:, None]
    # Of several classes the last intercept stays 0: only differences of intercepts matter.
    n_free = shape[0] * shape[1] - (n_classes > 2)

    def loss(weights: np.ndarray) -> float:
        return float((penalty * weights**2).sum() / 2 - (target * _log_chances(rows @ weights)).sum())

    weights, gained = np.zeros(shape) if start is None else start, np.inf
    for _ in range(STEPS):
        chances = np.exp(_log_chances(rows @ weights))[:, -shape[1] :]
        gradient = (rows.T @ (chances - target[:, -shape[1] :]) + penalty * weights).ravel()[:n_free]
        if max(np.abs(gradient).max(), gained) <= TOLERANCE * len(rows):
            break
        step = np.zeros(weights.size)
        step[:n_free] = np.linalg.solve(_curvature(rows, chances, penalty)[:n_free, :n_free], gradient)
        gained = float(gradient @ step[:n_free]) / 2
        weights = _descended(weights, step.reshape(shape), loss, ENOUGH * 2 * gained)
    return weights


def _descended(weights: np.ndarray, step: np.ndarray, loss: Callable[[np.ndarray], float], enough: float) -> np.ndarray:
    """Go down by a step, or by half of it, a quarter and so on, until the loss falls by that part of `enough`."""
    before = loss(weights)
    sizes = 0.5 ** np.arange(HALVINGS)
    slack = 1e-12 * abs(before)  # at the optimum nothing is gained but rounding
    best = next((size for size in sizes if loss(weights - size * step) <= before - size * enough + slack), sizes[-1])
    return weights - best * step


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
