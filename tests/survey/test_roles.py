"""Short and repeated answers: a choice, or people's own words, which must be scrubbed."""

from __future__ import annotations

import csv
import io

import pytest

from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.recognise import recognise
from pipeline.survey.roles import guess_roles
from tests.survey.fixtures import table


def role_of(tmp_path, label, cells):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["id", label], *([f"p{k}", cell] for k, cell in enumerate(cells))])
    path = tmp_path / "export.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return guess_roles(recognise(read_grid(path)))[label].role


SHORT = ["good survey", "too long", "fine by me", "no thanks", ""] * 8


@pytest.mark.parametrize("label", ["Any other comments?", "Warum? Bitte begründen", "Des commentaires ?", "Why so?"])
def test_a_question_that_asks_for_words_is_open_however_short_they_are(tmp_path, label):
    assert role_of(tmp_path, label, SHORT) == "open"


@pytest.mark.parametrize("label", ["Which device?", "Your role", "Whyalla or Adelaide?"])
def test_the_same_answers_to_another_question_are_choices(tmp_path, label):
    assert role_of(tmp_path, label, SHORT) == "single_choice"


def test_yes_and_no_are_choices_even_to_why(tmp_path):
    assert role_of(tmp_path, "Do you know why?", ["yes", "no", "maybe"] * 10) == "single_choice"


@pytest.mark.parametrize("said", ["call +49 170 1234567", "me@example.org", "see https://example.org/x"])
def test_an_address_among_choices_tells_of_free_words(tmp_path, said):
    assert role_of(tmp_path, "Which device?", [*SHORT, said]) == "open"


def test_a_question_answered_with_addresses_alone_is_dropped_as_identifying(tmp_path):
    cells = [f"me{k}@example.org" for k in range(9)] + ["later perhaps"]
    assert role_of(tmp_path, "An interview?", cells) == "identifying"
    assert role_of(tmp_path, "Any comments?", [*cells[:5], *SHORT]) == "open"


def test_one_choice_with_a_comma_in_it_is_no_list_of_choices(tmp_path):
    assert role_of(tmp_path, "Which?", ["Alexa", "Siri", "Other, please specify:"] * 9) == "single_choice"
    assert role_of(tmp_path, "Which?", ["Alexa", "Siri", "Alexa, Siri", "Siri, Other"] * 9) == "multiple_choice"


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("id", [f"r{k}" for k in range(9)], "respondent_id"),
        ("Participant ID", [f"{k:024x}" for k in range(9)], "respondent_id"),
        ("No.", [str(k) for k in range(101, 110)], "respondent_id"),
        ("id", ["r1", "r1", *[f"r{k}" for k in range(2, 12)]], "respondent_id"),  # one twice: ingest will say so
        ("badge", [f"A7-{k:06}" for k in range(9)], "identifying"),
        ("word", ["similar", "alike", "close", "near", "equal", "same", "twin", "copy", "kin"], "single_choice"),
        ("number", ["3", "3", "4", "4", "5", "5", "3", "4", "5"], "rating"),
    ],
)
def test_ids_never_stand_in_the_tables_as_they_are(tmp_path, name, cells, role):
    rows = [[cell, "nurse", f"they look alike to me in respect {place}"] for place, cell in enumerate(cells)]
    path = tmp_path / "e.csv"
    path.write_bytes(table([name, "job", "why"], *rows))
    guesses = guess_roles(recognise(read_grid(path)))
    assert guesses[name].role == role
    assert guesses["job"].role == "single_choice"


def test_columns_that_say_the_same_are_told_apart_by_their_place(tmp_path):
    said = [f"they look alike to me in respect {k}" for k in range(9)]
    path = tmp_path / "e.csv"
    path.write_bytes(table(["why", "why"], *zip(said, reversed(said), strict=True)))
    text = draft(recognise(read_grid(path)), study="s", file="e.csv")
    assert "item: column2" in text
    assert "column: '2'" in text
