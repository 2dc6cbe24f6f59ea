"""Translations that somebody made after the survey: a table by response id, beside the texts of record.

data/raw/<study>/translations.csv has the columns response_id, language, translator, text. `ingest` lists the answers
that wait for one in reports/<study>/to-translate.csv, with the same columns and the answer in a fifth.
"""

from __future__ import annotations

import csv
import io

import pandas as pd

from pipeline.cells import inert
from pipeline.errors import Fault, InputError
from pipeline.study import Study
from pipeline.survey.decoding import settle
from pipeline.survey.exports import sniff
from pipeline.survey.privacy import clean, regions_of, scrub

COLUMNS = ("response_id", "language", "translator", "text")
FILE = "translations.csv"


def add_translations(
    tables: dict[str, pd.DataFrame], secrets: set[str], content: bytes, study: Study, *, file: str
) -> None:
    """Add a file's translations to the table of that name, before the export's; note what was scrubbed from them."""
    decoding = settle([content], None, file)
    text = content.decode(decoding.codec, decoding.errors)
    by_hand, scrubbed = read_translations(text, study, tables["responses"], file=file)
    both = pd.concat([by_hand, tables["translations"]], ignore_index=True)
    tables["translations"] = both.drop_duplicates(list(COLUMNS[:3]), ignore_index=True)
    secrets |= scrubbed


def read_translations(text: str, study: Study, responses: pd.DataFrame, *, file: str) -> tuple[pd.DataFrame, set[str]]:
    """Return (translations, what was scrubbed from them), or raise InputError with every line that does not fit.

    A line without a text waits for its translator and is passed over.
    """
    text = text.removeprefix("\ufeff")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sniff(text), strict=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        remedy = "the columns are response_id, language, translator and text, in any order"
        raise InputError([Fault(file, "line 1", f"the column {missing[0]} is missing", remedy)])
    known = set(responses.response_id)
    rows, faults, secrets = [], [], set[str]()
    try:
        for row in reader:
            said = clean(row["text"] or "")
            if not said:
                continue
            fault = _fault(row, known)
            if fault:
                faults.append(Fault(file, f"line {reader.line_num}", *fault))
                continue
            privacy = study.survey.privacy
            regions = regions_of(study.survey)
            said, marks = scrub(said, privacy.names, regions) if privacy.scrub else (said, [])
            secrets |= {mark.original for mark in marks}
            rows.append((row["response_id"].strip(), row["language"].strip().lower(), row["translator"].strip(), said))
    except csv.Error as error:
        faults.append(Fault(file, f"line {reader.line_num}", str(error), "save the table as CSV again"))
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS)).drop_duplicates(list(COLUMNS[:3])), secrets


def _fault(row: dict[str, str], known: set[str]) -> tuple[str, str] | None:
    name = (row["response_id"] or "").strip()
    if name not in known:
        remedy = "ids are in reports, to-translate.csv; an answer that was edited since has another"
        return f"no answer has the id {name!r}", remedy
    if not (row["translator"] or "").strip():
        return "nobody is named as translator", "name a person, or a service and who checked it"
    if not (row["language"] or "").strip():
        return "the language of the translation is missing", "give its code, for example en"
    return None


def to_translate(study: Study, responses: pd.DataFrame, translations: pd.DataFrame) -> str:
    """Return a CSV of the answers in other languages than the study's that have no translation, or ''."""
    wanted = study.survey.language
    elsewhere = ~responses.language.isin([wanted, "und"])
    if not elsewhere.any():
        return ""
    foreign = responses[elsewhere]
    waiting = foreign[~foreign.response_id.isin(translations.response_id)]
    if waiting.empty:
        return ""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "answer", "answer_language"])
    for response, language, text in zip(waiting.response_id, waiting.language, waiting.text, strict=True):
        writer.writerow([response, wanted, "", "", inert(text), language])
    return out.getvalue()
