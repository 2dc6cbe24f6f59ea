"""Logistic regression: what scikit-learn finds, in a fraction of the time that importing it takes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import logistic


def rows(n, d, k, *, seed=0, noise=0.3):
    """Return points, labels that lean on them, and other points."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d)) / np.sqrt(d)
    odds = points @ rng.normal(size=(d, k)) + noise * rng.normal(size=(n, k))
    return points, [f"t.{'dabc'[kind]}" for kind in odds.argmax(1)], rng.normal(size=(50, d)) / np.sqrt(d)


@pytest.mark.parametrize(
    ("n", "d", "k", "strength"),
    [(30, 20, 2, 30.0), (60, 60, 3, 30.0), (90, 40, 4, 1.0), (100, 5, 3, 1000.0), (40, 30, 2, 10_000.0)],
)
def test_chances_are_those_of_scikit_learn(n, d, k, strength):
    from sklearn.linear_model import LogisticRegression

    points, labels, others = rows(n, d, k)
    fitted = logistic.fit(points, labels, strength=strength)
    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-6).fit(points, labels)
    assert fitted.classes == model.classes_.tolist()
    assert np.allclose(fitted.chances(others), model.predict_proba(others), rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", [70, 108, 186])
def test_a_step_that_goes_too_far_is_halved(seed):
    """Points far out and hardly any penalty: whole Newton steps lead away from the optimum."""
    rng = np.random.default_rng(seed)
    n, d, k = int(rng.integers(8, 60)), int(rng.integers(1, 4)), int(rng.integers(2, 4))
    points = rng.standard_cauchy(size=(n, d)) * 10
    labels = [f"t.{kind}" for kind in (points @ rng.normal(size=(d, k))).argmax(1)]
    fitted = logistic.fit(points, labels, strength=1e6)
    said = np.array([[label == name for name in fitted.classes] for label in labels])
    assert np.abs((fitted.chances(points) - said).sum(0)).max() < 1e-4 * n, "each is expected as often as it occurs"


def test_twice_the_same_and_rows_sum_to_one():
    points, labels, others = rows(25, 24, 3, seed=2)
    once, again = (logistic.fit(points, labels, strength=30.0).chances(others) for _ in range(2))
    assert np.array_equal(once, again)
    assert np.allclose(once.sum(1), 1)
