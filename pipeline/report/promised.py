"""What was planned before the main round, what came of it, and where the plan was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.report.given import Given
from pipeline.report.markdown import anchored, link
from pipeline.report.words import Markdown, inert, slug
from pipeline.wording import decimal, listed, missing, percent

NAMES = {
    "watched_terms": "watched words", "inventory": "sense inventory", "samples": "samples", "coding": "coding",
    "plan": "planned comparisons", "codebook": "codebook", "sha256": "digest", "groups": "groups",
}  # fmt: skip


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for plan, planned comparisons and deviations."""
    table = given["planned"].sort_values("position")
    rows = [planned_row(given, row) for row in table.to_dict("records")]
    tested = table[table.p.notna()]
    holding = [
        link(f"“{_hypothesis(given, r)}”", planned_anchor(r)) for r in tested.to_dict("records") if _holds(given, r)
    ]
    return {
        "frozen": given.frozen is not None,
        "frozen_said": frozen_said(given),
        "planned_rows": rows,
        "planned_said": [said(given, row) for row in table.to_dict("records")],
        "n_planned": len(given.frozen["plan"]["comparisons"]) if given.frozen else 0,
        "n_tested": len(tested),
        "plan_level": f"{given.study.survey.plan.level:g}",
        "n_holding": len(holding),
        "holding_said": Markdown(listed(holding)),
        "deviation_rows": deviation_rows(given),
    }


def first_decision(given: Given) -> str:
    """Return the day of the first decision of the main round, or nothing."""
    work = given["assignments"]
    mine = given["decisions"].merge(work[work.purpose == "estimate"][["assignment_id"]], on="assignment_id")
    days = mine.decided_at.dropna()
    return str(days.min())[:10] if len(days) else ""


def frozen_said(given: Given) -> Markdown:
    """Say when the plan was frozen, and whether that was before the first decision."""
    if given.frozen is None:
        return Markdown("")
    said = f"The plan was frozen on {given.frozen['frozen_on']} (SHA-256 `{given.frozen['sha256'][:12]}…`)"
    when = timing(given)
    if when.startswith("after"):
        return Markdown(
            f"{said}, **{when}**: it could have been made in the light of what coders said, and is no preregistration."
        )
    return Markdown(f"{said}{when and ', '}{when}.")


def timing(given: Given) -> str:
    """Return how the freeze stands to the first decision of the main round: "before …", "after …", or "" for unknown.

    Decisions in spreadsheets have no date, and a day is no hour: what had come in when the plan was frozen is counted
    in freeze.json (`decisions_in`), and where an older file has no count, a day that is the same tells nothing.
    """
    frozen = given.frozen or {}
    day, first, already = frozen.get("frozen_on", ""), first_decision(given), frozen.get("decisions_in")
    if already:
        return f"after {already:,} decisions of the main round had come in"
    if first and first < day:
        return f"after the first decision of the main round ({first})"
    if already == 0:
        return "before any decision of the main round had come in"
    if first == day:
        return f"on the day of the first decision of the main round, which does not tell which came first ({first})"
    return f"before the first decision of the main round ({first})" if first else ""


def _hypothesis(given: Given, row: Mapping[str, Any]) -> str:
    planned = given.frozen["plan"]["comparisons"] if given.frozen else {}
    stated = planned.get(row["comparison_id"], {}).get("hypothesis")
    now = {one.id: one.hypothesis for one in given.study.survey.plan.comparisons}
    return " ".join(str(stated or now.get(row["comparison_id"], row["comparison_id"])).split()).rstrip(".")


def _holds(given: Given, row: Mapping[str, Any]) -> bool:
    return not missing(row["p_holm"]) and row["p_holm"] <= given.study.survey.plan.level


def planned_row(given: Given, row: Mapping[str, Any]) -> list[Any]:
    """Return a row of the table of planned comparisons."""
    others = _values(given, row["against"]) or "all others"
    return [
        anchored(_hypothesis(given, row), planned_anchor(row)),
        _measure(given, row["measure"]),
        f"{_values(given, row['group'])}: {_mean(given, row, 'group')}",
        f"{others}: {_mean(given, row, 'against')}",
        p_value(row["p"]),
        p_value(row["p_holm"]),
    ]


def planned_anchor(row: Mapping[str, Any]) -> str:
    """Return where the table of planned comparisons speaks of one."""
    return f"planned-{slug(row['comparison_id'])}"


def said(given: Given, row: Mapping[str, Any]) -> Markdown:
    """Return what must be said about a comparison that was not tested."""
    if not row["note"]:
        return Markdown("")
    return Markdown(f"{link(_hypothesis(given, row), planned_anchor(row))}: {inert(row['note'])}.")


def _measure(given: Given, measure: str) -> str:
    kind, _, name = measure.partition(":")
    return f"sense “{given.sense_name(name)}”" if kind == "sense" else f"code “{given.code_name(name)}”"


def _values(given: Given, joined: str) -> str:
    return listed([given.study.label(value) for value in joined.split("|") if value])


def _mean(given: Given, row: Mapping[str, Any], side: str) -> str:
    count, mean = int(row[f"n_{side}"]), row[f"mean_{side}"]
    if given.small or missing(mean):
        return f"{count} respondents"
    return f"{percent(mean)} of {count}"


def p_value(p: float | None) -> str:
    """Return a p-value with three digits, never 0."""
    if missing(p):
        return "–"
    assert p is not None
    return "< 0.001" if p < 0.001 else decimal(p, 3)


def deviation_rows(given: Given) -> list[list[Any]]:
    """Return what differs from the plan: day, decision, as planned, as done, why."""
    rows = []
    for one in given.deviations:
        head = [one.day or "not noted", one.reason or "nobody has said"]
        changes = one.changes or (("nothing that the plan states", "", ""),)
        rows += [[head[0], _decision(key), old, new, head[1]] for key, old, new in changes]
    return rows


def _decision(key: str) -> str:
    return ", ".join(NAMES.get(part, part.replace("_", " ")) for part in key.split("."))


def tables(given: Given) -> dict[str, pd.DataFrame]:
    """Return the tables behind this section, for tables/*.csv."""
    columns = ["date", "decision", "as_planned", "as_done", "reason"]
    return {"planned": given["planned"], "deviations": pd.DataFrame(deviation_rows(given), columns=columns)}
