"""Groups of usages from people's judgements of pairs alone (1-4, DURel scale), before anybody has named a sense.

Per term, the chance that two usages mean about the same is a logistic regression on the products of their coordinates
along the term's first DIRECTIONS principal directions (usage, answer and words around: completion.features): a metric
learnt from the judged pairs, with one weight a direction. Usages are then grouped by average linkage on those chances,
judged pairs counting as judged; groups that would more likely than not mean different things stay apart (correlation
clustering on a word usage graph: Schlechtweg et al. 2021, DWUG). Groups have no names: people give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.senses.completion import calibration_error, folds
from pipeline.senses.labels import Points

SAME = 3.0  # mean judgement from which on two usages mean about the same (3 closely related, 4 the same meaning)
FEWEST = 20  # judged pairs of a term, of both kinds, under which nothing is learnt
DIRECTIONS = 4  # from 2 to 8 it makes little difference (bench/senses.py's twelve terms)
JUDGED = 0.95  # chance given to a pair that people judged the same; one less it where they judged it different
SURE = 0.6  # share of a usage's ties that its own group must hold against the next one, else it stays open
COLUMNS = ["usage_id", "term_id", "group", "confidence"]


@dataclass(frozen=True)
class Judged:
    """Pairs of usages of one term (rows of its points) and their mean judgement."""

    pairs: np.ndarray  # pairs x 2
    said: np.ndarray


@dataclass(frozen=True)
class Held:
    """Pairs held out by respondent: the chance given that they mean the same, and whether people said so."""

    chance: np.ndarray
    same: np.ndarray

    @property
    def accuracy(self) -> float | None:
        """Share of pairs told rightly; None without any."""
        return round(float(((self.chance >= 0.5) == self.same).mean()), 4) if len(self.same) else None

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the likelier answer; None without any."""
        sure = np.maximum(self.chance, 1 - self.chance)
        return calibration_error(sure, (self.chance >= 0.5) == self.same) if len(self.same) else None


def judged_pairs(
    assignments: pd.DataFrame, judgements: pd.DataFrame, points: Mapping[str, Points]
) -> dict[str, Judged]:
    """Return the judged pairs of every term, with the mean over those who judged one."""
    read = assignments[assignments.unit_kind == "pair"].merge(judgements, on="assignment_id")
    mean = (
        read.assign(said=pd.to_numeric(read.value, errors="coerce"))
        .dropna(subset="said")
        .groupby("unit_id")
        .said.mean()
    )
    found = {}
    for term, at in points.items():
        place = {usage: row for row, usage in enumerate(at.usage_ids)}
        rows = [
            (place[first], place[second], said)
            for pair, said in mean.items()
            for first, _, second in [str(pair).partition("+")]
            if first in place and second in place
        ]
        if rows:
            table = np.array(rows)
            found[term] = Judged(table[:, :2].astype(int), table[:, 2])
    return found


def coordinates(points: np.ndarray) -> np.ndarray:
    """Return usages along the first principal directions, each of variance one, rounded (usages x DIRECTIONS)."""
    left, size, _ = np.linalg.svd(points - points.mean(0), full_matrices=False)
    keep = min(DIRECTIONS, int((size > 1e-6).sum()))
    return np.round(left[:, :keep] * np.sqrt(len(points)), 5)


def products(places: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the product of the two usages' coordinates, per pair and direction; a direction's sign does not matter."""
    found: np.ndarray = places[pairs[:, 0]] * places[pairs[:, 1]]
    return found


def learnt(alike: np.ndarray, same: np.ndarray) -> np.ndarray | None:
    """Return intercept and weights of the chance that a pair means the same; None where pairs are too few or alike."""
    if len(same) < FEWEST or same.all() or not same.any():
        return None
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=200, tol=1e-6).fit(alike, same)
    return np.round(np.concatenate([model.intercept_, model.coef_[0]]), 6)


def chances(weights: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Return the chance of every pair to mean the same."""
    found: np.ndarray = 1 / (1 + np.exp(-(weights[0] + alike @ weights[1:])))
    return found


def grouped(places: np.ndarray, judged: Judged, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (group per usage, confidence per usage), groups numbered by falling size.

    Confidence: the mean chance to mean the same as one's own group, against the same for the next group; 0 where a
    usage stands alone.
    """
    from sklearn.cluster import AgglomerativeClustering

    n = len(places)
    every = np.stack(np.triu_indices(n, 1), axis=1)
    tie = np.zeros((n, n))
    tie[every[:, 0], every[:, 1]] = chances(weights, products(places, every))
    said = np.where(judged.said >= SAME, JUDGED, 1 - JUDGED)
    tie[judged.pairs.min(1), judged.pairs.max(1)] = said
    tie = np.round(tie + tie.T, 6)
    if n < 2:
        return np.zeros(n, dtype=int), np.zeros(n)
    merge = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=0.5)
    labels = merge.fit_predict(1 - tie - np.eye(n))
    first = {label: int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)}
    order = sorted(first, key=lambda label: (-(labels == label).sum(), first[label]))
    labels = np.array([order.index(label) for label in labels])
    member = labels[:, None] == np.arange(len(order))
    others = member.sum(0) - member  # a usage is no tie of its own
    mean = (tie @ member) / np.maximum(others, 1)
    own = np.where(others[np.arange(n), labels] > 0, mean[np.arange(n), labels], 0.0)
    rest = np.where(member, 0.0, mean).max(1) if len(order) > 1 else np.full(n, 1.0) - own
    return labels, np.round(own / np.maximum(own + rest, 1e-12), 4)


def held_out(points: Mapping[str, Points], judged: Mapping[str, Judged]) -> Held:
    """Return what is told of pairs neither of whose respondents has been seen, by fold of respondents, all terms."""
    chance, same = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for term, one in judged.items():
        alike, said = products(coordinates(points[term].values), one.pairs), one.said >= SAME
        people = points[term].people[one.pairs]
        fold = folds(people.ravel()).reshape(people.shape)
        for number in np.unique(fold):
            inside, outside = (fold == number).all(1), (fold != number).all(1)
            weights = learnt(alike[outside], said[outside])
            if weights is not None:
                chance.append(chances(weights, alike[inside]))
                same.append(said[inside])
    return Held(np.concatenate(chance), np.concatenate(same))


def pair_groups(points: Mapping[str, Points], judged: Mapping[str, Judged]) -> pd.DataFrame:
    """Return the pair_groups table: the group of every usage of a term with enough judged pairs; null where unsure."""
    rows = []
    for term, one in judged.items():
        places = coordinates(points[term].values)
        weights = learnt(products(places, one.pairs), one.said >= SAME)
        if weights is None:
            continue
        labels, sure = grouped(places, one, weights)
        rows += [
            (usage, term, int(label) + 1 if confidence >= SURE else None, float(confidence))
            for usage, label, confidence in zip(points[term].usage_ids, labels, sure, strict=True)
        ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS)).astype({"group": "Int64", "confidence": "float64"})
