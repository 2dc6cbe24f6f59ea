"""Three hundred damaged files of every kind people write or hand in; thousands are in bench/fuzz.py."""

from __future__ import annotations

import pytest

from bench import fuzz


def test_damaged_files_give_a_result_or_an_error_that_names_them():
    found = [(kind.name, number, said) for kind, number, _, (what, said) in fuzz.cases(300) if what == "fault"]
    assert not found


def test_a_reader_that_breaks_or_does_not_name_the_file_is_a_fault(tmp_path):
    def broken(root, path):
        raise KeyError("x")

    def silent(root, path):
        raise fuzz.SamewordError("something is wrong somewhere")

    for read in (broken, silent):
        assert fuzz.outcome(fuzz.Kind("k", "k.txt", b"", read), b"", tmp_path)[0] == "fault"


@pytest.mark.parametrize("seed", range(3))
def test_damage_differs_by_case_and_is_the_same_again(seed):
    import random

    one, again, other = (fuzz.damaged(b"abc: 1\n" * 50, random.Random(s)) for s in (seed, seed, seed + 100))
    assert one == again != other


def test_faults_that_were_found_stay_mended(tmp_path):
    every = {kind.name: kind for kind in fuzz.kinds(tmp_path)}
    ledger, project = every["ledger"], every["QDPX"]
    central = project.good.index(b"PK\x01\x02")
    for kind, content in (
        (ledger, ledger.good + b"a,\x00b\rc\r\n"),  # a lone carriage return
        (ledger, ledger.good + b"x" * 200_000),  # a cell larger than csv takes
        (project, project.good[: central + 6] + b"\x40" + project.good[central + 7 :]),  # a zip version of the future
    ):
        assert fuzz.outcome(kind, content, tmp_path)[0] == "plain error"
