"""Which units are handed out: all, or a probability sample by permanent random numbers, so that samples only grow.

Every unit has a fixed number in [0, 1) from the seed and its id; a sample of n takes the n lowest of its
stratum (Ohlsson 1995, "Coordination of samples using permanent random numbers").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.ids import content_id

RARE = 0.05  # a machine code found in less than this share of excerpts makes a stratum of its own


def lot(seed: int, *parts: object) -> float:
    """Return a fixed number in [0, 1) for these parts."""
    return int(content_id("", seed, *parts, length=13)[1:], 16) / 16**13


def choose(units: pd.DataFrame, strata: Sequence[str], *, size: int | None, seed: int) -> pd.DataFrame:
    """Return the chosen units with p_include = n/N of their stratum; all of them where size is None or not smaller.

    Sizes of strata are proportional, at least one each while size allows, rounded by largest remainder.
    """
    if size is None or len(units) <= size:
        return units.assign(p_include=1.0)
    keys = pd.Series(["\x1f".join(map(str, row)) for row in units[list(strata)].itertuples(index=False)], units.index)
    counts = keys.value_counts().sort_index()
    wanted = allocate(counts.to_numpy(), size)
    lots = pd.Series([lot(seed, "sample", unit) for unit in units.unit_id], units.index)
    ranks = lots.groupby(keys).rank(method="first")
    quota = dict(zip(counts.index, wanted, strict=True))
    share = keys.map({key: quota[key] / counts[key] for key in counts.index})
    return units[ranks <= keys.map(quota)].assign(p_include=share)


def allocate(counts: np.ndarray, size: int) -> np.ndarray:
    """Share `size` over strata in proportion to their counts; every stratum gets one while there are enough."""
    base = np.minimum(1, counts) if size >= len(counts) else np.zeros(len(counts), dtype=int)
    exact = (size - base.sum()) * (counts - base) / max((counts - base).sum(), 1)
    given = base + np.floor(exact).astype(int)
    order = np.lexsort((np.arange(len(counts)), -(exact - np.floor(exact))))
    given[order[: size - given.sum()]] += 1
    return np.minimum(given, counts)


def rare_codes(n_excerpts: int, machine_codings: pd.DataFrame) -> dict[str, str]:
    """Return excerpt_id -> the rarest machine code found in it, for codes in fewer than RARE of the excerpts.

    What a classifier learnt from coders is left out: who reads what must not depend on what people decided before.
    """
    mine = machine_codings[machine_codings.source != "classifier"] if "source" in machine_codings else machine_codings
    found = mine[["excerpt_id", "code_id"]].drop_duplicates()
    found = found.assign(count=found.code_id.map(found.code_id.value_counts()))
    rare = found[found["count"] < RARE * n_excerpts].sort_values(["count", "code_id"])
    first = rare.drop_duplicates("excerpt_id")
    return dict(zip(first.excerpt_id, first.code_id, strict=True))
