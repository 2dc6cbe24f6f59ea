"""Groups of usages from people's judgements of pairs alone (1-4, DURel scale), before anybody has named a sense.

The chance that two usages mean about the same is a logistic regression over the judged pairs of all terms: how near
their features are (completion.features), with one weight for all terms; how often pairs of the term mean the same; and,
held back (OWN), the products of their coordinates along the term's first DIRECTIONS principal directions, a metric of
its own. So few pairs of a term learn from those of the others (partial pooling: Gelman & Hill 2007). Usages are then
grouped by average linkage on those chances, judged pairs counting as judged; groups that would more likely than not
mean different things stay apart (correlation clustering on a word usage graph: Schlechtweg et al. 2021, DWUG). Groups
have no names: people give them.
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
OWN = 0.3  # scale of a term's own directions against what all terms share; .15 to .3 make little difference, 1 is worse
JUDGED = 0.95  # chance given to a pair that people judged the same; one less it where they judged it different
SURE = 0.6  # share of a usage's ties that its own group must hold against the next one, else it stays open
MOST = 2000  # usages of a term that are grouped, those judged first: ties are a table of usages x usages
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
    terms: np.ndarray  # whose pair it is

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


def alike(values: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return what is known of every pair before anybody judged: nearness, then products of coordinates (times OWN).

    values: usages x features. Nearness is the cosine, in standard deviations from the mean of all pairs of the term; of
    products a direction's sign does not matter.
    """
    centred = values - values.mean(0)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)
    n, gram = len(unit), unit.T @ unit if len(unit) > unit.shape[1] else unit @ unit.T
    every = max(n * (n - 1), 1)
    mean, squares = ((unit.sum(0) ** 2).sum() - n) / every, ((gram**2).sum() - n) / every
    cosine = np.einsum("ij,ij->i", unit[pairs[:, 0]], unit[pairs[:, 1]])
    near = np.round((cosine - mean) / max(float(squares - mean**2), 1e-12) ** 0.5, 5)
    places = coordinates(values)
    return np.column_stack([near, OWN * places[pairs[:, 0]] * places[pairs[:, 1]]])


def is_enough(same: np.ndarray) -> bool:
    """Say whether a term has judged pairs enough, of both kinds, to be grouped."""
    return len(same) >= FEWEST and bool(same.any()) and not same.all()


def learnt(known: Mapping[str, np.ndarray], same: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return, per term, intercept and weights of the chance that a pair means the same, learnt over all terms.

    known: term -> what `alike` says of its judged pairs; same: term -> what people said. Nothing where all said alike.
    """
    terms = [term for term in known if len(same[term])]
    said = np.concatenate([same[term] for term in terms]) if terms else np.zeros(0, dtype=bool)
    if not said.any() or said.all():
        return {}
    from sklearn.linear_model import LogisticRegression

    ends = np.cumsum([known[term].shape[1] for term in terms])  # of a term's columns: its own level, its own directions
    table = np.zeros((len(said), 1 + int(ends[-1])))
    row = 0
    for term, end in zip(terms, ends, strict=True):
        mine = known[term]
        rows = slice(row, row + len(mine))
        table[rows, 0] = mine[:, 0]
        table[rows, 1 + end - mine.shape[1] : 1 + end] = np.column_stack([np.ones(len(mine)), mine[:, 1:]])
        row += len(mine)
    model = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=200, tol=1e-6).fit(table, said)
    level, near, own = float(model.intercept_[0]), model.coef_[0, 0], model.coef_[0, 1:]
    found = {}
    for term, end in zip(terms, ends, strict=True):
        mine = own[end - known[term].shape[1] : end]
        found[term] = np.round(np.concatenate([[level + mine[0], near], mine[1:]]), 6)
    return found


def chances(weights: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the chance of every pair to mean the same."""
    found: np.ndarray = 1 / (1 + np.exp(-(weights[0] + known @ weights[1:])))
    return found


def grouped(values: np.ndarray, at: np.ndarray, judged: Judged, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (group, confidence) of the usages `at` (rows of values, rising), groups numbered by falling size.

    Confidence: the mean chance to mean the same as one's own group, against the same for the next group; 0 where a
    usage stands alone.
    """
    from sklearn.cluster import AgglomerativeClustering

    n = len(at)
    every = np.stack(np.triu_indices(n, 1), axis=1)
    tie = np.zeros((n, n))
    tie[every[:, 0], every[:, 1]] = chances(weights, alike(values, at[every]))
    said = np.where(judged.said >= SAME, JUDGED, 1 - JUDGED)
    known = np.searchsorted(at, judged.pairs)
    tie[known.min(1), known.max(1)] = said
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
    known = {term: alike(points[term].values, one.pairs) for term, one in judged.items()}
    same = {term: one.said >= SAME for term, one in judged.items()}
    people = {term: points[term].people[one.pairs] for term, one in judged.items()}
    asked = np.concatenate([np.zeros(0, dtype=int), *(found.ravel() for found in people.values())])
    fold_of = dict(zip(asked.tolist(), folds(asked).tolist(), strict=True)) if len(asked) else {}
    fold = {
        term: np.array([[fold_of[who] for who in pair] for pair in found.tolist()]) for term, found in people.items()
    }
    chance, right, whose = [np.zeros(0)], [np.zeros(0, dtype=bool)], []
    for number in sorted(set(fold_of.values())):
        outside = {term: (found != number).all(1) for term, found in fold.items()}
        weights = learnt(*({term: part[term][rows] for term, rows in outside.items()} for part in (known, same)))
        for term, found in fold.items():
            inside = (found == number).all(1)
            if term in weights and is_enough(same[term][outside[term]]):
                chance.append(chances(weights[term], known[term][inside]))
                right.append(same[term][inside])
                whose += [term] * int(inside.sum())
    return Held(np.concatenate(chance), np.concatenate(right), np.array(whose, dtype=object))


def pair_groups(points: Mapping[str, Points], judged: Mapping[str, Judged]) -> pd.DataFrame:
    """Return the pair_groups table: the group of every usage of a term with enough judged pairs; null where unsure.

    Of a term with more than MOST usages those beyond are open too.
    """
    same = {term: one.said >= SAME for term, one in judged.items()}
    weights = learnt({term: alike(points[term].values, one.pairs) for term, one in judged.items()}, same)
    rows = []
    for term, one in judged.items():
        if not is_enough(same[term]):
            continue
        at, usages = _kept(len(points[term].values), one), points[term].usage_ids
        labels, sure = np.zeros(len(usages), dtype=int), np.zeros(len(usages))
        labels[at], sure[at] = grouped(points[term].values, at, one, weights[term])
        rows += [
            (usage, term, int(label) + 1 if confidence >= SURE else None, float(confidence))
            for usage, label, confidence in zip(usages, labels, sure, strict=True)
        ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS)).astype({"group": "Int64", "confidence": "float64"})


def _kept(n: int, judged: Judged) -> np.ndarray:
    """Return which of a term's n usages are grouped: those judged, then the first ones (ids are in no order)."""
    asked = np.unique(judged.pairs)
    rest = np.setdiff1d(np.arange(n), asked)[: max(MOST - len(asked), 0)]
    return np.sort(np.concatenate([asked, rest]))
