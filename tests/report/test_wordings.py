from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from pipeline import tables
from pipeline.report.given import Given
from pipeline.report.wordings import wording


def of(name: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(tables.SCHEMAS[name].types))


def given(large: Any, **more: pd.DataFrame) -> Any:
    found = Given(large.study, large.tables)
    nothing = {name: tables.empty(name) for name in ("usage_shares", "coverage", "completion", "facets")}
    return replace(found, tables={**found.tables, **nothing, **more})


def share(sense: str, method: str, value: float, n_labelled: int = 20, n_usages: int = 20) -> tuple[Any, ...]:
    return ("similar", sense, method, value, value - 0.1, value + 0.1, n_labelled, n_usages, 30)


def test_without_tables_of_usages_respondents_alone_are_counted(large: Any) -> None:
    said = wording(given(large), "similar")
    assert (said.beside, said.seen, said.completed) == ("", "", "")
    assert said.headers == ["Sense", "Respondents", "95 % interval"] and "labelled" not in said.base


def test_a_way_of_counting_that_changes_nothing_has_no_column(large: Any) -> None:
    same = of("usage_shares", share("none", "labelled", 0.25), share("none", "weighted", 0.25))
    said = wording(given(large, usage_shares=same), "similar")
    assert said.headers == ["Sense", "Respondents", "95 % interval", "Usages"] and "weighted" not in said.base
    assert "25\u00a0% (15–35\u00a0%)" in [row[3] for row in said.rows if "none of the senses" in row[0]]
    other = of(
        "usage_shares", share("none", "labelled", 0.25, 20, 80), share("none", "weighted", 0.5, 20, 80),
        share("none", "difference", 0.4, 20, 80),
    )  # fmt: skip
    said = wording(given(large, usage_shares=other), "similar")
    assert said.headers == [
        "Sense",
        "Respondents",
        "95 % interval",
        "Usages",
        "Usages, weighted",
        "Usages, with the machine’s help",
    ]
    assert "20 of 80 were labelled, by 30 respondents" in said.base and "corrected" in said.base


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("similar", 43, 5, 0, 0, 1.0, 5.0, 4.9), "none of them was met in one respondent only"),
        (("similar", 43, 5, 1, 1, 0.91, 5.0, 4.9), "1 sense was met in one respondent only: about 91\u00a0%"),
        (("similar", 43, 5, 3, 1, 0.8, 7.2, 4.1), "at least 2 more senses must be expected"),
    ],
)
def test_whether_all_senses_were_seen(large: Any, row: tuple[Any, ...], text: str) -> None:
    assert text in wording(given(large, coverage=of("coverage", row)), "similar").seen


def test_what_the_machine_completed_is_said_with_how_well_it_does(large: Any) -> None:
    row = ("similar", 83, 43, 0.33, 0.49, 0.2, 0.85, 3, 2, "")
    said = wording(given(large, completion=of("completion", row)), "similar").completed
    assert "right in 49\u00a0% (the commonest sense alone: 33\u00a0%" in said
    assert said.endswith("it completed 3 usages, and left 2.")


def test_words_of_one_respondent_alone_are_not_named(large: Any) -> None:
    found = given(large)
    mine = found["usages"][found["usages"].term_id == "similar"].merge(found["responses"], on="response_id")
    several = mine.drop_duplicates("respondent_id").usage_id.tolist()
    assert len(several) > 2
    rows = [(usage, "kind", "medical") for usage in several[:2]] + [(several[2], "kind", "private")]
    said = wording(given(large, facets=of("facets", *rows)), "similar").beside
    assert said == "Beside the word stands, in several respondents’ answers: which “medical” (2)."
