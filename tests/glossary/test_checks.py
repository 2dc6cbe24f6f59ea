"""What the team should look at: definitions that define nothing, senses the answers do not bear out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.glossary.checks import checks, far_usages, synonyms_only
from pipeline.glossary.curated import load_glossary, parsed
from pipeline.glossary.draft import writer
from tests.glossary.fake import made

NAMES = ("terms", "senses", "usages", "responses", "vectors")


def glossary_of(tmp_path, text):
    path = tmp_path / "glossary.yaml"
    path.write_text(text)
    return load_glossary(path)


def kinds(glossary):
    found = checks(glossary, **made().pick(*NAMES))
    return [(row.kind, row.sense_id or row.term_id) for row in found.itertuples()]


def test_circular_definitions_are_found_in_one_and_in_a_ring(tmp_path):
    glossary = glossary_of(tmp_path, """\
version: 1
entries:
  - term: similar
    senses:
      - {id: visual, name: a, genus: the similarity, differentia: that pictures have}
      - {id: semantic, name: b, definition: Belonging to one domain of images.}
  - term: domain
    senses:
      - {id: field, name: c, definition: A set of images that are similar to one another.}
      - {id: other, name: d, definition: Where the dissimilar ends and nothing else begins.}
""")  # fmt: skip
    assert [row for row in kinds(glossary) if row[0] == "circular"] == [
        ("circular", "similar.visual"),
        ("circular", "domain"),
    ]


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("alike, close or comparable", True),
        ("the same", True),
        ("looking alike", True),
        ("Said of quantities, such as sizes, that are about equal.", False),
        ("A property that a person can see in a picture", False),
    ],
)
def test_other_words_for_the_same_are_no_definition(definition, said):
    assert synonyms_only(definition) is said


def test_anchors_that_are_gone_or_changed_and_senses_nobody_uses(tmp_path):
    glossary = glossary_of(tmp_path, """\
version: 1
entries:
  - term: similar
    senses:
      - id: visual
        name: name me (1)
        anchors: [{usage: u_gone}, {usage: u_r01_16, digest: t_old}, {usage: u_r07_02}]
      - {id: amount, name: about equal}
  - term: domain
    senses: [{id: field, name: unread}]
""")  # fmt: skip
    found = checks(glossary, **made().pick(*NAMES))
    assert [(row.kind, row.usage_id) for row in found.itertuples()] == [
        ("anchor changed", "u_r01_16"),
        ("anchor gone", "u_gone"),
        ("anchor gone", "u_r07_02"),
        ("unnamed", ""),
        ("no usage", ""),
    ]
    assert "usage of 'domain'" in found.said[2]


def test_usages_far_from_every_sense_are_those_beyond_all_labelled_ones():
    rng = np.random.default_rng(3)
    centre = {"t.a": np.array([1.0, 0, 0]), "t.b": np.array([0, 1.0, 0])}
    rows = [(f"u{i}", s, centre[s] + rng.normal(0, 0.1, 3)) for i, s in enumerate(["t.a"] * 8 + ["t.b"] * 8)]
    extra = [("near", centre["t.a"]), ("far", np.array([0, 0, 1.0])), ("between", np.array([1.0, 1.0, 0]))]
    vectors = pd.DataFrame([(u, v) for u, _, v in rows] + extra, columns=["usage_id", "vector"])
    labelled = pd.DataFrame([(u, s) for u, s, _ in rows], columns=["usage_id", "sense_id"])
    usages = pd.DataFrame({"usage_id": vectors.usage_id})
    assert [row[0] for row in far_usages(usages, vectors, labelled)] == ["between", "far"]
    assert far_usages(usages, vectors, labelled.head(9)) == []


RELATIONS = """\
version: 1
entries:
  - term: t
    frame: X is t to Y in respect R
    slots: {R: what is compared, Z: nothing}
    senses:
      - {id: a, name: a, relations: {broader: [t.b], related: [t.c]}, fills: {R: colour, Q: x}}
      - {id: b, name: b, relations: {broader: [t.c], same: [t.d], opposite: [t.d]}}
      - {id: c, name: c, minimal_pair: {against: t.x, here: h, there: t}}
      - {id: d, name: d, relations: {narrower: [t.d], related: [t.d]}}
"""


def test_relations_and_slots_that_cannot_hold_are_faults(tmp_path):
    path = tmp_path / "glossary.yaml"
    path.write_text(RELATIONS)
    with pytest.raises(InputError) as raised:
        load_glossary(path)
    text = str(raised.value)
    for said in (
        "t.a is related to t.c, and one of them is broader than the other",
        "t.b is the same as t.d, and also the opposite of it",
        "t.d is broader than itself, by way of others",
        "t.d is related to itself",
        "unknown sense 't.x'",
        "line 5, key entries.0.slots.Z: the frame has no slot 'Z'",
        "the frame has no slot 'Q'",
    ):
        assert said in text


def test_a_definition_may_be_given_as_genus_and_differentia_and_every_sense_has_an_iri(tmp_path):
    text = """\
version: 1
iri: https://example.org/words/
entries:
  - term: Data set
    senses:
      - {id: a, name: a, genus: collection of images, differentia: made for one purpose, decided_on: 2025-07-01}
      - {id: b, name: b, iri: "https://example.org/b"}
"""
    glossary = glossary_of(tmp_path, text)
    assert glossary.senses["data-set.a"][1].wording == "collection of images made for one purpose"
    assert glossary.senses["data-set.a"][1].decided_on == "2025-07-01"
    assert glossary.iri_of("data-set.a", "tiny") == "https://example.org/words/data-set/a"
    assert glossary.iri_of("data-set.b", "tiny") == "https://example.org/b"
    bare = parsed(writer().load(text.replace("iri: https://example.org/words/\n", "")), tmp_path / "g.yaml")
    assert bare.iri_of("data-set.a", "tiny") == "urn:uuid:5338a696-f508-50bc-9846-da7b6a6efb44"
    assert bare.iri_of("data-set.a", "tiny") != bare.iri_of("data-set.a", "other")
