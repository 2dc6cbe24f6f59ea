"""Dealing respondents into folds, so that nobody's words are both learnt from and judged."""

from __future__ import annotations

import numpy as np


def deal(people: np.ndarray, labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Return a fold (0 to n - 1) per excerpt: all excerpts of a respondent in one, each code spread over the folds.

    people: respondent per excerpt; labels: excerpts x codes, boolean. Respondents are shuffled, ordered by the rarest
    code they carry, and dealt out like cards; the order of rows does not matter (after Sechidis et al. 2011).
    """
    names, which = np.unique(people, return_inverse=True)
    carries = np.zeros((len(names), labels.shape[1]), dtype=bool)
    np.logical_or.at(carries, which, labels)
    counts = carries.sum(0)
    nobody = len(names) + 1
    rarity = np.where(carries, counts[None, :], nobody)
    rarest, code = rarity.min(1, initial=nobody), rarity.argmin(1) if labels.shape[1] else np.zeros(len(names))
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = shuffled[np.lexsort((code[shuffled], rarest[shuffled]))]
    fold = np.zeros(len(names), dtype=int)
    fold[order] = np.arange(len(names)) % n
    return np.asarray(fold[which])
