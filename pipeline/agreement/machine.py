"""People against the machine: prediction, never reliability. The machine is a coder of its own and pooled with nobody.

Every person's decision about an excerpt is one comparison; an excerpt that k people read counts as one excerpt (each
comparison 1/k). Codes the machine cannot apply are left out on both sides. What a model learnt from people's
decisions is compared only where the prediction is out of fold: made by a model that had not seen the excerpt. The
codebook's own classifier predicts excerpts that people read from respondents it has not seen (codebook/classifier.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.agreement.codes import per_code
from pipeline.agreement.rows import Basis, Row, joined
from pipeline.agreement.sets import measured, overall
from pipeline.agreement.units import Units

UNTAUGHT = ("rule", "similarity")  # sources that learn nothing from people's decisions
CAPTION = "prediction, not reliability: the machine against people"
LEARNT = "out of fold"
OUT_OF_FOLD = ("classifier",)
SHOWN = ("alpha", "percent", "positive", "negative", "alpha (Jaccard)")


def machine_rows(people: Units, machine_codings: pd.DataFrame, basis: Basis) -> Iterator[Row]:
    """Yield, per source of machine codings, agreement with people's decisions per code and over all its codes.

    machine_codings: excerpt_id, code_id, source, and out_of_fold (true or false) for sources that learn.
    """
    for source in sorted(set(machine_codings.source)):
        mine = machine_codings[machine_codings.source == source]
        caption = CAPTION
        if source not in UNTAUGHT:
            if "out_of_fold" in mine:
                mine = mine[mine.out_of_fold.fillna(False).astype(bool)]
            elif source not in OUT_OF_FOLD:
                continue
            caption = joined(CAPTION, LEARNT)
        codes = sorted(set(mine.code_id))
        units = against(people, mine, codes)
        found = [*per_code(units, codes, basis), *overall(measured(units, basis), "all codes")]
        for row in found:
            if row["coefficient"] in SHOWN:
                yield {**row, "scope": f"machine:{source} / {row['scope']}", "note": _note(row, caption)}


def against(people: Units, codings: pd.DataFrame, codes: list[str]) -> Units:
    """Return every decision of a person beside what the machine says of the same unit, as two coders."""
    known = frozenset(codes)
    said = codings.groupby("excerpt_id").code_id.agg(frozenset).to_dict()
    ids, respondents, ours, theirs, chances = [], [], [], [], []
    readers = people.size if people.unit_ids else np.zeros(0)
    for line in people.labels:
        for place, cell in enumerate(line):
            if cell is not None:
                ids.append(people.unit_ids[place])
                respondents.append(people.respondents[place])
                ours.append(cell & known)
                theirs.append(said.get(people.unit_ids[place], frozenset()))
                chance = people.p_include[place] if people.p_include else 1.0
                chances.append(chance * float(readers[place]))
    labels = (tuple(ours), tuple(theirs))
    return Units(("people", "machine"), tuple(ids), tuple(respondents), labels, tuple(chances))


def _note(row: Row, caption: str) -> str:
    if row["coefficient"] != "alpha":
        return caption
    parts = str(row["note"] or "").split("; ")
    return joined(caption, *(part for part in parts if not part.startswith(("units weighted", "coders agree"))))
