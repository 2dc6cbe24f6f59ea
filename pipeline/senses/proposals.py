"""Usage vectors -> proposed senses and evidence for every term, and the words around each proposed sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.senses import confounds
from pipeline.senses.evidence import WORTH, Evidence, examine, verdict

WINDOW = 8  # words either side of a usage that say what it is about
WORDS = 10


def propose(
    terms: pd.DataFrame,
    usages: pd.DataFrame,
    *,
    vectors: pd.DataFrame,
    responses: pd.DataFrame,
    most: int = 3,
    max_senses: int = 6,
    resamples: int = 200,
    seed: int = 1,
    advance: Callable[[int], None] = lambda done: None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (proposals, evidence) for the terms that have usages.

    vectors: usage_id, vector. A term keeps one proposed sense unless its evidence
    says "worth checking"; no usage is left out.
    """
    table = usages.merge(vectors, on="usage_id").merge(
        responses[["response_id", "respondent_id", "question_id", "item_id"]], on="response_id"
    )
    parts = {term: rows.sort_values("usage_id") for term, rows in table.groupby("term_id")}
    found: dict[str, Evidence] = {}
    for term, rows in parts.items():
        people = np.unique(rows.respondent_id, return_inverse=True)[1]
        found[str(term)] = examine(
            np.stack(rows.vector.tolist()), people, most=most, max_senses=max_senses, resamples=resamples, seed=seed
        )
        advance(1)
    percentile = percentiles(found)
    bound = confounds.bound_to(
        {term: evidence.labels for term, evidence in found.items() if len(evidence.labels)},
        {
            term: {"question": _numbers(parts[term].question_id), "item": _numbers(parts[term].item_id)}
            for term in found
        },
        seed=seed,
    )
    rows_of = terms.set_index("term_id")
    verdicts = {term: _final(found[term], percentile.get(term), bound.get(term, "")) for term in found}
    proposals = [
        row for term in found for row in _proposals(term, parts[term], found[term], verdicts[term][0] == WORTH)
    ]
    evidence = [
        _row(
            term,
            found.get(term, Evidence(0, 0)),
            percentile.get(term),
            bound.get(term, ""),
            verdicts.get(term) or verdict(Evidence(0, 0), None),
        )
        for term in rows_of.index
    ]
    return pd.DataFrame(proposals, columns=pd.Index(["usage_id", "term_id", "sense_id", "strength"])), _frame(evidence)


def percentiles(found: Mapping[str, Evidence]) -> dict[str, float]:
    """Return each term's place among the corpus's other terms, by separation: share of them that score lower."""
    scored = {term: evidence.separation for term, evidence in found.items() if evidence.separation is not None}
    if len(scored) < 5:
        return {}
    return {
        term: round(float(np.mean([value < mine for other, value in scored.items() if other != term])), 4)
        for term, mine in scored.items()
    }


def _final(evidence: Evidence, percentile: float | None, bound: str) -> tuple[str, str]:
    what, why = verdict(evidence, percentile)
    if what == WORTH and bound:
        why += f"; but the groups follow the {bound}, which may be all there is to it"
    return what, why


def _numbers(values: pd.Series) -> np.ndarray:
    return np.unique(values.fillna("").astype(str), return_inverse=True)[1]


def _proposals(term: str, rows: pd.DataFrame, evidence: Evidence, split: bool) -> list[tuple[str, str, str, float]]:
    if not split or not len(evidence.distances):
        return [(usage, term, f"{term}#1", 1.0) for usage in rows.usage_id]
    nearness = np.exp(-evidence.distances * 4)
    strength = np.round(nearness.max(1) / nearness.sum(1), 4)
    return [
        (usage, term, f"{term}#{label + 1}", float(sure))
        for usage, label, sure in zip(rows.usage_id, evidence.labels, strength, strict=True)
    ]


def _row(term: str, evidence: Evidence, percentile: float | None, bound: str, said: tuple[str, str]) -> dict[str, Any]:
    return {
        "term_id": term,
        "verdict": said[0],
        "n_senses": evidence.n_senses if said[0] == WORTH else 1,
        "score": evidence.separation,
        "ci_low": evidence.ci_low,
        "ci_high": evidence.ci_high,
        "null_percentile": percentile,
        "stability": evidence.stability,
        "separation": evidence.separation,
        "balance": evidence.balance,
        "bound_to": bound or None,
        "n_usages": evidence.n_usages,
        "n_respondents": evidence.n_respondents,
        "reason": said[1],
    }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["evidence"].types)))


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
