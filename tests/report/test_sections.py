"""Sections that a study asks for, and no link that leads nowhere."""

from __future__ import annotations

import re

from pipeline.report import render
from pipeline.report.content import content
from pipeline.report.given import Given
from pipeline.report.sections import without_dead_links

HEADING = re.compile(r"^# .*\{#([a-z]+)\}", re.M)


def report_of(made, **options):
    survey = made.study.survey
    made.study.survey = survey.model_copy(update={"report": survey.report.model_copy(update=options)})
    try:
        return render.markdown(content(Given(made.study, made.tables), {}))
    finally:
        made.study.survey = survey


def test_a_study_says_which_sections_it_wants(large):
    every = HEADING.findall(report_of(large))
    assert every[0] == "brief"
    assert {"terms", "ratings", "agreement", "undecided", "respondents", "methods"} <= set(every)
    chosen = report_of(large, sections=("terms", "methods"))
    assert [name for name in HEADING.findall(chosen) if name != "references"] == [
        "brief",
        "terms",
        "methods",
        "limits",
        "provenance",
    ]
    tables = re.findall(r"\*\*Table (\d+)\.\*\*", chosen)
    assert tables == [str(number) for number in range(1, len(tables) + 1)], "numbers leave no gap"


def test_no_report_has_a_link_that_leads_nowhere(large, small, bare):
    for made in (large, small, bare):
        for options in ({}, {"sections": ("agreement",)}):
            text = report_of(made, **options)
            known = set(re.findall(r"\{#([\w:.-]+)", text))
            linked = set(re.findall(r"\]\(#([\w:.-]+)\)", text))
            assert linked <= known


def test_a_dead_link_becomes_its_text():
    text = "see [the *x* [y]{.tag}](#gone), [here](#there), [a](https://e.example).\n\n# T {#there}"
    assert without_dead_links(text) == (
        "see the *x* [y]{.tag}, [here](#there), [a](https://e.example).\n\n# T {#there}"
    )


def test_a_study_may_print_no_quotes_at_all(large):
    words = {text[:40] for text in large.tables["responses"].text}
    assert any(word in report_of(large) for word in words)
    text = report_of(large, quotes="none")
    assert "::: quote" not in text
    assert not any(word in text for word in words)


def test_many_brackets_take_no_time():
    text = "[" + "[x]{.y} " * 20_000 + "no end\n" + "see [this](#gone) " * 2_000
    assert without_dead_links(text).count("(#gone)") == 0


def test_every_claim_in_brief_links_to_what_it_rests_on(large):
    text = report_of(large)
    brief = text[text.index("# In brief") : text.index("# Words people mean")]
    claims = [line for line in brief.splitlines() if line.startswith("- ")]
    assert len(claims) > 3
    bare = [claim for claim in claims if "](#" not in claim and "different things to different" not in claim]
    assert bare == []
    codes = re.findall(r"\]\(#(code-[\w-]+)\)", brief)
    assert codes and all(f"{{#{code}}}" in text for code in codes), "a code's count links to its row"
