"""Atomic writes, ids from content, keys outside the repository."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ids, keys
from pipeline.errors import InputError
from pipeline.files import atomic, write_text
from tests.ground.test_study import GOOD, study_of


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail():
        with atomic(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_ids_differ_when_parts_differ(first, second):
    clean = [[part.replace(ids.SEPARATOR, "") for part in parts] for parts in (first, second)]
    same = ids.keyed_id(b"k" * 32, "r", *clean[0]) == ids.keyed_id(b"k" * 32, "r", *clean[1])
    assert same == (clean[0] == clean[1])


def test_ids_depend_on_the_key():
    assert ids.keyed_id(b"a" * 32, "r", "x") != ids.keyed_id(b"b" * 32, "r", "x")


def test_normalise_folds_what_spreadsheets_change():
    assert ids.normalise(" a\u00a0b\r\n c ") == "a b c"
    assert ids.normalise("e\u0301") == ids.normalise("\u00e9")


def test_the_key_is_made_once_outside_the_repository_and_private(tmp_path, monkeypatch):
    study = study_of(tmp_path, GOOD)
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    key = keys.study_key(study)
    assert keys.study_key(study) == key
    path = tmp_path / "config" / "sameword" / "s.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    with pytest.raises(InputError, match="shorter than 32"):
        keys.study_key(study)


def test_synthetic_studies_have_the_same_ids_everywhere(tmp_path):
    study = study_of(tmp_path, GOOD + "synthetic: true\n")
    assert keys.study_key(study) == b"synthetic:s"
