"""Limits are said where the data have them; what to do next follows from what is there."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pipeline.report import ahead, limits
from pipeline.report.given import Given


def said(given):
    return " ".join(limits.section(given)["limits"])


def test_limits_follow_from_the_data(large, small, bare):
    for made, has, lacks in (
        (large, "are those who answered, not a sample", "can show that a word is meant"),
        (small, "can show that a word is meant in several ways", "not a sample of a population"),
        (bare, "those who answered", "rest on one reader"),
    ):
        text = said(Given(made.study, made.tables))
        assert has in text
        assert lacks not in text
    assert "Nothing was frozen before coding" in said(Given(large.study, large.tables))
    assert "Nothing was frozen" not in said(Given(large.study, large.tables, frozen={"plan": {}}))
    assert "respondents are invented" not in said(Given(bare.study, bare.tables))


def test_units_that_rest_on_one_reader_are_counted(large):
    given = Given(large.study, large.tables)
    record = given["record"].assign(basis="unanimous")
    assert "one reader" not in said(replace(given, tables={**large.tables, "record": record}))
    units = record.drop_duplicates(["unit_kind", "unit_id"])
    alone = record.assign(basis=["single" if unit == units.unit_id.iloc[0] else "majority" for unit in record.unit_id])
    assert f"1 of {len(units):,} units on [record](#undecided) rest" in said(
        replace(given, tables={**large.tables, "record": alone})
    )


def test_codes_without_shown_agreement_are_counted(large):
    given = Given(large.study, large.tables)
    table = given["agreement"]
    mine = (table.coefficient == "alpha") & table.scope.astype("str").str.match(r"(?:code|term):")
    firm = table.assign(ci_low=table.ci_low.astype("float64").where(~mine, 0.9))
    assert "do not rest on shown agreement" not in said(replace(given, tables={**large.tables, "agreement": firm}))
    weak = firm.assign(ci_low=firm.ci_low.where(firm.index != firm[mine].index[0], 0.1))
    assert f"For 1 of {mine.sum()} codes and words" in said(replace(given, tables={**large.tables, "agreement": weak}))


def test_a_planning_report_says_what_to_write_and_a_coded_one_what_is_open(large, bare):
    found = ahead.section(Given(bare.study, bare.tables))
    text = " ".join(found["next_steps"])
    assert found["planning"]
    assert "themes.yaml" in text and "Write the senses of “domain” and “similar”" in text
    assert f"`make assign STUDY={bare.study.name}`" in text
    given = Given(large.study, large.tables)
    assert not ahead.section(given)["planning"]
    left = given["decisions"].iloc[3:]
    differ = pd.DataFrame(
        [["usage", "u", "a|b", "readers differ"]], columns=["unit_kind", "unit_id", "values", "reason"]
    )
    text = " ".join(
        ahead.section(replace(given, tables={**large.tables, "decisions": left, "open_units": differ}))["next_steps"]
    )
    assert "3 [texts](#tab-states) are still with" in text and "Coders differ on 1 [unit](#tab-open)" in text
    assert "themes.yaml" not in text
