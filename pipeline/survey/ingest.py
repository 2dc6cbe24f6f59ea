"""Export and data dictionary -> respondents, items, responses, ratings, and the flow of who was left out and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.ids import SEPARATOR, keyed_id, normalise
from pipeline.study import Column, ExportFile, Study
from pipeline.survey.privacy import clean, scrub
from pipeline.survey.recognise import Export

REAL = {"0", "ip address", "", "complete", "completed", "partial", "imported", "approved"}
PREVIEW = {"1", "2", "survey preview", "survey test", "spam", "8", "9", "preview", "test", "17"}
YES = {"1", "true", "yes", "finished", "complete", "completed", "ja", "oui", "sí", "wahr", "vrai"}
NO = {"0", "false", "no", "unfinished", "incomplete", "nein", "non", "falsch", "faux"}
STEPS = ("rows in the file", "not previews or tests", "finished", "consented", "not sent twice", "with text")


@dataclass(frozen=True)
class Ingested:
    """The tables, the rows left out, and what the leak check must never find again."""

    tables: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    warnings: list[str]
    secrets: set[str] = field(default_factory=set)


@dataclass
class _Row:
    file: str
    number: int  # zero-based among the export's data rows
    wave: str
    cells: dict[str, str]
    respondent: str = ""


def ingest(study: Study, exports: Sequence[tuple[ExportFile, Export]], key: bytes) -> Ingested:
    """Return everything the later stages read. Rows are judged by stated rules, in the order of STEPS."""
    rows = [
        _Row(stated.file, number, stated.wave, dict(zip(export.names, cells, strict=True)))
        for stated, export in exports
        for number, cells in enumerate(export.rows)
    ]
    kept, rejected, flow = _selected(study, rows, key)
    warnings = [
        f"{stated.file}: read as {export.encoding}; check the letters in {', '.join(export.repaired[:5])}"
        for stated, export in exports
        if export.repaired
    ]
    people = _respondents(study, kept)
    responses, secrets = _responses(study, kept, key)
    tables = {
        "respondents": people,
        "items": _items(study),
        "responses": responses,
        "ratings": _ratings(study, kept),
        "flow": flow,
    }
    return Ingested(tables, rejected, warnings, secrets | _dropped(study, rows))


def _selected(study: Study, rows: list[_Row], key: bytes) -> tuple[list[_Row], pd.DataFrame, pd.DataFrame]:
    rules = study.survey.rows
    seen: dict[str, int] = {}
    checks: tuple[tuple[str, Callable[[_Row], bool]], ...] = (
        ("a preview, a test or spam", lambda row: rules.keep_previews or not _is_preview(study, row)),
        ("not finished", lambda row: rules.keep_unfinished or _is_finished(study, row)),
        ("no consent", lambda row: _consents(study, row)),
        ("the same answers sent again", lambda row: rules.keep_duplicates or _first(study, row, seen)),
        (
            "no open question answered",
            lambda row: any(row.cells.get(name, "").strip() for name in study.columns("open")),
        ),
    )
    flow = [(0, STEPS[0], len(rows), 0, "")]
    rejected = []
    for step, (reason, keep) in enumerate(checks, 1):
        verdicts = [keep(row) for row in rows]
        rejected += [(row.file, row.number + 1, reason) for row, ok in zip(rows, verdicts, strict=True) if not ok]
        passed = [row for row, ok in zip(rows, verdicts, strict=True) if ok]
        flow.append((step, STEPS[step], len(passed), len(rows) - len(passed), reason))
        rows = passed
    for row in rows:
        row.respondent = _respondent_id(study, row, key)
    names = ["step", "label", "n_rows", "n_dropped", "reason"]
    listed = pd.DataFrame(rejected, columns=pd.Index(["file", "row", "reason"]))
    return rows, listed, pd.DataFrame(flow, columns=pd.Index(names))


def _is_preview(study: Study, row: _Row) -> bool:
    return any(row.cells.get(name, "").strip().lower() in PREVIEW for name in study.columns("status"))


def _is_finished(study: Study, row: _Row) -> bool:
    stated = [row.cells.get(name, "").strip().lower() for name in study.columns("finished")]
    return not any(value in NO for value in stated)


def _consents(study: Study, row: _Row) -> bool:
    agree = {value.strip().lower() for value in study.survey.rows.consent}
    given = [row.cells.get(name, "").strip().lower() for name in study.columns("consent")]
    return all(value in agree if agree else value not in {"", *NO} for value in given)


def _first(study: Study, row: _Row, seen: dict[str, int]) -> bool:
    """Say whether this is not a copy: the same answers under the same marks of identity (IP address and the like).

    Without such marks two equal short answers may be two people, and nothing is dropped; blank sessions are
    counted as blank.
    """
    marks = [normalise(row.cells.get(name, "")) for name in study.columns("identifying")]
    if not any(marks) or not any(row.cells.get(name, "").strip() for name in study.columns("open")):
        return True
    asked = study.columns("open", "rating", "single_choice", "multiple_choice")
    answers = [normalise(row.cells.get(name, "")) for name in asked]
    return seen.setdefault(SEPARATOR.join([row.wave, *marks, *answers]), id(row)) == id(row)


def _respondent_id(study: Study, row: _Row, key: bytes) -> str:
    """Return the pseudonym: from the tool's own id, or, without one, from the time stamp and the answers."""
    stated = [normalise(row.cells.get(name, "")) for name in study.columns("respondent_id")]
    if any(stated):
        return keyed_id(key, "p", *stated)
    content = [normalise(row.cells.get(name, "")) for name in study.survey.columns if name in row.cells]
    return keyed_id(key, "p", row.wave, *content)


