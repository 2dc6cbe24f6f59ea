"""What one coder gets: the open work, the codebook, the senses. The same dict feeds the page and the spreadsheet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.coding.anchors import anchor_quotes
from pipeline.coding.manners import manners
from pipeline.coding.shown import Facts
from pipeline.coding.units import EXCERPT, PAIR, USAGE, describe_pairs
from pipeline.ids import content_id
from pipeline.study import Study

FORMAT = "sameword-packet"
Answers = dict[str, list[tuple[str, dict[str, str]]]]  # respondent_id -> (response_id, what is shown)


@dataclass(frozen=True)
class Scheme:
    """The codebook and the sense inventory as plain data, for showing."""

    version: str
    themes: Sequence[Mapping[str, Any]]
    terms: Mapping[str, Mapping[str, Any]]
    anchors: Mapping[str, Sequence[str]] = field(default_factory=dict)  # sense id -> usages that show it


def theme_rows(themes: Sequence[Any]) -> list[dict[str, Any]]:
    """Return themes (codebook.themes.Theme) as plain data; codes that are no longer active are left out."""
    return [
        {
            "id": theme.id,
            "name": theme.name,
            "colour": theme.colour or "",
            "codes": [
                {
                    "id": code.id, "name": code.name, "definition": code.definition, "include": code.include,
                    "exclude": code.exclude, "positive": list(code.examples.positive),
                    "negative": list(code.examples.negative), "colour": code.colour or theme.colour or "",
                }
                for code in theme.codes
                if code.status == "active"
            ],
        }
        for theme in themes
    ]  # fmt: skip


def term_rows(senses: pd.DataFrame, terms: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the inventory as plain data. senses: term_id, sense_id, name, definition, tell; terms: the terms table."""
    labels = dict(zip(terms.term_id, terms.label, strict=True))
    found: dict[str, dict[str, Any]] = {}
    for row in senses.to_dict("records"):
        term = found.setdefault(row["term_id"], {"label": labels.get(row["term_id"], row["term_id"]), "senses": []})
        sense = {"id": row["sense_id"], "name": row["name"]}
        term["senses"].append(sense | {key: row.get(key) or "" for key in ("definition", "preferred", "tell")})
    return found


def build(
    study: Study,
    coder: str,
    *,
    ledger: pd.DataFrame,
    units: pd.DataFrame,
    scheme: Scheme,
    facts: Facts | None = None,
    answers: Answers | None = None,
) -> dict[str, Any]:
    """Return the packet of one coder: all work in the ledger in reading order. facts: what may be shown besides.

    answers: answers_of(study, units), where several packets are made.

    Respondents appear as numbers that mean nothing outside this packet; ratings, group and other
    coders' work are not in it at all.
    """
    mine = ledger[ledger.coder_id == coder].sort_values("position")
    pairs = describe_pairs(mine[mine.unit_kind == PAIR].unit_id, units)
    rows = mine.merge(pd.concat([units, pairs]), on=["unit_kind", "unit_id"]).sort_values("position", kind="stable")
    people = {person: content_id("p", study.name, coder, person, length=8) for person in rows.respondent_id.unique()}
    shown = study.survey.coding.show_to_coders
    return {
        "format": FORMAT,
        "version": 1,
        "study": study.name,
        "title": study.survey.title,
        "language": study.survey.language,
        "coder": coder,
        "codebook_version": scheme.version,
        "themes": list(scheme.themes),
        "terms": _terms(scheme, rows, units),
        "manners": manners(study.survey.coding.approach, study.survey.coding.purpose),
        "others_visible": "other_answers" in shown,
        "units": [
            _unit(study, row, people) | {"facts": (facts or {}).get(row["unit_id"], [])}
            for row in _with_second(study, rows, units)
        ],
        "others": _others(people, answers if answers is not None else answers_of(study, units)),
    }


def _terms(scheme: Scheme, rows: pd.DataFrame, units: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the terms of this packet with their senses, each with the anchors that this coder is not asked about."""
    asked = {part for unit in rows.unit_id for part in unit.split("+")}
    shown = anchor_quotes(scheme.anchors, units, asked=asked)
    found = {key: scheme.terms.get(key, {"label": key, "senses": []}) for key in dict.fromkeys(rows.term_id.dropna())}
    return {
        key: {**term, "senses": [{**sense, "anchors": shown.get(sense["id"], [])} for sense in term["senses"]]}
        for key, term in found.items()
    }


def _with_second(study: Study, rows: pd.DataFrame, units: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return rows as dicts; pairs with their second usage under `other`."""
    found = rows.to_dict("records")
    wanted = {row["unit_id"].split("+")[1] for row in found if row["unit_kind"] == PAIR}
    usages = units[(units.unit_kind == USAGE) & units.unit_id.isin(list(wanted))].to_dict("records")
    second = {
        usage["unit_id"]: {
            "answer": usage["answer"], "start": int(usage["start"]), "end": int(usage["end"]),
            "question": study.question_text(usage["question_id"]), "item": _item(study, usage["item_id"]),
        }
        for usage in usages
    }  # fmt: skip
    return [{**row, "other": second.get(row["unit_id"].partition("+")[2])} for row in found]


def _unit(study: Study, row: Mapping[Hashable, Any], people: Mapping[str, str]) -> dict[str, Any]:
    return {
        "assignment_id": row["assignment_id"],
        "unit_kind": row["unit_kind"],
        "unit_id": row["unit_id"],
        "digest": row["digest"],
        "question": study.question_text(row["question_id"]),
        "question_id": row["question_id"],
        "item": _item(study, row["item_id"]),
        "person": people[row["respondent_id"]],
        "response": content_id("x", people[row["respondent_id"]], row["response_id"], length=8),
        "term_id": row["term_id"] if isinstance(row["term_id"], str) else "",
        "answer": row["answer"],
        "start": int(row["start"]),
        "end": int(row["end"]),
        "text": row["text"],
        "purpose": row["purpose"],
        "other": row.get("other"),
    }


def _item(study: Study, item: object) -> str:
    if not isinstance(item, str) or not item:
        return ""
    factors = study.survey.items.get(item, {})
    return ", ".join(study.label(level) for level in factors.values()) or study.label(item)


def answers_of(study: Study, units: pd.DataFrame) -> Answers:
    """Return each respondent's answers, once each, in the order of the questions: (response_id, what is shown)."""
    order = {question: index for index, question in enumerate(study.open_questions())}
    answers = units.drop_duplicates("response_id")
    answers = answers.assign(place=answers.question_id.map(order)).sort_values(["place", "response_id"])
    columns = [answers[name] for name in ("respondent_id", "response_id", "question_id", "item_id", "answer")]
    found: Answers = {}
    for person, response, question, item, answer in zip(*columns, strict=True):
        shown = {"question": study.question_text(question), "item": _item(study, item), "answer": answer}
        found.setdefault(person, []).append((response, shown))
    return found


def _others(people: Mapping[str, str], answers: Answers) -> dict[str, list[dict[str, str]]]:
    """Return, under each person's number in this packet, their answers: what the key for 'other answers' shows."""
    return {
        number: [
            {"response": content_id("x", number, response, length=8), **shown}
            for response, shown in answers.get(person, ())
        ]
        for person, number in people.items()
    }


def kinds(packet: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many excerpts and usages a packet holds."""
    excerpts = sum(unit["unit_kind"] == EXCERPT for unit in packet["units"])
    return excerpts, len(packet["units"]) - excerpts
