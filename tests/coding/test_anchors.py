from __future__ import annotations

from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coding.anchors import AROUND, anchor_quotes, quote
from pipeline.coding.units import describe
from tests.coding.conftest import Command, ledger_of
from tests.coding.fake import GLOSSARY, frames, make_study
from tests.coding.test_packet import embedded_in


@given(st.text(max_size=400), st.integers(0, 400), st.integers(1, 30))
def test_a_quote_holds_the_usage_and_little_more(answer: str, start: int, length: int) -> None:
    start = min(start, len(answer))
    end = min(len(answer), start + length)
    shown = quote(answer, start, end)
    assert " ".join(answer[start:end].split()) in " ".join(shown.replace("⟦", "").replace("⟧", "").split())
    assert len(shown) <= length + 2 * AROUND + 6


def test_long_answers_are_cut_between_words() -> None:
    answer = f"{'before ' * 40}similar{' after' * 40}"
    shown = quote(answer, 280, 287)
    assert shown.startswith("… before ") and "⟦similar⟧" in shown and shown.endswith(" after …")


def test_a_usage_the_coder_is_asked_about_is_no_anchor() -> None:
    made = frames(4)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    names = made["usages"].usage_id.tolist()
    shown = anchor_quotes({"similar.visual": names, "similar.semantic": ["gone"]}, units, asked=names[:2])
    assert len(shown["similar.visual"]) == 2 and shown["similar.semantic"] == []


def test_the_packet_shows_the_anchors_of_the_inventory(tmp_path: Path, run: Command) -> None:
    study = make_study(tmp_path)
    usages = frames(10)["usages"].usage_id.tolist()
    lines = "".join(f"          - {{usage: {usage}}}\n" for usage in usages)
    text = GLOSSARY.replace(
        "      - {id: visual, name: alike in appearance, definition: Looks alike.}\n",
        "      - id: visual\n        name: alike in appearance\n        definition: Looks alike.\n"
        f"        anchors:\n{lines}",
    )
    (study.codebook_folder / "glossary.yaml").write_text(text, encoding="utf-8")
    assert run("assign").exit_code == 0
    ledger = pd.DataFrame(ledger_of(study))
    for coder, mine in ledger.groupby("coder_id"):
        senses = embedded_in(study.reports / "packets" / f"{coder}.html")["terms"]["similar"]["senses"]
        visual = next(sense for sense in senses if sense["id"] == "similar.visual")
        left = set(usages) - set(mine.unit_id)
        assert len(visual["anchors"]) == min(3, len(left))
        assert all("⟦similar⟧" in said for said in visual["anchors"])
