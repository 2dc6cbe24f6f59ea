"""Usage vectors -> proposed senses and evidence for every term."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pipeline.compute import Each, Tick, here, silent
from pipeline.senses import confounds
from pipeline.senses.evidence import Evidence, examine
from pipeline.senses.standing import WORTH, Standing, standings, verdict

AT_ONCE = 60_000  # usages whose vectors are held together: 200 MB, and as much again on the way to workers
Fetch = Callable[[Sequence[str]], pd.DataFrame]
BINDS = ("question", "item")  # what vectors are centred by where a split follows it


def propose(
    terms: pd.DataFrame,
    usages: pd.DataFrame,
    *,
    vectors: pd.DataFrame | Fetch,
    responses: pd.DataFrame,
    most: int = 3,
    max_senses: int = 6,
    resamples: int = 200,
    seed: int = 1,
    advance: Tick = silent,
    each: Each = here,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (proposals, evidence) for the terms that have usages with vectors.

    vectors: usage_id, vector (last layer), upper; or a function that gives those of some usages, which is asked for as
    many terms' at a time as AT_ONCE usages make. A term keeps one proposed sense unless its evidence
    says "worth checking"; no usage with a vector is left out. each: where terms are examined.
    """
    columns = ["response_id", "respondent_id", "question_id", "item_id", "language", "text"]
    fetch = vectors if callable(vectors) else partial(_of_table, vectors)
    if isinstance(vectors, pd.DataFrame):
        usages = usages[usages.usage_id.isin(vectors.usage_id)]
    table = usages.merge(responses[columns], on="response_id")
    parts = {str(term): rows.sort_values("usage_id") for term, rows in table.groupby("term_id")}
    del table

    settings: dict[str, Any] = {"most": most, "max_senses": max_senses, "resamples": resamples, "seed": seed}
    found = _examined({term: (rows, None) for term, rows in parts.items()}, fetch, settings, each, advance)
    groups = {term: confounds.groupings(rows) for term, rows in parts.items()}
    bound = confounds.bound_to({term: one.labels for term, one in found.items()}, groups, seed=seed)
    places = standings(found)
    again = {
        term: (parts[term], groups[term][name])
        for term, names in bound.items()
        for name in BINDS
        if name in names.split(", ")
    }
    without = _examined(again, fetch, settings, each, silent)
    said = {term: _final(one, places.get(term), bound[term], without.get(term)) for term, one in found.items()}
    proposals = [row for term in found for row in _proposals(term, parts[term], found[term], said[term][0] == WORTH)]
    nothing = Evidence(0, 0)
    evidence = [
        _row(
            str(term),
            found.get(term, nothing),
            places.get(term),
            bound.get(term, ""),
            without.get(term),
            said.get(term) or verdict(nothing, None),
        )
        for term in terms.term_id
    ]
    return pd.DataFrame(proposals, columns=pd.Index(["usage_id", "term_id", "sense_id", "strength"])), _frame(evidence)


def _of_table(vectors: pd.DataFrame, usage_ids: Sequence[str]) -> pd.DataFrame:
    return vectors[vectors.usage_id.isin(usage_ids)]


def _examined(
    asked: Mapping[str, tuple[pd.DataFrame, np.ndarray | None]],
    fetch: Fetch,
    settings: dict[str, Any],
    each: Each,
    advance: Tick,
) -> dict[str, Evidence]:
    """Return the evidence of terms (their usages, and a group of each or None), some terms' vectors at a time."""
    found: dict[str, Evidence] = {}
    for terms in _waves({term: len(rows) for term, (rows, _) in asked.items()}):
        vectors = fetch([usage for term in terms for usage in asked[term][0].usage_id]).set_index("usage_id")
        parts = []
        for term in terms:
            rows, group = asked[term]
            mine = vectors.loc[rows.usage_id, ["vector", "upper"]]
            parts.append((mine.assign(respondent_id=rows.respondent_id.to_numpy()), group, settings))
        found |= zip(terms, each(_seen, parts, advance), strict=True)
    return found


