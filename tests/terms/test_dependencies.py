"""Facets by a trained pipeline, saved to disk and loaded by its path; the parser here reads its tree off a list."""

from __future__ import annotations

import pandas as pd
import pytest
import spacy
from spacy.language import Language

from pipeline.errors import MissingError
from pipeline.language import load_language
from pipeline.terms.dependencies import parsed_facets
from pipeline.terms.facets import facets

# text -> (head of each token, its label); ClearNLP labels but for the last, which has Universal Dependencies
TREES = {
    "The tissue is , I believe , similar in cell texture": (
        [1, 2, 2, 2, 5, 2, 2, 2, 7, 10, 8],
        ["det", "nsubj", "ROOT", "punct", "nsubj", "parataxis", "punct", "acomp", "prep", "compound", "pobj"],
    ),
    "a visually similar old modality to X": (
        [4, 2, 4, 4, 4, 4, 5],
        ["det", "advmod", "amod", "amod", "ROOT", "prep", "pobj"],
    ),
    "it is similar": ([1, 1, 1], ["nsubj", "ROOT", "acomp"]),
    "images similar to photographs": ([0, 0, 3, 1], ["ROOT", "amod", "case", "obl"]),
}


@Language.component("tree_from_list")
def tree_from_list(doc):
    heads, labels = TREES[doc.text]
    for token, head, label in zip(doc, heads, labels, strict=True):
        token.head, token.dep_ = doc[head], label
    return doc


@pytest.fixture(scope="module")
def parser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pipeline") / "tree"
    nlp = spacy.blank("en")
    nlp.add_pipe("tree_from_list")
    nlp.to_disk(folder)
    return load_language("en", str(folder))


def given(texts):
    names = [f"r{k}" for k in range(len(texts))]
    responses = pd.DataFrame({"response_id": names, "text": texts})
    start = [text.index("similar") for text in texts]
    usages = pd.DataFrame(
        {"usage_id": [f"u{k}" for k in range(len(texts))], "response_id": names, "start": start,
         "end": [one + 7 for one in start]}
    )  # fmt: skip
    return usages, responses


def as_dict(found):
    return {(row.usage_id, row.slot): row.words for row in found.itertuples()}


def test_dependencies_reach_what_stands_far_from_the_word(parser):
    assert as_dict(parsed_facets(*given(list(TREES)), parser)) == {
        ("u0", "said of"): "tissue", ("u0", "respect"): "cell texture",
        ("u1", "said of"): "old modality", ("u1", "manner"): "visually", ("u1", "compared"): "x",
        ("u3", "said of"): "images", ("u3", "compared"): "photographs",
    }  # fmt: skip


def test_a_parsed_slot_stands_before_the_pattern_and_the_patterns_fill_the_rest(parser):
    usages, responses = given(list(TREES))
    patterns = as_dict(facets(usages, responses, stop_words=frozenset(["in", "to"])))
    both = as_dict(facets(usages, responses, stop_words=frozenset(["in", "to"]), parser=parser))
    assert patterns["u0", "respect"] == "cell texture"
    assert ("u0", "said of") not in patterns
    assert both["u0", "said of"] == "tissue"
    assert (patterns["u3", "kind"], both["u3", "kind"]) == ("images", "images")


def test_a_pipeline_that_does_not_parse_adds_nothing():
    assert parsed_facets(*given(["similar in texture"]), spacy.blank("en")).empty


def test_a_pipeline_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingError, match=r"survey\.yaml, key spacy\.pipeline"):
        load_language("en", str(tmp_path / "nothing"))
