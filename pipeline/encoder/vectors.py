"""Texts and spans -> vectors, in one forward pass over distinct texts.

Every batch has a fixed shape (rows x tokens of its length bucket) and runs on one thread; several batches run
side by side. So a text's vector depends on the text alone: not on its neighbours, the order, the number of
threads, or what was in the cache. Rounding alone would not do: bench/encoder.py measures both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from pipeline.encoder.batches import BUCKETS, Row, Span, jobs, padded
from pipeline.encoder.cache import SENTENCE, Key, VectorCache

DECIMALS = 4


def encode(
    texts: Sequence[str],
    spans: Mapping[str, Sequence[Span]],
    *,
    load: Callable[[], Any],
    cache: VectorCache | None = None,
    threads: int = 2,
    advance: Callable[[int], None] = lambda done: None,
) -> dict[Key, np.ndarray]:
    """Return {(text, *SENTENCE): vector, (text, start, end): two vectors}, each of unit length, rounded to DECIMALS.

    A span's vectors are those of the last layer and of the upper half of the layers, one after the other
    (`usage_parts` takes them apart). spans: text -> code-point spans inside it. `load` gives the model, and is called
    only if something is not in the cache.
    """
    wanted = {(text, *SENTENCE): None for text in texts}
    wanted |= {(text, start, end): None for text, found in spans.items() for start, end in found}
    known = cache.get(wanted) if cache else {}
    missing = [key for key in wanted if key not in known]
    if missing:
        fresh = {}
        for part in _computed(load(), missing, threads):
            fresh.update(part)
            advance(len(part))
            if cache and len(fresh) >= 5000:  # what is done stays done, if the run is cut
                cache.put(fresh)
                known, fresh = known | fresh, {}
        if cache:
            cache.put(fresh)
        known = known | fresh
    return known


def _computed(model: Any, keys: Sequence[Key], threads: int) -> Iterator[dict[Key, np.ndarray]]:
    """Yield vectors batch by batch, longest texts first."""
    import torch

    longest = min(int(model.max_seq_length or BUCKETS[-1]), BUCKETS[-1])
    todo = jobs(model.tokenizer, keys, longest)
    before = torch.get_num_threads()
    on_cpu = model.device.type == "cpu"
    if on_cpu:
        torch.set_num_threads(1)
    try:
        # The number of OpenMP threads belongs to each Python thread, so every worker is told.
        tell = (lambda: torch.set_num_threads(1)) if on_cpu else None
        with ThreadPoolExecutor(threads if on_cpu else 1, initializer=tell) as pool:
            yield from pool.map(lambda job: _forward(model, *job), todo)
    finally:
        torch.set_num_threads(before)


def _forward(model: Any, bucket: int, rows: list[Row]) -> dict[Key, np.ndarray]:
    import torch

    tokens = padded(model.tokenizer, bucket, [found for found, _ in rows])
    offsets = [found[:, :2] for found, _ in rows]
    with torch.inference_mode():
        out = model({name: torch.from_numpy(value).to(model.device) for name, value in tokens.items()})
    sentence = out["sentence_embedding"].float().cpu().numpy()
    found: dict[Key, np.ndarray] = {}
    spans = [(row, span, key) for row, (_, asked) in enumerate(rows) for span, key in asked.items()]
    whole = [(row, key) for row, span, key in spans if span == SENTENCE]
    usages = [(row, _inside(offsets[row], span), key) for row, span, key in spans if span != SENTENCE]
    if whole:
        values = _rounded(sentence[[row for row, _ in whole]])
        found |= {key: value for (_, key), value in zip(whole, values, strict=True)}
    if usages:
        layers = _upper_layers(out)
        values = _usages(np.stack([layers[:, row, tokens].astype(np.float64).mean(1) for row, tokens, _ in usages]))
        found |= {key: value for (_, _, key), value in zip(usages, values, strict=True)}
    return found


def _upper_layers(out: Any) -> np.ndarray:
    """Return the token vectors of the layers from the middle to the last (layers x rows x tokens x dimensions)."""
    import torch

    every = out.get("all_layer_embeddings") or [out["token_embeddings"]]
    upper = [*every[len(every) // 2 : -1], out["token_embeddings"]]
    return torch.stack([layer.float() for layer in upper]).cpu().numpy()


def _inside(offsets: np.ndarray, span: Span) -> np.ndarray:
    """Return which tokens overlap a span; every token with characters where none does, the first where none has."""
    real = offsets[:, 1] > offsets[:, 0]
    inside = real & (offsets[:, 0] < span[1]) & (offsets[:, 1] > span[0])
    if not inside.any():  # characters the tokenizer drops: fall back on the whole text
        inside = real if real.any() else np.arange(len(offsets)) == 0
    return np.flatnonzero(inside)


def _usages(pooled: np.ndarray) -> np.ndarray:
    """Return usages x 2 dimensions: the vector in the last layer, then the mean over the layers, end to end.

    pooled: usages x layers x dimensions, means of a usage's tokens; every layer counts at unit length.
    """
    unit = _rounded(pooled)
    return np.concatenate([unit[:, -1], _rounded(unit.mean(1))], axis=1)


def usage_parts(vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (last layer, upper layers) of a span's stored vector."""
    half = len(vector) // 2
    return vector[:half], vector[half:]


def _rounded(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (along the last axis) at unit length, rounded.

    Squares are added one after the other (a running sum): a sum whose order depends on where memory lies differs in
    the last digit from one Python build to another, and a value on the edge of rounding then falls to either side.
    """
    wide = vectors.astype(np.float64)
    length = np.sqrt(np.cumsum(wide * wide, axis=-1)[..., -1:])
    return np.round(wide / np.maximum(length, 1e-12), DECIMALS).astype("float32")
