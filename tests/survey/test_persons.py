"""Persons that a trained spaCy pipeline finds in answers are replaced; the pipeline is trained here, on a few names."""

from __future__ import annotations

import random

import pytest
import spacy
from spacy.training import Example

from pipeline.language import load_language
from pipeline.survey.ingest import ingest
from tests.survey.fixtures import table
from tests.survey.test_people import study_of

NAMES = ["Amara Okoye", "Bela Kovacs", "Chen Wei", "Dora Lund", "Emil Strand", "Farah Haddad"]
SAYINGS = ["{} told me that they look alike", "I asked {} about the scanner", "my colleague {} says no"]
SURVEY = """\
study: s
title: T
exports: [{{file: a}}]
columns:
  id: {{role: respondent_id}}
  why: {{role: open}}
privacy: {{person_entities: true}}
spacy: {{pipeline: '{}'}}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    random.seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner").add_label("PERSON")
    examples = []
    for name in NAMES[:5]:
        for saying in SAYINGS:
            start = saying.index("{")
            spans = {"entities": [(start, start + len(name), "PERSON")]}
            examples.append(Example.from_dict(nlp.make_doc(saying.format(name)), spans))
    plain = ["they look alike to me", "no idea at all", "the scanner is the same"]
    examples += [Example.from_dict(nlp.make_doc(text), {"entities": []}) for text in plain]
    spacy.util.fix_random_seed(0)
    nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples)
    folder = tmp_path_factory.mktemp("pipeline") / "ner"
    nlp.to_disk(folder)
    return folder


def test_persons_are_replaced_logged_without_their_names_and_looked_for_as_leaks(tmp_path, trained):
    name = NAMES[0]
    content = table(["id", "why"], [1, f"{name} told me that they look alike"], [2, "they look alike to me"])
    study, exports = study_of(tmp_path, SURVEY.format(trained), a=content)
    found = ingest(study, exports, b"k" * 32, nlp=load_language("en", str(trained)))
    assert found.tables["responses"].text.tolist() == ["[name] told me that they look alike", "they look alike to me"]
    assert found.secrets == {name}
    assert found.replaced[["kind", "start", "end"]].values.tolist() == [["name", 0, 6]]


def test_without_the_setting_the_answer_stands(tmp_path, trained):
    content = table(["id", "why"], [1, f"{NAMES[0]} told me that they look alike"])
    study, exports = study_of(tmp_path, SURVEY.format(trained).replace("true", "false"), a=content)
    found = ingest(study, exports, b"k" * 32)
    assert found.tables["responses"].text.tolist() == [f"{NAMES[0]} told me that they look alike"]
