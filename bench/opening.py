"""How long Chromium takes to open a report or glossary, and what the page weighs: from a file, nothing cached."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

TIMES = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [page.loadEventEnd, paint ? paint.startTime : NaN];
}"""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def opened(pages: list[Path], times: int = 5) -> list[dict[str, object]]:
    """Return, per page, its weight in MB and the medians of first paint and load, in seconds."""
    from playwright.sync_api import sync_playwright

    rows: list[dict[str, object]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for path in pages:
            measured = [_once(browser, path) for _ in range(times)]
            load, paint = (statistics.median(values) / 1000 for values in zip(*measured, strict=True))
            weight = round(path.stat().st_size / 1e6, 2)
            rows.append({"what": f"{path.name}: MB", "value": weight})
            rows.append({"what": f"{path.name}: first paint in Chromium, s", "value": round(paint, 2)})
            rows.append({"what": f"{path.name}: loaded in Chromium, s (aim 2)", "value": round(load, 2)})
        browser.close()
    return rows


def _once(browser, path: Path) -> list[float]:  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(200)  # the load event's own end is known only afterwards
    found: list[float] = page.evaluate(TIMES)
    context.close()
    return found
