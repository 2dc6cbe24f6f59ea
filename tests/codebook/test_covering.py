"""Topics against codes: counts by hand; what goes without a code stands out, chance and outliers do not."""

from __future__ import annotations

import pandas as pd

from pipeline.codebook.covering import as_theme, covering
from pipeline.codebook.themes import load_themes
from pipeline.codebook.written import as_yaml


def world(n=40):
    """Topic 0 is covered by code a, topic 1 by none, topic -1 holds outliers; one respondent an excerpt."""
    excerpts = [f"e{i:02}" for i in range(n)]
    topics = pd.DataFrame(
        {"excerpt_id": excerpts, "topic_id": [(-1 if i % 10 == 9 else i % 2) for i in range(n)],
         "strength": [i / n for i in range(n)]}
    )  # fmt: skip
    words = pd.DataFrame(
        {"topic_id": [0, 0, 1], "rank": [2, 1, 1], "word": ["second", "first", "other"], "weight": 1.0}
    )
    codings = pd.DataFrame({"excerpt_id": topics[topics.topic_id == 0].excerpt_id, "code_id": "a"})
    return topics, words, codings, {key: f"p{key}" for key in excerpts}


def test_what_no_code_covers_stands_out():
    topics, words, codings, people = world()
    found = covering(topics, words, codings, read=set(people), respondents=people)
    covered, bare = found.to_dict("records")
    assert (covered["words"], covered["n_excerpts"], covered["n_without"], covered["best_code"], covered["n_best"]) == (
        "first, second", 20, 0, "a", 20,
    )  # fmt: skip
    assert (bare["n_excerpts"], bare["share_without"], bare["n_best"], bare["proposed"]) == (16, 1.0, 0, True)
    assert bare["excerpt_ids"] == "e37 e35 e33" and not covered["proposed"]
    shuffled = covering(
        topics.sample(frac=1, random_state=1), words, codings[::-1], read=set(people), respondents=people
    )
    pd.testing.assert_frame_equal(found, shuffled)


def test_one_talkative_respondent_is_no_topic():
    topics, words, codings, people = world()
    one = {key: "p" if int(key[1:]) % 2 else f"p{key}" for key in people}
    assert not covering(topics, words, codings, read=set(people), respondents=one).proposed.any()


def test_excerpts_nobody_read_say_nothing():
    topics, words, codings, people = world()
    found = covering(topics, words, codings.iloc[:0], read=set(), respondents=people)
    assert found.n_read.tolist() == [0, 0] and found.share_without.isna().all() and not found.proposed.any()
    assert covering(topics.iloc[:0], words, codings, read=set(people), respondents=people).empty


def test_proposed_codes_are_a_theme_to_copy(tmp_path):
    topics, words, codings, people = world()
    found = covering(topics, words, codings, read=set(people), respondents=people)
    theme = as_theme(found)
    path = tmp_path / "themes.yaml"
    path.write_text(as_yaml("1", [theme]))
    (code,) = load_themes(path).codes
    assert (code.id, code.name, code.status) == ("proposed-1-other", "other", "proposed")
    assert as_theme(found[~found.proposed]) is None
