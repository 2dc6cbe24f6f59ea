"""Tables part by part: the bytes and rows of tables held whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline import parts, tables
from pipeline.errors import MissingError


def vectors(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    found = list(rng.random((n, 3), np.float32))
    return pd.DataFrame({"excerpt_id": [f"e{k:06}" for k in range(n)], "vector": pd.Series(found, dtype="object")})


@pytest.fixture
def small(monkeypatch):
    """Row groups of 64 vectors, so that a table of few has several."""
    monkeypatch.setattr(tables, "BLOCK", 256)
    monkeypatch.setattr(parts, "ROWS", 50)


@pytest.mark.parametrize("n", [0, 1, 64, 200])
def test_a_table_written_in_parts_has_the_bytes_of_one_written_whole(tmp_path, small, n):
    whole, size = vectors(n), tables.block_of("excerpt_vectors")
    tables.write(tmp_path / "whole", "excerpt_vectors", whole.iloc[::-1])
    pieces = (whole.iloc[first : first + size] for first in range(0, n, size))
    assert parts.write(tmp_path / "parts", "excerpt_vectors", pieces) == n
    one, other = (tables.path_of(tmp_path / name, "excerpt_vectors").read_bytes() for name in ("whole", "parts"))
    assert one == other


def test_parts_whose_keys_do_not_rise_are_refused(tmp_path):
    for order in ([0, 0], [1, 0]):
        with pytest.raises(ValueError, match="do not rise"):
            parts.write(tmp_path, "excerpt_vectors", (vectors(3).iloc[k : k + 1] for k in order))
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_in_parts_is_what_is_there(tmp_path, small):
    whole = vectors(200)
    tables.write(tmp_path, "excerpt_vectors", whole)
    found = list(parts.read(tmp_path, "excerpt_vectors"))
    assert max(map(len, found)) == 50
    pd.testing.assert_frame_equal(pd.concat(found, ignore_index=True), tables.read(tmp_path, "excerpt_vectors"))
    column = parts.Vectors(tmp_path, "excerpt_vectors")
    assert column.ids().tolist() == whole.excerpt_id.tolist()
    for _ in range(2):
        assert (np.concatenate(list(column)) == np.stack(whole.vector.tolist())).all()


def test_some_rows_are_those_of_the_whole(tmp_path, small):
    whole = vectors(200)
    tables.write(tmp_path, "excerpt_vectors", whole)
    wanted = ["e000199", "e000003", "e000100", "not there"]
    found = parts.where(tmp_path, "excerpt_vectors", "excerpt_id", wanted)
    expected = tables.read(tmp_path, "excerpt_vectors")
    pd.testing.assert_frame_equal(found, expected[expected.excerpt_id.isin(wanted)].reset_index(drop=True))
    assert parts.where(tmp_path, "excerpt_vectors", "excerpt_id", []).empty
    assert list(parts.where(tmp_path, "excerpt_vectors", "excerpt_id", wanted, ["vector"])) == ["vector"]


@pytest.mark.parametrize("n", [0, 1, 50, 99, 200, 300])
def test_first_vectors_and_those_after_are_all(tmp_path, small, n):
    whole = vectors(200)
    tables.write(tmp_path, "excerpt_vectors", whole)
    column = parts.Vectors(tmp_path, "excerpt_vectors")
    assert len(column.first(n)) == min(n, 200)
    after = list(column.after(n))
    assert [one for ids, _ in after for one in ids] == whole.excerpt_id[n:].tolist()
    found = np.concatenate([column.first(n).reshape(-1, 3), *(found for _, found in after)])
    assert (found == np.stack(whole.vector.tolist())).all()


def test_an_empty_table_has_no_rows_in_parts(tmp_path):
    tables.write(tmp_path, "excerpt_vectors", tables.empty("excerpt_vectors"))
    assert sum(map(len, parts.read(tmp_path, "excerpt_vectors"))) == 0
    assert parts.where(tmp_path, "excerpt_vectors", "excerpt_id", ["e"]).empty
    assert parts.Vectors(tmp_path, "excerpt_vectors").ids().tolist() == []


def test_damage_and_absence_are_told_as_for_whole_tables(tmp_path):
    with pytest.raises(MissingError, match="sameword encode"):
        parts.Vectors(tmp_path, "excerpt_vectors").ids()
    tables.write(tmp_path, "excerpt_vectors", vectors(300))
    path = tables.path_of(tmp_path, "excerpt_vectors")
    whole, told = path.read_bytes(), 0
    for place in range(0, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = np.concatenate(list(parts.Vectors(tmp_path, "excerpt_vectors")))
            assert (found == np.stack(vectors(300).vector.tolist())).all()
        except MissingError as error:
            told += "Run: sameword encode" in str(error)
    assert told > 20
    vectors(3).rename(columns={"vector": "other"}).to_parquet(path)
    with pytest.raises(MissingError, match="another version"):
        list(parts.read(tmp_path, "excerpt_vectors"))
