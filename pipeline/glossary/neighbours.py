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
    stems = {str(term): _stems(str(forms)) for term, forms in zip(terms.term_id, terms.forms, strict=True)}
    scores = []
    for other, label, people in zip(terms.term_id, terms.label, terms.n_respondents, strict=True):
        if other == term_id or other not in means or people < USED or stems[other] & stems[term_id]:
            continue
        scores.append((-round(float(means[term_id] @ means[other]), 3), other, str(label)))
    return [label for *_, label in sorted(scores)[:CONFUSABLE]]


def _stems(forms: str) -> set[str]:
    return {form.casefold()[:5] for form in forms.split("|")}


def mean_vectors(usages: pd.DataFrame, vectors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return each term's mean usage vector, of unit length."""
    ids: dict[str, list[str]] = {}
    for usage, term in zip(usages.usage_id, usages.term_id, strict=True):
        if usage in vectors:
            ids.setdefault(term, []).append(usage)
    found = {}
    for term, mine in ids.items():
        mean = np.stack([vectors[usage] for usage in sorted(mine)]).mean(0, dtype=float)
        size = float(np.linalg.norm(mean))
        if size:
            found[term] = mean / size
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
