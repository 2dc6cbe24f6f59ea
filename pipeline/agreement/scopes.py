"""Which units a row is about: all of them, a question, a group, a round, a stretch of time, some of the coders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.agreement.eligible import Part
from pipeline.agreement.units import Units

BLOCK = 25  # units in a stretch of time, at least
MOST_BLOCKS = 8
NOT_FACTS = ("response_id", "respondent_id", "term_id")


def of_coders(units: Units) -> Iterator[tuple[str, Units]]:
    """Yield every pair of coders and, where there are more than two, all without each of them."""
    for first, second in combinations(units.coders, 2):
        yield f"pair:{first}|{second}", units.keep_coders([first, second])
    if len(units.coders) > 2:
        for coder in units.coders:
            yield f"without:{coder}", units.keep_coders([other for other in units.coders if other != coder])


def of_facts(units: Units, context: pd.DataFrame) -> Iterator[tuple[str, Units]]:
    """Yield every question and every group of respondents."""
    facts = context.loc[list(units.unit_ids)]
    for name in [name for name in facts if name not in NOT_FACTS]:
        for value in sorted(facts[name].dropna().unique()):
            scope = f"question:{value}" if name == "question_id" else f"group:{name}={value}"
            yield scope, units.keep_units((facts[name] == value).tolist())


def of_rounds(part: Part, make: Callable[[pd.DataFrame], Units]) -> Iterator[tuple[str, Units]]:
    """Yield every round, and every batch handed out, with all its decisions, where there are several.

    make: decisions -> units. Batches tell drift where coders saved their work without times of its own.
    """
    for kind in ("round", "batch"):
        names = sorted(set(part.rows[kind]))
        if len(names) > 1:
            for name in names:
                yield f"{kind}:{name}", make(part.rows[part.rows[kind] == name])


def of_time(units: Units, rows: pd.DataFrame) -> Iterator[tuple[str, Units, str]]:
    """Yield stretches of time with equally many units, in the order in which units had their last reading.

    Also yields when each begins and ends. Only units whose every decision has a time of its own take part: a time
    that several decisions of a coder share is the date of a file. Nothing where there are under two stretches.
    """
    units = units.shared()
    timed = rows.assign(own=~rows.duplicated(["coder_id", "decided_at"], keep=False) & rows.decided_at.notna())
    whole = timed.groupby("unit_id").own.all()
    done = timed[timed.unit_id.map(whole)].groupby("unit_id").decided_at.max()
    order = sorted((done[unit], unit) for unit in units.unit_ids if unit in done.index)
    blocks = min(MOST_BLOCKS, len(order) // BLOCK)
    if blocks < 2:
        return
    for number, block in enumerate(np.array_split(np.arange(len(order)), blocks), 1):
        mine = {order[place][1] for place in block}
        first, last = order[block[0]][0][:10], order[block[-1]][0][:10]
        when = first if first == last else f"{first} to {last}"
        yield f"time:{number} of {blocks}", units.keep_units([unit in mine for unit in units.unit_ids]), when
