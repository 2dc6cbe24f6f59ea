"""What a term or a sense may be taken for: terms in like contexts, senses that readers confuse, related senses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.glossary import relations
from pipeline.glossary.curated import Glossary, sense_id

CONFUSABLE = 4  # terms shown
USED = 3  # respondents a term needs to be shown as confusable


def confusable_terms(term_id: str, terms: pd.DataFrame, means: Mapping[str, np.ndarray]) -> list[str]:
    """Return labels of terms whose usages stand in contexts like this one's, nearest first (cosine of mean vectors).

    Forms of the term itself and terms of fewer than three respondents are left out. A machine's hint, no finding.
    """
    if term_id not in means:
        return []
    mine = terms.set_index("term_id")
    stems = {form.casefold()[:5] for form in str(mine.forms[term_id]).split("|")}
    scores = []
    for other in mine.index:
        forms = {form.casefold()[:5] for form in str(mine.forms[other]).split("|")}
        if other == term_id or other not in means or mine.n_respondents[other] < USED or forms & stems:
            continue
        scores.append((-round(float(means[term_id] @ means[other]), 3), other))
    return [str(mine.label[other]) for _, other in sorted(scores)[:CONFUSABLE]]


def mean_vectors(usages: pd.DataFrame, vectors: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return each term's mean usage vector, of unit length."""
    joined = usages[["usage_id", "term_id"]].merge(vectors, on="usage_id").sort_values("usage_id")
    found = {}
    for term, part in joined.groupby("term_id"):
        mean = np.stack(part.vector.tolist()).mean(0, dtype=float)
        size = float(np.linalg.norm(mean))
        if size:
            found[str(term)] = mean / size
    return found


def confused_senses(differ: Mapping[str, tuple[str, ...]]) -> dict[str, list[tuple[str, int]]]:
    """Return, per sense, the senses that other readers gave to the same usage, and on how many usages."""
    counts: dict[str, Counter[str]] = {}
    for senses in differ.values():
        for sense in senses:
            counts.setdefault(sense, Counter()).update(other for other in senses if other != sense)
    return {sense: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])) for sense, found in counts.items()}


def related_senses(glossary: Glossary) -> dict[str, list[tuple[str, str]]]:
    """Return, per sense, (relation, sense_id) from both sides: what one entry states holds for the other too."""
    stated = {sense_id(entry, sense): sense.relations for entry in glossary.entries for sense in entry.senses}
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in stated}
    for relation, pairs in relations.pairs(stated).items():
        for one, other in sorted(pairs):
            back = "narrower" if relation == "broader" else relation
            found[one].append((relation, other))
            found[other].append((back, one))
    return found
