"""From a few labelled usages to all of them: what to label next, the likeliest sense of the rest, and how sure.

Chosen among encoders' layers, sentence vectors, words around the usage, penalties and orders of labelling by
accuracy on twelve terms of a real survey, each in its turn left out of the choice (bench/senses.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline import logistic

SIDE = 3  # words either side of a usage
OTHERS = 0.7  # weight of the answer's vector, and of the words around, against the usage's own vector
PENALTY = 30.0  # inverse strength of the ridge penalty, for features of mean length one per part
DIVERSE = 10  # labels chosen for being far apart, before the uncertain ones
FOLDS = 5
BINS = 10


def features(own: np.ndarray, answers: np.ndarray, around: Sequence[Sequence[str]]) -> np.ndarray:
    """Return features of a term's usages (usages x features): own vector, answer's vector, words around.

    own, answers: usages x dimensions. Every part is centred within the term and scaled to mean length 1, the
    latter two to OTHERS.
    """
    parts = [(own, 1.0), (answers, OTHERS), (_counts(around), OTHERS)]
    return np.concatenate([weight * _scaled(part) for part, weight in parts if part.shape[1]], axis=1)


def words_around(text: str, start: int, end: int) -> list[str]:
    """Return the words around a span, each as itself and with its side; the next on either side once more."""
    before = re.findall(r"\w+", text[:start].lower())[-SIDE:]
    after = re.findall(r"\w+", text[end:].lower())[:SIDE]
    nearest = [f"<1 {word}" for word in before[-1:]] + [f">1 {word}" for word in after[:1]]
    return [*before, *after, *(f"< {word}" for word in before), *(f"> {word}" for word in after), *nearest]


def _counts(around: Sequence[Sequence[str]]) -> np.ndarray:
    """Return TF-IDF of the words seen around two usages or more, rows of unit length."""
    seen: dict[str, int] = {}
    for words in around:
        for word in set(words):
            seen[word] = seen.get(word, 0) + 1
    kept = {word: k for k, word in enumerate(sorted(word for word, n in seen.items() if n > 1))}
    found = np.zeros((len(around), len(kept)))
    for row, words in enumerate(around):
        for word in words:
            if word in kept:
                found[row, kept[word]] += 1
    weights = [np.log((1 + len(around)) / (1 + seen[word])) + 1 for word in kept]
    found *= np.asarray(weights)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)


def _scaled(part: np.ndarray) -> np.ndarray:
    centred = part - part.mean(0)
    length = np.sqrt((centred**2).sum(1).mean())
    return np.round(centred / max(float(length), 1e-12), 6)


def next_to_label(
    points: np.ndarray, labels: Mapping[int, str], size: int, *, leave: Collection[int] = ()
) -> list[int]:
    """Return which usages (rows of points) to label next, best first: diverse first, then uncertain.

    labels: row -> sense, of usages that people have read; leave: rows not to ask about. Up to DIVERSE the next is the
    one farthest from all chosen (Gonzalez 1985); after that those whose two likeliest senses are closest (margin
    sampling, Scheffer et al. 2001).
    """
    chosen, free = sorted(labels), [row for row in range(len(points)) if row not in labels and row not in leave]
    senses = [labels[row] for row in chosen]
    found: list[int] = []
    if free and len(chosen) >= DIVERSE and len(set(senses)) > 1:
        sure = np.sort(np.round(_predicted(points[chosen], senses, points[free])[1], 6), axis=1)
        order = np.argsort(sure[:, -1] - sure[:, -2], kind="stable")
        return [free[k] for k in order[:size]]
    distance = np.full(len(points), np.inf)
    for row in {*chosen, *leave}:
        distance = np.minimum(distance, ((points - points[row]) ** 2).sum(1))
    if not chosen and free:  # the most typical usage opens
        found.append(int(np.round(((points - points.mean(0)) ** 2).sum(1), 6).argmin()))
        distance = ((points - points[found[0]]) ** 2).sum(1)
    while len(found) < min(size, len(free)):
        open_ = [row for row in free if row not in found]
        found.append(open_[int(np.round(distance[open_], 6).argmax())])
        distance = np.minimum(distance, ((points - points[found[-1]]) ** 2).sum(1))
    return found[:size]


@dataclass(frozen=True)
class Held:
    """How completion does on labelled usages it was not shown: predicted sense, its probability, whether right."""

    senses: list[str]
    sure: np.ndarray
    right: np.ndarray

    @property
    def accuracy(self) -> float | None:
        """Share predicted right; None without any."""
        return round(float(self.right.mean()), 4) if len(self.right) else None

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error (Naeini et al. 2015) in ten bins; None without any."""
        return calibration_error(self.sure, self.right) if len(self.right) else None

    def confidence_for(self, precision: float) -> float | None:
        """Return the least confidence from which on `precision` of the predictions were right; None if there is none.

        At least five predictions must lie above it.
        """
        order = np.argsort(-self.sure, kind="stable")
        hits = self.right[order].cumsum() / np.arange(1, len(order) + 1)
        enough = np.flatnonzero((hits >= precision) & (np.arange(1, len(order) + 1) >= 5))
        return float(self.sure[order][enough[-1]]) if len(enough) else None


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error: |mean confidence - accuracy| over BINS bins, weighted by size."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [(bins == k).mean() * abs(sure[bins == k].mean() - right[bins == k].mean()) for k in np.unique(bins)]
    return round(float(sum(gaps)), 4)


