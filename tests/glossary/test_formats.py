"""Formats other tools read: each is valid by its public rules, and the rules are seen to fail."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.glossary import latex, skos, tbx
from pipeline.glossary.curated import Glossary, load_glossary
from pipeline.glossary.model import Entry, Sense
from pipeline.study import load_study
from tests.glossary.tbx_rules import broken

SHAPES = Path(__file__).parent / "skos_shapes.ttl"


def violated(turtle):
    import pyshacl
    from rdflib import SH, Graph

    _, report, _ = pyshacl.validate(
        Graph().parse(data=turtle, format="turtle"), shacl_graph=Graph().parse(SHAPES), inference="none", advanced=True
    )
    return sorted({str(message) for message in report.objects(None, SH.resultMessage)})


def read(made, name):
    return (made.study.reports / name).read_bytes()


@pytest.fixture(scope="module")
def shipped(repository):
    study = load_study(repository, "transfer-learning")
    return load_glossary(study.codebook_folder / "glossary.yaml"), study


def test_skos_keeps_the_integrity_conditions(glossary, shipped):
    assert violated(read(glossary, "glossary.ttl").decode()) == []
    assert violated(skos.as_turtle(*shipped)) == []


BAD = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:s> a skos:ConceptScheme . <urn:c> a skos:Collection .
<urn:a> a skos:Concept ; skos:inScheme <urn:s> ; skos:prefLabel "a"@en .
<urn:b> a skos:Concept ; skos:inScheme <urn:s> ; skos:prefLabel "b"@en .
"""


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("<urn:s> a skos:Concept ; skos:inScheme <urn:s> ; skos:prefLabel 's'@en .", "S9"),
        ("<urn:c> a skos:Concept ; skos:inScheme <urn:s> ; skos:prefLabel 's'@en .", "S37"),
        ("<urn:a> skos:altLabel 'a'@en .", "S13"),
        ("<urn:a> skos:hiddenLabel 'a'@en .", "S13"),
        ("<urn:a> skos:prefLabel 'other'@en .", "S14"),
        ("<urn:a> skos:broader <urn:b> . <urn:b> skos:related <urn:a> .", "S27"),
        ("<urn:a> skos:exactMatch <urn:b> ; skos:broadMatch <urn:b> .", "S46"),
        ("<urn:x> a skos:Concept ; skos:prefLabel 'x'@en .", "scheme"),
    ],
)
def test_the_conditions_are_seen_to_fail(more, rule):
    assert violated(BAD) == []
    assert rule in violated(BAD + more)


def test_skos_says_what_the_team_wrote_and_nothing_else(glossary):
    text = read(glossary, "glossary.ttl").decode()
    from rdflib import SKOS, Graph, Literal

    graph = Graph().parse(data=text, format="turtle")
    concept = graph.value(predicate=SKOS.notation, object=Literal("similar.visual"))
    assert str(concept).startswith("urn:uuid:")
    assert graph.value(concept, SKOS.prefLabel) == Literal("visually alike", lang="en")
    assert Literal("the same <look>", lang="en") in set(graph.objects(concept, SKOS.hiddenLabel))
    assert len(list(graph.objects(None, SKOS.member))) == 5
    assert "alert(1)" not in text, "no respondent's words"
    same = graph.value(predicate=SKOS.notation, object=Literal("similar.semantic"))
    assert list(graph.objects(same, SKOS.exactMatch))


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(str.strip)


@given(WORDS, WORDS, st.lists(WORDS, max_size=3))
def test_whatever_the_labels_skos_and_tbx_stay_valid(shipped, preferred, name, deprecated):
    sense = Sense(id="a", name=name, preferred=preferred, deprecated=tuple(deprecated), definition=name)
    made = Glossary("1", (Entry(term="x", senses=(sense,)),), "")
    assert broken(tbx.as_tbx(made, shipped[1])) == []
    from rdflib import SKOS, Graph

    graph = Graph().parse(data=skos.as_turtle(made, shipped[1]), format="turtle")
    for concept in graph.subjects(SKOS.inScheme):
        labels = [*graph.objects(concept, SKOS.prefLabel), *graph.objects(concept, SKOS.altLabel),
                  *graph.objects(concept, SKOS.hiddenLabel)]  # fmt: skip
        assert len(labels) == len(set(labels))
        assert len(list(graph.objects(concept, SKOS.prefLabel))) == 1


def test_tbx_keeps_the_public_rules(glossary, shipped):
    found = read(glossary, "glossary.tbx")
    assert broken(found) == []
    assert broken(tbx.as_tbx(*shipped)) == []
    text = found.decode()
    assert "<term>visually alike</term>" in text
    assert "the same &lt;look&gt;" in text
    assert 'target="c-similar.semantic"' in text
    assert "<date>2025-07-01</date>" in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('type="TBX-Basic"', 'type="TBX-Other"', "root"),
        ("<term>visually alike</term>", "<term></term>", "term: empty"),
        ("preferredTerm-admn-sts", "preferred", "administrativeStatus: preferred"),
        ('target="c-similar.semantic"', 'target="c-nowhere"', "is nowhere"),
        ('id="c-similar.semantic"', 'id="c-similar.visual"', "twice"),
        ('<langSec xml:lang="en">', "<langSec>", "langSec: no"),
        ("<date>2025-07-01</date>", "<date>July</date>", "not a date"),
        ('type="definition"', 'type="context"', "is no category"),
    ],
)
def test_the_rules_of_tbx_are_seen_to_fail(glossary, old, new, said):
    text = read(glossary, "glossary.tbx").decode()
    assert old in text
    assert said in "; ".join(broken(text.replace(old, new).encode()))


def test_a_glossary_without_senses_has_no_tbx(shipped):
    assert tbx.as_tbx(Glossary("1", (), ""), shipped[1]) == b""


@given(st.text())
def test_latex_sets_any_text_as_that_text(text):
    made = latex.escaped(text)
    bare = re.sub(r"\\(?:textbackslash|textasciicircum|textasciitilde|textless|textgreater)\{\}|\\[{}$&#%_]", "", made)
    assert not set(bare) & set("\\{}$&#%_^~<>")
    assert "\n" not in made


def test_latex_has_every_sense_with_a_label_and_its_count(glossary):
    text = read(glossary, "glossary.tex").decode()
    assert text.count(r"\begin{description}") == text.count(r"\end{description}") == 3
    assert r"\label{sw:similar.visual}" in text
    assert re.search(r"Used so by \d+ of \d+ respondents", text)


def test_spreadsheet_holds_the_senses_and_runs_nothing(glossary):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(read(glossary, "glossary.xlsx")))
    assert book.sheetnames == ["Senses", "Usages", "Read me"]
    senses = {row[1]: row for row in book["Senses"].iter_rows(min_row=2, values_only=True)}
    flat = {row["sense_id"]: row for row in csv.DictReader(io.StringIO(read(glossary, "glossary.csv").decode()))}
    assert set(senses) == set(flat)
    assert str(senses["similar.visual"][10]) == flat["similar.visual"]["n_respondents"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_definition_sheet_has_definitions_only(glossary):
    text = read(glossary, "definitions.txt").decode()
    assert "visually alike: relation of image collections whose pictures" in text
    assert "Please say it whole: X is similar to Y in respect R, as judged by M." in text
    assert "close in distribution" not in text, "a sense without a definition defines nothing"
    page = read(glossary, "definitions.html").decode()
    assert "Would a child sort them together?" in page
    assert "<script" not in page
