from __future__ import annotations

import pypandoc
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import wording
from pipeline.report import words
from pipeline.report.markdown import fitted
from pipeline.report.render import READER
from tests.report.fake import HOSTILE


def as_text(markdown: str) -> str:
    return pypandoc.convert_text(markdown, "plain", format=READER, extra_args=["--wrap=none"])


@settings(max_examples=12)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1).filter(words.one_line), min_size=1, max_size=30))
def test_people_words_come_back_as_they_were(texts):
    """Law: whatever was written, pandoc reads the inert form as that text and nothing else."""
    paragraphs = "\n\n".join(f"x{words.inert(text).strip()}x" for text in texts)
    read = [part for part in as_text(paragraphs).split("\n\n") if part.strip()]
    assert [" ".join(part.split()) for part in read] == [
        " ".join(f"x{words.one_line(text)}x".split()) for text in texts
    ]


def test_hostile_text_is_inert_in_every_format():
    text = f"{words.inert(HOSTILE)}"
    html = pypandoc.convert_text(text, "html", format=READER)
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html
    typst = pypandoc.convert_text(text, "typst", format=READER)
    assert "\n#image" not in typst
    assert r"\#let" in typst


def test_numbers_are_written_for_people():
    assert wording.of(7, 15) == "7 of 15"
    assert wording.percent(0.583) == "58\u00a0%"
    assert wording.percent(0.002) == "<1\u00a0%"
    assert wording.percent(None) == "–"
    assert wording.decimal(-0.004) == "0.00"
    assert wording.decimal(-0.25) == "−0.25"
    assert wording.decimal(float("nan")) == "–"
    assert wording.interval(0.44, 0.71, as_percent=True) == "44–71\u00a0%"
    assert wording.interval(None, 0.7) == ""
    assert wording.plural(1, "usage") == "1 usage"
    assert wording.plural(1706, "session") == "1,706 sessions"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert words.slug("H&E tissue, β") == "h-e-tissue"


def test_a_share_names_its_base():
    assert wording.share(7, 15, small=True) == "7 of 15"
    assert wording.share(28, 48, small=False, low=0.44, high=0.71) == (
        "58\u00a0% (28 of 48; 95 % interval 44–71\u00a0%)"
    )


def test_labels_of_figures_are_cut_and_are_no_mathematics():
    assert words.wrapped("a" * 50, 10, 1).endswith("…")
    assert words.wrapped("costs $5 and $6") == r"costs \$5 and \$6"


def test_no_column_is_too_narrow_for_a_word_of_its_header():
    headers, widths = ["Respondent", "ImageNet-1K", "RadImageNet", "Sense"], [15, 5, 5, 75]
    found = fitted(headers, widths)
    shares = [width / sum(found) for width in found]
    assert all(share >= 0.0115 * 10 for share in (shares[0], shares[2])) and shares[3] > 0.5
    assert shares[1] >= 0.0115 * 8
    assert fitted(["a", "b"], [50, 50]) == [50, 50]
