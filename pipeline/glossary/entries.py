"""Glossary entries as a table: what the team defined, what people judged, what the machine proposed, marked as such."""

from __future__ import annotations

import pandas as pd

from pipeline.glossary.curated import Glossary, inventory
from pipeline.ids import content_id
from pipeline.speech import message

DEFINED, JUDGED, PROPOSED = "defined", "judged", "proposed"
COLUMNS = ["entry_id", "term_id", "sense_id", "name", "definition", "status", "n_usages", "n_respondents"]
RESTS_ON = {
    DEFINED: message("defined by the team, used so in people’s judgement"),
    JUDGED: message("judged by people, not yet defined"),
    PROPOSED: message("proposed by the machine, not judged by anyone"),
}


def entry_table(
    glossary: Glossary, *, terms: pd.DataFrame, senses: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame
) -> pd.DataFrame:
    """Return the glossary table: one row per term and sense, counted on people's record (proposals on proposals).

    A sense of glossary.yaml is "defined" with a definition, else "judged"; a proposed sense is listed only
    for terms the team has no senses for.
    """
    counts = _counts(senses, usages, responses)
    listed = inventory(glossary)
    rows = [
        (row.term_id, row.sense_id, row.name_, row.definition, DEFINED if row.definition else JUDGED, "record")
        for row in listed.rename(columns={"name": "name_"}).itertuples()
    ]
    curated = set(listed.term_id)
    proposed = senses[(senses.source == "proposed") & ~senses.term_id.isin(list(curated))]
    labels = terms.set_index("term_id").label.to_dict()
    split = proposed.groupby("term_id").sense_id.nunique()
    for term in sorted(split[split > 1].index):
        for number, sense in enumerate(sorted(set(proposed[proposed.term_id == term].sense_id)), 1):
            rows.append((term, sense, f"{labels.get(term, term)}, group {number} (proposed)", "", PROPOSED, "proposed"))
    made = []
    for term, sense, name, definition, status, source in rows:
        n_usages, n_respondents = counts.get((sense, source), (0, 0))
        made.append((content_id("g", term, sense), term, sense, name, definition, status, n_usages, n_respondents))
    return pd.DataFrame(made, columns=pd.Index(COLUMNS))


def _counts(
    senses: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame
) -> dict[tuple[str, str], tuple[int, int]]:
    joined = senses.merge(usages[["usage_id", "response_id"]], on="usage_id")
    joined = joined.merge(responses[["response_id", "respondent_id"]], on="response_id")
    grouped = joined.groupby(["sense_id", "source"]).agg(
        usages=("usage_id", "nunique"), people=("respondent_id", "nunique")
    )
    return {
        (str(a), str(b)): (int(u), int(p))
        for (a, b), u, p in zip(grouped.index, grouped.usages, grouped.people, strict=True)
    }
