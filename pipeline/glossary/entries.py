"""Glossary entries: what the team defined, what people judged, what the machine proposed, each marked as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.glossary.curated import Glossary, inventory
from pipeline.glossary.model import Sense
from pipeline.ids import content_id

DEFINED, JUDGED, PROPOSED = "defined", "judged", "proposed"
COLUMNS = ["entry_id", "term_id", "sense_id", "name", "definition", "status", "n_usages", "n_respondents"]
RESTS_ON = {
    DEFINED: "defined by the team, used so in people's judgement",
    JUDGED: "judged by people, not yet defined",
    PROPOSED: "proposed by the machine, not judged by anyone",
}


@dataclass(frozen=True)
class Quote:
    """One usage in its answer."""

    usage_id: str
    respondent: str
    question: str
    before: str
    surface: str
    after: str
    note: str = ""


@dataclass(frozen=True)
class SenseView:
    """One sense as the glossary shows it."""

    sense_id: str
    name: str
    definition: str
    status: str
    n_usages: int
    n_respondents: int
    base: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    groups: tuple[tuple[str, str, int, int], ...] = ()  # question, value, respondents, base


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


def sense_views(
    entries: pd.DataFrame,
    glossary: Glossary,
    *,
    senses: pd.DataFrame,
    usages: pd.DataFrame,
    responses: pd.DataFrame,
    shares: pd.DataFrame,
    sense_words: pd.DataFrame,
    questions: Mapping[str, str],
    most_quotes: int = 5,
) -> dict[str, list[SenseView]]:
    """Return, per term_id, its senses with quotes, words around them and who uses them."""
    facts = {name: sense for name, (_, sense) in glossary.senses.items()}
    quotes = _quotes(senses, usages, responses, questions)
    words = {sense: tuple(rows.sort_values("rank").word) for sense, rows in sense_words.groupby("sense_id")}
    whole = shares[shares.group_by == ""].set_index("sense_id")
    views: dict[str, list[SenseView]] = {}
    for row in entries.to_dict("records"):
        sense = row["sense_id"]
        source = "proposed" if row["status"] == PROPOSED else "record"
        groups = shares[(shares.sense_id == sense) & (shares.group_by != "")]
        views.setdefault(row["term_id"], []).append(
            SenseView(
                sense,
                row["name"],
                row["definition"],
                row["status"],
                row["n_usages"],
                row["n_respondents"],
                int(whole.base.get(sense, 0)),
                facts.get(sense, Sense(id="", name="")).model_dump(),
                words.get(sense, ()),
                tuple(quotes.get((sense, source), [])[:most_quotes]),
                tuple((g["group_by"], g["group"], g["n_respondents"], g["base"]) for g in groups.to_dict("records")),
            )
        )
    return views


def _quotes(
    senses: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame, questions: Mapping[str, str]
) -> dict[tuple[str, str], list[Quote]]:
    """Return quotes per sense and source: the surest first, one respondent at a time."""
    joined = senses.merge(usages.drop(columns="term_id"), on="usage_id").merge(responses, on="response_id")
    joined = joined.sort_values(["confidence", "usage_id"], ascending=[False, True])
    joined["turn"] = joined.groupby(["sense_id", "source", "respondent_id"]).cumcount()
    found: dict[tuple[str, str], list[Quote]] = {}
    for row in joined.sort_values(["turn", "confidence", "usage_id"], ascending=[True, False, True]).to_dict("records"):
        text, start, end = row["text"], int(row["start"]), int(row["end"])
        before, after = around(text, start, end)
        quote = Quote(
            row["usage_id"],
            row["respondent_id"],
            questions.get(row["question_id"], row["question_id"]),
            before,
            text[start:end],
            after,
        )
        found.setdefault((row["sense_id"], row["source"]), []).append(quote)
    return found


def around(text: str, start: int, end: int, reach: int = 160) -> tuple[str, str]:
    """Return what stands before and after a span, cut at a word within `reach` characters, with … where cut."""
    before, after = text[:start], text[end:]
    if len(before) > reach:
        before = "… " + before[-reach:].partition(" ")[2]
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + " …"
    return before, after
