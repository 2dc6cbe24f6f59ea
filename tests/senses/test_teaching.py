"""Rounds that teach the machine: ten usages first, then five at a time as labels come back, up to the total."""

from __future__ import annotations

import numpy as np

from pipeline.senses.labels import Points
from pipeline.senses.teaching import BATCH, to_read


def term(n=40):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(n, 6))
    points[::2, 0] += 3
    ids = tuple(f"u{k:02}" for k in range(n))
    return {"t": Points(ids, points, np.arange(n))}, {usage: f"t.{'ab'[k % 2]}" for k, usage in enumerate(ids)}


def test_a_round_grows_as_labels_come_back_and_stops_at_its_total():
    points, truth = term()
    given, sizes = [], []
    for _ in range(5):
        said = {usage: truth[usage] for usage in given}
        found = to_read(points, said, given=given, back=given, total=20)["t"]
        assert set(given) <= set(found)
        sizes.append(len(found))
        given = found
    assert sizes == [10, 10 + BATCH, 20, 20, 20]


def test_nothing_new_while_work_is_out():
    points, truth = term()
    first = to_read(points, {}, given=[], back=[], total=20)["t"]
    late = to_read(points, {first[0]: truth[first[0]]}, given=first, back=first[:9], total=20)["t"]
    assert sorted(late) == sorted(first)


def test_usages_without_a_sense_are_not_asked_about_again():
    points, truth = term()
    first = to_read(points, {}, given=[], back=[], total=20)["t"]
    said = {usage: truth[usage] for usage in first[2:]}  # two came back as "cannot tell"
    then = to_read(points, said, given=first, back=first, total=20)["t"]
    assert len(then) == len(set(then)) == 15
    read_elsewhere = to_read(points, truth, given=[], back=list(truth), total=20)["t"]
    assert read_elsewhere == []
