"""Rule quality by hand, by law, and on the shipped study."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook.quality import human_codes, in_words, rule_quality
from pipeline.codebook.rules import code_by_rule, rule_hits
from pipeline.codebook.themes import Code, Rule
from pipeline.language import load_language

CODES = [
    Code(
        id="c",
        name="C",
        rules=(Rule(any=("red",)), Rule(any=("blue",)), Rule(regex="x{9}"), Rule(any=("red",), questions=("Q2",))),
    ),
    Code(id="d", name="D", rules=(Rule(any=("green",)),)),
]
TEXTS = ["red, red and blue", "red", "blue", "nothing", "a colour", "red"]
EXCERPTS = pd.DataFrame(
    {"excerpt_id": list("abcdef"), "question_id": ["Q1", "Q1", "Q1", "Q1", "Q1", "Q2"], "text": TEXTS}
)
HUMAN = {"a": frozenset("c"), "b": frozenset(), "c": frozenset("cd"), "d": frozenset(), "e": frozenset("c")}


@pytest.fixture(scope="module")
def hits():
    return rule_hits(EXCERPTS, CODES, load_language("en"))


def test_counts_worked_out_by_hand(hits):
    found = rule_quality(hits, EXCERPTS, codes=CODES, human=HUMAN)
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        #            hits excerpts unique read right precision human recall
        ["c", "c/1", 4, 3, 1, 2, 1, 0.5, 3, 0.3333],  # f is found by c/4 too, and was not read
        ["c", "c/2", 2, 2, 1, 2, 2, 1.0, 3, 0.6667],
        ["c", "c/3", 0, 0, 0, 0, 0, None, 3, 0.0],
        ["c", "c/4", 1, 1, 0, 0, 0, None, 0, None],  # only for Q2, where nobody gave the code
        ["c", "all", 7, 4, 4, 3, 2, 0.6667, 3, 0.6667],
        ["d", "d/1", 0, 0, 0, 0, 0, None, 1, 0.0],
    ]


def test_the_lines_people_read(hits):
    found = rule_quality(hits, EXCERPTS, codes=CODES, human=HUMAN)
    assert list(in_words(found)) == [
        "c/1: 4 hits in 3 excerpts, 1 by no other rule of the code; precision 1 of 2 (0.50); recall 1 of 3 (0.33)",
        "c/2: 2 hits in 2 excerpts, 1 by no other rule of the code; precision 2 of 2 (1.00); recall 2 of 3 (0.67)",
        "c/3: never fires",
        "c/4: 1 hit in 1 excerpt, 0 by no other rule of the code; precision unknown; recall unknown",
        "c, all rules: 7 hits in 4 excerpts; precision 2 of 3 (0.67); recall 2 of 3 (0.67)",
        "d/1: never fires",
    ]
    assert "(" not in "".join(in_words(found, shares=False))


@given(st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from("cd"))))
def test_laws(hits, human):
    found = rule_quality(hits, EXCERPTS, codes=CODES, human=human)
    assert (found.n_unique <= found.n_excerpts).all() and (found.n_excerpts <= found.n_hits).all()
    assert (found.n_right <= found.n_read).all() and (found.n_right <= found.n_human).all()
    assert (found.n_read <= found.n_excerpts).all()
    shuffled = rule_quality(hits.iloc[::-1], EXCERPTS.iloc[::-1], codes=CODES, human=human)
    pd.testing.assert_frame_equal(found, shuffled)
    perfect = {key: frozenset(hits[hits.excerpt_id == key].code_id) for key in EXCERPTS.excerpt_id}
    whole = rule_quality(hits, EXCERPTS, codes=CODES, human=perfect).query("rule == 'all'")
    assert whole[["precision", "recall"]].to_numpy().tolist() == [[1.0, 1.0]]


def test_excerpts_hit_are_the_ones_the_machine_codes(hits):
    coded = code_by_rule(EXCERPTS, CODES, load_language("en"))
    assert set(zip(coded.excerpt_id, coded.code_id, strict=True)) == set(
        zip(hits.excerpt_id, hits.code_id, strict=True)
    )


def test_the_record_says_what_was_read():
    rows = [("excerpt", "a", "c"), ("excerpt", "a", "d"), ("excerpt", "b", "no_code"), ("excerpt", "e", "cannot_code"),
            ("usage", "u", "x")]  # fmt: skip
    record = pd.DataFrame(rows, columns=["unit_kind", "unit_id", "value"])
    assert human_codes(record) == {"a": frozenset("cd"), "b": frozenset()}
    assert human_codes(record.iloc[:0]) == {}


def test_a_codebook_without_rules_or_a_study_without_answers(hits):
    assert rule_quality(hits.iloc[:0], EXCERPTS.iloc[:0], codes=CODES, human={}).n_hits.tolist() == [0] * 6
    assert rule_quality(hits.iloc[:0], EXCERPTS, codes=[Code(id="x", name="X")], human={}).empty
