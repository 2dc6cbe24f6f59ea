"""The coder's page in a real browser, offline, from a file."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main
from pipeline.coding import page
from pipeline.coding.manners import manners
from tests.coding.conftest import ledger_of
from tests.coding.fake import make_study, packet_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>",
    "{{7*7}} ${7*7} </script><script>window.hacked=1</script>",
    "\u202eevil\u2066 txt \u0000 nul \ud800 lone",
    "=HYPERLINK(1) --> <!-- ]]>",
    "שלום עולם, זה דומה",
    "🧑🏽‍🔬 " * 50 + "é" * 3,
    "x" * 100_000,
)


def sameword(root: Path, *words: str) -> Any:
    return CliRunner().invoke(main, [*words, "--study", "tiny", "--root", str(root)])


def opened(browser: Any, path: Path, **options: Any) -> tuple[Any, list[str]]:
    context = browser.new_context(offline=True, accept_downloads=True, **options)
    view, errors = context.new_page(), []
    view.on("pageerror", lambda error: errors.append(str(error)))
    view.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    view.goto(path.as_uri())
    return view, errors


def write(path: Path, packet: dict[str, Any]) -> Path:
    path.write_text(page.render(packet), encoding="utf-8")
    return path


def until(view: Any, expression: str, seconds: float = 10) -> None:
    """Wait until an expression holds; Playwright's own waiting evaluates strings, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not view.evaluate(expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        time.sleep(0.05)


def code_by_keyboard(view: Any, start: int, stop: int) -> None:
    """Decide texts start..stop with keys alone, a different decision each time."""
    for number in range(start, stop):
        keys = (["1"], ["2", "1"], ["n"], ["u"], ["x"])[number % 5]
        for key in keys:
            view.keyboard.press(key)
        if number % 7 == 0:
            view.keyboard.press("m")
            view.keyboard.type(f"memo {number} é")
            view.keyboard.press("Escape")
        view.keyboard.press("Enter")


def test_forty_texts_by_keyboard_offline_closed_reopened_saved_and_collected(browser: Any, tmp_path: Path) -> None:
    study = make_study(tmp_path, n=24)
    assert sameword(tmp_path, "assign").exit_code == 0
    mine = [row for row in ledger_of(study) if row["coder_id"] == "ann"]
    assert len(mine) >= 36
    path = study.reports / "packets" / "ann.html"
    view, errors = opened(browser, path)
    code_by_keyboard(view, 0, 20)
    time.sleep(1)  # a page hands what it stores to the browser's own process; a busy machine takes a moment for it
    view.close()
    view = view.context.new_page()
    view.goto(path.as_uri())
    assert view.inner_text("#remains").startswith("20 of")
    code_by_keyboard(view, 20, len(mine))
    assert view.inner_text("#remains").startswith(f"All {len(mine)} decided")
    with view.expect_download() as download:
        view.keyboard.press("s")
    name = download.value.suggested_filename
    assert name.startswith("tiny.ann.20") and name.endswith(".jsonl") and " " not in name
    study.codings.mkdir(parents=True)
    download.value.save_as(study.codings / name)
    result = sameword(tmp_path, "collect")
    assert result.exit_code == 0, result.output
    found = tables.read(study.processed, "decisions")
    assert set(found.assignment_id) == {row["assignment_id"] for row in mine}
    order = {row["assignment_id"]: i for i, row in enumerate(sorted(mine, key=lambda row: int(row["position"])))}
    by_place = found.assign(place=found.assignment_id.map(order)).sort_values("place")
    excerpts = [r for r in by_place.itertuples() if r.place < sum(row["unit_kind"] == "excerpt" for row in mine)]
    assert [r.state for r in excerpts[:5]] == ["coded", "coded", "no_code", "unsure", "cannot_code"]
    assert by_place.memo.iloc[7] == "memo 7 é"
    assert (by_place.seconds > 0).all() and by_place.screen.str.contains("answer").all()
    codings = tables.read(study.processed, "codings")
    assert set(codings[codings.assignment_id == by_place.assignment_id.iloc[1]].code_id) == {"colour", "shape"}
    values = tables.read(study.processed, "judgements")
    assert {"none", "similar.visual", "similar.semantic|similar.visual"} >= set(values.value) and len(values)
    assert errors == []


def test_saved_work_loads_into_another_browser_and_merges_by_time(browser: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "p.html", packet_of(["one", "two", "three"]))
    view, _ = opened(browser, path)
    code_by_keyboard(view, 0, 2)
    with view.expect_download() as download:
        view.click("#save")
    download.value.save_as(tmp_path / "saved.jsonl")
    other, _ = opened(browser, path)
    assert other.inner_text("#remains").startswith("0 of 3")
    other.set_input_files("#file", tmp_path / "saved.jsonl")
    until(other, "document.getElementById('remains').textContent.startsWith('2 of 3')")
    other.keyboard.press("ArrowLeft")
    other.keyboard.press("n")
    other.set_input_files("#file", tmp_path / "saved.jsonl")
    other.wait_for_timeout(100)
    assert other.evaluate("store.rows.get('a_0').state") == "no_code", "an older file replaced newer work"
    lines = (tmp_path / "saved.jsonl").read_text().splitlines()
    (tmp_path / "saved.jsonl").write_text("\n".join([lines[0].replace("ann", "bob"), *lines[1:]]))
    other.set_input_files("#file", tmp_path / "saved.jsonl")
    other.wait_for_selector("#alert-load")


