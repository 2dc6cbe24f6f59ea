"""Shares of senses among a term's usages, where people have read a probability sample of them.

Three estimates side by side: of the labelled usages alone; weighted by 1/p_include (Hajek 1971); and the
cross-fitted difference estimate, which adds to the machine's completed count the weighted mean of its errors on the
labelled usages (generalised difference estimator, Saerndal et al. 1992; prediction-powered inference, Angelopoulos
et al. 2023). The last is unbiased however wrong the machine is, and narrower where it is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.senses import completion
from pipeline.senses.labels import Points

NO_POINTS = Points((), np.empty((0, 0)), np.empty(0, dtype=int))
OPEN = "open"  # drawn for people to read, but not settled: unread, or readers disagree


def cross_fitted(
    points: np.ndarray, labelled: np.ndarray, senses: Sequence[str], people: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    """Return the machine's probability of every sense for every usage, never from its own respondent's labels.

    points: usages x features; labelled: rows that people read, senses: what they said, people: usage -> respondent
    number. Usages x len(names).
    """
    folds = completion.folds(people)
    found = np.zeros((len(points), len(names)))
    said = dict(zip(labelled.tolist(), senses, strict=True))
    for fold in np.unique(folds):
        train = [row for row in labelled.tolist() if folds[row] != fold]
        inside = np.flatnonzero(folds == fold)
        found[inside] = completion.probabilities(points[train], [said[row] for row in train], points[inside], names)
    return found


def shares(
    said: np.ndarray,
    p_include: np.ndarray,
    people: np.ndarray,
    *,
    predicted: np.ndarray | None,
    draws: np.ndarray,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return method -> (shares of senses, shares per resample: resamples x senses).

    said: usages x senses, shares of each usage's label (rows sum to 1), NaN where nobody read it; p_include: usages,
    the chance of being read; people: usage -> respondent number; predicted: usages x senses or None; draws:
    resamples x respondents, how often each is drawn.
    """
    read = ~np.isnan(said[:, 0])
    y = np.where(read[:, None], said, 0.0)
    inverse = np.where(read, 1 / p_include, 0.0)
    rows = np.vstack([np.ones(draws.shape[1]), draws])[:, people]  # the sample itself first, then resamples
    found = {
        "labelled": _mean(rows * read, y),
        "weighted": _mean(rows * inverse, y),
    }
    if predicted is not None:
        errors = _mean(rows * inverse, y - np.where(read[:, None], predicted, 0.0))
        found["difference"] = np.clip(_mean(rows, predicted) + errors, 0.0, 1.0)
    return {name: (values[0], values[1:]) for name, values in found.items()}


def _mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    total = weights.sum(1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, weights @ values / total, np.nan)


def respondent_draws(n: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each of n respondents is drawn: resamples x n."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)


def usage_shares(
    labelled: pd.DataFrame,
    points: Mapping[str, Points],
    p_include: Mapping[str, float],
    *,
    asked: pd.DataFrame,
    small: int,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Return the usage_shares table: per term, sense and method the share among all usages of the term.

    labelled: term_id, usage_id, sense_id from the record (several rows for a usage of several senses, which then counts
    in parts; "none", "cannot_code" and "open" are rows like senses, so that shares add to 1); p_include: usage_id ->
    chance, for the usages drawn for people to read; asked: term_id, usage_id, respondent_id of every usage in any of
    these. People also read usages without a vector (answers in languages that the encoder does not read), which count
    like any other. No interval under `small`
    respondents; no difference estimate where every usage was read, or under two senses.
    """
    rows: list[dict[str, object]] = []
    for term, mine in labelled.groupby("term_id"):
        at = points.get(str(term), NO_POINTS)
        people = asked[asked.term_id == term].set_index("usage_id").respondent_id.to_dict()
        rows += _term_shares(str(term), mine, at, p_include, people, small=small, resamples=resamples, seed=seed)
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["usage_shares"].types)))


def _term_shares(
    term: str,
    mine: pd.DataFrame,
    at: Points,
    p_include: Mapping[str, float],
    people_of: Mapping[str, str],
    *,
    small: int,
    resamples: int,
    seed: int,
) -> list[dict[str, object]]:
    senses_of = {str(usage): senses for usage, senses in mine.groupby("usage_id").sense_id.agg(list).items()}
    senses_of |= {usage: [OPEN] for usage in people_of if usage in p_include and usage not in senses_of}
    names = sorted({sense for senses in senses_of.values() for sense in senses})
    without = sorted(senses_of.keys() - set(at.usage_ids))
    usage_ids = (*at.usage_ids, *without)
    said = np.full((len(usage_ids), len(names)), np.nan)
    for row, usage in enumerate(usage_ids):
        if senses := senses_of.get(usage):
            said[row] = [senses.count(name) / len(senses) for name in names]
    read = np.flatnonzero(~np.isnan(said[:, 0]))
    predicted = None
    seen = read[read < len(at.usage_ids)]
    if len(read) < len(said) and len(names) > 1 and len(seen):
        likeliest = [names[int(said[row].argmax())] for row in seen]
        told = cross_fitted(at.values, seen, likeliest, at.people, names)
        predicted = np.vstack([told, np.repeat(told.mean(0, keepdims=True), len(without), axis=0)])
    chance = np.array([p_include.get(usage, 1.0) for usage in usage_ids])
    people = np.unique([people_of[usage] for usage in usage_ids], return_inverse=True)[1]
    n_people = len(np.unique(people[read]))
    found = shares(
        said, chance, people, predicted=predicted, draws=respondent_draws(int(people.max()) + 1, resamples, seed)
    )
    rows: list[dict[str, object]] = []
    for method, (values, drawn) in found.items():
        low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
        for k, name in enumerate(names):
            ends = (None, None) if n_people < small else (round(float(low[k]), 4), round(float(high[k]), 4))
            rows.append({
                "term_id": term, "sense_id": name, "method": method, "share": round(float(values[k]), 4),
                "ci_low": ends[0], "ci_high": ends[1], "n_labelled": len(read), "n_usages": len(said),
                "n_respondents": n_people,
            })  # fmt: skip
    return rows
