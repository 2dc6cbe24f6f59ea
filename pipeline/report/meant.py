"""What respondents say they meant: coders, record, completed labels against authors; misplaced confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.asking.accuracy import sources
from pipeline.asking.authors import response
from pipeline.report.given import Given
from pipeline.speech import message, number, phrase
from pipeline.wording import decimal, interval, missing, of, percent, plural, quoted

NAMES = {"coders": message("All coders"), "record": message("The record"), "completed": message("Completed labels")}


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for what authors say."""
    authors, table = given["authors"], given["accuracy"]
    counts = response(authors)
    whole = table[(table.source == "coders") & (table.term_id == "") & (table.measure == "same")]
    return {
        "n_asked": counts["asked"],
        "authors_said": authors_said(given, counts),
        "returned_rows": returned_rows(counts),
        "authors_brief": _brief(given, whole.iloc[0].to_dict()) if len(whole) and counts["answered"] else "",
        "source_headers": [
            phrase("Who decided"),
            phrase("All words"),
            *[quoted(given.terms.get(t, t)) for t in shown_terms(given)],
            phrase("Decisions"),
            phrase("Text does not tell"),
        ],
        "source_rows": source_rows(given),
        "sense_rows": sense_rows(given),
        "confidence_rows": confidence_rows(given),
    }


def authors_said(given: Given, counts: Mapping[str, int]) -> str:
    """Say who was asked and who answered."""
    rate = "" if given.small or not counts["asked"] else f" ({percent(counts['answered'] / counts['asked'])})"
    said = phrase(
        "{counts} respondents who were asked answered{rate}, about {usages} of their usages.",
        counts=of(counts["answered"], counts["asked"]),
        rate=rate,
        usages=of(counts["usages_answered"], counts["usages_asked"]),
    )
    if not counts["usages_answered"]:
        return said
    more = phrase(
        "Of these usages, in {several} the author meant several senses at once, in {none} none of those offered, and "
        "in {forgotten} the author can no longer say.",
        several=counts["several"],
        none=counts["none"],
        forgotten=counts["forgotten"],
    )
    return f"{said} {more}"


def returned_rows(counts: Mapping[str, int]) -> list[list[Any]]:
    """Return what was asked and what came back, in the order in which the text says it."""
    rows = {
        "asked": phrase("Respondents asked"), "answered": phrase("Respondents who answered"),
        "usages_asked": phrase("Usages asked about"), "usages_answered": phrase("Usages answered"),
        "several": phrase("of these, several senses meant at once"),
        "none": phrase("of these, none of the senses offered"),
        "forgotten": phrase("of these, the author can no longer say"),
    }  # fmt: skip
    return [[name, number(counts[key])] for key, name in rows.items()]


def _brief(given: Given, row: Mapping[str, Any]) -> str:
    share = f"{percent(row['value'])}{_around(row)}" if not given.small else decimal(row["value"])
    decisions = plural(int(row["n_decisions"]), "decision")
    return phrase(
        "what coders decided is what the author meant in {share} of {decisions}", share=share, decisions=decisions
    )


def _around(row: Mapping[str, Any]) -> str:
    around = interval(row["ci_low"], row["ci_high"], as_percent=True)
    return f" ({phrase('95 % interval {interval}', interval=around)})" if around else ""


def _value(given: Given, row: Mapping[str, Any] | None) -> str:
    """Return a share with its interval; in a small study the number of decisions that fit."""
    if row is None or missing(row["value"]):
        return "–"
    hits = round(float(row["value"]) * int(row["n_decisions"]), 1)
    if given.small or int(row["n_respondents"]) < 10:
        return (
            phrase("{count} of {base}", count=hits, base=int(row["n_decisions"]))
            if hits % 1
            else of(int(hits), int(row["n_decisions"]))
        )
    around = interval(row["ci_low"], row["ci_high"], as_percent=True)
    return f"{percent(row['value'])}{f' [{around}]' if around else ''}"


def source_rows(given: Given) -> list[list[Any]]:
    """Return how far each source says what authors meant: source, all words, then per word; decisions, abstentions."""
    table = given["accuracy"]
    same = table[table.measure == "same"]
    terms = shown_terms(given)
    rows = []
    for source, name in sources(table).items():
        mine = {row["term_id"]: row for row in same[same.source == source].to_dict("records")}
        cells = [_value(given, mine.get(term)) for term in ["", *terms]]
        whole = mine.get("")  # a public report leaves out what rests on few authors
        if whole is not None:
            rows.append([phrase(NAMES.get(source, name)), *cells, int(whole["n_decisions"]), int(whole["n_abstained"])])
    return rows


def shown_terms(given: Given) -> list[str]:
    """Return the words asked about, in the order of the study."""
    asked = set(given["authors"].term_id)
    return [term for term in given["terms"].term_id if term in asked]


def sense_rows(given: Given) -> list[list[Any]]:
    """Return, per sense: usages meant so, coders who found it, coders who were right to say it; a dash where masked."""
    table = given["accuracy"]
    mine = table[(table.source == "coders") & (table.sense_id != "")]
    rows = []
    for term in shown_terms(given):
        part = mine[mine.term_id == term]
        for sense in given.senses_of(term, part.sense_id):
            found = {row["measure"]: row for row in part[part.sense_id == sense].to_dict("records")}
            if found:
                rows.append(
                    [
                        quoted(given.terms.get(term, term)),
                        given.sense_name(sense),
                        int(found["found"]["n_usages"]) if "found" in found else "–",
                        _value(given, found.get("found")),
                        _value(given, found.get("right")),
                    ]
                )
    return rows


def confidence_rows(given: Given) -> list[list[Any]]:
    """Return, per word: the share authors expect, the share who do mean the same, the difference."""
    rows = []
    for row in given["confidence"].to_dict("records"):
        if missing(row["expected"]):
            continue
        ends = (number(100 * row[end], "+.0f") for end in ("ci_low", "ci_high"))
        around = "" if missing(row["ci_low"]) else phrase("{low} to {high}", low=next(ends), high=next(ends))
        off = 100 * row["misplaced"]
        rows.append(
            [
                quoted(given.terms.get(row["term_id"], row["term_id"])),
                percent(row["expected"]) if not given.small else of(round(10 * row["expected"]), 10),
                percent(row["real"]) if not given.small else of(round(10 * row["real"]), 10),
                phrase("{n:+.0f} points", n=off).replace("-", "−") if not given.small else "",
                around.replace("-", "−") or "–",
                int(row["n_respondents"]),
            ]
        )
    return rows


def tables(given: Given) -> dict[str, pd.DataFrame]:
    """Return the tables behind this section; what one author said stays with the team."""
    return {"accuracy": given["accuracy"], "confidence": given["confidence"]}
