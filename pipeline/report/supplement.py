"""The supplement of a paper: anonymised data, the codebook and its history, decisions, tables, what made them.

Texts only of respondents who agreed to be quoted; answers to closed questions only where enough people gave them;
respondents as P-numbers, no times to the second, no memos. The blind variant names no coder, editor or author.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline import __version__
from pipeline.report.given import Given
from pipeline.report.public import closed
from pipeline.report.save import csv_bytes

MASKED = "(masked)"
NAMED = re.compile(r"(?<![\w-])(decided_by|editors|authors?)(\s*):\s*(?:\[[^\]]*\]|[^,}\n]*)")


@dataclass(frozen=True)
class Version:
    """One state of a codebook file in the team's history."""

    file: str
    commit: str
    date: str
    subject: str
    content: bytes


def files(
    given: Given,
    *,
    codebook: Mapping[str, bytes],
    history: Sequence[Version],
    program: Mapping[str, bytes],
    blind: bool,
) -> dict[str, bytes]:
    """Return path -> content of everything in the supplement; the same inputs are the same bytes.

    codebook: today's files by name; program: LICENSE, CITATION.cff, manifest.json by name.
    """
    coders = sorted(set(given["assignments"].coder_id.dropna()))
    named = {coder: f"Coder {place}" if blind else coder for place, coder in enumerate(coders, 1)}
    found: dict[str, bytes] = {f"data/{name}.csv": csv_bytes(frame) for name, frame in _data(given).items()}
    found |= {
        f"decisions/{name}.csv": csv_bytes(frame) for name, frame in _decisions(given, named, blind=blind).items()
    }
    for name, content in codebook.items():
        found[f"codebook/{name}"] = _nameless(content, named) if blind else content
    for version in history:
        content = _nameless(version.content, named) if blind else version.content
        found[f"codebook/history/{version.date}-{version.commit[:8]}-{version.file}"] = content
    log = [(v.date, v.commit[:8], v.file, "" if blind else v.subject) for v in history]
    found["codebook/history.csv"] = csv_bytes(pd.DataFrame(log, columns=["date", "commit", "file", "subject"]))
    for name, content in program.items():
        if not blind or name == "LICENSE":
            found[name] = content
        elif name != "CITATION.cff":
            found[name] = _nameless(content, named)
    found["README.md"] = _readme(given, sorted(found), blind=blind).encode()
    return dict(sorted(found.items()))


def _data(given: Given) -> dict[str, pd.DataFrame]:
    """Return respondents, responses, ratings, excerpts, usages and the record, without what points at anybody."""
    people = given.people
    minimum = given.study.survey.privacy.minimum_cell
    respondents = given["respondents"]
    for question in closed(respondents):
        counts = respondents[question].map(respondents[question].value_counts())
        respondents = respondents.assign(**{question: respondents[question].where(counts >= minimum, MASKED)})
    agreed = given["respondents"][given["respondents"].quote_ok.fillna(False).astype(bool)].respondent_id
    responses = given["responses"][given["responses"].respondent_id.isin(agreed)]
    responses = responses.drop(columns=["export_row", "export_column", "text_digest"])
    kept = set(responses.response_id)
    questions = given.study.survey.questions
    tables = {
        "respondents": respondents.drop(columns="quote_ok"),
        "responses": responses,
        "ratings": given["ratings"],
        "excerpts": given["excerpts"][given["excerpts"].response_id.isin(kept)],
        "usages": given["usages"][given["usages"].response_id.isin(kept)],
        "questions": pd.DataFrame({"question_id": list(questions), "text": [one.text for one in questions.values()]}),
        "record": given["record"].drop(columns=["decided_by", "decided_at", "reason"]),
    }
    return {
        name: frame.assign(respondent_id=frame.respondent_id.map(people)).sort_values(list(frame.columns[:3]))
        if "respondent_id" in frame
        else frame
        for name, frame in tables.items()
    }


def _decisions(given: Given, named: Mapping[str, str], *, blind: bool) -> dict[str, pd.DataFrame]:
    """Return who decided what in which round, to the day; memos stay with the team.

    Ids of assignments are digests of coder and unit: in the blind variant they are numbers, so that no name can be
    tried against them.
    """
    work = given["assignments"].sort_values(["unit_kind", "unit_id", "round", "coder_id"])
    number = {name: f"a{place:06d}" for place, name in enumerate(work.assignment_id, 1)} if blind else {}
    made = given["decisions"].drop(columns=["memo", "screen", "seconds"])
    tables = {
        "assignments": work.assign(coder_id=work.coder_id.map(named)),
        "decisions": made.assign(decided_at=made.decided_at.astype("str").str[:10]),
        "codings": given["codings"],
        "judgements": given["judgements"],
    }
    return {
        name: frame.assign(assignment_id=frame.assignment_id.map(lambda one: number.get(one, one))).sort_values(
            "assignment_id", kind="stable"
        )
        for name, frame in tables.items()
    }


def _nameless(content: bytes, named: Mapping[str, str]) -> bytes:
    """Return a codebook file without names of coders, editors and authors; anything but text stays as it is."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    text = NAMED.sub(r'\1\2: "(blinded)"', text)
    for coder, said in named.items():
        text = re.sub(rf"(?<!\w){re.escape(coder)}(?!\w)", said, text)
    return text.encode()


ABOUT = {
    "data/": "respondents under P-numbers, answers of those who agreed to be quoted, ratings, usages, what counts",
    "decisions/": "who was given what, what each decided and on which day; not reached has no row",
    "codebook/": "the codebook and glossary as they are, and every earlier state in history/",
    "manifest.json": "digests of inputs, tables and outputs; versions of the program and all packages; seeds",
    "LICENSE": "of the program that made this (GPL-3.0-or-later)",
    "CITATION.cff": "how to cite the program",
}


def _readme(given: Given, names: Sequence[str], *, blind: bool) -> str:
    survey = given.study.survey
    licence = survey.privacy.data_licence or "not stated yet: name one in survey.yaml under privacy.data_licence"
    lines = [f"# Supplement: {survey.title}", ""]
    if survey.synthetic:
        lines += ["**Synthetic example.** The respondents are invented; nothing here is about real people.", ""]
    if blind:
        lines += ["Variant for blind review: coders are numbered, names are left out.", ""]
    lines += [f"- `{name}`: {said}" for name, said in ABOUT.items() if any(one.startswith(name) for one in names)]
    lines += [
        "",
        f"Made by Sameword {__version__}. Licence of the data: {licence}.",
        f"Answers to closed questions that fewer than {survey.privacy.minimum_cell} people gave read {MASKED}.",
        "Texts of people who did not agree to be quoted are not here; their ratings are.",
        "",
    ]
    return "\n".join(lines)
