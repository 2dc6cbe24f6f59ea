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


@pytest.mark.parametrize(("n", "d", "strength"), [(40, 39, 1.0), (60, 20, 10.0), (150, 10, 100.0)])
def test_many_questions_at_once_are_those_of_scikit_learn(n, d, strength):
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    points, others = rng.normal(size=(n, d)) / np.sqrt(d), rng.normal(size=(50, d)) / np.sqrt(d)
    truth = points @ rng.normal(size=(d, 6)) * 4 + rng.normal(size=(n, 6)) > np.linspace(-2, 2, 6)
    near, exact = (
        logistic.log_odds(others, logistic.fit_each(points, truth, strength=strength, exact=one))
        for one in (False, True)
    )
    for column, answers in enumerate(truth.T):
        model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-9).fit(points, answers)
        assert np.allclose(exact[:, column], model.decision_function(others), rtol=0, atol=1e-6)
        assert np.allclose(near[:, column], exact[:, column], rtol=0, atol=0.02)


def test_a_question_that_all_answer_alike_has_its_smoothed_log_odds():
    points = np.eye(4)
    truth = np.array([[True, False], [True, False], [True, False], [True, False]])
    found = logistic.log_odds(points, logistic.fit_each(points, truth, strength=1.0))
    assert np.allclose(found, np.log([[4.5 / 0.5, 0.5 / 4.5]]))


def test_the_span_of_the_rows_loses_nothing():
    points, labels, others = rows(20, 60, 3, seed=5)
    basis = logistic.span(points)
    assert basis.shape == (60, 20)
    whole = logistic.fit(points, labels, strength=30.0).chances(others)
    assert np.allclose(logistic.fit(points @ basis, labels, strength=30.0).chances(others @ basis), whole, atol=1e-8)
