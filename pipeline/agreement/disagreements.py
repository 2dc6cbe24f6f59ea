"""What coders disagree about: which codes are confused, which units cost most alpha, who uses which code how often.

All of it on the study's own agreement (eligible.py): independent decisions of one version, purpose estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
import pandas as pd

from pipeline.agreement.eligible import parts
from pipeline.agreement.setdata import SetData
from pipeline.agreement.units import Units, excerpt_units, usage_units
from pipeline.tables import SCHEMAS


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
    found = SetData(units)
    whole = np.nan if found.measure.value is None else found.measure.value
    table = pd.DataFrame({"unit_id": list(units.unit_ids), "cost": found.without_each() - whole})
    return table.sort_values(["cost", "unit_id"], ascending=[False, True]).reset_index(drop=True)


def disagreement_tables(
    tables: Mapping[str, pd.DataFrame], context: pd.DataFrame, *, codes: Sequence[str], codebook: str, inventory: str
) -> dict[str, pd.DataFrame]:
    """Return the tables confusions, disagreements and code_use. context: unit_id -> respondent_id, term_id."""
    found: dict[str, list[pd.DataFrame]] = {"confusions": [], "disagreements": [], "code_use": []}
    for part in parts(tables, "excerpt", current=codebook):
        if not part.prefix:
            units = excerpt_units(part.last, tables["codings"], context.respondent_id).shared()
            found["confusions"].append(confusions(units).rename(columns={"code": "code_id", "other": "other_id"}))
            found["disagreements"].append(said(units, costs(units)).assign(unit_kind="excerpt"))
            found["code_use"].append(code_use(units, codes))
    for part in parts(tables, "usage", current=inventory):
        if not part.prefix:
            units = usage_units(part.last, tables["judgements"], context.respondent_id).shared()
            terms = context.term_id.loc[list(units.unit_ids)]
            for term in sorted(terms.unique()):
                mine = units.keep_units((terms == term).tolist())
                found["disagreements"].append(said(mine, costs(mine)).assign(unit_kind="usage"))
    empty = {name: pd.DataFrame(columns=pd.Index(list(SCHEMAS[name].types))) for name in found}
    return {
        name: pd.concat([part for part in frames if len(part)], ignore_index=True)[list(SCHEMAS[name].types)]
        if any(map(len, frames))
        else empty[name]
        for name, frames in found.items()
    }


def said(units: Units, cost: pd.DataFrame) -> pd.DataFrame:
    """Return the units that coders did not decide alike, with the cost and what everyone said: "ann: a|b; bob: "."""
    place = {unit: index for index, unit in enumerate(units.unit_ids)}
    rows = []
    for unit, price in cost.itertuples(index=False):
        cells = {coder: line[place[unit]] for coder, line in zip(units.coders, units.labels, strict=True)}
        given = {coder: "|".join(sorted(cell)) for coder, cell in cells.items() if cell is not None}
        if len(set(given.values())) > 1:
            rows.append((unit, round(float(price), 12), "; ".join(f"{coder}: {text}" for coder, text in given.items())))
    return pd.DataFrame(rows, columns=pd.Index(["unit_id", "cost", "said"]))


def code_use(units: Units, codes: Sequence[str]) -> pd.DataFrame:
    """Return, per code and coder, on how many of the coder's shared units it stands (n_applied of n_units)."""
    used = {code for line in units.labels for cell in line if cell for code in cell}
    rows = []
    for coder, line in zip(units.coders, units.labels, strict=True):
        cells = [cell for cell in line if cell is not None]
        for code in sorted({*codes, *used}):
            rows.append((code, coder, sum(code in cell for cell in cells), len(cells)))
    return pd.DataFrame(rows, columns=pd.Index(["code_id", "coder_id", "n_applied", "n_units"]))
