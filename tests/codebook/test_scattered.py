"""Rules read part by part find what they find in one go."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.codebook import scattered
from pipeline.codebook.rules import rule_hits
from pipeline.codebook.themes import Code, Rule
from pipeline.language import load_language

CODES = (
    Code(id="same", name="Same", rules=(Rule(any=("similar", "look alike")), Rule(regex="s.me"))),
    Code(id="asked", name="Asked", rules=(Rule(any=("colour",), questions=("q1",)),)),
)


@pytest.mark.parametrize("n", [0, 1, 7, 8])
def test_parts_give_the_hits_of_the_whole_in_order(n, monkeypatch):
    monkeypatch.setattr(scattered, "ROWS", 3)
    said = ["similar colours, some similar shapes", "nothing", "they look alike in colour"]
    excerpts = pd.DataFrame(
        {
            "excerpt_id": [f"e{k}" for k in range(n)],
            "text": [said[k % 3] for k in range(n)],
            "question_id": [f"q{k % 2}" for k in range(n)],
            "item_id": [None] * n,
        }
    )
    whole = rule_hits(excerpts, CODES, load_language("en"))
    told: list[int] = []
    found = scattered.scattered_hits(excerpts, scattered.Rules(CODES, "en"), advance=told.append)
    pd.testing.assert_frame_equal(found, whole, check_exact=True)
    assert sum(told) == -(-n // 3)
