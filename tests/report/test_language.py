"""The report in another language: all that it says is a message; what people wrote stays as it is."""

from __future__ import annotations

import re
import string

import pytest

from docs.messages import messages
from pipeline import speech
from pipeline.notes import NOTES, retold
from pipeline.report import catalogue, render
from pipeline.report.content import content
from pipeline.report.given import Given
from pipeline.speech import Catalogue, speaking
from tests.report.test_report import made, written

NO_PROSE = (
    re.compile(r"\(#⟫[^⟪⟫]*⟪\)"), re.compile(r"⟪[^⟪⟫]*⟫"), re.compile(r"\{[^}\s]*[.#=][^}]*\}"),
    re.compile(r"\]\([^)]*\)"), re.compile(r":::.*"), re.compile(r"@\w+"), re.compile(r"`[^`]*`"),
    re.compile(r"\b[0-9a-f]{12,}\b"),
)  # fmt: skip
NAMES = {
    "Sameword", "SHA", "sentence", "transformers", "all", "MiniLM", "float32", "krippendorff", "numpy", "kmeans",
}  # fmt: skip


def marked(form: str) -> str:
    """Return a message with everything it says in marks; what fills its places stands outside them."""
    parts = string.Formatter().parse(form)
    return "".join(
        (f"⟪{said}⟫" if said else "") + ("" if name is None else f"{{{name}{':' + spec if spec else ''}}}")
        for said, name, spec, _ in parts
    )


@pytest.fixture
def marking(monkeypatch):
    """A language that says in marks whatever is a message."""
    known = {one: tuple(marked(form) for form in (one, many) if form) for one, many in messages()}
    monkeypatch.setattr(speech, "_spoken", Catalogue("xx", known))


def unmarked(text: str) -> set[str]:
    """Return the words that stand outside all marks and are no markup."""
    for pattern in NO_PROSE:
        text = pattern.sub(" ", text)
    return set(re.findall(r"[^\W\d_]{2,}", text.replace("\\", "").lower()))


def words_of(study) -> set[str]:
    """Return every word that somebody wrote: in the tables, in survey.yaml."""
    survey = (study.study.codebook_folder / "survey.yaml").read_text(encoding="utf-8")
    cells = [
        str(cell)
        for frame in study.tables.values()
        for name in frame
        for cell in frame[name].dropna()
        if isinstance(cell, str)
    ]
    return set(re.findall(r"[^\W\d_]{2,}", " ".join([survey, *cells, *NAMES]).lower()))


@pytest.mark.parametrize("name", ["small", "large", "bare"])
def test_all_that_the_report_says_is_a_message(name, request, marking):
    from matplotlib.text import Text

    study = request.getfixturevalue(name)
    given = Given(study.study, study.tables)
    known = words_of(study)
    captions = {}
    for chart in catalogue.charts(given):
        frame = chart.frame()
        if frame.empty:
            continue
        captions[chart.name] = chart.caption(frame)._asdict()
        labels = " ".join(text.get_text() for text in chart.figure(frame, width=7.2).findobj(Text))
        assert unmarked(labels) - known == set(), chart.name
    text = render.markdown(content(given, captions))
    assert "⟪In brief⟫" in text
    assert unmarked(text) - known == set()


def test_the_report_in_german(small):
    english = written(small)[1]["report.html"].decode()
    with speaking("de"):
        files = made(small)[1]
    html = files["report.html"].decode()
    assert '<html lang="de">' in html
    assert '<h1 class="title" lang="en">What people mean by similar</h1>' in html
    assert "In Kürze" in html
    assert "„domain“ und „similar“" in html
    assert '<span lang="en">' in html, "what people wrote stays as it is, and says its language"
    quotes = re.findall(r'<mark class="hit">.*?</mark>', english)
    assert quotes == re.findall(r'<mark class="hit">.*?</mark>', html)
    said = [one for one, _ in messages() if len(one) > 25 and "{" not in one and one in english]
    assert len(said) > 20
    assert [one for one in said if one in html] == []
    assert b"<w:lang" in files["report.docx"]


@pytest.mark.parametrize("note", NOTES)
def test_notes_of_tables_are_retold(note):
    filled = note.format(**{name: "7" for _, name, _, _ in string.Formatter().parse(note) if name})
    assert retold(filled) == filled, "in English they stay as they are"
    with speaking("de"):
        told = retold(filled)
        assert told == speech.phrase(note, **{n: "7" for _, n, _, _ in string.Formatter().parse(note) if n})
        assert retold(f"{filled}; never heard of") == f"{told}; never heard of"


def test_numbers_and_names_in_notes(large):
    with speaking("de"):
        note = "its usages differ more than those of most words, in two groups that are stable under resampling (stability 0.93), the smaller with 9 usages by 7 respondents; but the groups follow the question and the form, which may be all there is to it"  # noqa: E501
        assert "Stabilität 0,93" in retold(note)
        assert "folgen der Frage und der Wortform" in retold(note)
        assert retold("readers differ: colour 1 of 2, no_code 1 of 2") == "uneins: colour 1 von 2, no_code 1 von 2"
