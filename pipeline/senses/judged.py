"""What people's labels say: who uses a term in which sense, and how often two people mean different things.

Everything here rests on the record alone. Respondents count first: each person is one voice,
however often they used the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

AMBIGUOUS, ONE_SENSE = "ambiguous", "one sense"
NOT_A_SENSE = ("none", "cannot_code")
MIN_PEOPLE = 3  # respondents a second sense needs, at least
MIN_SHARE = 0.1  # and their share of the respondents whose usage could be coded


@dataclass(frozen=True)
class Judged:
    """One term's labels: people x senses, each row a respondent's shares over senses (rows sum to 1)."""

    respondents: tuple[str, ...]
    senses: tuple[str, ...]
    shares: np.ndarray
    n_usages: int


def judged_term(rows: pd.DataFrame) -> Judged | None:
    """Return a term's labels. rows: usage_id, sense_id, respondent_id; a usage with several senses is split evenly."""
    rows = rows[~rows.sense_id.isin(NOT_A_SENSE)]
    if rows.empty:
        return None
    per_usage = rows.groupby("usage_id").sense_id.transform("count")
    table = rows.assign(weight=1 / per_usage).pivot_table("weight", "respondent_id", "sense_id", "sum", fill_value=0.0)
    shares = table.to_numpy(dtype=float)
    return Judged(
        tuple(table.index), tuple(table.columns), shares / shares.sum(1, keepdims=True), rows.usage_id.nunique()
    )


