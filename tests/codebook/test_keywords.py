"""A published keyword codebook gives the analysts' own tags; faults in a list are all named."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

from pipeline.codebook.keywords import from_keywords
from pipeline.codebook.rules import code_by_rule
from pipeline.codebook.themes import load_themes
from pipeline.codebook.written import as_yaml
from pipeline.errors import InputError
from pipeline.language import load_language

# question of the keyword list -> (published table of tags, columns of the export that hold the answer)
PUBLISHED = {
    "3a_hinderance_themes": ("hinderances_themes", [4]),
    "3b_integration_themes": ("integrations_themes", [6, 7, 8]),
    "3c_needs_addressed_themes": ("workflow_needs_addressed_themes", [11, 12, 13]),
    "3d_needs_not_addressed_themes": ("workflow_needs_not_addressed_themes", [14, 15, 16]),
    "3e_pleasant_aspects_themes": ("pleasant_aspects_themes", [17, 18, 19]),
    "3f_difficult_aspects_themes": ("difficult_aspects_themes", [20, 21, 22]),
    "3g_features_changes_themes": ("features_changes_themes", [23, 24, 25]),
    "3h_first_experience_enhancements_themes": ("first_experience_enhancements_themes", [26, 27, 28]),
    "4_primary_roles": ("roles", [31]),
}


@pytest.mark.realdata
def test_the_published_keywords_give_the_published_tags(shared_data, tmp_path):
    folder = shared_data / "jupyter-ux-2015"
    path = tmp_path / "themes.yaml"
    source = (folder / "codebook_keywords_extracted.json").read_text(encoding="utf-8")
    path.write_text(as_yaml("1", from_keywords(source, source="keywords.json")), encoding="utf-8")
    themes = load_themes(path)
    with (folder / "20160115235816-SurveyExport.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    published = {(question, row): tags for question in PUBLISHED for row, tags in tags_of(folder / "themes", question)}
    excerpts = pd.DataFrame(
        [
            {
                "excerpt_id": (question, row),
                "question_id": question,
                "text": ", ".join(cell for cell in (rows[row][column] for column in PUBLISHED[question][1]) if cell),
            }
            for question, row in published
        ]
    )
    codings = code_by_rule(excerpts, themes.codes, load_language("en"))
    names = {code.id: code.name for code in themes.codes}
    found: dict[tuple[str, int], set[str]] = {key: set() for key in published}
    for excerpt, code in zip(codings.excerpt_id, codings.code_id, strict=True):
        found[excerpt].add(names[code])
    assert len(published) == 5400
    assert {key: (found[key], tags) for key, tags in published.items() if found[key] != tags} == {}


def tags_of(folder, question):
    with (folder / f"{PUBLISHED[question][0]}.csv").open(encoding="utf-8", newline="") as file:
        for row, tags, *_ in list(csv.reader(file, delimiter=";"))[1:]:
            yield int(row), {tag for tag in tags.split(",") if tag}


def test_a_keyword_begins_where_a_word_begins_and_its_span_is_the_keyword_alone():
    themes = from_keywords(json.dumps({"Q1": {"Version control": ["git(hub)?"]}}), source="k.json")
    excerpts = pd.DataFrame({"excerpt_id": ["a", "b"], "question_id": ["Q1"] * 2, "text": ["my GitHub", "digits"]})
    found = code_by_rule(excerpts, themes[0].codes, load_language("en"))
    assert found[["excerpt_id", "code_id", "start", "end"]].to_numpy().tolist() == [["a", "q1-version-control", 3, 9]]


def test_a_rule_of_another_question_stays_silent():
    themes = from_keywords(json.dumps({"Q1": {"A": ["git"]}}), source="k.json", questions={"Q1": "Q7"})
    excerpts = pd.DataFrame({"excerpt_id": ["a", "b"], "question_id": ["Q1", "Q7"], "text": ["git", "git"]})
    assert code_by_rule(excerpts, themes[0].codes, load_language("en")).excerpt_id.tolist() == ["b"]


def test_every_fault_of_a_list_is_named():
    text = json.dumps({"Q1": {"A": ["("], "a": ["x"], "B": "x"}, "Q2": ["x"]})
    with pytest.raises(InputError) as raised:
        from_keywords(text, source="k.json")
    assert len(raised.value.faults) == 4
    assert "key Q1.A: '(' is not a regular expression" in str(raised.value)
    with pytest.raises(InputError, match="not JSON"):
        from_keywords("{", source="k.json")
