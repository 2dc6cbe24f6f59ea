"""Translations made by hand come in by response id, are scrubbed, and every line that does not fit is named."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError
from pipeline.survey.ingest import ingest
from pipeline.survey.translated import add_translations, read_translations, to_translate
from tests.survey.fixtures import table
from tests.survey.test_people import study_of

KEY = b"k" * 32
HEAD = ["response_id", "language", "translator", "text"]
SURVEY = """\
study: s
title: T
language: en
exports: [{file: a}]
columns:
  id: {role: respondent_id}
  why: {role: open}
"""
GERMAN = "Das ist für mich ähnlich, weil die Farben und die Formen gleich sind"


@pytest.fixture
def found(tmp_path):
    content = table(["id", "why"], [1, GERMAN], [2, "they look alike to me"], [3, GERMAN + " und nicht anders"])
    study, exports = study_of(tmp_path, SURVEY, a=content)
    return study, ingest(study, exports, KEY).tables


def test_what_waits_is_listed_and_comes_back_filled_in(found):
    study, tables = found
    listed = to_translate(study, tables["responses"], tables["translations"]).splitlines()
    assert len(listed) == 3 and GERMAN in listed[1] and listed[1].split(",")[:4] == [
        tables["responses"].response_id[0], "en", "", "",
    ]  # fmt: skip
    name, secrets = tables["responses"].response_id[0], set()
    said = "alike, says anna@example.org"
    add_translations(tables, secrets, table(HEAD, [name, "EN", "A. Person", said]), study, file="t.csv")
    assert tables["translations"].values.tolist() == [[name, "en", "A. Person", "alike, says [email]"]]
    assert secrets == {"anna@example.org"}
    assert len(to_translate(study, tables["responses"], tables["translations"]).splitlines()) == 2


def test_a_spreadsheet_s_separator_and_encoding_are_read(found):
    study, tables = found
    name = tables["responses"].response_id[0]
    content = table(HEAD, [name, "fr", "A", "très semblable"], separator=";").decode().encode("cp1252")
    add_translations(tables, set(), content, study, file="t.csv")
    assert tables["translations"].text.tolist() == ["très semblable"]


def test_every_line_that_does_not_fit_is_named_and_blank_ones_wait(found):
    study, tables = found
    name = tables["responses"].response_id[0]
    text = table(HEAD, [name, "en", "", "x"], [name, "", "A", "x"], ["r_0", "en", "A", "x"], [name, "en", "", ""])
    with pytest.raises(InputError) as caught:
        read_translations(text.decode(), study, tables["responses"], file="t.csv")
    assert [fault.place for fault in caught.value.faults] == ["line 2", "line 3", "line 4"]
    with pytest.raises(InputError, match="column translator is missing"):
        read_translations("response_id,language,text\n", study, tables["responses"], file="t.csv")
