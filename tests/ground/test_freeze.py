"""Freeze refuses what is incomplete, listing all of it, and says what changed."""

from __future__ import annotations

from pipeline import freeze
from tests.ground.test_study import GOOD, study_of

READY = GOOD + "terms: {watch: [similar]}\ncoding: {coders: [a, b], record: majority}\n"
TEXTS = {"themes": "version: 1", "glossary": "version: 1", "ledger": "assignment_id\na1\n"}


def test_everything_missing_is_listed(tmp_path):
    found = list(freeze.incomplete(study_of(tmp_path, GOOD), themes="", glossary="", ledger=""))
    assert len(found) == 6
    assert not list(freeze.incomplete(study_of(tmp_path, READY), **TEXTS))


def test_the_seal_breaks_when_the_file_is_edited(tmp_path):
    text = freeze.sealed(freeze.decisions_of(study_of(tmp_path, READY), **TEXTS))
    assert freeze.seal_holds(text)
    assert not freeze.seal_holds(text.replace("majority", "single"))


def test_changes_are_named(tmp_path):
    old = freeze.decisions_of(study_of(tmp_path, READY), **TEXTS)
    new = freeze.decisions_of(
        study_of(tmp_path, READY.replace("majority", "single")), **{**TEXTS, "themes": "version: 2"}
    )
    changes = {key: (before, after) for key, before, after in freeze.differences(old, new)}
    assert changes["coding.record"] == ("majority", "single")
    assert set(changes) == {"coding.record", "codebook"}
