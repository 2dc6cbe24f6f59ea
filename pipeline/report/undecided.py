"""What remains undecided: open units, decisions that decided nothing, work not reached, names without definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from pipeline.notes import retold
from pipeline.report.given import SAID, Given
from pipeline.speech import message, phrase
from pipeline.wording import missing, quoted

STATES = {
    "no_code": message("no code applies"), "unsure": message("unsure"), "cannot_code": message("cannot be coded"),
    "skipped": message("skipped"),
}  # fmt: skip
KINDS = {"excerpt": message("excerpt"), "usage": message("usage"), "pair": message("pair")}
MOST = 12  # open units shown with their words


@dataclass(frozen=True)
class OpenUnit:
    """A unit that people read and the record rule leaves open."""

    person: str
    where: str
    text: str
    values: str
    reason: str


def open_units(given: Given) -> tuple[list[OpenUnit], int]:
    """Return open units with their words (all of them in a small study), and how many there are."""
    table = given["open_units"].sort_values(["unit_kind", "unit_id"])
    shown = table if given.small else table.groupby("unit_kind").head(MOST)
    usages = given.placed(given["usages"]).set_index("usage_id")
    excerpts = given.placed(given["excerpts"]).set_index("excerpt_id")
    texts = dict(zip(given["responses"].response_id, given["responses"].text, strict=True))
    found = [unit for row in shown.to_dict("records") if (unit := unit_of(given, row, usages, excerpts, texts))]
    return found, len(table)


def unit_of(
    given: Given, row: dict, usages: pd.DataFrame, excerpts: pd.DataFrame, texts: dict[str, str]
) -> OpenUnit | None:
    """Return a unit with its words, or None where the study no longer has it."""
    from pipeline.report.quotes import around

    places = usages if row["unit_kind"] == "usage" else excerpts
    if row["unit_id"] not in places.index:
        return None
    unit = places.loc[row["unit_id"]]
    words = "".join(
        around(
            texts[unit.response_id],
            int(unit.start),
            int(unit.start if row["unit_kind"] == "excerpt" else unit.end),
            most=110,
        )
    )
    if row["unit_kind"] == "usage":
        where = quoted(given.terms.get(unit.term_id, unit.term_id))
    else:
        where, words = phrase("excerpt"), str(unit.text)[:220] + ("…" if len(str(unit.text)) > 220 else "")
    if unit.respondent_id in given.silent:
        words = phrase("not to be quoted")
    return OpenUnit(
        given.people[unit.respondent_id],
        where,
        words,
        named(given, row["values"]),
        named(given, retold(row["reason"] or "")),
    )


def named(given: Given, values: str | None) -> str:
    """Write what coders chose in names: ids of senses and codes are replaced where they are known."""
    if missing(values) or not values:
        return ""
    text = str(values)
    known = {
        **{code: given.code_name(code) for code in given.codes.code_id},
        **{sense: given.sense_name(sense) for sense in given.inventory.sense_id},
    }
    known |= {"cannot tell": phrase("cannot tell")}
    known |= {name: phrase(said) for name, said in {**STATES, "none": SAID["none"]}.items()}
    pattern = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.sub(rf"(?<![\w.-])(?:{pattern})(?![\w-])", lambda hit: known[hit[0]], text).replace("|", ", ")


def states(given: Given) -> pd.DataFrame:
    """Return, per kind of unit, how many assignments ended how: all, coded, each other state, not reached."""
    work = given["assignments"].merge(given["decisions"][["assignment_id", "state"]], on="assignment_id", how="left")
    work["state"] = work.state.astype(object).where(work.state.notna(), "not reached")
    if work.empty:
        return pd.DataFrame()
    table = work.groupby(["unit_kind", "state"]).size().unstack(fill_value=0)
    table.insert(0, "all", table.sum(axis=1))
    return table.reset_index()


def undefined_senses(given: Given) -> list[str]:
    """Return names of senses in the inventory that have no definition yet."""
    rows = given.inventory
    bare = rows[[missing(text) or not str(text).strip() for text in rows.definition]] if len(rows) else rows
    return [f"{given.terms.get(t, t)}: {given.sense_name(s)}" for t, s in zip(bare.term_id, bare.sense_id, strict=True)]


def unused_senses(given: Given) -> list[str]:
    """Return names of senses in the inventory that people found in no usage, once anything has been judged."""
    if given.judged.empty:
        return []
    rows = given.inventory[~given.inventory.sense_id.isin(given.judged.sense_id)]
    return [f"{given.terms.get(t, t)}: {given.sense_name(s)}" for t, s in zip(rows.term_id, rows.sense_id, strict=True)]