def test_hostile_text_runs_no_script_and_keeps_every_character(browser: Any, tmp_path: Path) -> None:
    view, errors = opened(browser, write(tmp_path / "h.html", packet_of(list(HOSTILE))))
    for text in HOSTILE:
        shown = view.evaluate("document.getElementById('unit').textContent")
        assert json.dumps(shown) == json.dumps(text.replace("\0", "\0"))
        assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
        view.keyboard.press("1")
        view.keyboard.press("ArrowRight")
    view.keyboard.press("l")
    assert view.evaluate("window.hacked") is None
    assert view.evaluate("document.querySelectorAll('#unit img, #unit script').length") == 0
    assert view.evaluate("fetch('https://example.org/').then(() => 'open', () => 'shut')") == "shut"
    assert all("Content Security Policy" in error or "example.org" in error for error in errors)


def test_undo_search_spans_and_states(browser: Any, tmp_path: Path) -> None:
    view, errors = opened(browser, write(tmp_path / "u.html", packet_of(["🧪 alpha beta gamma", "two"])))
    view.keyboard.press("1")
    view.keyboard.press("2")
    view.keyboard.press("z")
    assert view.evaluate("values(row()).join()") == "c0"
    view.keyboard.press("z")
    assert view.evaluate("row()") is None
    view.keyboard.press("/")
    view.keyboard.type("code 11")
    view.keyboard.press("Enter")
    assert view.evaluate("values(row()).join()") == "c11"
    for key in ("h", "ArrowRight", "Shift+ArrowRight", "Enter", "3"):
        view.keyboard.press(key)
    span = view.evaluate("row().codes.find((code) => code.code_id === 'c2')")
    assert (span["start"], span["end"]) == (2, 12), "code points, not UTF-16 units"
    view.keyboard.press("n")
    assert view.evaluate("row().state") == "no_code" and view.evaluate("row().codes.length") == 0
    view.keyboard.press("n")
    assert view.evaluate("row()") is None
    assert errors == []


def test_answers_are_split_between_words_by_key_and_by_mouse(browser: Any, tmp_path: Path) -> None:
    study, coder = make_study(tmp_path, extra="  unitise: coder"), "ann"
    assert sameword(tmp_path, "assign").exit_code == 0
    view, errors = opened(browser, study.reports / "packets" / f"{coder}.html")
    text = view.evaluate("units[0].text")
    for key in ("c", "ArrowRight", "Enter", "ArrowRight", "ArrowRight", "Enter", "Enter", "Escape"):
        view.keyboard.press(key)
    places = [match.start() for match in re.finditer(r"\S+", text)]
    assert view.evaluate("row().splits") == [places[2]], "the second place was split and joined again"
    assert view.evaluate("row().flags") == ["split"] and view.evaluate("row().state") == "skipped"
    assert view.locator("#unit .cut").count() == 1 and view.evaluate("$('excerpt').textContent") == text
    view.keyboard.press("1")
    assert view.evaluate("row().state") == "coded" and view.evaluate("row().splits") == [places[2]]
    view.evaluate("getSelection().collapse($('excerpt').lastChild, 3)")
    view.click("[data-flag=split]")
    view.keyboard.press("Enter")
    assert len(view.evaluate("row().splits")) == 2
    view.keyboard.press("z")
    assert view.evaluate("row().splits") == [places[2]]
    view.keyboard.press("Escape")
    with view.expect_download() as got:
        view.click("#save")
    study.codings.mkdir(parents=True, exist_ok=True)
    got.value.save_as(study.codings / f"{coder}.jsonl")
    result = sameword(tmp_path, "collect")
    assert result.exit_code == 0, result.output
    decisions = tables.read(study.processed, "decisions")
    assert decisions.splits.tolist() == [str(places[2])]
    assert errors == []


def test_two_tabs_warn_each_other_and_a_forbidden_storage_says_so(browser: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "t.html", packet_of(["one", "two"]))
    view, _ = opened(browser, path)
    second = view.context.new_page()
    second.goto(path.as_uri())
    second.wait_for_selector("#alert-twice", timeout=30_000)
    view.wait_for_selector("#alert-twice", timeout=30_000)
    second.keyboard.press("1")
    until(view, "document.getElementById('remains').textContent.startsWith('1 of 2')")
    second.close()
    view.wait_for_selector("#alert-twice", state="detached", timeout=30_000)
    view.evaluate("void (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') })")
    view.keyboard.press("2")
    assert "Save my work now" in view.inner_text("#alert-full")
    with view.expect_download() as download:
        view.keyboard.press("s")
    assert '"c1"' in Path(download.value.path()).read_text()


