"""Coding by meaning where people have coded: one regularised classifier per code on the excerpt vectors.

A classifier's log-odds are joined with the closeness to the code's definition, with weights that all codes share:
a code that few excerpts carry leans on its definition, as its own classifier has learnt little. What is said of an
excerpt that people read comes from classifiers that saw nothing of that respondent, so that it can be compared with
them. A code is suggested only from a threshold on that these excerpts justify; with too few decisions for one, the
facts say so and nothing is suggested: what is left then is the ranking by similarity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline import logistic
from pipeline.codebook.calibration import average_precision, platt, probability, regression, threshold_at
from pipeline.codebook.folds import deal

SOURCE = "classifier"
FOLDS, INNER = 5, 3
STRENGTHS = (1.0, 10.0, 100.0)  # inverse of the L2 penalty; which one, the training part says
FEWEST = 2  # respondents with a code under which nothing can be cross-validated
FACTS = [
    "code_id", "n_read", "n_positive", "n_respondents", "average_precision", "threshold", "precision", "precision_low",
    "recall", "n_suggested", "note",
]  # fmt: skip
CODINGS = ["excerpt_id", "code_id", "source", "score", "start", "end", "rule"]


def code_by_classifier(
    excerpts: pd.DataFrame,
    vectors: Iterable[np.ndarray],
    closeness: np.ndarray,
    *,
    human: Mapping[str, frozenset[str]],
    codes: Sequence[str],
    precision: float = 0.7,
    seed: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (machine_codings with source "classifier", what each code's classifier rests on).

    excerpts: excerpt_id, which rises, and respondent_id; vectors: blocks of excerpts x dimensions, unit length, gone
    through twice; closeness: excerpts x codes, from `similarity.closeness`; human: excerpt_id -> the codes people gave
    it, empty where they read it and gave none, absent where nobody read it. score is a calibrated probability.
    precision: what suggestions must be shown to reach (see `threshold_at`).
    """
    if not excerpts.excerpt_id.is_monotonic_increasing:
        raise ValueError("the ids of the excerpts do not rise")
    read = excerpts.excerpt_id.isin(list(human)).to_numpy(dtype=bool)
    truth = np.array([[code in human[e] for code in codes] for e in excerpts.excerpt_id[read]], dtype=bool)
    truth = truth.reshape(int(read.sum()), len(codes))
    people = excerpts.respondent_id.to_numpy(dtype=object)
    n_people = [len(set(people[read][truth[:, column]])) for column in range(len(codes))]
    learnt = [i for i, n in enumerate(n_people) if n >= FEWEST and not truth[:, i].all()]
    odds = np.full((len(excerpts), len(codes)), np.nan)
    if learnt:
        seen = np.concatenate([block[read[places]] for places, block in _placed(vectors)])
        known = Known(seen, closeness[read][:, learnt], truth[:, learnt], people[read])
        odds[np.ix_(read, learnt)] = cross_validated(known, seed=seed)
        if (~read).any():
            all_known = learn(known, seed=seed)
            fitted = fit(known.vectors, known.labels, all_known.strength, exact=True)
            for places, block in _placed(vectors):
                new = places[~read[places]]
                own = fitted(block[new - places[0]]) if len(new) else np.zeros((0, len(learnt)))
                odds[np.ix_(new, learnt)] = all_known.joined(own, closeness[new][:, learnt])
    rows, facts = [], []
    for column, code in enumerate(codes):
        mine = _judge(odds[:, column], read, truth[:, column], people, precision)
        facts.append((code, int(read.sum()), int(truth[:, column].sum()), n_people[column], *mine.facts))
        rows += [
            (excerpts.excerpt_id[at], code, SOURCE, float(mine.probabilities[at]), None, None, None)
            for at in mine.suggested
        ]
    return pd.DataFrame(rows, columns=pd.Index(CODINGS)), pd.DataFrame(facts, columns=pd.Index(FACTS))


@dataclass(frozen=True)
class Known:
    """Excerpts that people read: vectors, closeness to each code's definition, labels (x codes), respondents."""

    vectors: np.ndarray
    closeness: np.ndarray
    labels: np.ndarray
    people: np.ndarray

    def part(self, rows: np.ndarray) -> Known:
        """Return some of the excerpts."""
        return Known(self.vectors[rows], self.closeness[rows], self.labels[rows], self.people[rows])