def _respondents(study: Study, rows: Sequence[_Row]) -> pd.DataFrame:
    agreed = study.columns("quote_consent")
    found = {}
    for row in rows:
        closed: dict[str, list[str]] = {}
        for name in study.columns("single_choice", "multiple_choice"):
            closed.setdefault(study.question_of(name), []).append(clean(row.cells.get(name, "")))
        quote = all(row.cells.get(name, "").strip().lower() in YES for name in agreed)
        found[row.respondent] = {
            "respondent_id": row.respondent,
            "wave": row.wave,
            "quote_ok": quote if agreed else None,
            **{question: "; ".join(filter(None, values)) for question, values in closed.items()},
        }
    names = [
        "respondent_id",
        "wave",
        "quote_ok",
        *dict.fromkeys(map(study.question_of, study.columns("single_choice", "multiple_choice"))),
    ]
    return pd.DataFrame(list(found.values()), columns=pd.Index(names))


def _items(study: Study) -> pd.DataFrame:
    factors = list(dict.fromkeys(factor for levels in study.survey.items.values() for factor in levels))
    rows = [
        {"item_id": item, **{factor: levels.get(factor, "") for factor in factors}}
        for item, levels in study.survey.items.items()
    ]
    return pd.DataFrame(rows, columns=pd.Index(["item_id", *factors]))


def _responses(study: Study, rows: Sequence[_Row], key: bytes) -> tuple[pd.DataFrame, set[str]]:
    privacy = study.survey.privacy
    languages = list(study.columns("language"))
    secrets: set[str] = set()
    found = {}
    for row in rows:
        language = next(
            (row.cells[name].strip().lower() for name in languages if row.cells.get(name, "").strip()),
            study.survey.language,
        )
        for name, column in study.columns("open").items():
            text = clean(row.cells.get(name, ""))
            if not text:
                continue
            if privacy.scrub:
                text, replaced = scrub(text, privacy.names)
                secrets |= {mark.original for mark in replaced}
            response = _response_id(study, row, name, column, key)
            found[response] = {
                "response_id": response,
                "respondent_id": row.respondent,
                "question_id": study.question_of(name),
                "item_id": column.item,
                "wave": row.wave,
                "text": text,
                "text_digest": keyed_id(key, "t", normalise(text)),
                "language": language,
                "export_row": row.number,
                "export_column": name,
            }
    from pipeline.tables import SCHEMAS

    return pd.DataFrame(list(found.values()), columns=pd.Index(list(SCHEMAS["responses"].types))), secrets


def _response_id(study: Study, row: _Row, name: str, column: Column, key: bytes) -> str:
    return keyed_id(key, "r", row.respondent, study.question_of(name), column.item or "", row.wave)


def _ratings(study: Study, rows: Sequence[_Row]) -> pd.DataFrame:
    found = {}
    for row in rows:
        for name, column in study.columns("rating").items():
            level = clean(row.cells.get(name, ""))
            if level:
                question = study.question_of(name)
                value = _number(
                    level, study.survey.questions[question].options if question in study.survey.questions else ()
                )
                found[row.respondent, question, column.item or "", row.wave] = (value, level)
    table = [(*key, value, level) for key, (value, level) in found.items()]
    return pd.DataFrame(table, columns=pd.Index(["respondent_id", "question_id", "item_id", "wave", "value", "level"]))


def _number(level: str, options: Sequence[str]) -> float | None:
    """Return a rating's number: the cell itself, or its place among the options of survey.yaml."""
    try:
        return float(level.replace(",", "."))
    except ValueError:
        return float(options.index(level) + 1) if level in options else None


def _dropped(study: Study, rows: Sequence[_Row]) -> set[str]:
    """Return values of identifying columns that were not kept: the leak check looks for them."""
    columns = [name for name, column in study.columns("identifying").items() if not column.keep]
    return {row.cells.get(name, "").strip() for row in rows for name in columns} - {""}


def log_line(study: Study, ingested: Ingested) -> str:
    """Return one line for people: how many came in, how many count."""
    flow = ingested.tables["flow"]
    counts = json.dumps(dict(zip(flow.label, map(int, flow.n_rows), strict=True)), ensure_ascii=False)
    people, answers = len(ingested.tables["respondents"]), len(ingested.tables["responses"])
    return f"ingest: {people} respondents, {answers} answers {counts}"
