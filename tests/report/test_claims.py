"""Every claim of the report links to the table row, figure or quotes it rests on."""

from __future__ import annotations

import re

import pandas as pd
import pypandoc
import pytest
from lxml import html

from pipeline import tables
from pipeline.report import catalogue, render
from pipeline.report.content import content
from pipeline.report.given import Given

APART = "ancestor::table or ancestor::figure or ancestor::nav or ancestor::header or ancestor::footer"
SAID_ELSEWHERE = (
    "about",
    "notice",
    "machine",
    "quote",
)  # not the report's own counts: the team's text, rules, respondents


def measured(made):
    """Return a study's tables, with those of coverage, completion and words beside the word filled in."""
    usages = made.tables["usages"].merge(made.tables["responses"][["response_id", "respondent_id"]], on="response_id")
    several = usages[usages.term_id == "similar"].drop_duplicates("respondent_id").usage_id.head(3)
    more = {
        "coverage": [("similar", 43, 5, 1, 1, 0.91, 7.2, 4.9)],
        "completion": [("similar", 83, 43, 0.33, 0.49, 0.2, 0.85, 3, 2, "")],
        "facets": [(usage, "kind", "medical") for usage in several],
    }
    columns = {name: list(tables.SCHEMAS[name].types) for name in more}
    return {**made.tables, **{name: pd.DataFrame(rows, columns=columns[name]) for name, rows in more.items()}}


def page_of(made):
    """Return the report as pandoc reads it, figures as places with captions: nothing is drawn."""
    given = Given(made.study, measured(made))
    frames = {chart.name: (chart, chart.frame()) for chart in catalogue.charts(given)}
    captions = {name: chart.caption(frame)._asdict() for name, (chart, frame) in frames.items() if len(frame)}
    text = render.markdown(content(given, captions))
    found = pypandoc.convert_text(text, "html5", format=render.READER, extra_args=["--wrap=none"])
    return html.fromstring(f"<main>{found}</main>")


def note_of_a_table(block):
    """Whether a paragraph explains the table or figure before it."""
    before = block.getprevious()
    return bool(block.xpath("./span[@class='legend']")) and before is not None and (
        before.tag == "figure" or "table" in (before.get("class") or "")
    )  # fmt: skip


def claims(page):
    """Return the paragraphs and points that say a number of this study in the report's own words."""
    for block in page.xpath(f"//*[self::p or self::li][not({APART})]"):
        classes = {name for above in block.iterancestors() for name in (above.get("class") or "").split()}
        if classes & set(SAID_ELSEWHERE) or note_of_a_table(block) or block.xpath(".//p"):
            continue
        cited = [node.text_content() for node in block.xpath(".//*[@class='citation']")]
        text = block.text_content()
        for citation in cited:
            text = text.replace(citation, "")
        if re.search(r"\d", re.sub(r"95[\s\u00a0]%", "", text)):
            yield block


@pytest.mark.parametrize("name", ["large", "small", "bare"])
def test_every_claim_leads_to_what_it_rests_on(request, name):
    page = page_of(request.getfixturevalue(name))
    found = list(claims(page))
    assert len(found) >= 5
    bare = [
        " ".join(block.text_content().split())
        for block in found
        if not block.xpath(".//a[starts-with(@href, '#') and not(ancestor::*[@class='citation'])]")
        and not block.xpath(".//code[starts-with(., 'tables/')]")
    ]
    assert bare == []
    known = page.xpath("//@id")
    assert "(#" not in page.text_content()
    assert len(known) == len(set(known))
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} <= set(known)


def test_shares_lead_to_rows_that_say_the_same(large):
    page = page_of(large)
    links = page.xpath("//div[@class='brief']//a[starts-with(@href, '#use-')]")
    assert len(links) > 2
    for link in links:
        row = page.xpath(f"//*[@id='{link.get('href')[1:]}']/ancestor::tr")[0]
        assert " ".join(link.text_content().split()) in " ".join(row.text_content().split())
