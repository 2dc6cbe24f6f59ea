"""Classifiers per code: they find what can be found, promise nothing they cannot show, and forget no respondent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from pipeline.codebook.calibration import average_precision, platt, probability, regression, threshold_at, wilson_low
from pipeline.codebook.classifier import Known, code_by_classifier, cross_validated, learn
from pipeline.codebook.folds import deal


def world(n=240, people=80, noise=0.35, seed=3):
    """Excerpts of two codes: "plain" follows the vectors, "random" follows nothing."""
    rng = np.random.default_rng(seed)
    carries = rng.random(n) < 0.4
    vectors = rng.normal(0, noise, (n, 8))
    vectors[:, 0] += carries
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    excerpts = pd.DataFrame(
        {"excerpt_id": [f"e{i:03}" for i in range(n)], "respondent_id": [f"r{i % people}" for i in range(n)]}
    )
    luck = rng.random(n) < 0.3
    human = {
        key: frozenset([*(["plain"] if carries[i] else []), *(["random"] if luck[i] else [])])
        for i, key in enumerate(excerpts.excerpt_id[: n - 40])
    }
    return excerpts, vectors, np.zeros((n, 2)), human, carries


def test_what_can_be_learnt_is_suggested_and_chance_is_not():
    excerpts, vectors, near, human, carries = world()
    found, facts = code_by_classifier(excerpts, [vectors], near, human=human, codes=["plain", "random"])
    plain, luck = facts.to_dict("records")
    assert plain["precision_low"] >= 0.7 and pd.isna(plain["note"])
    assert plain["n_read"] == 200 and plain["n_positive"] == carries[:200].sum()
    assert luck["n_suggested"] == 0 and luck["note"].startswith("ranks only")
    assert set(found.code_id) == {"plain"} and set(found.source) == {"classifier"}
    unread = found[found.excerpt_id >= "e200"]
    assert len(unread) and np.mean([carries[int(key[1:])] for key in unread.excerpt_id]) > 0.7
    assert found.score.between(plain["threshold"], 1).all()


def test_blocks_change_nothing_and_rows_stand_in_the_order_of_their_ids():
    excerpts, vectors, near, human, _ = world(n=120, people=30)
    options = {"human": human, "codes": ["plain", "random"]}
    first = code_by_classifier(excerpts, [vectors], near, **options)
    again = code_by_classifier(excerpts, np.split(vectors, [7, 50, 50, 95]), near, **options)
    for one, other in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, other)
    with pytest.raises(ValueError, match="do not rise"):
        code_by_classifier(excerpts[::-1], [vectors], near, **options)


def test_a_respondent_who_is_judged_was_not_learnt_from():
    """One respondent's excerpts all carry a direction of their own: it must not help on that respondent."""
    rng = np.random.default_rng(1)
    vectors = np.vstack([np.eye(30)[i // 4] for i in range(120)])
    people = np.array([f"r{i // 4}" for i in range(120)])
    labels = (rng.random(30) < 0.5)[np.arange(120) // 4][:, None]
    odds = cross_validated(Known(vectors, np.zeros((120, 1)), labels, people), seed=1)
    within = LogisticRegression(C=100).fit(vectors, labels[:, 0]).predict_proba(vectors)[:, 1]
    assert average_precision(within, labels[:, 0]) == 1.0  # knowing the respondent would give everything away
    assert average_precision(odds[:, 0], labels[:, 0]) < 0.75


def test_too_few_decisions_are_said_to_be_too_few():
    excerpts, vectors, near, human, _ = world()
    few = {key: frozenset(["plain"]) if key == "e000" else frozenset() for key in list(human)[:20]}
    found, facts = code_by_classifier(excerpts, [vectors], near, human=few, codes=["plain", "random"])
    assert found.empty and facts.note.str.startswith("too few to learn from").all()
    assert facts.threshold.isna().all() and facts.average_precision.isna().all()
    nobody, facts = code_by_classifier(excerpts, [vectors], near, human={}, codes=["plain", "random"])
    assert nobody.empty and facts.n_read.tolist() == [0, 0]
    every = {key: frozenset(["plain"]) for key in human}
    assert code_by_classifier(excerpts, [vectors], near, human=every, codes=["plain"])[1].note.notna().all()


def test_a_definition_helps_where_decisions_are_few():
    excerpts, vectors, _, _, carries = world(n=60, people=60, noise=1.0)
    near = (carries + np.random.default_rng(2).normal(0, 0.2, 60))[:, None]
    known = Known(vectors, near, carries[:, None], excerpts.respondent_id.to_numpy())
    assert learn(known, seed=1).weights[1] > 0
    alone = cross_validated(Known(vectors, 0 * near, carries[:, None], known.people))
    assert average_precision(cross_validated(known)[:, 0], carries) > average_precision(alone[:, 0], carries)


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=40))
def test_average_precision_is_that_of_scikit_learn(rows):
    scores, truth = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    found = average_precision(scores, truth)
    assert found is None if not truth.any() else found == pytest.approx(average_precision_score(truth, scores))


def test_logistic_regression_is_that_of_scikit_learn():
    rng = np.random.default_rng(4)
    design = np.column_stack([rng.normal(size=(200, 2)), np.ones(200)])
    truth = rng.random(200) < probability(design @ np.array([1.0, -2.0, 0.5]))
    theirs = LogisticRegression(C=1e8, tol=1e-10, max_iter=1000).fit(design[:, :2], truth)
    assert regression(design, truth.astype(float)) == pytest.approx(
        [*theirs.coef_[0], theirs.intercept_[0]], rel=1e-3, abs=1e-3
    )


def test_calibrated_probabilities_hold():
    rng = np.random.default_rng(5)
    scores = rng.normal(size=4000) * 3
    truth = rng.random(4000) < probability(0.5 * scores - 1)
    slope, intercept = platt(scores, truth)
    assert (slope, intercept) == pytest.approx((0.5, -1), abs=0.1)
    with pytest.raises(ValueError, match="without it"):
        platt(scores, np.ones(4000, dtype=bool))


def test_wilson_bound_against_published_values():
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20; the two-sided 95 % bound is the one-sided at 1.96."""
    found = [wilson_low(right, n, 1.959964) for right, n in ((81, 263), (15, 148), (0, 20))]
    assert [round(low, 4) for low in found] == [0.2553, 0.0624, 0.0]


def test_a_threshold_needs_respondents_not_excerpts():
    probabilities = np.linspace(0.99, 0.6, 40)
    truth = np.ones(40, dtype=bool)
    many = threshold_at(probabilities, truth, np.arange(40), precision=0.8)
    assert many and many.n_suggested == 40 and many.precision == 1.0 and many.recall == 1.0
    assert threshold_at(probabilities, truth, np.zeros(40), precision=0.8) is None
    assert threshold_at(probabilities[:10], truth[:10], np.arange(10), precision=0.8) is None  # ten of ten show .787
    assert threshold_at(probabilities[:11], truth[:11], np.arange(11), precision=0.8)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans()), min_size=1, max_size=60), st.integers(2, 5)
)
def test_folds_keep_respondents_whole_and_even(rows, n):
    people = np.array([f"p{row[0]}" for row in rows])
    labels = np.array([row[1:] for row in rows])
    fold = deal(people, labels, n, 1)
    assert all(len(set(fold[people == name])) == 1 for name in set(people))
    each = [len({p for p, f in zip(people, fold, strict=True) if f == part}) for part in range(n)]
    assert max(each) - min(each) <= 1
    shuffle = np.random.default_rng(0).permutation(len(rows))
    assert (deal(people[shuffle], labels[shuffle], n, 1) == fold[shuffle]).all()
