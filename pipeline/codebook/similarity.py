"""Coding by meaning: excerpts ranked by closeness to what the codebook says of each code.

With no human codings there is nothing to calibrate a threshold on, so this only
ranks: the score is a cosine, and the strongest code of an excerpt is proposed, never decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    excerpt_ids: Sequence[str], vectors: np.ndarray, *, code_vectors: Mapping[str, np.ndarray], best: int = 1
) -> pd.DataFrame:
    """Return machine_codings with source "similarity": the `best` closest codes of each excerpt.

    vectors: excerpts x dimensions, unit length. code_vectors: code_id -> texts x dimensions, unit length.
    An excerpt's score for a code is the highest cosine with any of the code's texts, minus the
    code's mean over all excerpts, because a vaguely worded code is close to everything.
    """
    if not len(excerpt_ids) or not code_vectors:
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    codes = sorted(code_vectors)
    centred = closeness(vectors, [code_vectors[code] for code in codes])
    order = np.argsort(-centred, axis=1, kind="stable")[:, :best]
    rows = [
        (excerpt, codes[column], "similarity", float(centred[row, column]), None, None, None)
        for row, excerpt in enumerate(excerpt_ids)
        for column in order[row]
    ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def closeness(vectors: np.ndarray, texts: Sequence[np.ndarray]) -> np.ndarray:
    """Return excerpts x codes: the highest cosine with any text of the code, less the code's mean, to four digits.

    vectors: excerpts x dimensions; texts: per code, texts x dimensions; all of unit length.
    """
    cosines = np.stack([(vectors @ found.T).max(1) for found in texts], axis=1)
    return np.asarray(np.round(cosines - cosines.mean(0), 4))
