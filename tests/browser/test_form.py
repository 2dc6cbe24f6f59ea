"""The follow-up's page, filled in by a person in a real browser, from a file and without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.asking.conftest import few, frozen_few  # noqa: F401
from tests.asking.test_instrument import merged, rewritten  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def opened(browser: Any, path: Path, **options: Any) -> tuple[Any, list[str]]:
    context = browser.new_context(offline=True, accept_downloads=True, **options)
    view, errors = context.new_page(), []
    view.on("pageerror", lambda error: errors.append(str(error)))
    view.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    view.goto(path.as_uri())
    return view, errors


def test_a_form_is_filled_saved_and_read(browser: Any, few: Any) -> None:  # noqa: F811
    few.ok("collect")
    few.ok("ask")
    folder = few.study.raw / "followup"
    folder.mkdir()
    for token in ("R_00", "R_01"):
        view, errors = opened(browser, few.study.reports / "ask" / "forms" / f"{token}.html")
        assert "⟦" not in view.inner_text("body")
        assert view.locator("mark").count() >= 2  # the example in the introduction, and the usage
        view.click("input[name=similar1s][value=A1]")
        view.click("input[name=similar1s][value=A2]")
        view.click("input[name=similar1n][value=N10]")
        assert view.inner_text("#state").startswith("1 of")
        if token == "R_01":  # what excludes others unticks them, and the other way round
            view.click("input[name=similar1s][value=A0]")
            assert view.locator("input[name=similar1s]:checked").count() == 1
            view.click("input[name=similar1s][value=A2]")
            assert not view.is_checked("input[name=similar1s][value=A0]")
        with view.expect_download() as download:
            view.click("#save")
        assert download.value.suggested_filename == f"few.followup.{token}.csv"
        download.value.save_as(folder / download.value.suggested_filename)
        assert view.is_visible("#after")
        assert errors == []
        view.context.close()
    from tests.asking.test_ask import answered

    answered(few, ["R_02", "", "", ""], name="empty.csv")
    few.ok("authors")
    found = few.table("authors")
    said = found[(found.slot == "similar1") & (found.state == "answered")]
    assert sorted(said.value) == ["similar.semantic", "similar.semantic|similar.visual"]
    assert set(said.expected) == {1.0}


def test_a_form_fits_a_phone_and_sends_nothing(browser: Any, few: Any) -> None:  # noqa: F811
    few.ok("ask")
    view, errors = opened(
        browser, few.study.reports / "ask" / "forms" / "R_01.html", viewport={"width": 390, "height": 800}
    )
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    assert view.evaluate("performance.getEntriesByType('resource').length") == 0
    assert view.locator("b", has_text="to me").count() == 0
    assert errors == []
    view.context.close()


def test_an_instrument_is_filled_and_comes_back_as_ratings(browser: Any, rewritten: Any) -> None:  # noqa: F811
    study = rewritten.study
    tokens = [path.stem for path in sorted((study.reports / "instrument" / "forms").glob("*.html"))[:2]]
    for token in tokens:
        view, errors = opened(browser, study.reports / "instrument" / "forms" / f"{token}.html")
        view.click("input[name=s1i1][value='4']")
        view.fill("textarea[name=why1]", 'They look, "alike"\n=1+1 é')
        with view.expect_download() as download:
            view.click("#save")
        download.value.save_as(study.raw / f"{token}.csv")
        assert errors == []
        view.context.close()
    merged(rewritten)
    parts = [(study.raw / f"{token}.csv").read_text(encoding="utf-8-sig") for token in tokens]
    head, rest = parts[0].split("\n", 1)
    (study.raw / "wave2.csv").write_text(head + "\n" + rest + parts[1].split("\n", 1)[1], encoding="utf-8")
    rewritten.ok("ingest")
    found = rewritten.table("ratings").query("question_id == 'alike_visual'")
    assert found.value.tolist() == [4.0, 4.0]
    said = rewritten.table("responses").query("wave == '2'").text
    assert set(said) == {'They look, "alike"\n=1+1 é'}
