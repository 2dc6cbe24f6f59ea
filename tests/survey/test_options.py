"""Several choices in one cell: options are found in the data, and no word of a cell is lost."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from pipeline.study import load_study
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.options import chosen, find_options
from pipeline.survey.recognise import recognise

OPTIONS = ["Pen", "Paper, or pencil", "Software (R, SPSS)", "Talk, sketches, and models", "None"]
MASKS = [1, 2, 3, 4, 6, 8, 9, 12, 15, 16, 5, 10]


def cells(separator, times=3):
    return [separator.join(o for i, o in enumerate(OPTIONS) if mask >> i & 1) for mask in MASKS * times]


def test_options_that_hold_the_separator_are_found_whole():
    assert set(find_options(cells(", "))) == set(OPTIONS)
    assert set(find_options(cells(";"))) == set(OPTIONS)


def test_one_choice_a_cell_has_no_list():
    assert find_options(["a", "b", "a"]) == []


@given(st.lists(st.sampled_from(OPTIONS), max_size=5, unique=True), st.sampled_from([", ", ";"]))
def test_what_was_joined_comes_apart_again(picked, separator):
    assert chosen(separator.join(picked), OPTIONS) == picked


@given(st.text(alphabet="ab,; P", max_size=20))
def test_no_word_of_a_cell_is_lost(cell):
    def kept(text):
        return [char for char in text if char not in ",; "]

    assert kept("".join(chosen(cell, ["a, b", "a", "P a"]))) == kept(cell)


def test_somebodys_own_answer_stays_beside_the_options():
    assert chosen("Pen, my grandmother's loom, None", OPTIONS) == ["Pen", "my grandmother's loom", "None"]


def test_a_google_form_is_drafted_with_its_options_and_read_by_them(tmp_path):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Timestamp", "What do you use?", "Why?"])
    for number, cell in enumerate(cells(", ")):
        writer.writerow([f"5/1/2024 10:{number:02}:00", cell, f"because it is number {number} of all that I tried"])
    raw = tmp_path / "data" / "raw" / "s"
    raw.mkdir(parents=True)
    (raw / "e.csv").write_text(out.getvalue(), encoding="utf-8")
    export = recognise(read_grid(raw / "e.csv"))
    book = tmp_path / "codebooks" / "s"
    book.mkdir(parents=True)
    (book / "survey.yaml").write_text(draft(export, study="s", file="e.csv"), encoding="utf-8")
    study = load_study(tmp_path, "s")
    assert set(study.survey.questions["What do you use?"].options) == set(OPTIONS)
    people = ingest(study, [(study.survey.exports[0], export)], b"k" * 32).tables["respondents"]
    assert "Pen; Paper, or pencil" in set(people["What do you use?"])
