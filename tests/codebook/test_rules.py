"""Each kind of rule, its conditions, and that a hit's span gives the words back."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.codebook.rules import RuleMatcher, code_by_rule
from pipeline.codebook.themes import Code, Rule
from pipeline.language import load_language


@pytest.fixture(scope="module")
def nlp():
    return load_language("en")


def hits(nlp, rule, text, **where):
    return [
        text[hit.start : hit.end]
        for hit in RuleMatcher([Code(id="c", name="C", rules=(Rule(**rule),))], nlp).hits(text, **where)
    ]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ({"any": ["texture"]}, "Textures matter, TEXTURE too.", ["Textures", "TEXTURE"]),
        ({"any": ["bit depth"]}, "the bit depth and the bit of depth", ["bit depth"]),
        ({"any": ["similarity"]}, "Similarities everywhere", ["Similarities"]),
        ({"any": ["class"]}, "classical music", []),
        ({"regex": r"\bmicroscop\w+"}, "Microscopy by microscopes", ["Microscopy", "microscopes"]),
        ({"regex": "CT", "ignore_case": False}, "fact about CT", ["CT"]),
        ({"pattern": [{"LOWER": "not"}, {"LOWER": "sure"}]}, "I am Not sure", ["Not sure"]),
        ({"any": ["contrast"], "not": ["contrast agent"]}, "contrast agent, then contrast", ["contrast"]),
        (
            {"any": ["stain"], "near": {"words": ["pink"], "within": 3}},
            "a pink stain. Far from that: another one, a stain",
            ["stain"],
        ),
        ({"any": ["cell"]}, "👩‍🔬 sees a cell é", ["cell"]),
        ({"any": ["cell"]}, "", []),
    ],
)
def test_each_kind_of_rule(nlp, rule, text, expected):
    assert hits(nlp, rule, text) == expected


def test_rules_may_be_bound_to_questions_and_items(nlp):
    rule = {"any": ["big"], "questions": ["why"], "items": ["he"]}
    assert hits(nlp, rule, "big", question_id="why", item_id="he") == ["big"]
    assert hits(nlp, rule, "big", question_id="other", item_id="he") == []
    assert hits(nlp, rule, "big", question_id="why", item_id="cxr") == []


def test_one_row_per_code_with_the_first_hit_and_the_number_of_hits(nlp):
    codes = [Code(id="a", name="A", rules=(Rule(any=("red",)), Rule(any=("green",))))]
    found = code_by_rule(pd.DataFrame({"excerpt_id": ["e"], "text": ["green and red and red"]}), codes, nlp)
    assert found.to_dict("records") == [
        {"excerpt_id": "e", "code_id": "a", "source": "rule", "score": 3.0, "start": 0, "end": 5, "rule": "a/2"}
    ]
