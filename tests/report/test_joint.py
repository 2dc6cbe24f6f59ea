"""The joint display: what each person rated, in which sense the answers use a word, in whose words."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.report import catalogue, frames
from pipeline.report.given import NOT_SENSES, Given
from pipeline.report.joint import joined_ratings, joint_display
from pipeline.report.rows import joint_rows


@pytest.fixture(scope="module")
def given(large) -> Given:
    return Given(large.study, large.tables)


def test_cells_are_the_ratings_the_answers_explain(given):
    display = joint_display(given)
    ratings = given["ratings"].assign(person=given["ratings"].respondent_id.map(given.people))
    explained = {"similarity": "why_similar", "expectation": "why_expected"}
    answers = {(given.people[r.respondent_id], r.question_id) for r in given["responses"].itertuples()}
    for row in display.to_dict("records"):
        mine = ratings[ratings.person == row["person"]].set_index(["question_id", "item_id"]).value
        for item, name in (("he_imagenet", "ImageNet-1K"), ("he_radimagenet", "RadImageNet"), ("he_ecoset", "Ecoset")):
            said = " / ".join(
                f"{mine[question, item]:g}" if (row["person"], answer) in answers else "–"
                for question, answer in explained.items()
            )
            assert row[name] == said
    assert len(display) == joined_ratings(given)[["respondent_id", "context"]].drop_duplicates().shape[0]


def test_senses_stand_once_each_ambiguous_words_first_and_what_is_no_sense_last(given):
    first = given.judged[given.judged.question_id == "why_expected"].usage_id
    senses = given["senses"].assign(
        sense_id=given["senses"].sense_id.mask(given["senses"].usage_id.isin(first), "none")
    )
    given, several = replace(given, tables={**given.tables, "senses": senses}), 0
    table = joined_ratings(given).dropna(subset=["sense_id"])
    verdicts = given["ambiguity"].set_index("term_id").verdict
    terms = {f"{label}: {given.sense_name(sense)}": term for term, label in given.terms.items()
             for sense in given.senses_of(term, table.sense_id)}  # fmt: skip
    for row in joint_display(given).to_dict("records"):
        person = next(one for one, name in given.people.items() if name == row["person"])
        mine = table[(table.respondent_id == person) & (table.context == ("he" if row["context"] else ""))]
        ids = row["sense_ids"].split("|") if row["sense_ids"] else []
        assert set(ids) == set(mine.sense_id)
        assert len(ids) == len(mine.drop_duplicates(["term_id", "sense_id"]))
        none = [sense in NOT_SENSES for sense in ids]
        assert none == sorted(none)
        real = [verdicts[terms[name]] == "ambiguous" for name, no in zip(row["senses"].split("; "), none, strict=True)
                if not no] if ids else []  # fmt: skip
        assert real == sorted(real, reverse=True)
        several += len(set(none)) > 1
    assert several, "no row has both: this test holds nothing against the order"


def test_the_words_beside_a_row_hold_the_usage_it_names(given):
    first = set(given.answers.index[given.answers.question_id == "why_expected"])  # the first answer of every row
    there = given["usages"][given["usages"].response_id.isin(first)].usage_id
    other = replace(given, tables={**given.tables, "senses": given["senses"][~given["senses"].usage_id.isin(there)]})
    _, shown, _ = joint_rows(other)
    elsewhere = 0
    for row, words in zip(joint_display(other).to_dict("records"), (cells[-1] for cells in shown), strict=True):
        if not pd.isna(row["usage_id"]):
            spot = given.spans.loc[row["usage_id"]]
            before = given.answers.text[spot.response_id][: spot.start]
            assert re.search(r"([\w ]*)\[", words)[1][-20:] in before
            assert (
                re.search(r"\[(.*?)\]\{\.hit\}", words)[1]
                == given.answers.text[spot.response_id][spot.start : spot.end]
            )
            elsewhere += spot.response_id != row["response_id"]
    assert elsewhere


def test_the_report_numbers_quotes_as_the_maps_do(given, bare):
    for one in (given, Given(bare.study, bare.tables)):
        terms = catalogue.shown_terms(one)
        assert terms
        for term in terms:
            drawn = frames.usage_map(one, term).dropna(subset=["number"])
            assert frames.map_numbers(one, term) == dict(zip(drawn.usage_id, drawn.number, strict=True))
            assert len(drawn)
