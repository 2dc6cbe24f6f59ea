"""Topics: found where they are, every excerpt kept, the same on every run, nothing from too little."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.codebook.topics import find_topics

WORDS = {0: "kernel notebook python", 1: "hospital patient nurse", 2: "river forest mountain"}


def made(n, seed=0):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, n)
    vectors = np.eye(3)[kinds] @ rng.normal(size=(3, 16)) * 3 + rng.normal(scale=0.1, size=(n, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return (
        kinds,
        pd.DataFrame({"excerpt_id": [f"e{i:03}" for i in range(n)], "text": [WORDS[k] for k in kinds]}),
        vectors,
    )


def test_three_topics_are_found_with_their_words():
    kinds, excerpts, vectors = made(60)
    topics, words = find_topics(excerpts, vectors, n_topics=3)
    assert pd.Series(kinds).groupby(topics.topic_id.to_numpy()).nunique().tolist() == [1, 1, 1]
    assert (topics.topic_id.value_counts().sort_index().diff().dropna() <= 0).all()
    for topic, group in words.groupby("topic_id"):
        kind = kinds[(topics.topic_id == topic).to_numpy()][0]
        assert set(group.word) <= set(WORDS[kind].split())


def test_two_runs_are_the_same():
    _, excerpts, vectors = made(40)
    first, second = find_topics(excerpts, vectors), find_topics(excerpts, vectors)
    assert first[0].equals(second[0])
    assert first[1].equals(second[1])


def test_too_few_excerpts_have_no_topics():
    _, excerpts, vectors = made(5)
    topics, words = find_topics(excerpts, vectors)
    assert topics.empty
    assert words.empty


def test_excerpts_beyond_the_sample_go_to_the_topic_they_are_closest_to():
    kinds, excerpts, vectors = made(90)
    few = excerpts[:60]
    further = [(excerpts.excerpt_id.to_numpy()[part], vectors[part]) for part in (slice(60, 71), slice(71, 90))]
    alone, words = find_topics(few, vectors[:60], n_topics=3)
    topics, same = find_topics(few, vectors[:60], n_topics=3, others=further)
    assert topics[:60].equals(alone)
    assert words.equals(same)
    assert topics.excerpt_id.tolist() == excerpts.excerpt_id.tolist()
    assert pd.Series(kinds).groupby(topics.topic_id.to_numpy()).nunique().tolist() == [1, 1, 1]
    assert topics.strength.between(0.9, 1).all()
