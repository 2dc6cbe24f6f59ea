"""Whether a split of usages is a split of meanings, or of questions, items, people, languages or grammar.

Normalised mutual information of clusters with each candidate, held against permutations, with
Benjamini and Hochberg's (1995) correction over everything tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

PERMUTATIONS = 499
LEVEL = 0.05
STRONG = 0.3  # a faint association is no explanation, however sure it is


def mutual_information(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return normalised mutual information (over the mean entropy) of labels with each row of groups.

    labels: usages; groups: rows x usages. Both numbered from 0.
    """
    n_labels, n_groups = int(labels.max()) + 1, int(groups.max()) + 1
    cells = (np.arange(len(groups))[:, None] * n_labels + labels) * n_groups + groups
    counts = np.bincount(cells.ravel(), minlength=len(groups) * n_labels * n_groups)
    table = counts.reshape(len(groups), n_labels, n_groups) / len(labels)
    rows, columns = table.sum(2), table.sum(1)
    expected = rows[:, :, None] * columns[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = np.where(table > 0, table * np.log(table / expected), 0.0).sum((1, 2))
    whole = _entropy(rows) + _entropy(columns)
    return np.where(whole > 0, 2 * shared / np.maximum(whole, 1e-12), 0.0)


def _entropy(shares: np.ndarray) -> np.ndarray:
    return -np.where(shares > 0, shares * np.log(np.maximum(shares, 1e-300)), 0.0).sum(1)


def permutation_test(labels: np.ndarray, groups: np.ndarray, *, seed: int) -> tuple[float, float]:
    """Return (normalised mutual information, p): how often shuffled groups go with the labels as closely."""
    labels, groups = np.unique(labels, return_inverse=True)[1], np.unique(groups, return_inverse=True)[1]
    rng = np.random.default_rng(seed)
    # The few clusters are shuffled, not the many groups: the same test at a fraction of the memory.
    shuffled = rng.permuted(np.tile(labels, (PERMUTATIONS, 1)), axis=1)
    real = float(mutual_information(groups, labels[None])[0])
    above = int((mutual_information(groups, shuffled) >= real - 1e-12).sum())
    return real, (above + 1) / (PERMUTATIONS + 1)


def benjamini_hochberg(values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for the false discovery rate."""
    n = len(values)
    order = np.argsort(values, kind="stable")
    scaled = np.asarray(values, dtype=float)[order] * n / np.arange(1, n + 1)
    adjusted = np.zeros(n)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted.tolist()


def bound_to(
    labels_of: Mapping[str, np.ndarray], groups_of: Mapping[str, Mapping[str, np.ndarray]], *, seed: int = 1
) -> dict[str, str]:
    """Return, per term, what its split goes with ("question", "item", ...), comma-separated, or "".

    labels_of: term -> cluster of each usage; groups_of: term -> name -> group of each usage.
    """
    tested = [
        (term, name, groups)
        for term, found in groups_of.items()
        for name, groups in found.items()
        if len(np.unique(groups[groups >= 0])) > 1 and len(np.unique(labels_of[term][groups >= 0])) > 1
    ]
    results = [
        permutation_test(labels_of[term][groups >= 0], groups[groups >= 0], seed=seed) for term, _, groups in tested
    ]
    found: dict[str, list[str]] = {term: [] for term in labels_of}
    adjusted = benjamini_hochberg([p for _, p in results])
    for (term, name, _), (strength, _), p in zip(tested, results, adjusted, strict=True):
        if p <= LEVEL and strength >= STRONG:
            found[term].append(name)
    return {term: ", ".join(names) for term, names in found.items()}


def groupings(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return what a term's usages may be split by other than meaning: name -> group of each usage (-1: left out).

    rows: question_id, item_id, respondent_id, language, surface, text, start, of one term. Form stands for grammar: the
    word as written, and whether it opens a line (a heading or a list) or stands inside a sentence. Only people with
    two usages or more can bind a split to themselves.
    """
    before = [text[:start].rpartition("\n")[2] for text, start in zip(rows.text, rows.start, strict=True)]
    opens = [not line.strip(" \t-*•·.)0123456789") for line in before]
    forms = [f"{word.lower()}|{first}" for word, first in zip(rows.surface, opens, strict=True)]
    people = _numbers(rows.respondent_id)
    alone = np.bincount(people)[people] < 2
    return {
        "question": _numbers(rows.question_id),
        "item": _numbers(rows.item_id),
        "language": _numbers(rows.language),
        "form": _numbers(pd.Series(forms)),
        "respondent": np.where(alone, -1, people),
    }


def _numbers(values: pd.Series) -> np.ndarray:
    return np.unique(values.fillna("").astype(str), return_inverse=True)[1]


def centred(vectors: np.ndarray, groups: np.ndarray, *, least: int = 5) -> np.ndarray:
    """Return vectors (usages x dimensions) less the mean of their group, at unit length again.

    Groups of fewer than `least` usages are centred together.
    """
    counts = np.bincount(groups)
    pooled = np.where(counts[groups] < least, -1, groups)
    found = vectors - vectors.mean(0)
    for group in np.unique(pooled):
        found[pooled == group] -= found[pooled == group].mean(0)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