def differ_between(shares: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray | float:
    """Return how often two different respondents mean different things (mean over pairs of 1 - p . q).

    shares: people x senses; weights: resamples x people, how often each was drawn (then a value per
    resample, pairs of a person with their own copy left out).
    """
    w = np.ones((1, len(shares))) if weights is None else weights
    own = (shares**2).sum(1)
    total = w @ shares
    same = (total**2).sum(1) - (w**2) @ own
    pairs = w.sum(1) ** 2 - (w**2).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(pairs > 0, 1 - same / pairs, np.nan)
    return float(value[0]) if weights is None else value


def differ_within(rows: pd.DataFrame) -> tuple[float | None, int, int]:
    """Return how often two usages of one person mean different things, with numbers of people and pairs.

    Each person with two or more coded usages counts once.
    """
    rows = rows[~rows.sense_id.isin(NOT_A_SENSE)]
    values, n_pairs = [], 0
    for _, mine in rows.groupby("respondent_id"):
        usages = [frozenset(part) for _, part in mine.groupby("usage_id").sense_id]
        if len(usages) < 2:
            continue
        pairs = [1 - len(a & b) / len(a | b) for i, a in enumerate(usages) for b in usages[i + 1 :]]
        values.append(float(np.mean(pairs)))
        n_pairs += len(pairs)
    return (float(np.mean(values)) if values else None), len(values), n_pairs


def draws(n: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each of n respondents is drawn: resamples x n."""
    rng = np.random.default_rng(seed)
    return np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)]).astype(float)


def ambiguity_table(
    evidence: pd.DataFrame, labelled: pd.DataFrame, *, small: int, resamples: int, seed: int
) -> pd.DataFrame:
    """Return the ambiguity table: the machine's evidence, overruled wherever people have judged.

    labelled: term_id, usage_id, sense_id, respondent_id from the record.
    """
    rows = []
    for row in evidence.to_dict("records"):
        mine = labelled[labelled.term_id == row["term_id"]]
        judged = judged_term(mine)
        kept = {key: row[key] for key in ("term_id", "null_percentile", "stability", "bound_to")}
        if judged is None:
            rows.append({**row, **kept})
            continue
        low, high = _interval(judged, small, resamples, seed)
        verdict, n_senses, reason = _verdict(judged)
        rows.append(
            {
                **kept,
                "verdict": verdict,
                "n_senses": n_senses,
                "score": _rounded(differ_between(judged.shares)),
                "ci_low": low,
                "ci_high": high,
                "n_usages": judged.n_usages,
                "n_respondents": len(judged.respondents),
                "reason": reason,
            }
        )
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["ambiguity"].types)))


def _verdict(judged: Judged) -> tuple[str, int, str]:
    using = (judged.shares > 0).sum(0)
    need = max(MIN_PEOPLE, ceil(MIN_SHARE * len(judged.respondents)))
    kept = int((using >= need).sum())
    counts = ", ".join(
        f"{sense} {count}" for count, sense in sorted(zip(using, judged.senses, strict=True), reverse=True)
    )
    if kept >= 2:
        return (
            AMBIGUOUS,
            kept,
            f"people's labels: {kept} senses are each used by at least {need} respondents ({counts})",
        )
    return ONE_SENSE, 1, f"people's labels: no second sense is used by {need} respondents or more ({counts})"


def _interval(judged: Judged, small: int, resamples: int, seed: int) -> tuple[float | None, float | None]:
    n = len(judged.respondents)
    if n < small:
        return None, None
    values = differ_between(judged.shares, draws(n, resamples, seed))
    low, high = np.nanquantile(values, [0.025, 0.975])
    return _rounded(low), _rounded(high)


def _rounded(value: float | np.ndarray) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def share_rows(labelled: pd.DataFrame, people: pd.DataFrame, groups: Sequence[str], *, small: int) -> pd.DataFrame:
    """Return the shares table: respondents using a sense among those whose usage of the term could be coded.

    labelled: term_id, usage_id, sense_id, respondent_id; people: respondents. "none" and "cannot_code" are rows of
    their own on the base of all who used the term. Intervals are Wilson's (1927); none under `small` respondents.
    """
    known = [group for group in groups if group in people]
    joined = labelled.merge(people[["respondent_id", *known]], on="respondent_id", how="left")
    rows: list[dict[str, object]] = []
    for term, mine in joined.groupby("term_id"):
        rows += _share_group(str(term), mine, "", "", small)
        for group in known:
            for value, part in mine.groupby(group):
                rows += _share_group(str(term), part, group, str(value), small)
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["shares"].types)))


def _share_group(term: str, rows: pd.DataFrame, group_by: str, group: str, small: int) -> Iterator[dict[str, object]]:
    codable = rows[~rows.sense_id.isin(NOT_A_SENSE)].respondent_id.nunique()
    everyone = rows.respondent_id.nunique()
    for sense, part in rows.groupby("sense_id"):
        n, base = part.respondent_id.nunique(), everyone if sense in NOT_A_SENSE else codable
        low, high = wilson(n, base) if base >= small else (None, None)
        yield {
            "term_id": term,
            "sense_id": sense,
            "group_by": group_by,
            "group": group,
            "n_respondents": n,
            "base": base,
            "share": round(n / base, 4) if base >= small else None,
            "ci_low": low,
            "ci_high": high,
            "n_usages": part.usage_id.nunique(),
        }


def wilson(n: int, base: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's score interval of a share."""
    centre = (n + z * z / 2) / (base + z * z)
    half = z / (base + z * z) * (n * (base - n) / base + z * z / 4) ** 0.5
    return round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4)


def dispute_rows(labelled: pd.DataFrame, *, small: int, resamples: int, seed: int) -> list[dict[str, object]]:
    """Return disputes of scope "between" and "within": how often two people, or one twice, mean different things."""
    rows: list[dict[str, object]] = []
    for term, mine in labelled.groupby("term_id"):
        judged = judged_term(mine)
        if judged is None:
            continue
        n = len(judged.respondents)
        low, high = _interval(judged, small, resamples, seed)
        note = "" if low is not None else f"no interval under {small} respondents"
        rows.append(
            {
                "term_id": term,
                "scope": "between",
                "value": _rounded(differ_between(judged.shares)),
                "ci_low": low,
                "ci_high": high,
                "n_respondents": n,
                "n_pairs": n * (n - 1) // 2,
                "note": note if n > 1 else "undefined: one respondent",
            }
        )
        value, people, pairs = differ_within(mine)
        rows.append(
            {
                "term_id": term,
                "scope": "within",
                "value": None if value is None else round(value, 4),
                "ci_low": None,
                "ci_high": None,
                "n_respondents": people,
                "n_pairs": pairs,
                "note": "" if people else "undefined: nobody used the term twice",
            }
        )
    return rows
