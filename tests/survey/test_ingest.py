"""Rows judged by stated rules, ids from content, and a first survey.yaml that runs without editing."""

from __future__ import annotations

import csv
import io
import random

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.study import load_study
from pipeline.survey.checks import export_faults
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import dropped, ingest
from pipeline.survey.recognise import recognise

KEY = b"k" * 32
SURVEY = """\
study: s
title: T
exports: [{file: export.csv}]
columns:
  Status: {role: status}
  Finished: {role: finished}
  IPAddress: {role: identifying}
  ResponseId: {role: respondent_id}
  QC: {role: consent}
  Q1: {role: single_choice, question: job}
  Q2: {role: open, question: why, item: he}
  Q3: {role: rating, question: sim, item: he}
  UserLanguage: {role: language}
questions:
  sim: {text: How similar?, scale: [1, 5]}
items:
  he: {task: he}
"""
NAMES = ["Status", "Finished", "IPAddress", "ResponseId", "QC", "Q1", "Q2", "Q3", "UserLanguage"]


def row(**given):
    base = dict(
        zip(
            NAMES, ["IP Address", "True", "192.0.2.1", "R_1", "Yes", "nurse", "they look alike", "4", "EN"], strict=True
        )
    )
    return [{**base, **given}[name] for name in NAMES]


def taken_in(tmp_path, rows, survey=SURVEY):
    for folder, name, text in (("codebooks/s", "survey.yaml", survey), ("data/raw/s", "export.csv", None)):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        if text is None:
            out = io.StringIO(newline="")
            csv.writer(out).writerows([NAMES, NAMES, [f'{{"ImportId":"{name}"}}' for name in NAMES], *rows])
            text = out.getvalue()
        (tmp_path / folder / name).write_text(text, encoding="utf-8", newline="")
    study = load_study(tmp_path, "s")
    exports = [(stated, recognise(read_grid(study.raw / stated.file), stated)) for stated in study.survey.exports]
    return study, exports, ingest(study, exports, KEY)


def test_every_dropped_row_is_counted_and_listed_with_its_reason(tmp_path):
    rows = [
        row(), row(ResponseId="R_2", Status="Survey Preview"), row(ResponseId="R_3", Finished="False"),
        row(ResponseId="R_4", QC="No"), row(ResponseId="R_5"), row(ResponseId="R_6", Q2=" "),
        row(ResponseId="R_7", IPAddress="192.0.2.2"), row(ResponseId="R_8", Finished="0", Q2="x"),
    ]  # fmt: skip
    study, exports, found = taken_in(tmp_path, rows)
    assert found.tables["flow"].n_rows.tolist() == [8, 7, 5, 4, 3, 2]
    assert found.rejected.to_dict("list") == {
        "file": ["export.csv"] * 6,
        "row": [2, 3, 8, 4, 5, 6],
        "reason": ["a preview, a test or spam", "not finished", "not finished", "no consent",
                   "the same answers sent again", "no open question answered"],
    }  # fmt: skip
    assert len(found.tables["respondents"]) == 2
    assert dropped(study, exports) == {"192.0.2.1": ("IPAddress", 4), "192.0.2.2": ("IPAddress", 10)}


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("No, I do not agree", 0), ("I do not consent", 0), ("Nein, lieber nicht", 0), ("Ich willige nicht ein", 0),
     ("Je refuse", 0), ("No acepto", 0), ("Yes, I know that I do not have to", 1), ("I have read this. I agree", 1),
     ("Norwegian version: I agree", 1)],
)  # fmt: skip
def test_a_refusal_in_a_sentence_is_no_consent(tmp_path, cell, kept):
    _, _, found = taken_in(tmp_path, [row(QC=cell)])
    assert len(found.tables["respondents"]) == kept


def test_stated_consent_wins_over_the_reading_of_words(tmp_path):
    survey = SURVEY + "rows: {consent: ['No objections']}\n"
    _, _, found = taken_in(tmp_path, [row(QC="No objections"), row(QC="Yes", ResponseId="R_2")], survey)
    assert len(found.tables["respondents"]) == 1


def test_ids_survive_shuffling_late_rows_and_spreadsheets(tmp_path):
    rows = [row(ResponseId=f"R_{i}", IPAddress=f"192.0.2.{i}", Q2=f"answer  {i}") for i in range(10)]
    first = taken_in(tmp_path / "a", rows)[2].tables["responses"].set_index("text").response_id
    random.Random(1).shuffle(rows)
    late = [*rows, row(ResponseId="R_99", Q2="late")]
    second = taken_in(tmp_path / "b", late)[2].tables["responses"].set_index("text").response_id
    assert second[first.index].tolist() == first.tolist()
    assert len(second) == 11


