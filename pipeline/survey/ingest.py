"""Export and data dictionary -> respondents, items, responses, ratings, and the flow of who was left out and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.errors import Fault, InputError
from pipeline.lean import collector_paused, give_back
from pipeline.settings import ExportFile
from pipeline.study import Study
from pipeline.survey.answers import REPLACED, items
from pipeline.survey.answers import responses as answers_of
from pipeline.survey.people import name_people, respondents
from pipeline.survey.ratings import ratings
from pipeline.survey.recognise import Export
from pipeline.survey.rows import Places, Row, contradictions, rows_of, select
from pipeline.survey.tools import plain

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class Ingested:
    """The tables, the rows left out, answers that were edited, and what was scrubbed, never to be found again."""

    tables: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    warnings: list[str]
    secrets: set[str] = field(default_factory=set)
    edited: list[str] = field(default_factory=list)  # ids under which answers stood before they were changed
    replaced: pd.DataFrame = field(default_factory=pd.DataFrame)  # where placeholders stand, without what stood there


def ingest(
    study: Study,
    exports: Sequence[tuple[ExportFile, Export]],
    key: bytes,
    handed_out: Mapping[str, str] | None = None,
    withdrawn: Collection[str] = (),
    nlp: Language | None = None,
    *,
    let_go: bool = False,
) -> Ingested:
    """Return everything the later stages read. Rows are judged by stated rules (`rows.STEPS`).

    handed_out: {response_id: text_digest} of answers that coders have been given; withdrawn: pseudonyms of people who
    took back their part. nlp: a trained pipeline, where persons that it finds in answers are to be replaced too.
    let_go: whoever calls has no more use for the exports' cells, and rows are emptied as they are read.
    """
    with collector_paused():
        return _ingest(study, exports, key, handed_out or {}, withdrawn, nlp, let_go)


def _ingest(
    study: Study,
    exports: Sequence[tuple[ExportFile, Export]],
    key: bytes,
    handed_out: Mapping[str, str],
    withdrawn: Collection[str],
    nlp: Language | None,
    let_go: bool,
) -> Ingested:
    rows = rows_of(study, exports)
    for _, export in exports if let_go else ():
        if isinstance(export.rows, list):
            export.rows.clear()  # the rows themselves are held by `rows`, and one after the other let go of
    kept, rejected, flow = select(study, rows)
    del rows
    again = {id(row) for row in kept if _is_header(row)}
    if again:
        kept, rejected, flow = _step(kept, again, "not the header again", "the header again", rejected, flow)
    name_people(kept, key)
    if withdrawn:
        kept, rejected, flow = _without(kept, withdrawn, rejected, flow)
    kept, rejected, flow = _one_voice(study, kept, rejected, flow)
    warnings = [
        f"{stated.file}: read as {export.encoding}; check the letters in {', '.join(export.repaired[:5])}"
        for stated, export in exports
        if export.repaired
    ]
    warnings += [f"{stated.file}: {note}" for stated, export in exports for note in export.notes]
    people = respondents(study, kept)
    about, rated = items(study, kept), ratings(study, kept)
    give_back()
    said = answers_of(study, kept, key, handed_out, nlp, let_go=let_go)
    del kept
    give_back()
    tables = {
        "responses": said.frame,  # first, because large: whoever writes it first lets go of it before the others' turn
        "respondents": people,
        "items": about,
        "ratings": rated,
        "flow": flow,
        "translations": pd.DataFrame(
            said.translations, columns=pd.Index(["response_id", "language", "translator", "text"])
        ).drop_duplicates(["response_id", "language", "translator"]),
    }
    replaced = pd.DataFrame(said.replaced, columns=pd.Index(REPLACED)).sort_values(list(REPLACED), ignore_index=True)
    return Ingested(tables, rejected, warnings, said.secrets, said.edited, replaced)


def _is_header(row: Row) -> bool:
    """Say whether a row is the header once more: files that were put together have it again and again."""
    header = row.places.export.header
    return any(plain(row.cells[0]) == names[0] and tuple(map(plain, row.cells)) == names for names in header)


def _one_voice(
    study: Study, rows: list[Row], rejected: pd.DataFrame, flow: pd.DataFrame
) -> tuple[list[Row], pd.DataFrame, pd.DataFrame]:
    """Refuse rows of one person and occasion that contradict each other, or keep the first or last, as stated."""
    rule = study.survey.rows.repeated
    ordered = rows[::-1] if rule == "last" else rows
    clashes = list(contradictions(study, ordered))
    if not clashes:
        return rows, rejected, flow
    if rule == "refuse":
        raise InputError(
            Fault(
                str(study.raw / later.file),
                f"record {later.number + 1 + later.places.export.header_rows}, column {name}",
                "another answer under the same respondent id as record "
                f"{earlier.number + 1 + earlier.places.export.header_rows}",
                "give the column that tells a person's rows apart the role occasion, correct respondent_id, or say"
                " which row counts with rows: {repeated: first} or last",
            )
            for earlier, later, name in clashes[:100]
        )
    reason = f"another row of the same person ({rule} counts)"
    out = {id(later) for _, later, _ in clashes}
    return _step(rows, out, "one row per person", reason, rejected, flow)


def _without(
    rows: list[Row], withdrawn: Collection[str], rejected: pd.DataFrame, flow: pd.DataFrame
) -> tuple[list[Row], pd.DataFrame, pd.DataFrame]:
    out = {id(row) for row in rows if row.respondent in withdrawn}
    return _step(rows, out, "not withdrawn", "withdrawn", rejected, flow)


def _step(
    rows: list[Row], out: set[int], label: str, reason: str, rejected: pd.DataFrame, flow: pd.DataFrame
) -> tuple[list[Row], pd.DataFrame, pd.DataFrame]:
    """Leave out some rows in one more step of the flow."""
    gone = [(row.file, row.number + 1, reason) for row in rows if id(row) in out]
    listed = pd.DataFrame(gone, columns=pd.Index(["file", "row", "reason"]))
    kept = [row for row in rows if id(row) not in out]
    step = pd.DataFrame([(len(flow), label, len(kept), len(gone), reason)], columns=pd.Index(list(flow.columns)))
    return kept, pd.concat([rejected, listed], ignore_index=True), pd.concat([flow, step], ignore_index=True)


def dropped(study: Study, exports: Sequence[tuple[ExportFile, Export]]) -> dict[str, tuple[str, int]]:
    """Return the values of identifying columns that are not kept, each with its column and the first record it is in.

    The leak check looks for them; also for two words beside each other in a row: neither May nor Brown tells anybody,
    "May Brown" does. To be called before `ingest` lets go of the cells.
    """
    kept = {name for name, column in study.columns("identifying").items() if column.keep}
    found: dict[str, tuple[str, int]] = {}
    for _, export in exports:
        columns = [pair for pair in Places(study, export).of("identifying") if pair[1] not in kept]
        for number, row in enumerate(export.rows, export.header_rows + 1):
            before = ""
            for place, name in columns:
                value = row[place].strip()
                if value:
                    found.setdefault(value, (name, number))
                if before and value.isalpha():
                    found.setdefault(f"{before} {value}", (name, number))
                before = value if value.isalpha() else ""
    return found


def log_line(study: Study, ingested: Ingested) -> str:
    """Return one line for people: how many came in, how many count."""
    flow = ingested.tables["flow"]
    counts = json.dumps(dict(zip(flow.label, map(int, flow.n_rows), strict=True)), ensure_ascii=False)
    people, texts = len(ingested.tables["respondents"]), len(ingested.tables["responses"])
    return f"ingest: {people} respondents, {texts} answers {counts}"
