"""Terms and usages: families, expressions, spans that give the words back, keyword in context."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.language import load_language
from pipeline.settings import Term, Terms
from pipeline.terms.facets import facet_counts, facets, facets_of
from pipeline.terms.kwic import keyword_in_context
from pipeline.terms.usages import find_terms, outermost

NLP = load_language("en")
WATCH = Terms(
    watch=(Term(term="similar", forms=("similar", "similarity")),),
    reference=(Term(term="data set"),),
    min_respondents=2,
)


def answers(*texts):
    rows = [(f"r{i:03}", f"p{i}", "q", text) for i, text in enumerate(texts)]
    return pd.DataFrame(rows, columns=["response_id", "respondent_id", "question_id", "text"], dtype=str)


def found(*texts, chosen=WATCH, questions=()):
    return find_terms(answers(*texts), chosen, nlp=NLP, questions=questions)


def test_a_family_is_one_term_and_other_words_are_not():
    terms, usages = found("Similar, they said. SIMILARITY!", "dissimilar similarly")
    assert usages[usages.term_id == "similar"].surface.tolist() == ["Similar", "SIMILARITY"]
    assert terms.set_index("term_id").role["similar"] == "watched"


def test_candidates_need_enough_respondents_and_are_shown_as_written():
    terms, _ = found("Kernels crash", "kernels die", "my kernel", "rare")
    candidates = terms[terms.role == "candidate"].set_index("term_id")
    assert candidates.label.to_dict() == {"kernel": "kernels"}
    assert candidates.n_respondents["kernel"] == 3


def test_a_fixed_expression_is_a_term_of_its_own():
    texts = [
        "version control is fine",
        "I use version control",
        "version control again",
        "version control",
        "another version",
        "git",
        "nothing",
        "more words here",
    ]
    terms, usages = found(*texts)
    ids = terms.set_index("term_id")
    assert ids.kind["version-control"] == "phrase"
    version = usages[usages.term_id == "version"]
    assert [texts[int(r[1:])] for r in version.response_id] == ["another version"] or version.empty


def test_words_of_the_question_are_flagged():
    terms, _ = found("similar", "similar", questions=["How similar are they?"])
    assert terms.set_index("term_id").in_question["similar"]


def test_ignored_words_are_no_candidates():
    terms, _ = found("kernel", "kernel", chosen=Terms(ignore=("kernel",), min_respondents=2))
    assert terms.empty


def test_nothing_said_is_an_empty_table():
    terms, usages = found()
    assert usages.empty
    assert terms.n_usages.tolist() == [0, 0]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=6))
@settings(max_examples=50)
def test_spans_give_the_words_back(parts):
    texts = [f"{part} Similar {part}\u0130 data  set" for part in parts]
    _, usages = found(*texts)
    for row in usages.to_dict("records"):
        assert texts[int(row["response_id"][1:])][row["start"] : row["end"]] == row["surface"]


SPANS = st.tuples(st.sampled_from(["a", "b", "c", "w"]), st.integers(0, 8), st.integers(1, 5)).map(
    lambda span: (span[0], span[1], span[1] + span[2])
)


@given(st.sets(SPANS, max_size=12))
def test_what_is_part_of_a_longer_term_is_that_term_s(spans):
    alone = [
        (name, start, end)
        for name, start, end in sorted(spans)
        if name == "w" or not any(s <= start and end <= e and e - s > end - start for _, s, e in spans)
    ]
    assert outermost(spans, always=["w"]) == alone


def test_an_answer_may_hold_tens_of_thousands_of_usages():
    _, usages = found("similar " * 40_000)
    assert len(usages) == 40_000


@pytest.mark.parametrize("block", [1, 2, 100])
def test_blocks_of_answers_change_nothing(monkeypatch, block):
    table = answers("version control helps", "the version control", "similar version", "version control similar")
    chosen = Terms(min_respondents=2)
    whole = find_terms(table, chosen, nlp=NLP, questions=[])
    monkeypatch.setattr("pipeline.terms.usages.BLOCK", block)
    for one, other in zip(whole, find_terms(table, chosen, nlp=NLP, questions=[]), strict=True):
        assert one.reset_index(drop=True).equals(other.reset_index(drop=True)) and len(one)


def test_the_order_of_answers_does_not_matter():
    table = answers("similar one", "similar two", "one two", "two one")
    first = find_terms(table, WATCH, nlp=NLP, questions=[])
    second = find_terms(table.iloc[::-1], WATCH, nlp=NLP, questions=[])
    for one, other in zip(first, second, strict=True):
        assert one.reset_index(drop=True).equals(other.reset_index(drop=True))


@pytest.mark.parametrize(("by", "expected"), [("right", ["a z", "b y"]), ("left", ["b y", "a z"])])
def test_keyword_in_context_is_sorted(by, expected):
    table = answers("z similar a z", "a similar b y")
    _, usages = find_terms(table, WATCH, nlp=NLP, questions=[])
    shown = keyword_in_context(usages, table, by=by)
    assert shown.right.tolist() == expected


def test_context_sorted_by_group_and_by_sense():
    usages = pd.DataFrame(
        {"usage_id": ["u1", "u2", "u3"], "response_id": ["r1", "r2", "r3"], "start": 0, "end": 4, "term_id": "look"}
    )
    responses = pd.DataFrame({
        "response_id": ["r1", "r2", "r3"], "respondent_id": ["p1", "p2", "p3"], "question_id": "q",
        "text": ["look zebra", "look apple", "look middle"],
    })  # fmt: skip
    groups = {"p1": "doctor", "p2": "student", "p3": "doctor"}
    found = keyword_in_context(usages, responses, by="group", group_of=groups)
    assert found.usage_id.tolist() == ["u3", "u1", "u2"]
    assert found.group.tolist() == ["doctor", "doctor", "student"]
    found = keyword_in_context(usages, responses, by="sense", sense_of={"u1": "look.a", "u2": "look.b"})
    assert found.usage_id.tolist() == ["u3", "u1", "u2"]  # without a sense first
    assert found.sense.tolist() == ["", "look.a", "look.b"]


STOP = frozenset(["the", "is", "in", "to", "of", "and", "are", "they", "very", "more", "was", "with", "a"])


@pytest.mark.parametrize(("text", "word", "expected"), [
    ("visually similar in the cell texture, I think", "similar", {"manner": "visually", "respect": "cell texture"}),
    ("H&E is very similar to natural images of animals", "similar", {"compared": "natural images"}),
    ("a similar modality was used", "similar", {"said of": "modality"}),
    ("the source domain of radiology", "domain", {"kind": "source", "of": "radiology"}),
    ("Similar.", "Similar", {}),
    ("similar in", "similar", {}),
    ("only similar", "similar", {"kind": "only"}),
    ("similar in terms of colour", "similar", {"respect": "colour"}),
])  # fmt: skip
def test_facets_are_the_words_beside_a_usage(text, word, expected):
    start = text.index(word)
    assert facets_of(text, start, start + len(word), STOP) == expected


def test_facets_count_people_before_usages():
    texts = ["similar in texture, similar in texture", "similar in colour", "similar in colour", "similar"]
    responses = pd.DataFrame({"response_id": list("abcd"), "respondent_id": ["p", "q", "r", "s"], "text": texts})
    usages = pd.DataFrame({
        "usage_id": ["u1", "u2", "u3", "u4", "u5"], "response_id": ["a", "a", "b", "c", "d"],
        "start": [0, 20, 0, 0, 0], "end": [7, 27, 7, 7, 7],
    })  # fmt: skip
    found = facets(usages, responses, stop_words=STOP)
    counted = facet_counts(found, usages, responses)
    assert counted.words.tolist() == ["colour", "texture"]
    assert counted.n_respondents.tolist() == [2, 1]
    assert counted.n_usages.tolist() == [2, 2]
    apart = facet_counts(found, usages.assign(sense_id=list("aabab")), responses, by=["sense_id"])
    assert apart[["sense_id", "words", "n_respondents", "n_usages"]].values.tolist() == [
        ["a", "texture", 1, 2], ["a", "colour", 1, 1], ["b", "colour", 1, 1]
    ]  # fmt: skip
    assert facets(usages.iloc[:0], responses, stop_words=STOP).columns.tolist() == ["usage_id", "slot", "words"]
