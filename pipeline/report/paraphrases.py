"""Answers whose own words do not leave the team: the public report prints the team's paraphrase in their place."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.errors import Fault, InputError, nearest


def paraphrased(
    tables: Mapping[str, pd.DataFrame], stated: Mapping[str, str], file: str = "survey.yaml"
) -> dict[str, pd.DataFrame]:
    """Return the tables with these answers in the team's words (survey.yaml, report.paraphrases).

    Wherever a quote is drawn from, the answer's own words are gone: a usage in it is its whole paraphrase, and spans
    inside its excerpts are left out. What was counted stays. Raises InputError where an id names no answer.
    """
    found = dict(tables)
    if not stated:
        return found
    known = set(found["responses"].response_id)
    faults = [
        Fault(file, f"key report.paraphrases.{name}", "no answer has this id", nearest(name, known))
        for name in stated
        if name not in known
    ]
    faults += [
        Fault(file, f"key report.paraphrases.{name}", "the paraphrase is empty", "write it, or delete the line")
        for name, text in stated.items()
        if not text.strip()
    ]
    if faults:
        raise InputError(faults)
    for name in ("responses", "excerpts", "usages"):
        if name in found:
            found[name] = _reworded(found[name], stated)
    mine = found["excerpts"][found["excerpts"].response_id.isin(list(stated))].excerpt_id if "excerpts" in found else []
    if "machine_codings" in found:
        found["machine_codings"] = _unspanned(found["machine_codings"], "excerpt_id", set(mine))
    if "codings" in found and "assignments" in found:
        work = found["assignments"]
        of_mine = work[(work.unit_kind == "excerpt") & work.unit_id.isin(list(mine))]
        found["codings"] = _unspanned(found["codings"], "assignment_id", set(of_mine.assignment_id))
    return found


def _reworded(table: pd.DataFrame, stated: Mapping[str, str]) -> pd.DataFrame:
    """Put the paraphrase where the words stood: an answer's or excerpt's text, a usage's span and surface."""
    said = table.response_id.map(dict(stated))
    mine = said.notna()
    if not mine.any():
        return table
    table = table.copy()
    for column in ("text", "surface"):
        if column in table:
            table[column] = said.where(mine, table[column])
    if "start" in table:
        table["start"] = table.start.where(~mine, 0)
        table["end"] = table.end.where(~mine, said.str.len()).astype(table.end.dtype)
    return table


def _unspanned(table: pd.DataFrame, column: str, ids: set[str]) -> pd.DataFrame:
    mine = table[column].isin(list(ids))
    if not mine.any():
        return table
    return table.assign(start=table.start.astype("Int64").mask(mine), end=table.end.astype("Int64").mask(mine))
