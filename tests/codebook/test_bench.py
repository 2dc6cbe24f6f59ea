"""The table in docs/measured.md is the one that was measured, and the measuring does what it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench import codebook as bench


def test_the_page_has_the_measured_numbers(repository):
    rows = json.loads((repository / "bench" / "results" / "codebook.json").read_text(encoding="utf-8"))["rows"]
    page = (repository / "docs" / "measured.md").read_text(encoding="utf-8")
    table = page.split("<!-- codebook -->")[1].split("<!-- /codebook -->")[0]
    shown = {line.split(" | ")[0].strip("| "): line.strip(" |").split(" | ")[1:] for line in table.strip().splitlines()}
    for way in {row["way"] for row in rows}:
        measured = [
            value for row in rows if row["way"] == way for key, value in row.items() if key[-2:] in ("F1", "s)")
        ]
        assert [float(cell) for cell in shown[way]] == measured


def test_f1_and_the_best_cut():
    truth = np.array([[True, False], [True, True]])
    assert bench.f1(truth, truth) == 1.0 and bench.f1(~truth, ~truth & False) == 0.0
    assert bench.f1(np.array([[True, True], [True, False]]), truth) == pytest.approx(2 * 2 / 6)
    held = np.where(truth, 2.0, -2.0)
    assert bench.f1(held >= bench.best_cut(held, truth), truth) == 1.0


@pytest.mark.realdata
def test_the_data_sets_have_their_published_sizes(monkeypatch, shared_data):
    monkeypatch.setattr(bench, "SHARED", shared_data)
    flaky = list(bench.flaky())
    assert [len(q.texts) for q in flaky] == [17, 76, 31, 33]
    assert [len(q.codes) for q in flaky] == [7, 18, 11, 13]
    jupyter = list(bench.jupyter())
    assert sum(len(q.texts) for q in jupyter) == 5400
    question = jupyter[0]
    part = np.arange(40)
    assert (bench.by_rules(question, part, part)[1] == question.labels[part]).all()
