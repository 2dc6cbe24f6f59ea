"""Have we seen all the senses? Coverage and richness from how many respondents use each sense.

Incidence data (respondents x senses) as in ecology: sample coverage by Good-Turing in the form of Chao & Jost (2012),
the lower bound Chao2 in its bias-corrected form (Chao 1987, 2005), and the expected number of senses in a smaller
sample (the analytic accumulation curve, Mao et al. 2005: no permutations needed).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
import pandas as pd

from pipeline.senses.judged import NOT_A_SENSE


def good_turing(counts: Sequence[int], people: int) -> float | None:
    """Return estimated coverage: the share of usage of the word, in respondents, that belongs to senses seen.

    counts: respondents per sense seen; people: respondents read. None with fewer than two respondents.
    """
    once, twice, total = _frequencies(counts)
    if people < 2 or total == 0:
        return None
    if once == 0:
        return 1.0
    again = (people - 1) * once
    more = 2 * twice if twice else max(once - 1, 0)
    missing = again / (again + more) if again + more else 1.0
    return round(1 - once / total * missing, 4)


def chao2(counts: Sequence[int], people: int) -> float | None:
    """Return the lower bound of the number of senses there are; None without respondents."""
    once, twice, _ = _frequencies(counts)
    if people == 0:
        return None
    return round(len(counts) + (people - 1) / people * once * (once - 1) / (2 * (twice + 1)), 2)


def expected_senses(counts: Sequence[int], people: int, sample: int) -> float:
    """Return how many senses are expected among `sample` of the `people` respondents."""
    return round(sum(1 - comb(people - n, sample) / comb(people, sample) for n in counts), 2)


def _frequencies(counts: Sequence[int]) -> tuple[int, int, int]:
    found = np.asarray(counts, dtype=int)
    return int((found == 1).sum()), int((found == 2).sum()), int(found.sum())


def coverage_table(labelled: pd.DataFrame) -> pd.DataFrame:
    """Return the coverage table. labelled: term_id, sense_id, respondent_id from the record."""
    rows = []
    for term, mine in labelled[~labelled.sense_id.isin(NOT_A_SENSE)].groupby("term_id"):
        people = mine.respondent_id.nunique()
        counts = mine.groupby("sense_id").respondent_id.nunique().tolist()
        half = max(1, people // 2)
        rows.append({
            "term_id": term, "n_respondents": people, "n_senses": len(counts),
            "n_once": counts.count(1), "n_twice": counts.count(2), "coverage": good_turing(counts, people),
            "chao2": chao2(counts, people), "expected_at_half": expected_senses(counts, people, half),
        })  # fmt: skip
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["coverage"].types)))
