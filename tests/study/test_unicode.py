"""One study of hard texts through the stages: every span still cuts out the word it stands for, in every table."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
from click.testing import CliRunner
from lxml import html

from pipeline import tables
from pipeline.cli import main
from pipeline.coding.units import CLOSE_MARK, OPEN_MARK

HARD = [
    "similar 👩‍👩‍👧 similar",  # joined by ZWJ
    "e\u0301tude similar n\u0303 similar",  # combining marks
    "שלום similar مرحبا \u202esimilar\u202c \u2067similar\u2069",  # bidirectional, with controls
    "𝔘𝔫𝔦 similar 𐍈 similar \U0002f800 similar \U000e0041 similar",  # every plane that has letters
    "\U0010fffd similar \ue000 similar \ufdd0 similar",  # private use and a noncharacter
    "नि similar คำ similar 語similar語 similar",
    "🇫🇷🏳️‍🌈similar🏴󠁧󠁢󠁥󠁮󠁧󠁿 similar",
    "similar\u200bsimilar \u00adsimilar \ufeffsimilar similar",
    "<script>similar</script> =1+1 {{ similar }} \x7f similar",
    "similar",
    " ",
    "",
    "a" + "\u0301" * 300 + " similar",
    "👍 so very and not " * 40_000 + "similar",  # about a megabyte
]
SURVEY = """study: u
title: Unicode
synthetic: true
detect_language: false
exports: [{file: export.csv}]
columns: {id: {role: respondent_id}, Q: {role: open, question: q}}
questions: {q: {text: What is similar?}}
terms: {watch: [similar]}
coding: {coders: [ann], overlap: {share: 1.0, coders: 1, usages: 1}}
"""
GLOSSARY = """version: "1"
entries:
  - term: similar
    senses: [{id: a, name: One}, {id: b, name: Other}]
"""
THEMES = """version: 1
themes:
  - id: t
    name: T
    codes: [{id: same, name: Same, rules: [{any: [similar]}, {regex: "simil.r"}]}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the folder in which every stage has run."""
    root = tmp_path_factory.mktemp("unicode")
    raw, book = root / "data/raw/u", root / "codebooks/u"
    for folder in (raw, book):
        folder.mkdir(parents=True)
    with (raw / "export.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "Q"], *([f"p{k}", text] for k, text in enumerate(HARD))])
    (book / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    (book / "themes.yaml").write_text(THEMES, encoding="utf-8")
    (book / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    run(root, "ingest", "excerpts", "terms", "encode", "topics", "proposals", "code", "assign", "collect", "record",
        "agreement", "senses", "planned", "authors", "glossary", "figures", "report", "leaks", "manifest")  # fmt: skip
    return root


def run(root, *stages):
    for stage in stages:
        found = CliRunner().invoke(main, [stage, "--study", "u", "--root", str(root)])
        assert found.exit_code == 0, (stage, found.output, found.exception)


def test_answers_keep_every_character_but_controls_and_blanks_around(study):
    texts = set(tables.read(study / "data/processed/u", "responses").text)
    wanted = {text.strip().replace("\x7f", "") for text in HARD if text.strip()}
    assert texts == wanted


def test_excerpts_and_usages_cut_out_what_they_name(study):
    folder = study / "data/processed/u"
    texts = tables.read(folder, "responses").set_index("response_id").text
    for row in tables.read(folder, "excerpts").to_dict("records"):
        assert texts[row["response_id"]][row["start"] : row["end"]] == row["text"]
    usages = tables.read(folder, "usages")
    cut = [texts[r][s:e] for r, s, e in zip(usages.response_id, usages.start, usages.end, strict=True)]
    assert set(cut) == {"similar"}
    with_blanks = [text for text in texts if " similar" in text or text.startswith("similar")]
    assert set(usages.response_id.map(texts)) >= set(with_blanks)


def test_rules_mark_what_they_found_and_every_usage_has_its_vector(study):
    folder = study / "data/processed/u"
    texts = tables.read(folder, "excerpts").set_index("excerpt_id").text
    found = tables.read(folder, "machine_codings")
    found = found[found.source == "rule"]
    cut = [texts[e][int(s) : int(t)] for e, s, t in zip(found.excerpt_id, found.start, found.end, strict=True)]
    assert len(cut) == len(texts)
    assert set(cut) == {"similar"}
    usages, vectors = tables.read(folder, "usages"), tables.read(folder, "usage_vectors")
    assert set(vectors.usage_id) == set(usages.usage_id)
    assert all(abs(sum(value * value for value in vector) - 1) < 1e-2 for vector in vectors.vector)


def test_the_coder_page_holds_every_text_whole_and_the_spreadsheet_what_is_asked(study):
    texts = set(tables.read(study / "data/processed/u", "responses").text)
    packets = study / "reports/u/packets"
    page = html.fromstring((packets / "ann.html").read_bytes())
    units = json.loads(page.get_element_by_id("packet").text)["units"]
    assert {unit["answer"] for unit in units} == texts
    for unit in units:
        if unit["unit_kind"] == "usage":
            start = unit["text"].index(OPEN_MARK)
            assert unit["text"][start + 1 :].startswith(f"similar{CLOSE_MARK}")
            assert unit["text"].replace(OPEN_MARK, "").replace(CLOSE_MARK, "") == unit["answer"]
    book = openpyxl.load_workbook(packets / "ann.xlsx", read_only=True)
    asked = [row[5] for row in book["Usages"].iter_rows(min_row=2, values_only=True)]
    assert len(asked) == sum(unit["unit_kind"] == "usage" for unit in units)
    assert all(f"{OPEN_MARK}similar{CLOSE_MARK}" in text for text in asked)


def test_page_and_glossary_show_the_words_and_run_nothing(study):
    glossary = html.fromstring((study / "reports/u/glossary.html").read_bytes())
    words = glossary.xpath("//td[@class='word']")
    assert {word.text_content() for word in words} == {"similar"}
    for name in ("glossary.html", "report.html"):
        page = html.fromstring((study / "reports/u" / name).read_bytes())
        assert not [script for script in page.iter("script") if "similar" in (script.text or "")]
