"""Tables: same rows, same bytes; wrong rows are refused; a missing table names its stage."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.errors import MissingError

CODINGS = pd.DataFrame({"assignment_id": ["b", "a"], "code_id": ["x", "y"], "start": [None, 3], "end": [None, 5]})


def test_every_table_can_be_written_empty_and_read_back(tmp_path):
    for name in tables.SCHEMAS:
        tables.write(tmp_path, name, tables.empty(name))
        assert list(tables.read(tmp_path, name)) == list(tables.SCHEMAS[name].types)


def test_order_of_rows_does_not_change_the_bytes(tmp_path):
    tables.write(tmp_path, "codings", CODINGS)
    first = tables.path_of(tmp_path, "codings").read_bytes()
    tables.write(tmp_path, "codings", CODINGS.iloc[::-1])
    assert tables.path_of(tmp_path, "codings").read_bytes() == first


def test_a_damaged_table_is_told_from_a_whole_one(tmp_path):
    tables.write(tmp_path, "codings", CODINGS)
    path = tables.path_of(tmp_path, "codings")
    whole, same = path.read_bytes(), tables.read(tmp_path, "codings")
    told = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            pd.testing.assert_frame_equal(tables.read(tmp_path, "codings"), same)
        except MissingError as error:
            told += "Run: sameword collect" in str(error)
    assert told > 20


def test_a_table_of_another_version_names_the_stage(tmp_path):
    CODINGS.to_parquet(tables.path_of(tmp_path, "codings"))
    with pytest.raises(MissingError, match=r"made by another version \(column .*Run: sameword collect"):
        tables.read(tmp_path, "codings")


def test_missing_integers_stay_missing(tmp_path):
    tables.write(tmp_path, "codings", CODINGS)
    found = tables.read(tmp_path, "codings")
    assert found.start.tolist() == [3, pd.NA]
    assert found.assignment_id.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (CODINGS.drop(columns="end"), "missing columns"),
        (CODINGS.assign(colour="red"), "unknown columns"),
        (CODINGS.assign(assignment_id=[None, "a"]), "null in key"),
        (CODINGS.assign(assignment_id="a", code_id="x"), "occurs twice"),
    ],
)
def test_wrong_rows_are_refused_and_nothing_is_written(tmp_path, frame, says):
    with pytest.raises(ValueError, match=says):
        tables.write(tmp_path, "codings", frame)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_table_names_the_stage_that_makes_it(tmp_path):
    with pytest.raises(MissingError, match="sameword collect"):
        tables.read(tmp_path, "codings")


def test_respondents_may_have_more_columns(tmp_path):
    people = pd.DataFrame({"respondent_id": ["p"], "wave": ["1"], "quote_ok": [True], "role": ["PhD student"]})
    tables.write(tmp_path, "respondents", people)
    assert tables.read(tmp_path, "respondents").role.tolist() == ["PhD student"]


@pytest.mark.parametrize("sizes", [(0, 0), (1, 0, 2), (5, 3, 4), (300_000, 10)])
def test_texts_in_pieces_are_written_as_texts_in_one(tmp_path, sizes):
    pieces = [[f"r{n}-{k} é" for k in range(size)] for n, size in enumerate(sizes)]
    names = pa.chunked_array([pa.array(piece, pa.large_string()) for piece in pieces])
    ids = pd.Series(names, dtype="str")
    columns = dict.fromkeys(tables.SCHEMAS["excerpts"].types)
    one = pd.DataFrame({**columns, "excerpt_id": ids, "response_id": ids, "start": 0, "end": 1, "text": ids})
    whole = one.assign(**{name: pd.Series(ids.tolist(), dtype="str") for name in ("excerpt_id", "response_id", "text")})
    for folder, frame in (("pieces", one), ("one", whole)):
        tables.write(tmp_path / folder, "excerpts", frame[::-1])
    found = tables.read(tmp_path / "pieces", "excerpts")
    assert found.excerpt_id.tolist() == sorted(ids)
    assert (tmp_path / "pieces/excerpts.parquet").read_bytes() == (tmp_path / "one/excerpts.parquet").read_bytes()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), unique=True, max_size=9))
def test_the_order_of_categories_and_of_large_columns_is_that_of_texts(keys):
    plain = pd.DataFrame(keys, columns=["code_id", "other_id"], dtype=object)
    plain = plain.assign(n_pairs=1, n_units=range(len(plain)))
    coded = plain.assign(**{name: pd.Categorical(plain[name], categories=list("abcxyz")) for name in plain.columns[:2]})
    assert tables.checked("confusions", coded).n_units.tolist() == tables.checked("confusions", plain).n_units.tolist()
    ids = pd.DataFrame({"excerpt_id": ["".join(key) for key in keys], "topic_id": range(len(keys)), "strength": 1.0})
    lean = ids.assign(excerpt_id=pd.Series(pa.chunked_array([ids.excerpt_id.tolist()], pa.large_string()), dtype="str"))
    bulky = ids.assign(excerpt_id=ids.excerpt_id.astype(object))
    assert tables.checked("topics", lean).topic_id.tolist() == tables.checked("topics", bulky).topic_id.tolist()


def test_a_key_that_occurs_twice_is_found_in_categories_and_in_large_columns():
    twice = pd.Categorical(["a", "a"], categories=["a"])
    with pytest.raises(ValueError, match="occurs twice"):
        tables.checked("confusions", pd.DataFrame({"code_id": twice, "other_id": twice, "n_pairs": 1, "n_units": 1}))
    ids = pd.Series(pa.chunked_array([["a", "a"]], pa.large_string()), dtype="str")
    with pytest.raises(ValueError, match="occurs twice"):
        tables.checked("topics", pd.DataFrame({"excerpt_id": ids, "topic_id": 1, "strength": 1.0}))
