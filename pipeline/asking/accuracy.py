"""Coders, the record and completed labels held against what authors say they meant; and how sure authors were.

same: how far a decision is what the author meant (Jaccard overlap of two sets of senses: 1 = the same senses). found:
of decisions about usages meant in a sense, those that name it. right: of decisions naming a sense, those that are
about usages meant so. A reader who says that the text does not tell has abstained: counted, neither right nor wrong.
Authors who can no longer say are left out. Intervals resample respondents; coders are taken as fixed. None of this
enters agreement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.agreement.bootstrap import Resamples, interval
from pipeline.asking.authors import ANSWERED
from pipeline.asking.followup import FORGOTTEN
from pipeline.tables import SCHEMAS

LEAST = 10  # respondents, under which no interval is given
CANNOT = "cannot_code"
Measured = tuple[float, float | None, float | None, str]


def said_by(
    assignments: pd.DataFrame,
    decisions: pd.DataFrame,
    judgements: pd.DataFrame,
    record: pd.DataFrame,
    senses: pd.DataFrame,
) -> pd.DataFrame:
    """Return what every source says: source (a coder, "record", "completed"), usage_id, value (senses joined by |)."""
    work = assignments[(assignments.unit_kind == "usage") & (assignments.purpose == "estimate")]
    work = work.merge(decisions[["assignment_id", "state", "decided_at"]], on="assignment_id")
    work = work.merge(judgements[["assignment_id", "value"]], on="assignment_id", how="left")
    work["value"] = work.value.where(work.state != CANNOT, CANNOT)
    work = work[work.value.notna()].sort_values(["decided_at", "assignment_id"], na_position="first")
    coders = work.drop_duplicates(["coder_id", "unit_id"], keep="last")
    mine = coders.assign(source="coder:" + coders.coder_id).rename(columns={"unit_id": "usage_id"})
    kept = record[record.unit_kind == "usage"].groupby("unit_id").value.agg(lambda v: "|".join(sorted(v)))
    done = senses[senses.source == "completed"].groupby("usage_id").sense_id.agg(lambda v: "|".join(sorted(v)))
    parts = [mine[["source", "usage_id", "value"]]]
    for source, series in (("record", kept), ("completed", done)):
        parts.append(pd.DataFrame({"source": source, "usage_id": series.index, "value": series.to_numpy()}))
    return pd.concat(parts, ignore_index=True).astype("object")


def accuracy_table(
    authors: pd.DataFrame, said: pd.DataFrame, *, small: bool, resamples: int, seed: int
) -> pd.DataFrame:
    """Return the table `accuracy`: per source ("coders" = all), term and sense, with intervals by respondent."""
    meant = authors[(authors.state == ANSWERED) & (authors.value != FORGOTTEN)]
    joined = meant.rename(columns={"value": "meant"})[["usage_id", "respondent_id", "term_id", "meant"]].merge(
        said, on="usage_id"
    )
    coders = joined[joined.source.str.startswith("coder:")]
    joined = pd.concat([joined, coders.assign(source="coders")], ignore_index=True)
    draws = _draws(authors, resamples, seed)
    rows = [
        {"source": source, "term_id": term, **row}
        for (source, term), part in joined.groupby(["source", "term_id"])
        for row in _of_term(part.sort_values(["usage_id", "value"]), draws, small)
    ]
    every = [
        {"source": source, "term_id": "", **_same(part.sort_values(["usage_id", "value"]), draws, small)}
        for source, part in joined.groupby("source")
    ]
    return pd.DataFrame([*every, *rows], columns=pd.Index(list(SCHEMAS["accuracy"].types)))


Draws = tuple[Resamples, dict[str, int]]


def _draws(authors: pd.DataFrame, resamples: int, seed: int) -> Draws:
    people = sorted(set(authors[authors.state == ANSWERED].respondent_id))
    return Resamples(len(people), resamples, seed), {person: place for place, person in enumerate(people)}


def _of_term(part: pd.DataFrame, draws: Draws, small: bool) -> Iterator[dict[str, object]]:
    yield _same(part, draws, small)
    decided = part[part.value != CANNOT]
    meant = [frozenset(text.split("|")) for text in decided.meant]
    given = [frozenset(text.split("|")) for text in decided.value]
    for sense in sorted({sense for one in (*meant, *given) for sense in one}):
        both = np.array([sense in a and sense in b for a, b in zip(meant, given, strict=True)])
        for measure, base in (("found", meant), ("right", given)):
            mine = np.array([sense in one for one in base])
            yield _row(sense, measure, decided[mine], both[mine].astype(float), 0, draws, small)


def _same(part: pd.DataFrame, draws: Draws, small: bool) -> dict[str, object]:
    decided = part[part.value != CANNOT]
    pairs = [(set(a.split("|")), set(b.split("|"))) for a, b in zip(decided.meant, decided.value, strict=True)]
    overlap = np.array([len(a & b) / len(a | b) for a, b in pairs])
    return _row("", "same", decided, overlap, len(part) - len(decided), draws, small)


def _row(
    sense: str, measure: str, rows: pd.DataFrame, hits: np.ndarray, abstained: int, draws: Draws, small: bool
) -> dict[str, object]:
    """Return one row of the table: the mean of hits over decisions, and its interval."""
    base: dict[str, object] = {
        "sense_id": sense, "measure": measure, "n_decisions": len(rows), "n_usages": rows.usage_id.nunique(),
        "n_respondents": rows.respondent_id.nunique(), "n_abstained": abstained,
        "value": None, "ci_low": None, "ci_high": None, "note": "",
    }  # fmt: skip
    if rows.empty:
        return {**base, "note": "undefined: no such decision"}
    base["value"] = round(float(hits.mean()), 4)
    if small or rows.respondent_id.nunique() < LEAST:
        return {**base, "note": "no interval in a small study" if small else f"no interval under {LEAST} respondents"}
    if base["value"] in (0.0, 1.0):
        return {**base, "note": "no interval: every decision is alike, and resamples of it too"}
    resampler, places = draws
    sums = resampler.sums(np.column_stack([hits, np.ones(len(hits))]), rows.respondent_id.map(places).to_numpy())
    with np.errstate(invalid="ignore", divide="ignore"):
        around = interval(sums[:, 0] / sums[:, 1])
    return base if around is None else {**base, "ci_low": round(around[0], 4), "ci_high": round(around[1], 4)}


def confidence_table(authors: pd.DataFrame, *, small: bool, resamples: int, seed: int) -> pd.DataFrame:
    """Return the table `confidence`: per term, the share authors expect to mean the same, and the share who do.

    real: how often two different respondents who answered mean the same by the word (their usages share a sense; a
    person is one voice). misplaced = expected - real, with an interval from the same resamples of respondents.
    """
    rows = []
    draws = _draws(authors, resamples, seed)
    for term, mine in authors[(authors.state == ANSWERED) & (authors.value != FORGOTTEN)].groupby("term_id"):
        rows.append({"term_id": term, **_confidence(mine, draws, small)})
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["confidence"].types)))


def _confidence(mine: pd.DataFrame, draws: Draws, small: bool) -> dict[str, object]:
    sets = {who: [set(v.split("|")) for v in part.value] for who, part in mine.groupby("respondent_id")}
    people = sorted(sets)
    pairs = [(i, k) for i in range(len(people)) for k in range(i + 1, len(people))]
    same = np.array([_alike(sets[people[i]], sets[people[k]]) for i, k in pairs])
    sure = mine.groupby("respondent_id").expected.mean().dropna().astype(float)
    row: dict[str, object] = {
        "n_respondents": len(people), "n_expected": len(sure), "n_pairs": len(pairs), "expected": None, "real": None,
        "misplaced": None, "ci_low": None, "ci_high": None, "note": "",
    }  # fmt: skip
    if not pairs or sure.empty:
        return {**row, "note": "undefined: fewer than two authors, or none who said what to expect"}
    row |= {"expected": round(float(sure.mean()), 4), "real": round(float(same.mean()), 4)}
    row["misplaced"] = round(float(sure.mean() - same.mean()), 4)
    if small or min(len(people), len(sure)) < LEAST:
        return {**row, "note": "no interval in a small study" if small else f"no interval under {LEAST} respondents"}
    resampler, places = draws
    at = np.array([places[person] for person in people])
    first, second = at[[i for i, _ in pairs]], at[[k for _, k in pairs]]
    real = resampler.pair_sums(np.column_stack([same, np.ones(len(same))]), first, second)
    hoped = resampler.sums(np.column_stack([sure.to_numpy(), np.ones(len(sure))]), sure.index.map(places).to_numpy())
    with np.errstate(invalid="ignore", divide="ignore"):
        around = interval(hoped[:, 0] / hoped[:, 1] - real[:, 0] / real[:, 1])
    return row if around is None else {**row, "ci_low": round(around[0], 4), "ci_high": round(around[1], 4)}


def _alike(first: list[set[str]], second: list[set[str]]) -> float:
    return float(np.mean([bool(a & b) for a in first for b in second]))


def sources(table: pd.DataFrame) -> Mapping[str, str]:
    """Return the sources in the order in which they are shown, with their names."""
    coders = sorted(source for source in set(table.source) if source.startswith("coder:"))
    known = {"coders": "All coders", **{c: c.partition(":")[2] for c in coders}, "record": "The record",
             "completed": "Completed labels"}  # fmt: skip
    return {source: name for source, name in known.items() if source in set(table.source)}
