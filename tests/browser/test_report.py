"""The report as readers meet it: accessible, whole on a narrow screen, silent towards the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.report import catalogue, draw, render, save
from pipeline.report.content import content
from pipeline.report.given import Given
from tests.report.fake import fake

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    made = fake(tmp_path_factory.mktemp("report"), n=12, hostile=True)
    given = Given(made.study, made.tables)
    draw.draw_all(given, catalogue.charts(given), draw.Options(formats=("svg", "png")))
    captions = save.load_json(made.study.reports / "figures" / draw.CAPTIONS)
    text = render.markdown(content(given, captions))
    render.write(made.study.reports, render.render(made.study, text, made.study.reports))
    return made.study.reports / "report.html"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_is_accessible_and_asks_for_nothing(browser, page_file, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(page_file.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    import axe_core_python

    page.add_script_tag(path=next(Path(axe_core_python.__file__).parent.rglob("axe.min.js")))
    found = page.evaluate("axe.run()")["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    context.close()