def test_texts_are_scrubbed_and_offsets_are_of_the_text_of_record(tmp_path):
    _, _, found = taken_in(tmp_path, [row(Q2="ask me: a@example.org, similar\r\nthings")])
    response = found.tables["responses"].iloc[0]
    assert response.text == "ask me: [email], similar\nthings"
    assert (response.question_id, response.item_id, response.language, response.export_column) == (
        "why",
        "he",
        "en",
        "Q2",
    )
    assert "a@example.org" in found.secrets


def test_a_translation_stands_beside_the_answer_and_is_scrubbed(tmp_path):
    survey = SURVEY.replace(
        "Q1: {role: single_choice, question: job}", "Q1: {role: translation, of: Q2, translator: DeepL, language: en}"
    )
    rows = [row(Q2="sie sehen gleich aus", Q1="they look alike, says a@example.org"), row(ResponseId="R_2", Q1="")]
    _, _, found = taken_in(tmp_path, rows, survey)
    translations, answers = found.tables["translations"], found.tables["responses"]
    assert translations[["language", "translator", "text"]].values.tolist() == [
        ["en", "DeepL", "they look alike, says [email]"]
    ]
    assert answers.set_index("response_id").text[translations.response_id[0]] == "sie sehen gleich aus"
    assert "a@example.org" in found.secrets


def test_a_translation_says_of_what_and_by_whom(tmp_path):
    with pytest.raises(InputError, match="translator"):
        taken_in(
            tmp_path, [row()], SURVEY.replace("Q1: {role: single_choice, question: job}", "Q1: {role: translation}")
        )


def test_ratings_keep_number_and_label(tmp_path):
    _, _, found = taken_in(tmp_path, [row(), row(ResponseId="R_2", Q2="b", Q3="")])
    assert found.tables["ratings"][["question_id", "item_id", "value", "level"]].values.tolist() == [
        ["sim", "he", 4.0, "4"]
    ]


def test_all_faults_of_an_export_are_listed(tmp_path):
    survey = SURVEY.replace("  Q1: {role: single_choice, question: job}", "  Q11: {role: single_choice, question: job}")
    study, exports, _ = taken_in(tmp_path, [row(Q3="9")], survey)
    text = "\n".join(map(str, export_faults(study, exports)))
    assert "the export has no column 'Q11'" in text
    assert "did you mean 'Q1'?" in text
    assert "the export's column 'Q1' is not described" in text
    assert "a rating outside the scale 1 to 5" in text
    assert "record 4, column Q3" in text


def drafted(tmp_path, path):
    export = recognise(read_grid(path))
    folder = tmp_path / "codebooks" / "s"
    folder.mkdir(parents=True)
    (folder / "survey.yaml").write_text(draft(export, study="s", file="e"), encoding="utf-8")
    study = load_study(tmp_path, "s")
    return export, study, ingest(study, [(study.survey.exports[0], export)], KEY)


@pytest.mark.realdata
def test_jupyter_without_editing(tmp_path, shared_data):
    """Counts made independently: csv module, str.strip, the 22 columns of the eight open questions."""
    export, study, found = drafted(tmp_path, shared_data / "jupyter-ux-2015" / "20160115235816-SurveyExport.csv")
    assert export.tool == "alchemer"
    assert len(export.rows) == 1706
    assert len(study.columns("open")) == 22
    assert len(study.open_questions()) == 8
    assert len(found.tables["respondents"]) == 956
    assert len(found.tables["responses"]) == 8296
    assert sum(cell == "Complete" for cell in export.column("Status")) == 779


@pytest.mark.realdata
def test_flaky_tests_without_editing(tmp_path, shared_data):
    export, study, found = drafted(tmp_path, shared_data / "flaky-tests" / "responses.tsv")
    assert (export.tool, len(export.rows)) == ("google-forms", 171)
    raw = pd.read_csv(shared_data / "flaky-tests" / "responses.tsv", sep="\t", dtype=str, keep_default_na=False)
    assert [export.names.index(name) for name in study.columns("open")] == [3, 23, 32, 35]
    consenting = raw[raw.iloc[:, 1].str.startswith("Yes")]
    assert len(found.tables["responses"]) <= sum((raw.iloc[:, c].str.strip() != "").sum() for c in (3, 23, 32, 35))
    assert len(consenting) > 160


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "tool", "rows", "columns"),
    [("qualtrics/sample.csv", "qualtrics", 1, 20), ("qualtrics/sample_legacy.csv", "qualtrics", 1, 15),
     ("surveymonkey/StarWars.csv", "surveymonkey", 1186, 38),
     ("rigour-definitions/definition_data.csv", "plain", 230, 4)],
)  # fmt: skip
def test_tools_are_told_from_the_content(shared_data, tmp_path, file, tool, rows, columns):
    path = tmp_path / "renamed"
    path.write_bytes((shared_data / file).read_bytes())
    export = recognise(read_grid(path))
    assert (export.tool, len(export.rows), len(export.columns)) == (tool, rows, columns)
    assert len(set(export.names)) == columns