def _waves(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Yield terms, in their order, together up to AT_ONCE usages."""
    wave: list[str] = []
    held = 0
    for term, size in sizes.items():
        if wave and held + size > AT_ONCE:
            yield wave
            wave, held = [], 0
        wave.append(term)
        held += size
    if wave:
        yield wave


def _seen(part: tuple[pd.DataFrame, np.ndarray | None, dict[str, Any]]) -> Evidence:
    """Return the evidence of one term's usages; with a group (usage -> number), after its means are taken away."""
    rows, group, settings = part
    last, upper = np.stack(rows.vector.tolist()), np.stack(rows.upper.tolist())
    if group is not None:
        last, upper = confounds.centred(last, group), confounds.centred(upper, group)
    people = np.unique(rows.respondent_id, return_inverse=True)[1]
    return examine(last, people, upper=upper, **settings)


def _final(evidence: Evidence, place: Standing | None, bound: str, without: Evidence | None) -> tuple[str, str]:
    """Return verdict and reason; what a split goes with is said, and what is left of it without that."""
    what, why = verdict(evidence, place)
    if what == WORTH and bound:
        names = " and the ".join(bound.split(", "))
        why += f"; but the groups follow the {names}, which may be all there is to it"
        if without is not None and without.gap is not None and evidence.gap is not None:
            left = "remain" if without.gap >= evidence.gap / 2 else "fade"
            why += f" (with the groups' means removed they {left}: gap {without.gap:.2f} instead of {evidence.gap:.2f})"
    return what, why


def _proposals(term: str, rows: pd.DataFrame, evidence: Evidence, split: bool) -> list[tuple[str, str, str, float]]:
    if not split or not len(evidence.distances):
        return [(usage, term, f"{term}#1", 1.0) for usage in rows.usage_id]
    nearness = np.exp(-evidence.distances * 4)
    strength = np.round(nearness.max(1) / nearness.sum(1), 4)
    # Groups are numbered by their lowest usage id, which lasts: by size, one more answer could swap two numbers.
    order = list(dict.fromkeys(label for _, label in sorted(zip(rows.usage_id, evidence.labels, strict=True))))
    number = {label: k for k, label in enumerate(order, 1)}
    return [
        (usage, term, f"{term}#{number[label]}", float(sure))
        for usage, label, sure in zip(rows.usage_id, evidence.labels, strength, strict=True)
    ]


def moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the usages that were proposed another sense before: usage_id, term_id, sense_id_before, sense_id.

    Groups of two runs are matched so that as many usages as can be keep theirs (Kuhn 1955), so a group
    that was only renumbered has not moved. Usages of one run only are left out.
    """
    from scipy.optimize import linear_sum_assignment

    both = before.merge(after, on=["usage_id", "term_id"], suffixes=("_before", ""))
    found = []
    differ = both.term_id[both.sense_id_before != both.sense_id]
    for _, mine in both[both.term_id.isin(differ)].groupby("term_id"):
        table = pd.crosstab(mine.sense_id_before, mine.sense_id)
        old, new = linear_sum_assignment(-table.to_numpy())
        same = dict(zip(table.index[old], table.columns[new], strict=True))
        found.append(mine[mine.sense_id_before.map(same) != mine.sense_id])
    columns = ["usage_id", "term_id", "sense_id_before", "sense_id"]
    return pd.concat(found)[columns] if found else both.iloc[:0][columns]


def _row(
    term: str, one: Evidence, place: Standing | None, bound: str, without: Evidence | None, said: tuple[str, str]
) -> dict[str, Any]:
    return {
        "term_id": term,
        "verdict": said[0],
        "n_senses": one.n_senses if said[0] == WORTH else 1,
        "score": place.score if place else None,
        "ci_low": place.ci_low if place else None,
        "ci_high": place.ci_high if place else None,
        "null_percentile": place.gap_share if place else None,
        "dispersion": one.dispersion,
        "gap": one.gap,
        "gap_centred": without.gap if without else None,
        "stability": one.stability,
        "separation": one.separation,
        "balance": one.balance,
        "bound_to": bound or None,
        "n_usages": one.n_usages,
        "n_respondents": one.n_respondents,
        "reason": said[1],
    }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["evidence"].types)))
