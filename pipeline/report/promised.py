"""What was planned before the main round, what came of it, and where the plan was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.notes import retold
from pipeline.report.given import Given
from pipeline.report.markdown import anchored, link
from pipeline.report.saying import phrase, quoted
from pipeline.report.words import Markdown, inert, slug
from pipeline.speech import message, number
from pipeline.wording import decimal, listed, missing, percent

NAMES = {
    "watched_terms": message("watched words"), "inventory": message("sense inventory"), "samples": message("samples"),
    "coding": message("coding"), "plan": message("planned comparisons"), "codebook": message("codebook"),
    "sha256": message("digest"), "groups": message("groups"),
}  # fmt: skip
TIMES = {
    "after some": message(
        "The plan was frozen on {plan}, **after {n} decisions of the main round had come in**: it could have been made "
        "in the light of what coders said, and is no preregistration."
    ),
    "after": message(
        "The plan was frozen on {plan}, **after the first decision of the main round ({first})**: it could have been "
        "made in the light of what coders said, and is no preregistration."
    ),
    "before any": message("The plan was frozen on {plan}, before any decision of the main round had come in."),
    "same day": message(
        "The plan was frozen on {plan}, on the day of the first decision of the main round, which does not tell which "
        "came first ({first})."
    ),
    "before": message("The plan was frozen on {plan}, before the first decision of the main round ({first})."),
    "unknown": message("The plan was frozen on {plan}."),
}


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for plan, planned comparisons and deviations."""
    table = given["planned"].sort_values("position")
    rows = [planned_row(given, row) for row in table.to_dict("records")]
    tested = table[table.p.notna()]
    holding = [
        link(quoted(_hypothesis(given, r)), planned_anchor(r)) for r in tested.to_dict("records") if _holds(given, r)
    ]
    return {
        "frozen": given.frozen is not None,
        "frozen_said": frozen_said(given),
        "planned_rows": rows,
        "planned_said": [said(given, row) for row in table.to_dict("records")],
        "n_planned": len(given.frozen["plan"]["comparisons"]) if given.frozen else 0,
        "n_tested": len(tested),
        "plan_level": number(given.study.survey.plan.level, "g"),
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
    plan = Markdown(f"{given.frozen['frozen_on']} (SHA-256 `{given.frozen['sha256'][:12]}…`)")
    when, facts = timing(given)
    return phrase(TIMES[when], plan=plan, **{name: Markdown(fact) for name, fact in facts.items()})


def timing(given: Given) -> tuple[str, dict[str, str]]:
    """Return how the freeze stands to the first decision of the main round: a key of TIMES, and what fills its places.

    Decisions in spreadsheets have no date, and a day is no hour: what had come in when the plan was frozen is counted
    in freeze.json (`decisions_in`), and where an older file has no count, a day that is the same tells nothing.
    """
    frozen = given.frozen or {}
    day, first, already = frozen.get("frozen_on", ""), first_decision(given), frozen.get("decisions_in")
    if already:
        return "after some", {"n": number(already)}
    if first and first < day:
        return "after", {"first": first}
    if already == 0:
        return "before any", {}
    if first == day:
        return "same day", {"first": first}
    return ("before", {"first": first}) if first else ("unknown", {})


def _hypothesis(given: Given, row: Mapping[str, Any]) -> str:
    planned = given.frozen["plan"]["comparisons"] if given.frozen else {}
    stated = planned.get(row["comparison_id"], {}).get("hypothesis")
    now = {one.id: one.hypothesis for one in given.study.survey.plan.comparisons}
    return " ".join(str(stated or now.get(row["comparison_id"], row["comparison_id"])).split()).rstrip(".")


def _holds(given: Given, row: Mapping[str, Any]) -> bool:
    return not missing(row["p_holm"]) and row["p_holm"] <= given.study.survey.plan.level


def planned_row(given: Given, row: Mapping[str, Any]) -> list[Any]:
    """Return a row of the table of planned comparisons."""
    others = _values(given, row["against"]) or phrase("all others")
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
    return Markdown(f"{link(_hypothesis(given, row), planned_anchor(row))}: {inert(retold(row['note']))}.")


def _measure(given: Given, measure: str) -> str:
    kind, _, name = measure.partition(":")
    if kind == "sense":
        return phrase("sense “{name}”", name=given.sense_name(name))
    return phrase("code “{name}”", name=given.code_name(name))


def _values(given: Given, joined: str) -> str:
    return listed([given.study.label(value) for value in joined.split("|") if value])


def _mean(given: Given, row: Mapping[str, Any], side: str) -> str:
    if missing(row[f"n_{side}"]):  # in what is published
        return "not shown"
    count, mean = int(row[f"n_{side}"]), row[f"mean_{side}"]
    if given.small or missing(mean):
        return phrase("{n} respondents", n=count)
    return phrase("{share} of {n}", share=percent(mean), n=count)


def p_value(p: float | None) -> str:
    """Return a p-value with three digits, never 0."""
    if missing(p):
        return "–"
    assert p is not None
    return f"< {number(0.001, '.3f')}" if p < 0.001 else decimal(p, 3)


def deviation_rows(given: Given) -> list[list[Any]]:
    """Return what differs from the plan: day, decision, as planned, as done, why."""
    rows = []
    for one in given.deviations:
        head = [one.day or phrase("not noted"), one.reason or phrase("nobody has said")]
        changes = one.changes or (("", "", ""),)
        rows += [[head[0], _decision(key), old, new, head[1]] for key, old, new in changes]
    return rows


def _decision(key: str) -> str:
    if not key:
        return phrase("nothing that the plan states")
    return ", ".join(phrase(NAMES[part]) if part in NAMES else part.replace("_", " ") for part in key.split("."))


def tables(given: Given) -> dict[str, pd.DataFrame]:
    """Return the tables behind this section, for tables/*.csv."""
    columns = ["date", "decision", "as_planned", "as_done", "reason"]
    return {"planned": given["planned"], "deviations": pd.DataFrame(deviation_rows(given), columns=columns)}
