"""What coders disagree about: which codes are confused, and which units cost most alpha."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap
from pipeline.agreement.units import Units


def confusions(units: Units) -> pd.DataFrame:
    """Return how often one coder used `other` where another coder used `code` but not `other`.

    Columns code, other, n_pairs, n_units; ordered pairs of coders on units both decided. An empty
    `other` means the other coder applied no code at all.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for first, second in permutations(units.labels, 2):
        for place, (one, two) in enumerate(zip(first, second, strict=True)):
            if one is not None and two is not None:
                for code in one - two:
                    for other in (two - one) if two else ("",):
                        found.setdefault((code, other), []).append(place)
    rows = [(code, other, len(places), len(set(places))) for (code, other), places in found.items()]
    table = pd.DataFrame(rows, columns=pd.Index(["code", "other", "n_pairs", "n_units"]))
    return table.sort_values(["n_pairs", "code", "other"], ascending=[False, True, True]).reset_index(drop=True)


def costs(units: Units) -> pd.DataFrame:
    """Return unit_id and how much higher MASI alpha would be without that unit, costliest first.

    Each unit is subtracted from the totals; NaN where alpha would be undefined without it.
    """
    units = units.shared()
    if not units.unit_ids:
        return pd.DataFrame({"unit_id": pd.Series(dtype=str), "cost": pd.Series(dtype=float)})
    counts, sets = alphas.set_counts(units.labels)
    delta = alphas.distances(sets, alphas.masi)
    observed, paired = bootstrap.distance_parts(counts, delta)
    whole = bootstrap.distance_alpha(observed.sum(), paired.sum(0), delta)
    without = bootstrap.distance_alpha(observed.sum() - observed, paired.sum(0) - paired, delta)
    table = pd.DataFrame({"unit_id": list(units.unit_ids), "cost": np.asarray(without - whole)})
    return table.sort_values(["cost", "unit_id"], ascending=[False, True]).reset_index(drop=True)