@dataclass(frozen=True)
class Learnt:
    """The penalty and the weights that are best on folds left out, and the log-odds there."""

    strength: float
    weights: np.ndarray  # of log-odds, closeness, one
    held: np.ndarray

    def odds(self, known: Known, vectors: np.ndarray, closeness: np.ndarray, *, exact: bool = False) -> np.ndarray:
        """Return other excerpts x codes log-odds."""
        return self.joined(log_odds(known.vectors, known.labels, vectors, self.strength, exact=exact), closeness)

    def joined(self, own: np.ndarray, closeness: np.ndarray) -> np.ndarray:
        """Return log-odds from those of the classifiers and the closeness to the codes (both excerpts x codes)."""
        found: np.ndarray = _design(own, closeness) @ self.weights
        return np.round(found.reshape(own.shape), 3)


def learn(known: Known, *, seed: int) -> Learnt:
    """Return the penalty and weights with the smallest loss over all codes; the strongest penalty on a tie."""
    fold = deal(known.people, known.labels, INNER, seed)
    found = []
    for strength in STRENGTHS:
        own = np.zeros(known.labels.shape)
        for part in np.unique(fold):
            train, test = fold != part, fold == part
            if train.any():
                own[test] = log_odds(known.vectors[train], known.labels[train], known.vectors[test], strength)
        design = _design(np.round(own, 2), known.closeness)
        weights = np.round(regression(design, known.labels.ravel().astype(float)), 3)
        held = (design @ weights).reshape(own.shape)
        loss = round(float(np.mean(np.logaddexp(0, held) - known.labels * held)), 4)
        found.append((loss, strength, weights, held))
    _, strength, weights, held = min(found, key=lambda one: one[:2])
    return Learnt(strength, weights, held)


def cross_validated(known: Known, *, seed: int = 1) -> np.ndarray:
    """Return log-odds per excerpt and code from classifiers that saw nothing of the excerpt's respondent."""
    fold = deal(known.people, known.labels, FOLDS, seed)
    found = np.zeros(known.labels.shape)
    for part in np.unique(fold):
        train = known.part(fold != part)
        test = fold == part
        found[test] = learn(train, seed=seed + 1).odds(train, known.vectors[test], known.closeness[test], exact=True)
    return found


def log_odds(
    vectors: np.ndarray, labels: np.ndarray, others: np.ndarray, strength: float, *, exact: bool = False
) -> np.ndarray:
    """Return others x codes log-odds of ridge-penalised logistic regressions, one per code (see `fit`)."""
    return fit(vectors, labels, strength, exact=exact)(others)


def fit(
    vectors: np.ndarray, labels: np.ndarray, strength: float, *, exact: bool = False
) -> Callable[[np.ndarray], np.ndarray]:
    """Fit ridge-penalised logistic regressions, one per code; return what gives others' log-odds (others x codes).

    A code that all or none of `vectors` carry gets its smoothed base rate. exact: see `logistic.fit_each`.
    """
    known = vectors.astype(float)
    basis = logistic.span(known) if len(known) < known.shape[1] else np.eye(known.shape[1])
    weights = logistic.fit_each(known @ basis, labels, strength=strength, exact=exact)
    return lambda others: logistic.log_odds(others.astype(float) @ basis, weights)


def _placed(blocks: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (row numbers, vectors) of each block."""
    at = 0
    for block in blocks:
        yield np.arange(at, at + len(block)), block
        at += len(block)


def _design(own: np.ndarray, closeness: np.ndarray) -> np.ndarray:
    return np.column_stack([own.ravel(), closeness.ravel(), np.ones(own.size)])


@dataclass(frozen=True)
class _Judged:
    """What one code's scores are worth: probabilities, the excerpts suggested, and the facts behind both."""

    probabilities: np.ndarray
    suggested: np.ndarray
    facts: tuple[object, ...]


def _judge(odds: np.ndarray, read: np.ndarray, truth: np.ndarray, people: np.ndarray, precision: float) -> _Judged:
    none = np.zeros(0, dtype=int)
    if np.isnan(odds).any():
        note = f"too few to learn from: fewer than {FEWEST} respondents with the code, or nobody without it"
        return _Judged(odds, none, (None, None, None, None, None, 0, note))
    slope, intercept = platt(odds[read], truth)
    probabilities = np.round(probability(slope * odds + intercept), 4)
    area = round(average_precision(odds[read], truth) or 0.0, 4)
    found = threshold_at(probabilities[read], truth, people[read], precision=precision) if slope > 0 else None
    if found is None:
        note = f"ranks only: no threshold is shown to be right in {precision:.0%} of cases"
        return _Judged(probabilities, none, (area, None, None, None, None, 0, note))
    suggested = np.flatnonzero(probabilities >= found.value)
    worth = (found.value, round(found.precision, 4), round(found.precision_low, 4), round(found.recall, 4))
    return _Judged(probabilities, suggested, (area, *worth, len(suggested), None))
