"""The shipped study's senses against what its author meant: a functional test, no evidence of how good the method is.

Needs `make report` for the study first. "Before" is the best the vectors alone give (k-means, number of senses chosen
by separation); "proposed" is what the program proposes, one sense unless there is evidence; "after" rests on the
coders' labels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import tables
from pipeline.senses.clusters import adjusted_rand
from pipeline.senses.evidence import examine

ROOT = Path(__file__).resolve().parent.parent
STUDIES = {"transfer-learning": "intended_senses.csv", "transfer-learning-15": "intended_senses_15.csv"}


def intended(processed: Path, path: Path) -> pd.DataFrame:
    """Return usage_id, term_id and the sense its author meant, for every usage of the watched terms.

    Joined by row and column of the export and by the order of usages in the answer, as scrubbing moves offsets.
    """
    meant = pd.read_csv(path, keep_default_na=False)
    meant["turn"] = meant.sort_values("start").groupby(["export_row", "export_column", "term"]).cumcount()
    usages, responses = tables.read(processed, "usages"), tables.read(processed, "responses")
    found = usages.merge(responses[["response_id", "export_row", "export_column"]], on="response_id")
    found["turn"] = found.sort_values("start").groupby(["response_id", "term_id"]).cumcount()
    found["term"] = found.term_id.replace({"data-set": "data set"})
    return found.merge(
        meant[["export_row", "export_column", "term", "turn", "sense"]],
        on=["export_row", "export_column", "term", "turn"],
    )


def scores(processed: Path, path: Path) -> list[dict[str, object]]:
    """Return, per watched term, ARI with the intended senses of vectors alone, of proposals, and of people's record."""
    meant = intended(processed, path)
    senses, proposals = tables.read(processed, "senses"), tables.read(processed, "proposals")
    vectors = tables.read(processed, "usage_vectors").set_index("usage_id").vector
    verdicts = tables.read(processed, "ambiguity").set_index("term_id").verdict
    people = tables.read(processed, "responses").set_index("response_id").respondent_id
    record = senses[senses.source == "record"].groupby("usage_id").sense_id.agg("|".join)
    proposed = proposals.set_index("usage_id").sense_id
    rows = []
    for term, group in meant[meant.sense != "one"].groupby("term_id"):
        group = group.sort_values("usage_id")
        numbers = np.unique(people.loc[group.response_id], return_inverse=True)[1]
        seen = examine(
            np.stack(vectors.loc[group.usage_id].tolist()), numbers, most=3, max_senses=6, resamples=50, seed=1
        )
        judged = group[group.usage_id.isin(record.index) & ~group.sense.isin(["open"])]
        judged = judged[record.loc[judged.usage_id].str.contains(".", regex=False).to_numpy()]
        truth, people_say = judged.sense.to_numpy(), record.loc[judged.usage_id].to_numpy()
        rows.append({
            "term": term, "usages": len(group), "verdict": verdicts[term],
            "ARI before (vectors)": round(adjusted_rand(group.sense.to_numpy(), seen.labels), 2),
            "ARI proposed": round(adjusted_rand(group.sense.to_numpy(), proposed.loc[group.usage_id].to_numpy()), 2),
            "usages judged": len(judged),
            "ARI after (record)": round(adjusted_rand(truth, people_say), 2),
        })  # fmt: skip
    return rows


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    return [
        {"study": study, **row}
        for study, file in STUDIES.items()
        for row in scores(ROOT / "data" / "processed" / study, ROOT / "tests" / "study" / file)
    ]
