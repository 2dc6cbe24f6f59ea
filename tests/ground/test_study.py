"""survey.yaml: every fault at once, with line and remedy; what an answer explains."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError, MissingError
from pipeline.study import load_study

GOOD = """\
study: s
title: T
exports: [{file: export.csv}]
columns:
  id: {role: respondent_id}
  why: {role: open, item: he}
  r1: {role: rating, question: sim, item: he_a}
  r2: {role: rating, question: sim, item: he_b}
  r3: {role: rating, question: sim, item: cxr_a}
questions:
  why: {text: Why?, explains: [sim]}
items:
  he: {task: he}
  he_a: {task: he, source: a}
  he_b: {task: he, source: b}
  cxr_a: {task: cxr, source: a}
"""


def study_of(tmp_path, text, name="s"):
    folder = tmp_path / "codebooks" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.yaml").write_text(text, encoding="utf-8")
    return load_study(tmp_path, name)


def faults_of(tmp_path, text):
    with pytest.raises(InputError) as raised:
        study_of(tmp_path, text)
    return raised.value


def test_an_answer_explains_the_items_that_share_its_factors(tmp_path):
    study = study_of(tmp_path, GOOD)
    assert study.items_explained("why", "he") == {"sim": ["he_a", "he_b"]}
    assert study.items_explained("why", None) == {"sim": ["he_a", "he_b", "cxr_a"]}
    assert study.items_explained("other", "he") == {}
    assert study.open_questions() == ["why"]


def test_a_question_is_called_by_its_label_or_its_own_words(tmp_path):
    long = "What would help you, or anybody else in your group, to find a data set that suits the task at hand?"
    text = GOOD.replace("{text: Why?,", f'{{text: "{long}",') + "labels: {sim: Similarity}\n"
    study = study_of(tmp_path, text)
    assert study.question_name("sim") == "Similarity"
    assert study.question_name("why") == "What would help you, or anybody else in your group, to…"
    assert study.question_name("gone") == "gone"


def test_all_faults_of_the_file_are_listed_at_once(tmp_path):
    bad = GOOD.replace("title: T", "titel: T").replace("role: open,", "role: opne,") + "coding: {coders: [a], sed: 3}\n"
    error = faults_of(tmp_path, bad)
    text = str(error)
    assert len(error.faults) == 4
    assert "line 2" in text
    assert "did you mean 'title'?" in text
    assert "did you mean 'open'?" in text
    assert "did you mean 'seed'?" in text
    assert "survey.yaml, line 17, key coding.sed" in text


def test_the_report_speaks_a_language_there_is(tmp_path):
    assert study_of(tmp_path, GOOD).survey.report.language == "en"
    study = study_of(tmp_path, GOOD + "language: de-AT\nreport: {language: en}\n")
    assert study.respondents_language == "de"
    assert study_of(tmp_path, GOOD + "language: fi\nreport: {language: de}\n").respondents_language == "de"
    assert "does not speak 'xx'; it speaks en, de" in str(faults_of(tmp_path, GOOD + "report: {language: xx}\n"))


def test_references_that_point_nowhere(tmp_path):
    bad = (
        GOOD.replace("explains: [sim]", "explains: [simm]").replace("item: he_b", "item: he_bb")
        + "report: {groups: [role]}\n"
    )
    text = str(faults_of(tmp_path, bad))
    assert "not a rating question: 'simm'" in text
    assert "unknown item 'he_bb'" in text
    assert "unknown question 'role'" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("study: s", "study: other"), "the file says 'other', its folder 's'"),
        (("exports: [{file: export.csv}]", "exports: []"), "no export is named"),
        (("{file: export.csv}", "{file: answers.csv}"), "the program keeps a file of its own"),
        (("role: open", "role: metadata"), "no column has the role 'open'"),
        (("title: T", "title: [T"), "not valid YAML"),
        (("title: T", "title: T\ntitle: U"), "not valid YAML"),
        (("title: T", "title: T\nterms: 3"), "'3' stands where keys of their own are wanted"),
        ((GOOD, "- title: T"), "write key: value; its keys are study, title"),
        (("title: T", "title: T\nlanguage: de{x}"), "String should match pattern"),
    ],
)
def test_faults_in_plain_words(tmp_path, change, says):
    assert says in str(faults_of(tmp_path, GOOD.replace(*change)))


def test_a_file_that_is_not_utf8(tmp_path):
    folder = tmp_path / "codebooks" / "s"
    folder.mkdir(parents=True)
    (folder / "survey.yaml").write_bytes(b"title: \xff\xfe\n")
    with pytest.raises(InputError, match="not UTF-8"):
        load_study(tmp_path, "s")


def test_no_such_study_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(MissingError, match="make new STUDY"):
        load_study(tmp_path, "s")


@pytest.mark.parametrize("name", ["../up", "Big", "two words", ""])
def test_names_that_are_no_folder_names(tmp_path, name):
    with pytest.raises(InputError, match="is not a study name"):
        load_study(tmp_path, name)


@pytest.mark.parametrize("name", ["transfer-learning", "transfer-learning-15"])
def test_the_shipped_studies_are_sound(repository, name):
    study = load_study(repository, name)
    assert len(study.open_questions()) == 5
    assert study.synthetic
