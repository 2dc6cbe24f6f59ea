"""Completion of people's labels: what is asked next, out-of-fold confidence, and abstention."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.senses import completion
from pipeline.senses.labels import (
    Points,
    complete_terms,
    label_usages,
    named_usages,
    of_terms_with,
    trained_labels,
)


def clouds(n=60, apart=3.0, seed=0):
    rng = np.random.default_rng(seed)
    sense = np.arange(n) % 2
    points = 0.5 * rng.normal(size=(n, 10))
    points[:, 0] += apart * (sense - 0.5)
    return points, np.array(["t.a", "t.b"])[sense], np.arange(n) // 2


def test_first_labels_are_spread_then_uncertain_ones_follow():
    points, senses, _ = clouds()
    first = completion.next_to_label(points, {}, 10)
    assert len(set(first)) == 10
    assert {senses[row] for row in first} == {"t.a", "t.b"}
    then = completion.next_to_label(points, {row: senses[row] for row in first}, 5)
    assert not set(then) & set(first)
    assert np.abs(points[then, 0]).mean() < np.abs(points[:, 0]).mean()  # near the border between the senses


def test_twenty_labels_chosen_so_beat_twenty_drawn_by_lot():
    def accuracy(chosen, points, senses):
        rest = [row for row in range(len(points)) if row not in chosen]
        found, _ = completion.complete(points[chosen], senses[chosen].tolist(), points[rest])
        return np.mean([a == b for a, b in zip(found, senses[rest], strict=True)])

    gained = []
    for seed in range(12):
        points, senses, _ = clouds(n=120, apart=1.6, seed=seed)
        labels = {}
        for _ in range(4):
            for row in completion.next_to_label(points, labels, 5):
                labels[row] = senses[row]
        drawn = np.random.default_rng(seed).permutation(120)[:20]
        gained.append(accuracy(sorted(labels), points, senses) - accuracy(drawn.tolist(), points, senses))
    assert np.mean(gained) > 0


def test_asking_for_more_than_there_is_gives_all_once():
    points, senses, _ = clouds(n=8)
    assert sorted(completion.next_to_label(points, {}, 50)) == list(range(8))
    assert completion.next_to_label(points, {row: senses[row] for row in range(8)}, 5) == []
    same = np.zeros((6, 3))
    assert len(set(completion.next_to_label(same, {}, 6))) == 6


def test_features_weigh_their_parts_and_see_sides():
    rng = np.random.default_rng(0)
    own, answers = rng.normal(size=(4, 5)), rng.normal(size=(4, 3))
    around = [completion.words_around("very similar in colour", 5, 12)] * 2 + [["x"], []]
    found = completion.features(own, answers, around)
    assert found.shape == (4, 5 + 3 + len(set(around[0])))
    assert {"in", "> in", ">1 in", "< very", "<1 very"} <= set(around[0])
    length = np.sqrt((found**2).sum(1).mean())
    assert length == pytest.approx(np.sqrt(1 + 2 * completion.OTHERS**2), abs=1e-3)


def test_calibration_error_by_hand():
    sure = np.array([0.95, 0.95, 0.65, 0.65])
    right = np.array([True, True, True, False])
    assert completion.calibration_error(sure, right) == pytest.approx(0.5 * 0.05 + 0.5 * 0.15)


def test_a_respondents_usages_stay_in_one_fold():
    people = np.repeat(np.arange(9), [1, 2, 3, 4, 5, 1, 1, 1, 9])
    folds = completion.folds(people)
    assert all(len(set(folds[people == who])) == 1 for who in range(9))
    assert len(set(folds)) == completion.FOLDS


def term(points, people):
    return {"t": Points(tuple(f"u{k:03}" for k in range(len(points))), points, people)}


def test_only_sure_usages_are_completed_and_the_rest_is_counted():
    points, senses, people = clouds(n=80, apart=2.0)
    taught = pd.DataFrame({"usage_id": [f"u{k:03}" for k in range(40)], "sense_id": senses[:40]})
    found, held = complete_terms(term(points, people), taught, settled=set(taught.usage_id), precision=0.9)
    row = held.iloc[0]
    assert row.n_completed + row.n_left == 40
    assert len(found) == row.n_completed > 0
    assert (found.confidence >= row.confidence_from).all()
    truth = dict(zip([f"u{k:03}" for k in range(80)], senses, strict=True))
    assert np.mean([truth[usage] == sense for usage, sense in zip(found.usage_id, found.sense_id, strict=True)]) > 0.85


def test_noise_is_not_completed():
    rng = np.random.default_rng(1)
    points, people = rng.normal(size=(80, 10)), np.arange(80)
    taught = pd.DataFrame({"usage_id": [f"u{k:03}" for k in range(40)], "sense_id": rng.choice(["t.a", "t.b"], 40)})
    found, held = complete_terms(term(points, people), taught, settled=set(), precision=0.95)
    assert len(found) <= 12
    assert held.iloc[0].accuracy < 0.75


def test_sources_in_order_of_weight_and_no_usage_twice():
    points, senses, people = clouds(n=40)
    ids = [f"u{k:03}" for k in range(40)]
    usages = pd.DataFrame({"usage_id": ids, "term_id": "t"})
    record = pd.DataFrame({"unit_kind": "usage", "unit_id": ids[:20], "value": senses[:20]})
    anchors = pd.DataFrame({"usage_id": [ids[0], ids[20]], "sense_id": ["t.b", "t.a"]})
    trained = pd.DataFrame({"usage_id": ids[21:25], "sense_id": senses[21:25]})
    proposals = pd.DataFrame({"usage_id": ids, "sense_id": "t#1", "strength": 1.0})
    found, _ = label_usages(
        usages, term(points, people), record=record, trained=trained, proposals=proposals, anchors=anchors
    )
    assert sorted(found.usage_id) == ids
    source = found.set_index("usage_id").source
    assert source[ids[0]] == "record"
    assert source[ids[20]] == "curated"
    assert set(source[ids[21:]]) <= {"completed", "proposed"}
    assert (source == "completed").any()


def test_training_labels_count_only_where_readers_agree_on_one_sense():
    work = pd.DataFrame({
        "assignment_id": list("abcdef"), "unit_kind": "usage", "unit_id": ["u1", "u1", "u2", "u2", "u3", "u4"],
        "purpose": ["train"] * 5 + ["estimate"],
    })  # fmt: skip
    said = pd.DataFrame({"assignment_id": list("abcdef"), "value": ["t.a", "t.a", "t.a", "t.b", "t.a|t.b", "t.a"]})
    found = trained_labels(work, said)
    assert found.to_dict("records") == [{"usage_id": "u1", "sense_id": "t.a"}]
    assert list(trained_labels(work.iloc[:0], said).columns) == ["usage_id", "sense_id"]


def test_the_fit_in_the_span_of_the_labels_is_the_fit_on_all_features():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(2)
    points, senses = rng.normal(size=(30, 80)), ["t.a", "t.b", "t.c"] * 10
    others = rng.normal(size=(7, 80))
    whole = LogisticRegression(C=completion.PENALTY, max_iter=5000, tol=1e-8).fit(points, senses)
    found = completion.probabilities(points, senses, others, ["t.a", "t.b", "t.c"])
    assert found == pytest.approx(whole.predict_proba(others), abs=2e-3)


def test_only_terms_of_which_people_saw_a_usage_are_looked_at_again():
    usages = pd.DataFrame({"usage_id": list("abcdef"), "term_id": list("ssddff")})
    record = pd.DataFrame({"unit_id": ["e1"]})
    work = pd.DataFrame({"unit_kind": ["pair", "excerpt"], "unit_id": ["a+b", "e1"]})
    anchors = pd.DataFrame({"usage_id": ["d"]})
    named = named_usages(record, work, anchors)
    assert of_terms_with(named, usages).usage_id.tolist() == list("abcd")
