"""What definitions did: spreads by hand, intervals by respondent, nothing where nobody was randomised."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.asking.effect import as_text, effect_table, spread
from pipeline.asking.instrument import ARM, DEFINED, PLAIN


def test_spread_by_hand():
    table = np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]])
    assert spread(table) == pytest.approx((2 + 0) / 2)
    assert spread(table, np.array([2.0, 1.0, 0.0])) == pytest.approx((2 + 0) / 2)  # copies of one person are no pair
    assert np.isnan(spread(np.array([[1.0]])))


def tables(n=40, tight=True):
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"respondent_id": [f"p{k:02d}" for k in range(n)], ARM: [DEFINED, PLAIN] * (n // 2)})
    rows = [
        (
            f"p{k:02d}",
            "alike_visual",
            item,
            "2",
            float(np.clip(3 + rng.normal(0, 0.3 if tight and k % 2 == 0 else 1.2), 1, 5)),
        )
        for k in range(n)
        for item in ("a", "b")
    ]
    return pd.DataFrame(rows, columns=["respondent_id", "question_id", "item_id", "wave", "value"]), people


def test_definitions_that_bring_ratings_together_show():
    ratings, people = tables()
    row = effect_table(ratings, people, resamples=300, seed=1).iloc[0]
    assert (row.n_defined, row.n_plain) == (20, 20)
    assert row.ci_high < 0
    assert row.difference == pytest.approx(row.spread_defined - row.spread_plain, abs=1e-3)
    shuffled = effect_table(
        ratings.sample(frac=1, random_state=3), people.sample(frac=1, random_state=4), resamples=300, seed=1
    )
    assert shuffled.iloc[0].equals(row)
    assert "difference −" in as_text(effect_table(ratings, people, resamples=50, seed=1)).replace("-", "−")


def test_nothing_is_said_without_a_lot_and_no_interval_of_few():
    ratings, people = tables()
    assert effect_table(ratings, people.drop(columns=ARM), resamples=50, seed=1).empty
    few = effect_table(*tables(n=12), resamples=50, seed=1).iloc[0]
    assert few.ci_low is None or np.isnan(few.ci_low)
    assert "no interval under 10" in few.note
