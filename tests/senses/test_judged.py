"""What people's labels say, against counts made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.senses import judged, ratings


def labels(*rows):
    """Rows of (respondent, usage, sense)."""
    return pd.DataFrame([{"term_id": "t", "respondent_id": r, "usage_id": u, "sense_id": s, "response_id": f"x{u}",
                          "question_id": "why", "item_id": "he"} for r, u, s in rows])  # fmt: skip


EVIDENCE = pd.DataFrame([{"term_id": "t", "verdict": "one sense is enough", "n_senses": 1, "score": 0.1, "ci_low": 0.0,
                          "ci_high": 0.2, "null_percentile": 0.5, "stability": 0.3, "bound_to": None, "n_usages": 9,
                          "n_respondents": 4, "reason": "vectors"}])  # fmt: skip


def test_differ_between_is_the_share_of_pairs_that_differ():
    shares = judged.judged_term(labels(("a", 1, "t.x"), ("b", 2, "t.x"), ("c", 3, "t.y"))).shares
    assert judged.differ_between(shares) == pytest.approx(2 / 3)


def test_a_usage_with_two_senses_counts_half_for_each():
    found = judged.judged_term(labels(("a", 1, "t.x"), ("a", 1, "t.y"), ("b", 2, "t.x")))
    assert found.shares.tolist() == [[0.5, 0.5], [1.0, 0.0]]
    assert found.n_usages == 2
    assert judged.differ_between(found.shares) == pytest.approx(0.5)


def test_weighted_pairs_equal_pairs_of_drawn_people():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([1, 1], 6)
    weights = judged.draws(6, 20, 3)
    fast = judged.differ_between(shares, weights)
    for row, value in zip(weights, fast, strict=True):
        who = np.repeat(np.arange(6), row.astype(int))
        pairs = [1 - shares[i] @ shares[j] for i in who for j in who if i != j]
        assert value == pytest.approx(np.mean(pairs))


def test_within_a_person():
    value, people, pairs = judged.differ_within(
        labels(("a", 1, "t.x"), ("a", 2, "t.y"), ("b", 3, "t.x"), ("c", 4, "t.x"), ("c", 5, "t.x"))
    )
    assert (value, people, pairs) == (0.5, 2, 2)


@pytest.mark.parametrize(("second", "verdict"), [(3, "ambiguous"), (2, "one sense")])
def test_ambiguous_needs_three_people_for_a_second_sense(second, verdict):
    rows = [(f"p{i}", i, "t.x") for i in range(8)] + [(f"q{i}", 100 + i, "t.y") for i in range(second)]
    found = judged.ambiguity_table(EVIDENCE, labels(*rows), small=30, resamples=100, seed=1)
    assert found.verdict.tolist() == [verdict]
    assert found.ci_low.isna().all()  # eleven people: no interval


def test_without_labels_the_machine_never_says_ambiguous():
    found = judged.ambiguity_table(EVIDENCE.assign(verdict="worth checking"), labels(("a", 1, "cannot_code")), small=30,
                                   resamples=100, seed=1)  # fmt: skip
    assert found.verdict.tolist() == ["worth checking"]


def test_shares_name_their_bases():
    rows = labels(("a", 1, "t.x"), ("b", 2, "t.x"), ("c", 3, "t.y"), ("d", 4, "cannot_code"))
    people = pd.DataFrame({"respondent_id": list("abcd"), "role": ["u", "u", "v", "v"]})
    found = judged.share_rows(rows, people, ["role"], small=2).set_index(["sense_id", "group"])
    assert found.loc[("t.x", ""), ["n_respondents", "base", "share"]].tolist() == [2, 3, round(2 / 3, 4)]
    assert found.loc[("cannot_code", ""), ["n_respondents", "base"]].tolist() == [1, 4]
    assert found.loc[("t.y", "v"), ["n_respondents", "base"]].tolist() == [1, 1]
    assert pd.isna(found.loc[("t.y", "v"), "share"])


def test_wilson_published_value():
    """Newcombe 1998, table I: 81 of 263 gives .2553 to .3662."""
    assert judged.wilson(81, 263) == (0.2553, 0.3662)


def explained(question, item):
    return {"sim": ["he_a", "he_b", "he_c"]} if question == "why" else {}


def test_orders_count_concordant_discordant_and_tied_pairs():
    answers = ratings.sense_in_answer(labels(("a", 1, "t.x")))
    given = {"sim": {"he_a": 1, "he_b": 2, "he_c": 3}, "exp": {"he_a": 3, "he_b": 3, "he_c": 1}}
    rows = [("a", question, item, value) for question, items in given.items() for item, value in items.items()]
    values = pd.DataFrame(rows, columns=["respondent_id", "question_id", "item_id", "value"])
    found = ratings.order_rows(answers, values, explained).iloc[0]
    assert (found.n_concordant, found.n_discordant, found.n_tied) == (0, 2, 1)
    assert (found.rating_a, found.rating_b, found.context) == ("sim", "exp", "he")


def test_only_explained_ratings_are_joined():
    answers = ratings.sense_in_answer(labels(("a", 1, "t.x")).assign(question_id="other"))
    values = pd.DataFrame([("a", "sim", "he_a", 2.0)], columns=["respondent_id", "question_id", "item_id", "value"])
    assert ratings.joined_ratings(answers, values, explained).empty


def test_verbal_disputes_by_hand():
    """Item he_a: a and b rate 2 and mean x and y; c rates 5 and means x."""
    answers = ratings.sense_in_answer(labels(("a", 1, "t.x"), ("b", 2, "t.y"), ("c", 3, "t.x")))
    values = pd.DataFrame([("a", "sim", "he_a", 2.0), ("b", "sim", "he_a", 2.0), ("c", "sim", "he_a", 5.0)],
                          columns=["respondent_id", "question_id", "item_id", "value"])  # fmt: skip
    joined = ratings.joined_ratings(answers, values, explained)
    found = {row["scope"]: row for row in ratings.verbal_disputes(joined, resamples=20, seed=1, small=30)}
    assert (found["same rating"]["value"], found["same rating"]["n_pairs"]) == (1.0, 1)
    assert (found["different rating"]["value"], found["different rating"]["n_pairs"]) == (0.5, 2)
