"""Vectors of many texts, computed part by part: those of all at once, wherever the cache fails."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import parts, tables
from pipeline.cli.common import looked_at
from pipeline.coding.sample import choose
from pipeline.encoder import models, streamed
from pipeline.encoder.cache import VectorCache
from pipeline.encoder.vectors import encode
from pipeline.study import load_study
from tests.encoder.conftest import WORDS

STATED = """
study: many
title: Many
synthetic: true
detect_language: false
exports: [{{file: export.csv}}]
columns: {{id: {{role: respondent_id}}, Q0: {{role: open, question: q0}}, Q1: {{role: open, question: q1}}}}
questions: {{q0: {{text: What?}}, q1: {{text: Why?}}}}
terms: {{watch: [similar, domain]}}
senses: {{usages_per_term: 100}}
encoder: {{path: "{path}", sha256: {sha256}, device: cpu}}
"""


@pytest.fixture
def many(monkeypatch):
    """Everything is too much to be held, and parts are small."""
    monkeypatch.setattr(streamed, "HELD", 10)
    monkeypatch.setattr(streamed, "parts", lambda keys, size=16: whole(keys, size))


whole = streamed.parts


def said(n: int) -> tuple[list[str], dict[str, list[tuple[int, int]]]]:
    rng = random.Random(1)
    texts = sorted({" ".join(rng.choices(WORDS[:-2], k=rng.randint(1, 20))) for _ in range(n)})
    return texts, {text: [(0, len(text.split()[0]))] for text in texts[::2]}


def same(found, expected) -> bool:
    return found.keys() == expected.keys() and all((found[key] == expected[key]).all() for key in expected)


def test_vectors_are_those_of_all_at_once_and_the_model_is_loaded_once(model, tmp_path, many):
    texts, spans = said(60)
    expected, loaded, told = encode(texts, spans, load=lambda: model), [], []
    cache = VectorCache(tmp_path / "v.sqlite", weights="w", key=b"k")
    options = {"cache": cache, "advance": told.append}
    look = streamed.streamed(texts, spans, load=lambda: loaded.append(1) or model, **options)
    keys = list(expected)
    assert same(look(keys[:7]) | look(keys[7:]), expected)
    assert (len(loaded), sum(told)) == (1, len(keys))
    again = streamed.streamed(texts, spans, load=lambda: pytest.fail("the model was loaded"), cache=cache)
    assert same(again(keys), expected)


def test_a_cache_that_cannot_be_written_loses_nothing(model, tmp_path, many):
    texts, spans = said(60)
    (tmp_path / "file").write_text("")
    cache = VectorCache(tmp_path / "file" / "v.sqlite", weights="w", key=b"k")
    expected = encode(texts, spans, load=lambda: model)
    assert same(streamed.streamed(texts, spans, load=lambda: model, cache=cache)(list(expected)), expected)


def test_what_is_damaged_after_it_was_stored_is_computed_again(model, tmp_path, many):
    texts, spans = said(60)
    path = tmp_path / "v.sqlite"
    look = streamed.streamed(texts, spans, load=lambda: model, cache=VectorCache(path, weights="w", key=b"k"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE rowid % 3 = 0")
    expected = encode(texts, spans, load=lambda: model)
    assert same(look(list(expected)), expected)


def study(folder: Path, tiny: Path, people: int) -> Path:
    """Make a study of people who answer two questions, and run it up to its vectors."""
    from click.testing import CliRunner

    from pipeline.cli import main

    rng = random.Random(1)
    rows = [",".join(" ".join(rng.choices(WORDS[:-2], k=k)) for k in (20, 9)) for _ in range(people)]
    export = "id,Q0,Q1\n" + "\n".join(f"p{number},{row}" for number, row in enumerate(rows))
    survey = STATED.format(path=tiny, sha256=models.weights_digest(tiny / models.WEIGHTS))
    for part, text in (("data/raw/many/export.csv", export), ("codebooks/many/survey.yaml", survey)):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_text(text)
    for stage in ("ingest", "excerpts", "terms", "encode"):
        CliRunner().invoke(main, [stage, "--study", "many", "--root", str(folder)], catch_exceptions=False)
    return folder / "data" / "processed" / "many"


def test_of_a_frequent_term_as_many_usages_are_drawn_as_stated(tiny, tmp_path):
    made = study(tmp_path, tiny, 150)
    usages, responses = tables.read(made, "usages"), tables.read(made, "responses")
    kept = parts.Vectors(made, "usage_vectors").ids()
    counts = usages.term_id.value_counts()
    assert counts["similar"] > 150
    assert usages[usages.usage_id.isin(kept)].term_id.value_counts().to_dict() == counts.clip(upper=100).to_dict()
    mine = (
        usages[usages.term_id == "similar"].merge(responses, on="response_id").rename(columns={"usage_id": "unit_id"})
    )
    assert set(choose(mine, ["question_id"], size=60, seed=1).unit_id) <= set(kept)
    person = pd.DataFrame({"usage_id": mine.unit_id[~mine.unit_id.isin(kept)][:1], "sense_id": "similar.1"})
    tables.write(made, "senses", person.assign(source="record", term_id="similar", confidence=1.0))
    looked = looked_at(load_study(tmp_path, "many"))
    assert set(looked.usage_id) == {*kept, *person.usage_id, *usages.usage_id[usages.term_id.map(counts) <= 100]}
    late = parts.Vectors(study(tmp_path, tiny, 155), "usage_vectors").ids()
    first = usages[(usages.term_id == "similar") & usages.usage_id.isin(kept)].usage_id
    assert len(set(first) - set(late)) <= 8


def test_the_tables_of_many_are_those_of_few(tiny, tmp_path, many, monkeypatch):
    few = study(tmp_path / "few", tiny, 40)
    with monkeypatch.context() as patched:
        patched.setattr(streamed, "HELD", 10**6)
        all_at_once = study(tmp_path / "all", tiny, 40)
    for name in ("excerpt_vectors", "usage_vectors"):
        assert tables.path_of(few, name).read_bytes() == tables.path_of(all_at_once, name).read_bytes()
    assert len(pd.read_parquet(tables.path_of(few, "excerpt_vectors"))) == 80
    assert np.isfinite(np.concatenate(list(parts.Vectors(few, "usage_vectors", "upper")))).all()
