"""The report's section on the codebook, and the codebook to print."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.codebook import quality
from pipeline.codebook.changelog import Entry, Logged
from pipeline.codebook.facts import Facts
from pipeline.codebook.themes import Code, Examples, Rule, Theme, Themes
from pipeline.report import codebook, printed, render
from pipeline.report.content import content
from pipeline.report.given import Given, code_table
from tests.report.fake import HOSTILE

CODES = (
    Code(id="look", name="Looks", definition="what the eye sees", include="colour", exclude="channels",
         examples=Examples(positive=("all is pink",), negative=("one channel",)),
         rules=(Rule(any=("pink",)), Rule(any=("mauve", "teal")))),
    Code(id="organ", name="Same organ & tissue", rules=(Rule(regex="lung"),)),
    Code(id="gone", name="Gone", status="retired"),
)  # fmt: skip
BOOK = Themes("2", (Theme(id="t_1", name="Theme #1", codes=CODES),), {}, "", "main")
QUALITY = pd.DataFrame(
    [("organ", "organ/1", 3, 2, 2, 0, 0, None, 0, None), ("look", "look/1", 9, 8, 8, 6, 3, 0.5, 4, 0.75),
     ("look", "look/2", 0, 0, 0, 0, 0, None, 4, 0.0), ("look", "all", 9, 8, 8, 6, 3, 0.5, 4, 0.75)],
    columns=quality.COLUMNS,
)  # fmt: skip
FACTS = pd.DataFrame(
    [("organ", 60, 2, 1, None, None, None, None, None, 0, "too few to learn from"),
     ("look", 60, 20, 15, 0.8, 0.6, 0.9375, 0.71, 0.75, 30, None)],
    columns=["code_id", "n_read", "n_positive", "n_respondents", "average_precision", "threshold", "precision",
             "precision_low", "recall", "n_suggested", "note"],
)  # fmt: skip
STALE = pd.DataFrame([("look", 4, 1), ("organ", 0, 0)], columns=["code_id", "n_stale", "n_unknown"])
LOG = (Entry(**{"from": "1", "to": "2"}, changes=(Logged(change="redefined", old=("look",), new=("look",),
             reason="coders meant texture", decided_by="amara"),)),)  # fmt: skip


def given(study, **more):
    facts = Facts(BOOK, quality=QUALITY, classifiers=FACTS, stale=STALE, log=LOG, **more)
    return Given(study.study, study.tables, codes=code_table(BOOK.themes), book=facts)


def test_rows_by_hand(large):
    found = given(large)
    assert codebook.found_rows(found) == [["Looks", "2", "8", "3 of 6", "3 of 4"],
                                         ["Same organ & tissue", "1", "2", "–", "–"]]  # fmt: skip
    assert codebook.silent_rules(found) == ["Looks, rule 2 (mauve, teal)"]
    assert codebook.classifier_rows(found) == [
        ["Looks", "20 of 60", "0.80", "30", "15 of 16", "15 of 20", "suggests"],
        ["Same organ & tissue", "2 of 60", "–", "–", "–", "–", "too few decisions"],
    ]
    assert codebook.stale_rows(found) == [["Looks", "4", "1"]]
    assert codebook.change_rows(found) == [["1 to 2", "redefined", "Looks", "coders meant texture (amara)"]]


def test_topics_that_no_code_covers_are_quoted_and_hidden_while_people_code_openly(large):
    excerpt = large.tables["excerpts"].excerpt_id.iloc[0]
    topics = pd.DataFrame(
        [(0, "pink, purple", 9, 9, 8, 0.9, "look", 1, True, excerpt), (1, "lung", 9, 9, 0, 0.0, "organ", 9, False, "")],
        columns=["topic_id", "words", "n_excerpts", "n_read", "n_without", "share_without", "best_code", "n_best",
                 "proposed", "excerpt_ids"],
    )  # fmt: skip
    first, second = codebook.cover_rows(given(large, topics=topics))
    assert first[:3] == ["pink, purple (proposed code)", "8 of 9", "Looks (1 of 9)"] and first[3].startswith("“")
    assert second[1:] == ["0 of 9", "Same organ & tissue (9 of 9)", "–"]
    hidden = codebook.codebook_content(given(large, topics=topics, hidden="open coding has not come back yet: ben (3)"))
    assert hidden["cover_rows"] == [] and "ben (3)" in hidden["proposed_hidden"]


def test_the_section_is_in_the_report_and_a_study_without_it_has_none(small, large):
    text = render.markdown(content(given(small), {}))
    assert "# The codebook at work" in text and "15 of 16" in text and "0\\.80" not in text  # counts alone
    assert "0\\.80" in render.markdown(content(given(large), {}))
    assert "# The codebook at work" not in render.markdown(content(Given(small.study, small.tables), {}))


@pytest.fixture(scope="module")
def files(small, tmp_path_factory):
    return printed.printed(small.study, BOOK, tmp_path_factory.mktemp("printed"))


def test_the_codebook_is_printed_in_four_forms(files, small, tmp_path):
    assert sorted(files) == ["codebook.docx", "codebook.html", "codebook.pdf", "codebook.tex"]
    html = files["codebook.html"].decode()
    for part in (
        "what the eye sees",
        "all is pink",
        "one channel",
        "Same organ &amp; tissue",
        'id="code-look"',
        "Gone",
    ):
        assert part in html
    assert "{#" not in html and files["codebook.pdf"].startswith(b"%PDF")
    assert printed.printed(small.study, BOOK, tmp_path) == files
    assert printed.printed(small.study, Themes("1", (), {}, ""), tmp_path) == {}


def test_latex_is_escaped_and_leaves_out_what_is_retired(files):
    text = files["codebook.tex"].decode()
    assert "Theme \\#1" in text and "Same organ \\& tissue" in text and "Gone" not in text
    assert text.count("\\begin{longtable}") == text.count("\\end{longtable}") == 1
    assert "colour; Not: channels & all is pink \\\\" in text


def test_what_people_write_in_a_codebook_stays_text(small, tmp_path):
    hostile = Code(id="x", name=HOSTILE, definition=HOSTILE, examples=Examples(positive=(HOSTILE,)))
    html = printed.printed(small.study, Themes("1", (Theme(id="t", name=HOSTILE, codes=(hostile,)),), {}, ""), tmp_path)
    page = html["codebook.html"].decode()
    assert "<script>alert" not in page and "<b>raw</b>" not in page and "evil.example/x.png)" in page