def test_five_thousand_texts_next_is_painted_within_fifty_milliseconds(browser: Any, tmp_path: Path) -> None:
    texts = [f"Answer number {i} says that the images look similar in texture and colour. " * 4 for i in range(5000)]
    view, _ = opened(browser, write(tmp_path / "many.html", packet_of(texts)))
    took = view.evaluate(
        """async () => { const took = [];
        for (let i = 0; i < 40; i += 1) { const t = performance.now(); decide({ toggle: "c1" });
          onward(); document.body.getBoundingClientRect(); took.push(performance.now() - t);
          await new Promise((r) => setTimeout(r, 5)); }
        return took.sort((a, b) => a - b); }"""
    )
    assert took[20] < 50, f"median {took[20]:.0f} ms"
    assert took[36] < 100, f"ninetieth percentile {took[36]:.0f} ms"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_page_fits_360_pixels(browser: Any, tmp_path: Path, scheme: str) -> None:
    from axe_core_python.sync_playwright import Axe

    study = make_study(tmp_path, n=8)
    sameword(tmp_path, "assign")
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme, bypass_csp=True)
    view = context.new_page()
    view.goto((study.reports / "packets" / "bob.html").as_uri())
    view.keyboard.press("1")
    for prepare in ((), ("o", "d"), ("?",), ("Escape", "l")):
        for key in prepare:
            view.keyboard.press(key)
        result = Axe().run(view)
        assert [(v["id"], v["impact"], v["nodes"][0]["html"][:200]) for v in result["violations"]] == []
    view.keyboard.press("Escape")
    for width in (360, 1280):
        view.set_viewport_size({"width": width, "height": 740})
        assert view.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_jumps_between_texts(browser: Any, tmp_path: Path) -> None:
    view, _ = opened(browser, write(tmp_path / "j.html", packet_of(["short", "long " * 800, "שלום"])))
    places = []
    for _ in range(3):
        places.append(
            view.evaluate(
                "['codes', 'onward', 'memo'].map((id) => document.getElementById(id).getBoundingClientRect().top)"
            )
        )
        view.keyboard.press("ArrowRight")
    assert places[0] == places[1] == places[2]
    assert view.evaluate("getComputedStyle(document.querySelector('#unit div')).direction") == "rtl"


def test_a_packet_of_a_second_coder_keeps_apart(browser: Any, tmp_path: Path) -> None:
    first = write(tmp_path / "a.html", packet_of(["one"]))
    second = write(tmp_path / "b.html", packet_of(["one"], coder="bob"))
    view, _ = opened(browser, first)
    view.keyboard.press("1")
    view.goto(second.as_uri())
    time.sleep(0.1)
    assert view.inner_text("#remains").startswith("0 of 1")


def test_pairs_of_usages_are_rated_on_the_four_steps_and_come_back(browser: Any, tmp_path: Path) -> None:
    study = make_study(tmp_path, n=8, extra="  purpose: develop\n  sample: 6")
    result = sameword(tmp_path, "assign")
    assert result.exit_code == 0, result.output
    view, errors = opened(browser, study.reports / "packets" / "ann.html")
    view.evaluate("show(units.findIndex((u) => u.unit_kind === 'pair'))")
    assert view.evaluate("document.querySelectorAll('#unit mark.usage').length") == 2
    assert "How close are the two meanings" in view.inner_text("#ask")
    for keys in (("3", "4"), ("1",), ("x",), ("2", "2")):
        for key in keys:
            view.keyboard.press(key)
        view.keyboard.press("ArrowRight")
    with view.expect_download() as download:
        view.keyboard.press("s")
    study.codings.mkdir(parents=True)
    download.value.save_as(study.codings / "ann.jsonl")
    result = sameword(tmp_path, "collect")
    assert result.exit_code == 0, result.output
    assert sorted(tables.read(study.processed, "judgements").value) == ["1", "4"]
    assert sorted(tables.read(study.processed, "decisions").state) == ["cannot_code", "coded", "coded"]
    assert errors == []


@pytest.mark.parametrize(
    ("approach", "note", "flag", "counts"),
    [
        ("coding-reliability", "do not talk", "", True),
        ("negotiated", "Mark what the coders should talk about", "discuss", True),
        ("reflexive", "what you notice", "new code", False),
        ("codebook", "", "unclear", True),
    ],
)
def test_the_page_behaves_by_the_approach(
    browser: Any, tmp_path: Path, approach: str, note: str, flag: str, counts: bool
) -> None:
    page = write(tmp_path / "a.html", packet_of(["one", "two"], manners=manners(approach, "estimate")))
    view, errors = opened(browser, page)
    assert view.is_visible("#manners") == bool(note)
    assert note in view.inner_text("#manners")
    offered = view.eval_on_selector_all("#flags [data-flag]", "buttons => buttons.map((b) => b.dataset.flag)")
    assert (flag in offered) if flag else not {"new code", "unclear", "discuss"} & set(offered)
    assert ("2" in view.inner_text("#remains")) == counts
    assert view.is_visible("#track") == counts
    if flag:
        view.click(f"#flags [data-flag='{flag}']")
        assert view.get_attribute(f"#flags [data-flag='{flag}']", "aria-pressed") == "true"
    assert errors == []
