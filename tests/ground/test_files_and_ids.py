"""Atomic writes, ids from content, keys outside the repository."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ids, keys
from pipeline.errors import InputError
from pipeline.files import alone, atomic, write_text
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


def test_what_a_killed_process_left_is_swept_and_a_living_one_is_let_be(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, living = tmp_path / f".a-{gone.pid}-x1.txt", tmp_path / f".a-{os.getppid()}-x1.txt"
    other = tmp_path / f".ab-{gone.pid}-x1.txt"
    for path in (left, living, other):
        path.write_text("half")
    write_text(tmp_path / "a.txt", "new")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.txt", living, other])


def test_a_lock_is_waited_for_and_dies_with_its_process(tmp_path):
    lock = tmp_path / "locks" / "x"
    hold = (
        "import sys, time; from pathlib import Path; from pipeline.files import alone\n"
        "with alone(Path(sys.argv[1]), lambda: None):\n print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(lock)], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    waited = []

    def wait():
        waited.append(holder.poll())
        holder.kill()

    with alone(lock, wait):
        assert waited == [None]
    assert holder.wait() < 0
    with alone(lock, lambda: waited.append("again")):
        pass
    assert waited == [None]


def test_work_goes_on_where_no_lock_can_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with alone(tmp_path / "file" / "lock", lambda: None):
        pass


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
