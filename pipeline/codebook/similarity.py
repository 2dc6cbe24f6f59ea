"""Coding by meaning: excerpts ranked by closeness to what the codebook says of each code.

With no human codings there is nothing to calibrate a threshold on, so this only
ranks: the score is a cosine, and the strongest code of an excerpt is proposed, never decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from pipeline.codebook.themes import Code

COLUMNS = ["excerpt_id", "code_id", "source", "score", "start", "end", "rule"]


def code_texts(codes: Sequence[Code]) -> dict[str, list[str]]:
    """Return, per code, the texts that say what it is: definition, include, positive examples."""
    texts = {
        code.id: [
            text for text in (f"{code.name}. {code.definition}", code.include, *code.examples.positive) if text.strip()
        ]
        for code in codes
    }
    return {code_id: found for code_id, found in texts.items() if found}


def code_by_similarity(
    excerpt_ids: Sequence[str] | np.ndarray, near: np.ndarray, *, codes: Sequence[str], best: int = 1
) -> pd.DataFrame:
    """Return machine_codings with source "similarity": the `best` closest codes of each excerpt.

    near: excerpts x codes, from `closeness`; codes: their ids, which rise.
    """
    if not len(excerpt_ids) or not len(codes):
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    order = np.argsort(-near, axis=1, kind="stable")[:, :best]
    found = pd.DataFrame({
        "excerpt_id": np.repeat(np.asarray(excerpt_ids, dtype=object), order.shape[1]),
        "code_id": np.asarray(codes, dtype=object)[order.ravel()],
        "source": "similarity",
        "score": np.take_along_axis(near, order, axis=1).ravel().astype(float),
    })  # fmt: skip
    return found.assign(start=None, end=None, rule=None)[COLUMNS]


def closeness(vectors: Iterable[np.ndarray], texts: Sequence[np.ndarray]) -> np.ndarray:
    """Return excerpts x codes: the highest cosine with any text of the code, less the code's mean, to four digits.

    The mean over all excerpts is taken away because a vaguely worded code is close to everything. vectors: blocks of
    excerpts x dimensions; texts: per code, texts x dimensions; all of unit length.
    """
    blocks = [np.stack([(block @ found.T).max(1) for found in texts], axis=1) for block in vectors]
    cosines = np.concatenate(blocks)
    return np.asarray(np.round(cosines - cosines.mean(0), 4))
