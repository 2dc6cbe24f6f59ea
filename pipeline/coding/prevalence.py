"""How many respondents show a code: per question and group, out of those with a decided excerpt there.

Where excerpts were sampled at different rates, shares are weighted: a respondent counts as the sum of 1/p_include
over the excerpts drawn, divided by the number of excerpts there are of that respondent (weight share method;
Lavallée 2007), and the unweighted share stands beside. Counts are never weighted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.coding.record import Vote
from pipeline.tables import SCHEMAS

NOT_CODES = ("no_code", "cannot_code")
Z = 1.959963984540054  # 97.5th percentile of the standard normal distribution


def wilson(count: float, base: float) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927)."""
    centre = (count + Z * Z / 2) / (base + Z * Z)
    half = Z / (base + Z * Z) * np.sqrt(count * (base - count) / base + Z * Z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def sampled_at_different_rates(assignments: pd.DataFrame) -> dict[str, float]:
    """Return p_include of every excerpt handed out to be estimated from; empty where all had the same chance."""
    work = assignments[(assignments.unit_kind == "excerpt") & (assignments.purpose == "estimate")]
    chances: dict[str, float] = work.groupby("unit_id").p_include.max().to_dict()
    return chances if len(set(chances.values())) > 1 else {}


def prevalence_table(
    record: pd.DataFrame,
    open_units: pd.DataFrame,
    *,
    excerpts: pd.DataFrame,
    responses: pd.DataFrame,
    respondents: pd.DataFrame,
    groups: Sequence[str],
    codes: Sequence[str],
    small: int,
    cast: Mapping[tuple[str, str], Sequence[Vote]] | None = None,
    p_include: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the prevalence table; "" in question_id, group_by or group means all.

    base: respondents with at least one excerpt there for which the code was decided (present or absent). An
    excerpt in which the code is still open, or that nobody could code, is in no base. Share and
    interval are null for under `small` respondents in the study. n_union and n_intersection: respondents who would
    show the code if one reader's word were enough, and if all had to agree (`cast`: the votes behind the record);
    both look at excerpts left open too, on which readers differ.
    p_include: how likely the sample was to hold each excerpt handed out, where that differs; shares are then weighted.
    """
    where = excerpts[["excerpt_id", "response_id"]].merge(
        responses[["response_id", "respondent_id", "question_id"]], on="response_id"
    )
    people = respondents[["respondent_id", *[group for group in groups if group in respondents]]]
    where = where.merge(people, on="respondent_id", how="left").rename(columns={"excerpt_id": "unit_id"})
    weights = _weights(where, p_include) if p_include else {}
    mine = record[record.unit_kind == "excerpt"]
    waiting = open_units[(open_units.unit_kind == "excerpt") & (open_units["values"] != "")]
    uncodable = mine[mine.value == "cannot_code"].unit_id
    decided = sorted((set(mine.unit_id) | set(waiting.unit_id)) - set(uncodable))
    where = where[where.unit_id.isin(decided)]
    undecided = dict(zip(waiting.unit_id, waiting["values"].str.split("|"), strict=True))
    plain = respondents.respondent_id.nunique() >= small
    rows: list[dict[str, object]] = []
    read = {unit: [vote.values for vote in given if vote.values] for (kind, unit), given in (cast or {}).items()}
    cells = list(_cells(where, [group for group in groups if group in people]))
    who, names = pd.factorize(where.respondent_id, sort=True)
    known = {question: weight.reindex(names).to_numpy() for question, weight in weights.items()}
    for code in sorted((set(codes) | set(mine.value)) - set(NOT_CODES)):
        open_here = {unit for unit, values in undecided.items() if code in values}
        said = {unit: [code in values for values in given] for unit, given in read.items()}
        shows = {
            "decided": ~where.unit_id.isin(open_here),
            "present": where.unit_id.isin(set(mine[mine.value == code].unit_id)),
            "union": where.unit_id.isin([unit for unit, votes in said.items() if any(votes)]),
            "intersection": where.unit_id.isin([unit for unit, votes in said.items() if votes and all(votes)]),
        }
        marks = {name: column.to_numpy() for name, column in shows.items()}
        for cell, part in cells:
            if counted := _counts(who, part, marks, plain, known.get(cell["question_id"])):
                rows.append({"code_id": code, **cell, **counted})
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["prevalence"].types)))


def _weights(where: pd.DataFrame, p_include: Mapping[str, float]) -> dict[str, pd.Series]:
    """Return, per question and for all of them (""), the weight of every respondent with an excerpt handed out."""
    drawn = where.assign(weight=1 / where.unit_id.map(dict(p_include)))
    parts = {"": drawn, **dict(iter(drawn.groupby("question_id")))}
    return {
        str(question): part.groupby("respondent_id").weight.sum() / part.groupby("respondent_id").size()
        for question, part in parts.items()
    }


def _cells(where: pd.DataFrame, groups: Sequence[str]) -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Yield every question and group, with the places of its rows; "" means all."""
    for question in ["", *sorted(set(where.question_id))]:
        asked = np.flatnonzero(where.question_id == question) if question else np.arange(len(where))
        yield {"question_id": question, "group_by": "", "group": ""}, asked
        for group_by in groups:
            mine = where[group_by].to_numpy()[asked]
            for value in sorted(set(where[group_by].iloc[asked].dropna())):
                yield {"question_id": question, "group_by": group_by, "group": value}, asked[mine == value]


def _counts(
    who: np.ndarray, part: np.ndarray, marks: Mapping[str, np.ndarray], plain: bool, weights: np.ndarray | None
) -> dict[str, object]:
    """Return what is said of one cell: `part` are its rows, `who` the respondent of every row; empty without a base."""
    decided, present, union, intersection = (
        marks[name][part] for name in ("decided", "present", "union", "intersection")
    )
    mine = who[part]
    people = np.unique(mine[decided])
    if not len(people):
        return {}
    return {
        **_estimate(np.isin(people, mine[decided & present]), plain, None if weights is None else weights[people]),
        "n_excerpts": int(present.sum()),
        "n_union": len(np.unique(mine[union])), "n_intersection": len(np.unique(mine[intersection])),
    }  # fmt: skip


def _estimate(present: np.ndarray, plain: bool, weights: np.ndarray | None) -> dict[str, object]:
    """Return counts, share and interval; a weighted share has the interval of its effective base (Kish 1965)."""
    count, base = int(present.sum()), len(present)
    counted: dict[str, object] = {"n_respondents": count, "base": base}
    if not plain:
        return counted | dict.fromkeys(("share", "ci_low", "ci_high", "share_unweighted"))
    share, effective = count / base, float(base)
    if weights is not None:
        share = float(weights @ present / weights.sum())
        effective = float(weights.sum() ** 2 / (weights**2).sum())
    low, high = wilson(share * effective, effective)
    return counted | {
        "share": round(share, 4), "ci_low": round(float(low), 4), "ci_high": round(float(high), 4),
        "share_unweighted": None if weights is None else round(count / base, 4),
    }  # fmt: skip
