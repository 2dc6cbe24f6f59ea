"""The words around each proposed sense's usages that set it apart from the term's other senses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

WINDOW = 8  # words either side of a usage that say what it is about
WORDS = 10


def sense_words(
    proposals: pd.DataFrame,
    usages: pd.DataFrame,
    *,
    responses: pd.DataFrame,
    terms: pd.DataFrame,
    stop_words: frozenset[str],
) -> pd.DataFrame:
    """Return the words around each sense's usages that set it apart from the term's other senses, by c-TF-IDF.

    c-TF-IDF (Grootendorst 2022): frequency in the class times log(1 + average words per class / frequency
    overall). Computed here, per term, as importing BERTopic for one formula would cost every run its start-up.
    """
    texts = responses.set_index("response_id").text
    forms = {row.term_id: set(str(row.forms).lower().split("|")) for row in terms.itertuples()}
    joined = proposals.merge(usages[["usage_id", "response_id", "start", "end"]], on="usage_id")
    rows: list[tuple[str, str, int, str, float]] = []
    for term, group in joined.groupby("term_id"):
        counts: dict[str, dict[str, int]] = {sense: {} for sense in sorted(group.sense_id.unique())}
        for row in group.to_dict("records"):
            for word in _around(texts[row["response_id"]], row["start"], row["end"]):
                if word not in stop_words and word not in forms.get(term, set()):
                    counts[row["sense_id"]][word] = counts[row["sense_id"]].get(word, 0) + 1
        rows += [(str(term), sense, rank, word, weight) for sense, rank, word, weight in _class_tfidf(counts)]
    return pd.DataFrame(rows, columns=pd.Index(["term_id", "sense_id", "rank", "word", "weight"]))


def _around(text: str, start: int, end: int) -> list[str]:
    import re

    before = re.findall(r"[^\W\d_][\w'-]+", text[:start].lower())[-WINDOW:]
    return before + re.findall(r"[^\W\d_][\w'-]+", text[end:].lower())[:WINDOW]


def _class_tfidf(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int, str, float]]:
    total: dict[str, int] = {}
    for words in counts.values():
        for word, n in words.items():
            total[word] = total.get(word, 0) + n
    average = sum(total.values()) / max(len(counts), 1)
    found = []
    for sense, words in counts.items():
        size = max(sum(words.values()), 1)
        scored = [(round(n / size * float(np.log1p(average / total[word])), 6), word) for word, n in words.items()]
        ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:WORDS]
        found += [(sense, rank, word, weight) for rank, (weight, word) in enumerate(ranked, 1)]
    return found
