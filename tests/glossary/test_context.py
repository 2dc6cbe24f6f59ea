"""Concordance, echoes of the question, typical and borderline quotes: from usages that people judged."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from pipeline.glossary import context, neighbours
from pipeline.glossary.curated import load_glossary
from pipeline.glossary.source import labels_of, usages_of, vectors_of
from tests.glossary.fake import made


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("I gave my", "ratings by eye", True),
        ("How", "it is", True),
        ("They look", "to me", False),
        ("", "", False),
        ("", "Ratings?", True),
    ],
)
def test_a_usage_echoes_the_question_when_two_words_stand_so_in_it(left, right, said):
    question = "How similar… please explain your similar-ratings."
    assert context.echoes(left, "Similar", right, question) is said


def test_readers_differ_where_any_two_gave_different_senses():
    assignments = pd.DataFrame(
        [("a1", "usage", "u1"), ("a2", "usage", "u1"), ("a3", "usage", "u2"), ("a4", "usage", "u2"),
         ("a5", "excerpt", "e")],
        columns=["assignment_id", "unit_kind", "unit_id"],
    )  # fmt: skip
    judgements = pd.DataFrame(
        [("a1", "t.a|t.b"), ("a2", "t.b|t.a"), ("a3", "t.a"), ("a4", "cannot_code"), ("a5", "x")],
        columns=["assignment_id", "value"],
    )
    differ = context.contested(judgements, assignments)
    assert differ == {"u2": ("t.a",)}
    assert neighbours.confused_senses({"u1": ("t.a", "t.b"), "u2": ("t.a",)}) == {
        "t.a": [("t.b", 1)],
        "t.b": [("t.a", 1)],
    }


def test_typical_quotes_are_undisputed_and_of_different_people():
    tables = made()
    labels = labels_of(tables.senses)
    usages = usages_of(tables.usages, tables.responses)["similar"]
    visual = [usage for usage in usages if labels[usage.usage_id].sense_id == "similar.visual"]
    found = context.typical(visual, vectors_of(tables.vectors), differ=["u_r01_16"])
    assert [quote.respondent_id for quote in found] == ["p2", "p1"], "the disputed one comes last"
    assert context.typical(visual, {}, differ=[]) == []
    edge = context.borderline("similar.visual", usages, labels, {"u_r01_16": ("similar.visual", "similar.semantic")},
                              {"similar.visual": "looks", "similar.semantic": "content"})  # fmt: skip
    assert [quote.note for quote in edge] == ["readers differ: looks / content"]


def test_several_senses_of_a_usage_stand_on_one_line():
    rows = [("u2", "b", "record"), ("u1", "z", "curated"), ("u2", "a", "record"), ("u3", "c", "completed")]
    found = labels_of(pd.DataFrame(rows, columns=["usage_id", "sense_id", "source"]))
    assert found == {"u1": ("z", "curated"), "u2": ("a|b", "record"), "u3": ("c", "completed")}


def test_a_usage_with_several_senses_is_borderline_for_each_of_them():
    tables = made()
    usages = usages_of(tables.usages, tables.responses)["similar"]
    second = tables.senses[tables.senses.usage_id == "u_r03_09"].assign(sense_id="similar.visual")
    labels = labels_of(pd.concat([tables.senses, second]))
    for sense in ("similar.visual", "similar.semantic"):
        edge = context.borderline(sense, usages, labels, {}, {"similar.semantic": "content"})
        assert [(quote.usage_id, quote.note) for quote in edge] == [
            ("u_r03_09", "several senses at once: content / similar.visual")
        ]


def lines_of(tables):
    usages = usages_of(tables.usages, tables.responses)["similar"]
    return context.concordance(usages, labels_of(tables.senses), questions={}, ranks={"similar.semantic": 1})


def test_people_who_may_not_be_quoted_are_in_no_line():
    every = lines_of(made())
    assert len(every) == 7
    found = context.shown(every, silent=["p5"], most=3)
    assert len(found) == 3
    assert "p5" not in {line.respondent_id for line in found}


def test_lines_are_sorted_by_the_words_on_the_right_and_know_their_sense():
    lines = lines_of(made())
    assert [re.findall(r"\w+", line.right)[:1] for line in lines] == [
        [], ["both"], ["colours"], ["means"], ["script"], ["they"], ["to"]
    ]  # fmt: skip
    assert {(line.sense_id, line.rank) for line in lines} == {
        ("similar.visual", -1), ("similar.semantic", 1), ("cannot_code", -1)
    }  # fmt: skip


def test_what_people_judged_is_shown_before_the_rest():
    tables = made()
    tables.senses.loc[tables.senses.usage_id.isin(["u_r01_16", "u_r02_00"]), "source"] = "proposed"
    found = context.shown(lines_of(tables), silent=[], most=5)
    assert {line.source for line in found} == {"record"}


def test_a_long_line_is_cut_at_a_word_and_says_so():
    text = "one " * 40 + "similar" + " two" * 40
    responses = made().responses.head(1).assign(text=text)
    start = text.index("similar")
    usages = made().usages.head(1).assign(start=start, end=start + 7)
    (line,) = context.concordance(usages_of(usages, responses)["similar"], {}, questions={}, ranks={})
    assert line.left.startswith("… one") and line.left.endswith("one")
    assert line.right.startswith("two") and line.right.endswith("two …")


def test_relations_hold_from_both_sides(tmp_path):
    path = tmp_path / "glossary.yaml"
    path.write_text("""\
version: 1
entries:
  - term: t
    senses:
      - {id: a, name: a, relations: {broader: [t.b], same: [t.c]}}
      - {id: b, name: b}
      - {id: c, name: c}
""")
    assert neighbours.related_senses(load_glossary(path)) == {
        "t.a": [("broader", "t.b"), ("same", "t.c")],
        "t.b": [("narrower", "t.a")],
        "t.c": [("same", "t.a")],
    }
