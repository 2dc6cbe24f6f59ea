"""One study of hard texts through the stages: every span still cuts out the word it stands for, in every table."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main

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
"""
THEMES = """version: 1
themes:
  - id: t
    name: T
    codes: [{id: same, name: Same, rules: [{any: [similar]}, {regex: "simil.r"}]}]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the folder of tables after the stages up to usages."""
    root = tmp_path_factory.mktemp("unicode")
    raw, book = root / "data/raw/u", root / "codebooks/u"
    for folder in (raw, book):
        folder.mkdir(parents=True)
    with (raw / "export.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "Q"], *([f"p{k}", text] for k, text in enumerate(HARD))])
    (book / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    (book / "themes.yaml").write_text(THEMES, encoding="utf-8")
    run(root, "ingest", "excerpts", "terms")
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