def held_out(points: np.ndarray, senses: Sequence[str], people: np.ndarray) -> Held:
    """Return predictions for labelled usages, out of fold: all usages of a respondent in one fold.

    points: labelled usages x features; people: usage -> respondent number. A fold whose training part knows
    one sense only predicts that, for sure.
    """
    names = np.asarray(senses)
    fold_of = folds(people)
    predicted, sure = np.empty(len(names), dtype=object), np.zeros(len(names))
    for fold in np.unique(fold_of):
        inside, outside = fold_of == fold, fold_of != fold
        if not outside.any():
            continue
        predicted[inside], sure[inside] = complete(points[outside], names[outside].tolist(), points[inside])
    known = sure > 0
    right = np.array([a == b for a, b in zip(predicted[known], names[known], strict=True)], dtype=bool)
    return Held(predicted[known].tolist(), sure[known], right)


def folds(people: np.ndarray) -> np.ndarray:
    """Return a fold per usage: respondents dealt out by falling number of usages, to the smallest fold."""
    numbers, counts = np.unique(people, return_counts=True)
    size = np.zeros(min(FOLDS, len(numbers)), dtype=int)
    fold_of = {}
    for k in np.lexsort((numbers, -counts)):
        fold = int(size.argmin())
        fold_of[numbers[k]] = fold
        size[fold] += counts[k]
    return np.array([fold_of[who] for who in people])


def complete(points: np.ndarray, senses: Sequence[str], others: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the likeliest sense of each of `others` and its probability, by ridge-penalised logistic regression."""
    if len(set(senses)) == 1:
        return [senses[0]] * len(others), np.ones(len(others))
    names, sure = _predicted(points, senses, others)
    sure = np.round(sure, 3)
    return [names[k] for k in sure.argmax(1)], sure.max(1)


def probabilities(points: np.ndarray, senses: Sequence[str], others: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return the probability of each of `names` for each of `others` (rows sum to 1); even where nothing is known."""
    found = np.zeros((len(others), len(names)))
    if not senses:
        return found + 1 / len(names)
    if len(set(senses)) == 1:
        found[:, list(names).index(senses[0])] = 1.0
        return found
    known, sure = _predicted(points, senses, others)
    found[:, [list(names).index(name) for name in known]] = np.round(sure, 3)
    return found / found.sum(1, keepdims=True)


def _predicted(points: np.ndarray, senses: Sequence[str], others: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return (senses, probability of each for each of `others`) by ridge-penalised logistic regression.

    It is made in the span of the labelled rows: a few dozen directions instead of a thousand features.
    """
    basis = logistic.span(points)
    fitted = logistic.fit(points @ basis, senses, strength=PENALTY)
    return fitted.classes, fitted.chances(others @ basis)
