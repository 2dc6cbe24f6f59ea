"""Scores -> probabilities and thresholds: what a score is worth, measured on excerpts the classifier had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Z = 1.6449  # one-sided 95 %
RIDGE = 1e-6


@dataclass(frozen=True)
class Threshold:
    """The lowest probability that is suggested, and what suggesting from there on is worth."""

    value: float
    precision: float
    precision_low: float
    recall: float
    n_suggested: int


def platt(scores: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the log-odds of being right as a line in the score.

    scores: real, one per excerpt. truth: booleans. Platt (1999) with his smoothed targets, by Newton steps as in
    Lin, Lin & Weng (2007), "A note on Platt's probabilistic outputs". Raises ValueError where truth has one value only.
    """
    truth = truth.astype(bool)
    positive, negative = int(truth.sum()), int((~truth).sum())
    if not positive or not negative:
        raise ValueError("calibration needs excerpts with the code and excerpts without it")
    target = np.where(truth, (positive + 1) / (positive + 2), 1 / (negative + 2))
    slope, intercept = regression(np.column_stack([scores, np.ones(len(scores))]), target)
    return float(slope), float(intercept)


def regression(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the coefficients of an unpenalised logistic regression, by Newton steps that never go uphill.

    design: rows x columns, few of them; target: probabilities from 0 to 1. A tiny ridge keeps separable rows finite.
    """
    line = np.zeros(design.shape[1])
    loss = _loss(design @ line, target)
    for _ in range(100):
        p = probability(design @ line)
        gradient = design.T @ (p - target) + RIDGE * line
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + RIDGE * np.eye(len(line))
        step, size = np.linalg.solve(hessian, gradient), 1.0
        while size > 1e-10 and _loss(design @ (line - size * step), target) > loss:
            size /= 2
        line = line - size * step
        before, loss = loss, _loss(design @ line, target)
        if abs(before - loss) < 1e-10:
            break
    return line


def probability(log_odds: np.ndarray) -> np.ndarray:
    """Return probabilities of log-odds."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))


def wilson_low(right: float, n: float, z: float = Z) -> float:
    """Return the lower bound of a share's one-sided interval (Wilson 1927); 0 where n is 0."""
    if n <= 0:
        return 0.0
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float((centre - spread) / (1 + z * z / n))


def threshold_at(
    probabilities: np.ndarray, truth: np.ndarray, respondents: np.ndarray, *, precision: float
) -> Threshold | None:
    """Return the lowest threshold from which on suggestions are shown to be right often enough, or None.

    Shown means: the lower 95 % bound of the precision is at least `precision`, with respondents instead of excerpts
    as the number of observations, as excerpts of one person are not independent. With few decisions no threshold
    reaches it, however good they look: then there is nothing to calibrate on.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, right = probabilities[order], np.cumsum(truth[order])
    first_seen = np.zeros(len(order), dtype=int)
    first_seen[np.unique(respondents[order], return_index=True)[1]] = 1
    people = np.cumsum(first_seen)
    best = None
    for last in np.flatnonzero(np.append(ranked[:-1] != ranked[1:], True)):  # equal scores stand or fall together
        share = right[last] / (last + 1)
        low = wilson_low(share * people[last], people[last])
        if low >= precision:
            recall = right[last] / max(int(truth.sum()), 1)
            best = Threshold(float(ranked[last]), float(share), low, float(recall), int(last + 1))
    return best


def average_precision(scores: np.ndarray, truth: np.ndarray) -> float | None:
    """Return the mean precision over the ranks of excerpts with the code; None where none has it.

    Excerpts of equal score share their rank, so that the order of rows does not matter.
    """
    if not truth.any():
        return None
    order = np.argsort(-scores, kind="stable")
    ranked, right = scores[order], np.cumsum(truth[order])
    ends = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], True))
    recall = right[ends] / truth.sum()
    return float(np.sum(np.diff(np.append(0.0, recall)) * right[ends] / (ends + 1)))


def _loss(log_odds: np.ndarray, target: np.ndarray) -> float:
    return float(np.sum(np.logaddexp(0, log_odds) - target * log_odds))
