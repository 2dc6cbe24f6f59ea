"""Shares from a sample: by hand, and in a simulation where the machine is wrong on purpose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.senses import coverage, estimate
from pipeline.senses.labels import Points


def test_shares_by_hand():
    said = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [np.nan, np.nan], [np.nan, np.nan]])
    predicted = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    chance = np.array([1.0, 0.5, 0.5, 0.5, 0.5])
    found = estimate.shares(said, chance, np.arange(5), predicted=predicted, draws=np.ones((1, 5)))
    assert found["labelled"][0] == pytest.approx([0.5, 0.5])
    assert found["weighted"][0] == pytest.approx([(1 + 0 + 2 * 0.5) / 5, (2 + 1) / 5])
    errors = (0 + 2 * (0 - 1) + 2 * (0.5 - 0)) / 5
    assert found["difference"][0][0] == pytest.approx(3 / 5 + errors)
    assert found["labelled"][1][0] == pytest.approx(found["labelled"][0])  # everybody drawn once is the sample


def test_where_everything_is_read_all_methods_agree():
    rng = np.random.default_rng(0)
    said = np.eye(3)[rng.integers(0, 3, 40)]
    guesses = np.eye(3)[rng.integers(0, 3, 40)]
    found = estimate.shares(said, np.ones(40), np.arange(40), predicted=guesses, draws=np.ones((1, 40)))
    for values, _ in found.values():
        assert values == pytest.approx(said.mean(0))


def simulated(rng, *, people=150, share=0.2):
    """Usages of a biased world: respondents keep to a sense, and the machine misses most of the rare one."""
    n_of = rng.integers(1, 9, people)
    leaning = rng.random(people) < share
    who = np.repeat(np.arange(people), n_of)
    truth = np.where(leaning[who], rng.random(len(who)) < 0.85, rng.random(len(who)) < 0.04)
    machine = np.where(truth, 0.35, 0.02) + rng.normal(0, 0.03, len(who))
    return who, truth.astype(int), np.clip(machine, 0, 1)


def covered(method, *, worlds=300, labels=120):
    rng, hits, naive = np.random.default_rng(7), 0, 0
    for world in range(worlds):
        who, truth, machine = simulated(rng)
        drawn = rng.permutation(len(who))[:labels]
        said = np.full((len(who), 2), np.nan)
        said[drawn] = np.eye(2)[truth[drawn]]
        draws = estimate.respondent_draws(150, 200, world)
        chance = np.full(len(who), labels / len(who))
        predicted = np.column_stack([1 - machine, machine])
        _, again = estimate.shares(said, chance, who, predicted=predicted, draws=draws)[method]
        # The target is the population the respondents come from: 20 % of people mean the rare sense 85 % of the time.
        target = 0.2 * 0.85 + 0.8 * 0.04
        low, high = np.quantile(again[:, 1], [0.025, 0.975])
        hits += low <= target <= high
        counted = (machine > 0.5).astype(float)
        counts = np.array([[row[who] @ counted / row[who].sum()] for row in draws])
        naive += np.quantile(counts, 0.025) <= target <= np.quantile(counts, 0.975)
    return hits / worlds, naive / worlds


@pytest.mark.parametrize("method", ["weighted", "difference"])
def test_intervals_cover_though_the_machine_is_biased_and_the_naive_count_does_not(method):
    share, naive = covered(method)
    assert share >= 0.92
    assert naive < 0.1


def test_the_difference_estimate_is_narrower_where_the_machine_is_good():
    rng = np.random.default_rng(3)
    who, truth, _ = simulated(rng)
    machine = np.clip(truth + rng.normal(0, 0.1, len(truth)), 0, 1)
    drawn = rng.permutation(len(who))[:100]
    said = np.full((len(who), 2), np.nan)
    said[drawn] = np.eye(2)[truth[drawn]]
    found = estimate.shares(
        said, np.full(len(who), 100 / len(who)), who, predicted=np.column_stack([1 - machine, machine]),
        draws=estimate.respondent_draws(150, 300, 1),
    )  # fmt: skip
    width = {name: np.ptp(np.quantile(drawn[:, 1], [0.025, 0.975])) for name, (_, drawn) in found.items()}
    assert width["difference"] < 0.8 * width["weighted"]


def test_nobodys_labels_predict_their_own_usages():
    points = np.eye(12)
    people = np.repeat(np.arange(6), 2)
    read = np.arange(12)
    first = estimate.cross_fitted(points, read, ["a"] * 11 + ["b"], people, ["a", "b"])
    second = estimate.cross_fitted(points, read, ["a"] * 10 + ["b", "b"], people, ["a", "b"])
    assert (first[10:] == second[10:]).all()  # the last person's labels changed; their predictions did not


def asked(n):
    return pd.DataFrame(
        {"term_id": "t", "usage_id": [f"u{k}" for k in range(1, n + 1)], "respondent_id": [f"p{k}" for k in range(n)]}
    )


@pytest.mark.parametrize("with_vectors", [0, 2, 4])
def test_what_people_said_counts_with_and_without_a_vector(with_vectors):
    ids = tuple(f"u{k}" for k in range(1, with_vectors + 1))
    at = {"t": Points(ids, np.eye(4)[:with_vectors], np.arange(with_vectors))} if ids else {}
    labelled = pd.DataFrame({"term_id": "t", "usage_id": ["u1", "u2", "u3"], "sense_id": ["t.a", "t.b", "t.b"]})
    drawn = {"u1": 1.0, "u2": 1.0, "u3": 1.0, "u4": 1.0}
    found = estimate.usage_shares(labelled, at, drawn, asked=asked(4), small=30, resamples=100, seed=1)
    mine = found[found.method == "labelled"]
    assert mine.set_index("sense_id").share.to_dict() == {"t.a": 0.25, "t.b": 0.5, "open": 0.25}
    assert mine[["n_labelled", "n_usages", "n_respondents"]].drop_duplicates().values.tolist() == [[4, 4, 4]]


def test_usages_drawn_but_not_settled_are_counted_as_open():
    at = {"t": Points(("u1", "u2", "u3", "u4"), np.eye(4), np.arange(4))}
    labelled = pd.DataFrame({"term_id": "t", "usage_id": ["u1", "u2", "u2"], "sense_id": ["t.a", "t.a", "t.b"]})
    found = estimate.usage_shares(
        labelled, at, {"u1": 1.0, "u2": 1.0, "u3": 1.0, "u4": 1.0}, asked=asked(4), small=30, resamples=100, seed=1
    )
    assert set(found.method) == {"labelled", "weighted"}
    shares = found[found.method == "labelled"].set_index("sense_id").share
    assert shares.to_dict() == {"t.a": 0.375, "t.b": 0.125, "open": 0.5}
    assert found.ci_low.isna().all()


def test_chao2_and_coverage_against_published_values():
    # Colwell & Coddington (1994) form by hand: 10 people, senses used by 5, 3, 1, 1 and 2 of them.
    counts = [5, 3, 1, 1, 2]
    assert coverage.chao2(counts, 10) == pytest.approx(5 + 0.9 * 2 * 1 / (2 * 2))
    assert coverage.good_turing(counts, 10) == pytest.approx(1 - 2 / 12 * (9 * 2) / (9 * 2 + 2 * 1), abs=1e-4)
    assert coverage.good_turing([4, 6], 10) == 1.0
    assert coverage.good_turing([1], 1) is None


def test_expected_senses_is_the_mean_over_all_samples():
    from itertools import combinations

    using = [{0, 1, 2}, {2, 3}, {4}]
    people, size = 5, 2
    every = [sum(bool(sense & set(drawn)) for sense in using) for drawn in combinations(range(people), size)]
    assert coverage.expected_senses([len(sense) for sense in using], people, size) == pytest.approx(np.mean(every))
    assert coverage.expected_senses([3, 2, 1], people, people) == 3
