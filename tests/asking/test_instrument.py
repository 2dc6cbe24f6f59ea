"""From glossary to instrument: one item per sense, by lot with or without definitions, and back as the next wave."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from pipeline import tables, yamlfile
from pipeline.asking import limesurvey, qualtrics
from pipeline.asking.instrument import ARM, DEFINED, PLAIN, arm_of, build, definition_text, mentioned, worded
from pipeline.cli.asking import tokens_of
from pipeline.glossary.curated import inventory, load_glossary
from pipeline.study import load_study

SENSE = {
    "sense_id": "similar.visual",
    "name": "alike in looks",
    "definition": "Looks alike.",
    "preferred": "visually similar",
}


def test_the_word_is_replaced_by_the_preferred_wording_or_the_name_stands_beside_it():
    assert worded("How similar is it?", "similar", SENSE) == "How visually similar is it?"
    assert (
        worded("How similar is it?", "similar", {**SENSE, "preferred": ""})
        == "How similar is it? (similar: alike in looks)"
    )
    assert definition_text(SENSE) == "“visually similar”: Looks alike."


def judged(study, n=5, sense="similar.visual"):
    return pd.DataFrame({"sense_id": [sense] * n, "respondent_id": [f"p{k}" for k in range(n)], "question_id": "why"})


def made_of(few, rows, **options):
    study = few.study
    senses = inventory(load_glossary(study.codebook_folder / "glossary.yaml"))
    return build(study, senses, rows, randomised=options.get("randomised", False)), senses


def test_only_defined_senses_that_people_used_for_the_rating_get_an_item(few):
    assert mentioned(few.study) == {"alike": ("similar", "similar")}
    made, _ = made_of(few, judged(few.study))
    assert [(item.question_id, item.item_id, item.sense_id) for item in made.items] == [
        ("alike_visual", "one", "similar.visual")
    ]
    assert dict(made.left_out) == {
        "alike in content": "used by 0 respondents where they explained the rating, fewer than 3"
    }
    texts = [question.text for question in made.form.questions]
    assert "“alike in looks”: Of pictures that look alike, in colour, texture or shape." in texts
    assert "one: How similar is the source to the target? (similar: alike in looks)" in texts
    assert "Why are they similar?" in texts  # the question that explains the rating is asked again
    assert not made_of(few, judged(few.study, sense="none"))[0].items


def test_a_rating_that_no_answer_explains_is_named_once_with_what_to_write(few):
    path = few.study.codebook_folder / "survey.yaml"
    path.write_text(path.read_text().replace("explains: [alike]", "explains: []"))
    study = load_study(few.study.root, few.study.name)
    senses = inventory(load_glossary(study.codebook_folder / "glossary.yaml"))
    ((word, why),) = build(study, senses, judged(study), randomised=False).left_out
    assert word == "similar"
    assert "no open question explains the rating alike" in why
    assert "{explains: [alike]}" in why


def test_it_is_written_in_the_same_formats(few):
    made, _ = made_of(few, judged(few.study), randomised=True)
    assert limesurvey.read(limesurvey.write(made.form), fields=made.form.fields) == made.form
    assert [q.text for q in qualtrics.read(qualtrics.write(made.form)).questions] == [
        q.text for q in made.form.questions
    ]
    rating = next(question for question in made.form.questions if question.code == made.items[0].code)
    assert [choice.code for choice in rating.choices] == ["1", "2", "3", "4", "5"]


def test_the_lot_is_fair_and_fixed():
    arms = [arm_of(f"R_{n}", 1) for n in range(400)]
    assert 160 < arms.count(DEFINED) < 240
    assert arms == [arm_of(f"R_{n}", 1) for n in range(400)]
    assert arms != [arm_of(f"R_{n}", 2) for n in range(400)]


@pytest.fixture
def rewritten(few):
    usages = few.table("usages")
    record = pd.DataFrame(
        {"unit_kind": "usage", "unit_id": usages.usage_id, "value": "similar.visual", "basis": "single",
         "decided_by": "ann", "reason": None, "decided_at": None}
    )[lambda rows: (usages.term_id == "similar").to_numpy()]  # fmt: skip
    tables.write(few.study.processed, "record", record)
    people = few.table("respondents")
    tables.write(few.study.processed, "respondents", people[1:])  # as if one had refused
    said = few.ok("instrument", "--randomise")
    tables.write(few.study.processed, "respondents", people)
    assert "instrument: 1 items" in said
    assert "no item for “alike in content”" in said
    return few


def merged(few):
    """Do what columns.yaml asks for, as a person would by hand."""
    path = few.study.codebook_folder / "survey.yaml"
    survey = yamlfile.load(path)
    wanted = yamlfile.load(few.study.reports / "instrument" / "columns.yaml")
    survey["exports"] += wanted["exports"]
    for key in ("columns", "questions"):
        survey[key].update(wanted[key])
    from ruamel.yaml import YAML

    out = io.StringIO()
    YAML(typ="rt", pure=True).dump(survey, out)
    path.write_text(out.getvalue(), encoding="utf-8")


def test_its_export_returns_as_the_next_wave(rewritten):
    few = rewritten
    folder = few.study.reports / "instrument"
    assert "--groups definitions" in (folder / "README.txt").read_text(encoding="utf-8")
    people = list(csv.DictReader((folder / "qualtrics-contacts.csv").open(encoding="utf-8")))
    assert {row["def1"] == "" for row in people} == {True, False}
    assert len(people) == 11  # the one who refused is not asked again
    before = set(few.table("respondents").respondent_id)
    asked = tokens_of(few.study)
    merged(few)
    with (few.study.raw / "wave2.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [(f"R_{n:02d}", arm_of(f"R_{n:02d}", 1), n % 5 + 1, "They look alike.") for n in range(6)]
        csv.writer(file).writerows([("token", ARM, "s1i1", "why1"), *rows])
    few.ok("ingest")
    ratings = few.table("ratings")
    again = ratings[ratings.question_id == "alike_visual"]
    assert set(again.wave) == {"2"}
    assert sorted(again.value) == [1.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert set(few.table("respondents").respondent_id) == before  # the same people, by the token alone
    assert set(few.table("respondents")[ARM]) >= {DEFINED, PLAIN}
    assert set(few.table("responses").wave) == {"1", "2"}
    said = few.ok("instrument", "--effect")
    assert said.startswith("alike_visual: ")
    assert "with definitions" in said
    assert tokens_of(few.study) == asked
