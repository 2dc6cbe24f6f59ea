"""Constructed cases: one cloud is one sense, two apart are two, and everything too small says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.senses import clusters, confounds
from pipeline.senses.evidence import Evidence, examine
from pipeline.senses.proposals import moved, propose
from pipeline.senses.standing import FEW, ONE, WORTH, Standing, standings, verdict

OPTIONS = {"most": 3, "max_senses": 6, "resamples": 60, "seed": 1}


def cloud(n, centre, rng, spread=0.25, d=32):
    points = centre + rng.normal(scale=spread, size=(n, d)) / np.sqrt(d) * 4
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def one_sense(rng, n=60, d=32):
    return cloud(n, rng.normal(size=d), rng)


def two_senses(rng, n=60, d=32, minority=0.5):
    k = int(n * minority)
    return np.vstack([cloud(n - k, rng.normal(size=d), rng), cloud(k, rng.normal(size=d), rng)])


def test_two_clouds_apart_are_two_senses_and_found_exactly():
    found = examine(two_senses(np.random.default_rng(1)), np.arange(60) % 20, **OPTIONS)
    assert verdict(found, None)[0] == WORTH
    assert found.n_senses == 2
    assert clusters.adjusted_rand(found.labels, np.repeat([0, 1], 30)) == 1.0
    assert found.stability > 0.95


def test_one_cloud_is_one_sense_in_nine_of_ten():
    said = [
        verdict(examine(one_sense(np.random.default_rng(seed)), np.arange(60) % 20, **OPTIONS), None)[0]
        for seed in range(30)
    ]
    assert said.count(ONE) >= 27


def test_three_usages_are_too_few():
    found = examine(one_sense(np.random.default_rng(0), n=3), np.arange(3), **OPTIONS)
    assert verdict(found, None)[0] == FEW
    assert "3 usages by 3 respondents" in verdict(found, None)[1]


def test_identical_contexts_are_one_sense():
    found = examine(np.tile(np.eye(8)[0], (20, 1)), np.arange(20), **OPTIONS)
    assert verdict(found, None)[0] == ONE


@pytest.mark.parametrize(
    ("usages", "minority", "expected"),
    [(60, (3, 3), WORTH), (60, (2, 2), ONE), (60, (3, 2), ONE), (100, (5, 3), WORTH), (100, (4, 4), ONE)],
)
def test_a_smaller_group_needs_a_twentieth_of_the_usages_and_three_people(usages, minority, expected):
    found = Evidence(usages, 40, dispersion=0.5, gap=3.0, separation=0.4, stability=0.9, minority=minority)
    what, why = verdict(found, None)
    assert what == expected
    if expected == ONE:
        assert f"the smaller group has {minority[0]} usages by {minority[1]} respondents" in why


def test_no_structure_is_no_split_whatever_other_words_show():
    found = Evidence(60, 40, dispersion=0.5, gap=-0.1, separation=0.4, stability=0.9, minority=(20, 20))
    place = Standing(0.9, 0.8, 1.0, 0.9, 30)
    assert verdict(found, place)[0] == ONE
    assert "two groups explain its usages no better than one" in verdict(found, place)[1]
    assert verdict(replace(found, gap=0.1), place)[0] == WORTH


def test_one_talkative_person_cannot_make_a_sense():
    rng = np.random.default_rng(5)
    vectors = np.vstack([cloud(20, rng.normal(size=32), rng), cloud(20, rng.normal(size=32), rng)])
    people = np.concatenate([np.arange(20), np.full(20, 99)])
    assert verdict(examine(vectors, np.unique(people, return_inverse=True)[1], **OPTIONS), None)[0] == ONE


def test_a_split_that_follows_the_question_is_named_so():
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1], 30)
    bound = confounds.bound_to(
        {"a": labels, "b": labels},
        {"a": {"question": labels.copy(), "item": rng.integers(0, 3, 60)}, "b": {"question": rng.integers(0, 2, 60)}},
    )
    assert bound == {"a": "question", "b": ""}


def test_benjamini_hochberg_by_hand():
    assert confounds.benjamini_hochberg([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_adjusted_rand_against_scikit_learn():
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.integers(0, 3, 30), rng.integers(0, 4, 30)
        assert clusters.adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b))


def corpus(seed=0, n_terms=8):
    rng = np.random.default_rng(seed)
    terms, usages, vectors, responses = [], [], [], []
    for t in range(n_terms):
        found = two_senses(rng, 40) if t == 0 else one_sense(rng, 40)
        terms.append({"term_id": f"t{t}", "forms": f"t{t}"})
        for i, vector in enumerate(found):
            usages.append(
                {"usage_id": f"u{t}-{i:02}", "term_id": f"t{t}", "response_id": f"r{t}-{i}", "start": 0, "end": 2,
                 "surface": f"t{t}"}
            )  # fmt: skip
            one = np.round(vector, 4).astype("float32")
            vectors.append({"usage_id": f"u{t}-{i:02}", "vector": one, "upper": one})
            who = {"respondent_id": f"p{i % 20}", "question_id": f"q{i % 2}", "item_id": None, "language": "en"}
            responses.append({"response_id": f"r{t}-{i}", "text": f"t{t} word{i // 20}", **who})
    return pd.DataFrame(terms), pd.DataFrame(usages), pd.DataFrame(vectors), pd.DataFrame(responses)


def test_no_usage_is_lost_and_only_the_split_term_is_worth_checking():
    terms, usages, vectors, responses = corpus()
    proposals, evidence = propose(terms, usages, vectors=vectors, responses=responses, resamples=60)
    assert sorted(proposals.usage_id) == sorted(usages.usage_id)
    verdicts = evidence.set_index("term_id").verdict
    assert verdicts["t0"] == WORTH
    assert (verdicts.drop("t0") == ONE).sum() >= 6


def test_order_of_rows_does_not_matter():
    terms, usages, vectors, responses = corpus()
    first = propose(terms, usages, vectors=vectors, responses=responses, resamples=60)
    mixed = [table.sample(frac=1, random_state=3) for table in (usages, vectors, responses)]
    second = propose(terms, mixed[0], vectors=mixed[1], responses=mixed[2], resamples=60)
    for one, other in zip(first, second, strict=True):
        key = one.columns[0]
        again = other.sort_values(key).reset_index(drop=True)
        pd.testing.assert_frame_equal(one.sort_values(key).reset_index(drop=True), again)


def test_standing_is_the_share_of_comparable_terms_that_differ_less():
    rng = np.random.default_rng(3)
    found = {f"t{k}": examine(one_sense(rng, 40), np.arange(40) % 20, **OPTIONS) for k in range(6)}
    found["split"] = examine(two_senses(rng, 40), np.arange(40) % 20, **OPTIONS)
    found["rare"] = examine(one_sense(rng, 6), np.arange(6), **OPTIONS)
    places = standings(found)
    assert "rare" not in places
    assert places["split"].score == 1.0
    assert places["split"].n_terms == 6
    assert 0.9 <= places["split"].ci_low <= places["split"].ci_high <= 1.0
    by_hand = np.mean([found["t0"].gap > found[other].gap for other in found if other not in ("t0", "rare")])
    assert places["t0"].gap_share == pytest.approx(by_hand, abs=1e-4)
    assert standings({name: found[name] for name in ("t0", "t1", "t2", "split")}) == {}


def test_terms_used_far_more_often_are_no_measure_where_others_are():
    rng = np.random.default_rng(4)
    found = {f"t{k}": examine(one_sense(rng, 20), np.arange(20), **OPTIONS) for k in range(7)}
    found["huge"] = examine(one_sense(rng, 100), np.arange(100), **OPTIONS)
    assert standings(found)["t0"].n_terms == 6
    assert standings(found)["huge"].n_terms == 7


def test_what_usages_may_be_grouped_by_other_than_meaning():
    text = "Tests\n- test the code, I test"
    rows = pd.DataFrame({
        "question_id": ["a", "a", "b", "b"], "item_id": [None, None, "x", "x"], "respondent_id": ["p", "p", "q", "r"],
        "language": ["en", "en", "en", "fr"], "surface": ["Tests", "test", "test", "test"], "text": text,
        "start": [0, 8, 25, 25],
    })  # fmt: skip
    found = confounds.groupings(rows)
    assert found["respondent"].tolist() == [0, 0, -1, -1]
    assert found["question"].tolist() == [0, 0, 1, 1]
    assert found["language"].tolist() == [0, 0, 0, 1]
    assert len(set(found["form"].tolist())) == 3  # plural heading, verb opening a line, verb inside one
    assert found["form"][2] == found["form"][3]


def test_centring_removes_what_a_question_adds_and_keeps_the_rest():
    rng = np.random.default_rng(6)
    question, sense = np.arange(60) % 2, np.arange(60) // 30
    points = 0.2 * rng.normal(size=(60, 8))
    points[:, 0] += 3 * (2 * question - 1)
    points[:, 1] += 2 * sense - 1
    points[:, 2] += 3
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    raw = examine(unit, np.arange(60), **OPTIONS)
    left = examine(confounds.centred(unit, question), np.arange(60), **OPTIONS)
    assert clusters.adjusted_rand(raw.labels, question) > 0.9
    assert clusters.adjusted_rand(left.labels, sense) > 0.9


def test_a_split_bound_to_a_question_says_so_in_the_reason():
    terms, usages, vectors, responses = corpus()
    mine = responses.response_id.str.startswith("r0-")
    responses.loc[mine, "question_id"] = [
        "q0" if int(name.split("-")[1]) < 20 else "q1" for name in responses[mine].response_id
    ]
    _, evidence = propose(terms, usages, vectors=vectors, responses=responses, resamples=60)
    row = evidence.set_index("term_id").loc["t0"]
    assert row.bound_to == "question"
    assert "follow the question" in row.reason
    assert row.gap_centred < row.gap / 2


def test_five_more_answers_keep_the_numbers_of_the_groups():
    terms, usages, vectors, responses = corpus()
    first, _ = propose(terms, usages, vectors=vectors, responses=responses, resamples=60)
    late = usages.usage_id.isin([f"u0-{k:02}" for k in (3, 9, 27, 31, 38)])
    fewer, _ = propose(terms, usages[~late], vectors=vectors, responses=responses, resamples=60)
    both = first.merge(fewer, on="usage_id")
    assert (both.sense_id_x == both.sense_id_y).all()
    assert moved(fewer, first).empty


def test_only_usages_that_changed_their_group_have_moved():
    before = pd.DataFrame({"usage_id": list("abcdef"), "term_id": "t", "sense_id": ["t#1"] * 3 + ["t#2"] * 3})
    after = before.assign(sense_id=["t#2"] * 3 + ["t#1"] * 2 + ["t#2"])
    assert moved(before, after).usage_id.tolist() == ["f"]
    assert moved(before, before).empty
    assert moved(before.iloc[:0], after).empty


def test_terms_examined_some_at_a_time_are_those_of_all_at_once(monkeypatch):
    terms, usages, vectors, responses = corpus()
    asked = []

    def fetch(usage_ids):
        asked.append(len(usage_ids))
        return vectors[vectors.usage_id.isin(usage_ids)]

    monkeypatch.setattr("pipeline.senses.proposals.AT_ONCE", 100)
    whole = propose(terms, usages, vectors=vectors, responses=responses, resamples=40)
    parts = propose(terms, usages, vectors=fetch, responses=responses, resamples=40)
    for one, other in zip(whole, parts, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert max(asked) <= 100
    assert asked[:4] == [80] * 4
