"""Whose a unit is, with its text and without: the same units in the same order."""

from __future__ import annotations

from pipeline.coding.units import describe, owners
from tests.report.fake import fake

COLUMNS = ["unit_kind", "unit_id", "respondent_id", "term_id"]


def test_owners_are_those_of_the_units_with_texts(tmp_path):
    made = fake(tmp_path, n=12).tables
    known = {"responses": made["responses"]}
    found = owners(made["excerpts"], made["usages"], **known)
    assert set(found.unit_kind) == {"excerpt", "usage"}
    expected = describe(made["excerpts"], made["usages"], **known)[COLUMNS]
    assert found.fillna("").to_numpy().tolist() == expected.fillna("").to_numpy().tolist()
