"""Who reads what: seeded, balanced, and only ever extended. Work already given out never moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.coding.ledger import COLUMNS
from pipeline.coding.sample import lot
from pipeline.ids import content_id

MOST_TEAMS = 400  # teams compared for every unit; with more coders a seeded choice of teams is compared


def assignment_id(coder: str, unit_kind: str, unit_id: str, round_: str, purpose: str) -> str:
    """Return the id of a piece of work, from what it is."""
    return content_id("a", coder, unit_kind, unit_id, round_, purpose)


def overlap_needs(units: pd.DataFrame, ledger: pd.DataFrame, *, share: float, coders: int, seed: int) -> pd.Series:
    """Return how many people read each unit: a seeded share of the new ones by `coders`, the rest by one.

    The share is taken systematically over units sorted by stratum, so that it holds in every stratum.
    Units already in the ledger keep the number that they were first given out to.
    """
    opening = ledger[ledger.batch == ledger.groupby("unit_id").batch.transform("min")]
    counts = opening.groupby("unit_id").coder_id.nunique()
    fresh = units[~units.unit_id.isin(counts.index)]
    order = sorted(
        zip(fresh.stratum, [lot(seed, "overlap", u) for u in fresh.unit_id], fresh.unit_id, strict=True),
    )
    offset = lot(seed, "offset", len(counts))
    steps = np.floor(np.arange(len(order) + 1) * share + offset)
    twice = {unit for (_, _, unit), step in zip(order, np.diff(steps), strict=True) if step > 0}
    return pd.Series(
        [int(counts.get(unit, coders if unit in twice else 1)) for unit in units.unit_id],
        index=units.index,
        dtype="int64",
    )


def extend(
    units: pd.DataFrame, ledger: pd.DataFrame, *, coders: Sequence[str], round_: str, purpose: str, seed: int
) -> pd.DataFrame:
    """Return the rows to add to the ledger so that every unit has its `need` of readers.

    units: unit_kind, unit_id, stratum, need, p_include, in the order of reading within a coder (`place`).
    ledger: rows that stand (work of a withdrawn coder that may be given to others is left out of it).
    Teams are chosen so that pairs meet equally often, then loads are equal, then by lot.
    """
    if units.empty or not coders:
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    load, pairs = _standing(ledger, coders)
    have: dict[str, list[str]] = ledger.groupby("unit_id").coder_id.agg(list).to_dict()
    teams: dict[str, list[str]] = {}
    lots = [lot(seed, "team", unit) for unit in units.unit_id]
    order = sorted(zip(-units.need, units.stratum, lots, units.unit_id, units.need, strict=True))
    for _, _, chance, unit, need in order:
        already = have.get(unit, [])
        missing = min(int(need), len(set(coders) | set(already))) - len(already)
        if missing > 0:
            teams[unit] = _team(already, [c for c in coders if c not in already], missing, load, pairs, chance)
    return _rows(units, teams, ledger, round_=round_, purpose=purpose, seed=seed)


def _standing(ledger: pd.DataFrame, coders: Sequence[str]) -> tuple[dict[str, int], dict[frozenset[str], int]]:
    load = dict.fromkeys(coders, 0) | ledger.coder_id.value_counts().to_dict()
    pairs: dict[frozenset[str], int] = {}
    for readers in ledger.groupby("unit_id").coder_id.agg(sorted):
        for pair in combinations(readers, 2):
            pairs[frozenset(pair)] = pairs.get(frozenset(pair), 0) + 1
    return load, pairs


def _team(
    already: Sequence[str],
    free: Sequence[str],
    size: int,
    load: dict[str, int],
    pairs: dict[frozenset[str], int],
    chance: float,
) -> list[str]:
    """Choose `size` of the free coders, and count the choice."""
    turn = int(chance * len(free)) if free else 0
    around = [*free[turn:], *free[:turn]]
    if size == 1 and not already:
        best: tuple[str, ...] = (min(around, key=load.__getitem__),)
    else:
        teams = list(combinations(around, size))
        if len(teams) > MOST_TEAMS:
            fewest = sorted(around, key=load.__getitem__)[: size + 4]
            teams = list(combinations(fewest, size))[:MOST_TEAMS]
        best = min(teams, key=lambda team: _cost(team, already, load, pairs))
    for coder in best:
        load[coder] += 1
    everyone = [*already, *best]
    for pair in combinations(everyone, 2):
        if not set(pair) <= set(already):
            pairs[frozenset(pair)] = pairs.get(frozenset(pair), 0) + 1
    return list(best)


def _cost(
    team: Sequence[str], already: Sequence[str], load: Mapping[str, int], pairs: Mapping[frozenset[str], int]
) -> tuple[int, int, int]:
    met = sum(pairs.get(frozenset(pair), 0) for pair in combinations([*already, *team], 2))
    return met, sum(load[coder] for coder in team), max(load[coder] for coder in team)


def _rows(
    units: pd.DataFrame, teams: Mapping[str, list[str]], ledger: pd.DataFrame, *, round_: str, purpose: str, seed: int
) -> pd.DataFrame:
    """Write the teams down; each coder's new work comes after the old, in an order of its own."""
    batch = int(ledger.batch.max()) + 1 if len(ledger) else 1
    last = ledger.groupby("coder_id").position.max().to_dict()
    known = {row.unit_id: row for row in units.itertuples()}
    mine: dict[str, list[tuple[int, float, str]]] = {}
    for unit, team in teams.items():
        for coder in team:
            mine.setdefault(coder, []).append((int(known[unit].place), lot(seed, "order", coder, unit), unit))
    rows = []
    for coder in sorted(mine):
        for number, (_, _, unit) in enumerate(sorted(mine[coder]), int(last.get(coder, 0)) + 1):
            kind = known[unit].unit_kind
            rows.append(
                (
                    assignment_id(coder, kind, unit, round_, purpose),
                    coder, kind, unit, round_, purpose, float(known[unit].p_include), number, batch,
                    content_id("s", known[unit].stratum, length=8),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def repeats(
    ledger: pd.DataFrame, done: Sequence[str], *, share: float, coders: Sequence[str], seed: int
) -> pd.DataFrame:
    """Return work given to the same coder a second time, to see whether people agree with themselves.

    A seeded share of each coder's finished work of purpose estimate; nothing is repeated twice.
    """
    first = ledger[
        (ledger.purpose == "estimate") & ledger.assignment_id.isin(list(done)) & ledger.coder_id.isin(coders)
    ]
    old = (
        set(zip(ledger.coder_id, ledger.unit_id, strict=True))
        if ledger.empty
        else set(map(tuple, ledger.loc[ledger.purpose == "repeat", ["coder_id", "unit_id"]].to_numpy().tolist()))
    )
    batch = int(ledger.batch.max()) + 1 if len(ledger) else 1
    rows = []
    for coder, mine in first.groupby("coder_id", sort=True):
        ordered = sorted(mine.itertuples(index=False), key=lambda row: lot(seed, "repeat", coder, row.unit_id))
        wanted = ordered[: round(share * len(ordered))]
        last = int(ledger.loc[ledger.coder_id == coder, "position"].max())
        fresh = [row for row in wanted if (coder, row.unit_id) not in old]
        for number, row in enumerate(fresh, last + 1):
            key = assignment_id(str(coder), row.unit_kind, row.unit_id, row.round, "repeat")
            rows.append((key, coder, row.unit_kind, row.unit_id, row.round, "repeat", row.p_include, number, batch, ""))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def pair_matrix(ledger: pd.DataFrame, coders: Sequence[str]) -> pd.DataFrame:
    """Return coders x coders: units both read; on the diagonal, units read."""
    read = pd.crosstab(ledger.unit_id, ledger.coder_id).clip(upper=1).reindex(columns=list(coders), fill_value=0)
    return read.T.dot(read).rename_axis(index=None, columns=None)
