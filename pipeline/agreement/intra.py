"""Whether people agree with themselves: work read a second time by the same coder (purpose repeat)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from pipeline.agreement.codes import per_code
from pipeline.agreement.eligible import joined
from pipeline.agreement.rows import Basis, Row
from pipeline.agreement.sets import label_rows, measured, overall
from pipeline.agreement.units import Units, excerpt_units, usage_units


def repeat_rows(
    tables: Mapping[str, pd.DataFrame], context: pd.DataFrame, codes: Sequence[str], basis: Basis
) -> Iterator[Row]:
    """Yield, per coder, agreement of repeated decisions with the same coder's first ones of the same version."""
    rows = twice(joined(tables["assignments"], tables["decisions"], "excerpt"))
    for coder, mine in rows.groupby("coder_id", sort=True):
        units = excerpt_units(mine.assign(coder_id=mine.purpose), tables["codings"], context.respondent_id)
        found = [*per_code(units, _used(units, codes), basis), *overall(measured(units, basis), "all codes")]
        yield from ({**row, "scope": f"intra:{coder} / {row['scope']}"} for row in found)
    rows = twice(joined(tables["assignments"], tables["decisions"], "usage"))
    for coder, mine in rows.groupby("coder_id", sort=True):
        units = usage_units(mine.assign(coder_id=mine.purpose), tables["judgements"], context.respondent_id)
        if units.unit_ids:
            terms = context.term_id.loc[list(units.unit_ids)]
            for term in sorted(terms.unique()):
                yield from label_rows(units.keep_units((terms == term).tolist()), f"intra:{coder} / term:{term}", basis)


def twice(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the repeated decisions and the first ones they repeat: same coder, unit and version, both decided.

    A version that is not stated goes with any. Where a unit was read in several rounds, the last before the
    repetition counts.
    """
    rows = rows.assign(at=rows.decided_at.fillna("")).sort_values(["at", "round"])
    first = rows[rows.purpose == "estimate"].drop_duplicates(["coder_id", "unit_id"], keep="last")
    again = rows[rows.purpose == "repeat"].drop_duplicates(["coder_id", "unit_id"], keep="last")
    both = first.merge(again, on=["coder_id", "unit_id"], suffixes=("", "_again"))
    same = (both.version == both.version_again) | (both.version == "") | (both.version_again == "")
    keys = both[same].assignment_id.tolist() + both[same].assignment_id_again.tolist()
    return rows[rows.assignment_id.isin(keys)].sort_values(["coder_id", "purpose", "unit_id"])


def _used(units: Units, codes: Sequence[str]) -> list[str]:
    """Return the codes that occur among the repeated units, in the codebook's order."""
    used = {code for line in units.labels for cell in line if cell for code in cell}
    return [*(code for code in codes if code in used), *sorted(used - set(codes))]
