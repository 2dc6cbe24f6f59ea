"""glossary.html in a real browser: search, filters, sorting, deep links; no script of a respondent's; accessible."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.glossary.written import glossary_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    return glossary_in(tmp_path_factory.mktemp("page"), n=40, hostile=True).study.reports / "glossary.html"


@pytest.fixture
def view(browser, page_file):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.heard = []
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("console", lambda line: page.heard.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: page.heard.append(dialog.message))
    page.goto(page_file.as_uri())
    yield page
    assert page.heard == []
    context.close()


def shown(page, selector):
    return page.evaluate("(s) => [...document.querySelectorAll(s)].filter((n) => n.checkVisibility()).length", selector)


def test_search_keeps_what_matches_and_says_how_much(view):
    terms = shown(view, ".entry")
    view.keyboard.press("/")
    view.keyboard.type("EMBEDDING distance")
    lines = view.locator("tr.line:visible").all_inner_texts()
    assert view.inner_text("#found") == f"{shown(view, '.entry')} terms, {len(lines)} usages"
    assert 0 < len(lines) < view.locator("tr.line").count()
    assert all("embedding" in line and "distance" in line for line in lines)
    view.fill("#search", "nothing says this")
    assert "nothing matches" in view.inner_text("#found")
    assert shown(view, ".entry") == 0
    view.click("#clear")
    assert shown(view, ".entry") == terms
    assert view.inner_text("#found") == ""


def test_filters_by_question_and_group_leave_only_those_usages(view):
    view.select_option("select[data-by=q]", "meaning")
    found = view.evaluate("[...document.querySelectorAll('tr.line:not([hidden])')].map((n) => n.dataset.q)")
    assert set(found) == {"meaning"}
    group = view.evaluate("document.querySelector('select[data-by=g0]').options[1].value")
    view.select_option("select[data-by=g0]", group)
    both = view.evaluate(
        "[...document.querySelectorAll('tr.line:not([hidden])')].map((n) => [n.dataset.q, n.dataset.g0])"
    )
    assert both and all(row == ["meaning", group] for row in both)
    assert len(both) < len(found)
    quotes = view.evaluate(
        "[...document.querySelectorAll('.quote:not([hidden])')].every((n) => n.dataset.q === 'meaning')"
    )
    assert quotes


def test_usages_sort_by_either_side_by_sense_and_by_respondent(view):
    words = "(side) => [...document.querySelectorAll('#similar tr.line')].map((n) => n.querySelector(side).textContent)"

    def keys(side):
        texts = view.evaluate(words, side)
        parts = ["".join(c if c.isalnum() else " " for c in text.lower()).split() for text in texts]
        return [(part[::-1] if side == ".left" else part)[:6] for part in parts]  # the last word may be cut

    rights = keys(".right")
    assert rights == sorted(rights)
    view.select_option("#sort", "left")
    lefts = keys(".left")
    assert lefts == sorted(lefts)
    assert keys(".right") != rights
    assert "what stands left" in view.text_content("#similar caption .sorted")
    view.select_option("#sort", "sense")
    ranks = view.evaluate("[...document.querySelectorAll('#similar tr.line')].map((n) => Number(n.dataset.rank))")
    assert ranks == sorted(ranks) and len(set(ranks)) > 1


def test_a_link_to_a_usage_opens_what_is_folded_and_clears_what_hides_it(browser, page_file, view):
    usage = view.evaluate("document.querySelector('#domain tr.line').id")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(f"{page_file.as_uri()}#{usage}")
    assert page.evaluate("(id) => { const n = document.getElementById(id); const r = n.getBoundingClientRect();"
                         " return n.checkVisibility() && r.top >= 0 && r.bottom <= innerHeight; }", usage)  # fmt: skip
    context.close()
    view.fill("#search", "alike in appearance")
    assert shown(view, "#domain") == 0
    view.evaluate("location.hash = 'domain.field'")
    view.wait_for_selector("#domain\\.field", state="visible", timeout=2000)
    assert view.input_value("#search") == ""


def test_nothing_a_respondent_wrote_runs_or_loads(view):
    assert "alert(1)" in view.text_content("main")
    assert view.evaluate("document.querySelectorAll('img, iframe, main script, main style').length") == 0


def test_it_reads_without_javascript(browser, page_file):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert not page.is_visible(".tools"), "what needs a script is not offered without one"
    assert page.is_visible("#similar\\.visual .definition")
    page.click("#similar details.usages summary")
    assert page.locator("#similar tr.line").first.is_visible()
    context.close()


def test_print_leaves_out_what_is_for_screens(view):
    view.emulate_media(media="print")
    assert not view.is_visible(".tools")
    assert not view.is_visible(".contents")
    assert view.is_visible("#similar\\.visual")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_overflows(browser, page_file, scheme, width):
    from axe_core_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    found = Axe().run(page)["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_the_definition_sheet_is_one_page(browser, page_file, tmp_path):
    from pypdfium2 import PdfDocument

    from pipeline import tables
    from pipeline.glossary import sheet
    from pipeline.glossary.curated import load_glossary
    from pipeline.glossary.entries import entry_table
    from pipeline.glossary.source import READS, Source
    from pipeline.glossary.views import entry_views
    from pipeline.study import load_study

    said = "a thing among many others of its kind " * 5
    long = "\n".join(f"  - {{term: word{i}, senses: [{{id: a, name: n, definition: {said}}}]}}" for i in range(30))
    study = load_study(page_file.parent.parent.parent, "fake")
    (tmp_path / "glossary.yaml").write_text(f"version: 1\nentries:\n{long}\n")
    curated = load_glossary(tmp_path / "glossary.yaml")
    read = {name: tables.read(study.processed, name) for name in READS}
    known = {name: read[name] for name in ("terms", "senses", "usages", "responses")}
    chosen = sheet.chosen(entry_views(entry_table(curated, **known), Source(study, curated, read)))
    assert chosen.entries and chosen.left_out
    crowded = tmp_path / "crowded.html"
    crowded.write_text(sheet.as_html(chosen, title="t", language="en", version="1"))
    context = browser.new_context(offline=True)
    page = context.new_page()
    for path in (page_file.parent / "definitions.html", crowded):
        page.goto(path.as_uri())
        assert len(PdfDocument(page.pdf(prefer_css_page_size=True))) == 1, path
    context.close()
