"""Ratings in words: known scales give their levels in order, everything else stays a choice."""

from __future__ import annotations

import csv
import json

import pytest

from pipeline.study import load_study
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.recognise import recognise
from pipeline.survey.scales import SCALES, levels_of
from tests.survey.test_roles import role_of

AGREE = ["Strongly disagree", "Somewhat disagree", "Neither agree nor disagree", "Somewhat agree", "Strongly agree"]


def test_levels_stand_in_order_also_those_that_nobody_chose() -> None:
    assert levels_of(["", *reversed(AGREE)]) == tuple(AGREE)
    assert levels_of(AGREE[1:]) == tuple(AGREE)
    assert levels_of([AGREE[0], *AGREE[3:]]) == (*AGREE[:2], *AGREE[3:])  # no middle was met: four levels
    seven = levels_of(["agree", "somewhat agree", "strongly agree", "neutral"])
    assert seven[3:] == ("neutral", "somewhat agree", "agree", "strongly agree")
    assert levels_of(["teils/teils", "trifft eher zu", "trifft voll zu", "weiß nicht"])[0] == "Trifft gar nicht zu"


@pytest.mark.parametrize("cells", [["Yes", "No", "Maybe"], ["agree", "disagree"], [*AGREE, "it depends"], ["", " "]])
def test_what_is_no_known_scale_has_no_levels(cells: list[str]) -> None:
    assert levels_of(cells) == ()


def test_no_scale_names_a_level_twice() -> None:
    assert all(len(set(scale)) == len(scale) for scale in SCALES)


def test_a_rating_in_words_is_told_from_a_choice(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert role_of(tmp_path, "It sounds natural", AGREE * 5) == "rating"
    assert role_of(tmp_path, "Which?", ["Alexa", "Siri", "Cortana"] * 5) == "single_choice"


def test_statements_of_a_matrix_are_rated_in_numbers_without_editing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    names = ["ResponseId", "Q1", "Q4_1", "Q4_2"]
    labels = ["Response ID", "Why so?", "Do you agree? - It sounds natural", "Do you agree? - It is private"]
    imported = ["_recordId", "QID1_TEXT", "QID4_1", "QID4_2"]
    rows = [[f"R_{k}", f"I said a thing or two of it, number {k}", AGREE[k % 5], AGREE[-1 - k % 5]] for k in range(20)]
    export = tmp_path / "data" / "raw" / "s" / "export.csv"
    export.parent.mkdir(parents=True)
    with export.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, labels, [json.dumps({"ImportId": one}) for one in imported], *rows])
    found = recognise(read_grid(export))
    survey = tmp_path / "codebooks" / "s" / "survey.yaml"
    survey.parent.mkdir(parents=True)
    survey.write_text(draft(found, study="s", file="export.csv"), encoding="utf-8")
    study = load_study(tmp_path, "s")
    assert study.survey.questions["Q4_2"].text == "Do you agree? - It is private"
    ratings = ingest(study, [(study.survey.exports[0], found)], b"k" * 32).tables["ratings"]
    assert ratings.groupby("level", observed=True).value.unique().map(list).to_dict() == {
        level: [float(place)] for place, level in enumerate(AGREE, 1)
    }
    assert set(ratings.question_id) == {"Q4_1", "Q4_2"}
