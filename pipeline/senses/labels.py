"""The sense of every usage, and where it comes from: people's record, curated anchors, completion, or proposal.

Completion carries people's labels to the usages nobody read, for search and quotes; counts never rest on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ENOUGH = 10  # recorded usages of a term, and
EACH = 2  # of a sense, under which nothing is completed
COLUMNS = ["usage_id", "sense_id", "source", "term_id", "confidence"]


def label_usages(
    usages: pd.DataFrame, vectors: pd.DataFrame, *, record: pd.DataFrame, proposals: pd.DataFrame, anchors: pd.DataFrame
) -> pd.DataFrame:
    """Return the senses table.

    record: rows of unit_kind "usage" (value: a sense id, "none" or "cannot_code"); proposals:
    usage_id, sense_id, strength; anchors: usage_id, sense_id (curated). A usage with a record keeps
    only that; then curated; then completed; then proposed.
    """
    term_of = usages.set_index("usage_id").term_id
    people = record[(record.unit_kind == "usage") & record.unit_id.isin(term_of.index)]
    parts = [
        pd.DataFrame({"usage_id": people.unit_id, "sense_id": people.value, "source": "record", "confidence": 1.0})
    ]
    known = set(people.unit_id)
    curated = anchors[anchors.usage_id.isin(term_of.index) & ~anchors.usage_id.isin(list(known))]
    parts.append(curated[["usage_id", "sense_id"]].assign(source="curated", confidence=1.0))
    known |= set(curated.usage_id)
    completed = _completed(usages, vectors, pd.concat(parts))
    parts.append(completed[~completed.usage_id.isin(list(known))])
    known |= set(completed.usage_id)
    proposed = proposals[~proposals.usage_id.isin(list(known))]
    parts.append(
        pd.DataFrame(
            {
                "usage_id": proposed.usage_id,
                "sense_id": proposed.sense_id,
                "source": "proposed",
                "confidence": proposed.strength,
            }
        )
    )
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(term_id=found.usage_id.map(term_of))[COLUMNS]


def _completed(usages: pd.DataFrame, vectors: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    single = known[~known.duplicated("usage_id", keep=False)]
    rows = []
    for _, group in usages.groupby("term_id"):
        mine = group.merge(vectors, on="usage_id").sort_values("usage_id")
        labelled = mine.merge(single[["usage_id", "sense_id"]], on="usage_id")
        labelled = labelled[labelled.sense_id.str.contains(".", regex=False)]
        counts = labelled.sense_id.value_counts()
        labelled = labelled[labelled.sense_id.isin(counts[counts >= EACH].index)]
        rest = mine[~mine.usage_id.isin(known.usage_id)]
        if len(labelled) < ENOUGH or labelled.sense_id.nunique() < 2 or rest.empty:
            continue
        sense, sure = complete(
            np.stack(labelled.vector.tolist()), labelled.sense_id.tolist(), np.stack(rest.vector.tolist())
        )
        rows.append(
            pd.DataFrame(
                {"usage_id": rest.usage_id.to_numpy(), "sense_id": sense, "source": "completed", "confidence": sure}
            )
        )
    empty = pd.DataFrame(columns=pd.Index(["usage_id", "sense_id", "source", "confidence"]))
    return pd.concat(rows) if rows else empty


def complete(vectors: np.ndarray, senses: Sequence[str], others: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the likeliest sense of each of `others` and its probability, by ridge-penalised logistic regression."""
    from sklearn.linear_model import LogisticRegression

    # Newton steps end at the optimum itself; a gradient method stops beside it, at a place that depends on the BLAS.
    model = LogisticRegression(C=10.0, solver="newton-cholesky", max_iter=200, tol=1e-6).fit(vectors, list(senses))
    sure = np.round(model.predict_proba(others), 3)
    return model.classes_[sure.argmax(1)].tolist(), sure.max(1)
