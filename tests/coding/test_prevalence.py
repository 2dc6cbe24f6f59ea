"""Shares of respondents where excerpts were sampled at different rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.coding.prevalence import prevalence_table, sampled_at_different_rates

NOTHING = pd.DataFrame(columns=["unit_kind", "unit_id", "values", "reason"])


def study(rng, people=400):
    """Return a study in which a rare kind of excerpt carries the code more often and is always sampled."""
    excerpts = [(person, number) for person in range(people) for number in range(rng.integers(1, 4))]
    rare = {key: rng.random() < 0.15 for key in excerpts}
    carries = {key: rng.random() < (0.8 if rare[key] else 0.1) for key in excerpts}
    return excerpts, rare, carries


def table_of(excerpts, carries, chosen, p_include):
    ids = {key: f"e{key[0]}-{key[1]}" for key in excerpts}
    frame = pd.DataFrame({"excerpt_id": [ids[key] for key in excerpts]})
    frame["response_id"] = frame.excerpt_id
    responses = pd.DataFrame({"response_id": frame.excerpt_id, "respondent_id": [f"r{key[0]}" for key in excerpts]})
    record = pd.DataFrame([("excerpt", ids[key], "a" if carries[key] else "no_code") for key in chosen],
                          columns=["unit_kind", "unit_id", "value"])  # fmt: skip
    return prevalence_table(
        record, NOTHING, excerpts=frame, responses=responses.assign(question_id="q"),
        respondents=responses[["respondent_id"]].drop_duplicates(), groups=[], codes=[], small=5,
        p_include={ids[key]: p for key, p in p_include.items()} if p_include else None,
    ).query("question_id == ''").iloc[0]  # fmt: skip


def test_a_weighted_share_is_the_naive_one():
    rng = np.random.default_rng(3)
    excerpts, rare, carries = study(rng, 60)
    chances = {key: 1.0 if rare[key] else 0.3 for key in excerpts}
    chosen = [key for key in excerpts if rng.random() < chances[key]]
    row = table_of(excerpts, carries, chosen, {key: chances[key] for key in chosen})
    above = below = 0.0
    for person in sorted({key[0] for key in chosen}):
        mine = [key for key in chosen if key[0] == person]
        weight = sum(1 / chances[key] for key in mine) / sum(key[0] == person for key in excerpts)
        above += weight * any(carries[key] for key in mine)
        below += weight
    assert row.share == pytest.approx(above / below, abs=1e-4)
    assert row.share_unweighted == pytest.approx(row.n_respondents / row.base, abs=1e-4)
    assert row.ci_low < row.share < row.ci_high


def test_enrichment_biases_the_unweighted_share_and_not_the_weighted_one():
    """One excerpt each, so that a respondent shows the code exactly if the excerpt does."""
    rng, errors = np.random.default_rng(5), []
    for _ in range(40):
        excerpts, rare, carries = study(rng)
        excerpts = [key for key in excerpts if key[1] == 0]
        chances = {key: 1.0 if rare[key] else 0.25 for key in excerpts}
        chosen = [key for key in excerpts if rng.random() < chances[key]]
        row = table_of(excerpts, carries, chosen, {key: chances[key] for key in chosen})
        true = np.mean([carries[key] for key in excerpts])
        errors.append((row.share_unweighted - true, row.share - true))
    plain, weighted = np.mean(errors, axis=0)
    assert plain > 0.1
    assert abs(weighted) < 0.015


def test_equal_rates_need_no_weights():
    rng = np.random.default_rng(3)
    excerpts, _, carries = study(rng, 30)
    row = table_of(excerpts, carries, excerpts, None)
    assert row.share_unweighted is None or np.isnan(row.share_unweighted)
    assert row.share == pytest.approx(row.n_respondents / row.base, abs=1e-4)
    work = pd.DataFrame({"unit_kind": "excerpt", "purpose": "estimate", "unit_id": ["a", "b"], "p_include": [0.5, 0.5]})
    assert sampled_at_different_rates(work) == {}
    assert sampled_at_different_rates(work.assign(p_include=[0.5, 1.0])) == {"a": 0.5, "b": 1.0}
