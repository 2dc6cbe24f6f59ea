"""Texts and spans -> vectors, in one forward pass over distinct texts.

Every batch has a fixed shape (rows x tokens of its length bucket) and runs on one thread; several batches run
side by side. So a text's vector depends on the text alone: not on its neighbours, the order, the number of
threads, or what was in the cache (measured: no byte differs; larger free-form batches differ in the seventh digit).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from pipeline.encoder.cache import SENTENCE, Key, VectorCache

BUCKETS = (
    8,
    12,
    16,
    20,
    24,
    28,
    32,
    40,
    48,
    56,
    64,
    80,
    96,
    112,
    128,
    160,
    192,
    224,
    256,
    320,
    384,
    448,
    512,
)  # tokens
MOST_ROWS, TOKENS = 32, 512  # texts, and tokens with padding, of a batch: fewer texts of the longer ones
DECIMALS = 4
REACH = 500  # characters either side of a usage that lies beyond the model's longest text
Span = tuple[int, int]


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
    jobs = _jobs(model.tokenizer, keys, longest)
    before = torch.get_num_threads()
    on_cpu = model.device.type == "cpu"
    if on_cpu:
        torch.set_num_threads(1)
    try:
        # The number of OpenMP threads belongs to each Python thread, so every worker is told.
        tell = (lambda: torch.set_num_threads(1)) if on_cpu else None
        with ThreadPoolExecutor(threads if on_cpu else 1, initializer=tell) as pool:
            yield from pool.map(lambda job: _forward(model, *job), jobs)
    finally:
        torch.set_num_threads(before)


def _jobs(tokenizer: Any, keys: Sequence[Key], longest: int) -> list[tuple[int, list[tuple[str, dict[Span, Key]]]]]:
    """Return (bucket, [(text to encode, span in it -> key)]) in batches of rows_of(bucket)."""
    asked: dict[str, dict[Span, Key]] = {}
    for key in keys:
        asked.setdefault(key[0], {})[key[1:]] = key
    inputs: dict[str, dict[Span, Key]] = {}
    lengths: dict[str, int] = {}
    for text, length, end_of_sight in _measured(tokenizer, list(asked), longest):
        lengths[text] = length
        for span, key in asked[text].items():
            if span != SENTENCE and span[1] > end_of_sight:
                window, moved = _window(text, span)
                inputs.setdefault(window, {})[moved] = key
            else:
                inputs.setdefault(text, {})[span] = key
    lengths |= {text: length for text, length, _ in _measured(tokenizer, sorted(inputs.keys() - lengths), longest)}
    buckets: dict[int, list[tuple[str, dict[Span, Key]]]] = {}
    for text in sorted(inputs):
        bucket = next(size for size in BUCKETS if size >= min(lengths[text], longest))
        buckets.setdefault(bucket, []).append((text, inputs[text]))
    return [
        (size, part[i : i + rows_of(size)])
        for size, part in sorted(buckets.items(), reverse=True)
        for i in range(0, len(part), rows_of(size))
    ]


def rows_of(bucket: int) -> int:
    """Return how many texts a batch of this many tokens a text holds; always as many, so that its shape is fixed."""
    return max(1, min(MOST_ROWS, TOKENS // bucket))


def _measured(tokenizer: Any, texts: Sequence[str], longest: int) -> Iterator[tuple[str, int, int]]:
    """Yield (text, number of tokens, end of the last character that the model sees), a thousand texts at a time."""
    for start in range(0, len(texts), 1000):
        part = texts[start : start + 1000]
        tokens = tokenizer(
            [_encodable(text) for text in part],
            truncation=True, max_length=longest, return_offsets_mapping=True, verbose=False,
        )  # fmt: skip
        for text, ids, offsets in zip(part, tokens["input_ids"], tokens["offset_mapping"], strict=True):
            yield text, len(ids), max((end for _, end in offsets), default=0)


def _encodable(text: str) -> str:
    """Return the text with lone surrogates as question marks: UTF-8 has no place for them, offsets stay."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _window(text: str, span: Span) -> tuple[str, Span]:
    """Return the text around a span, and the span in it."""
    start, end = max(0, span[0] - REACH), min(len(text), span[1] + REACH)
    return text[start:end], (span[0] - start, span[1] - start)


def _forward(model: Any, bucket: int, rows: list[tuple[str, dict[Span, Key]]]) -> dict[Key, np.ndarray]:
    import torch

    texts = [_encodable(text) for text, _ in rows] + [""] * (rows_of(bucket) - len(rows))
    tokens = model.tokenizer(
        texts,
        padding="max_length",
        truncation=True,
        max_length=bucket,
        return_offsets_mapping=True,
        return_tensors="pt",
        verbose=False,
    )
    offsets = tokens.pop("offset_mapping").numpy()
    with torch.inference_mode():
        out = model({name: value.to(model.device) for name, value in tokens.items()})
    sentence = out["sentence_embedding"].float().cpu().numpy()
    layers = _upper_layers(out) if any(span != SENTENCE for _, spans in rows for span in spans) else sentence
    found = {}
    for row, (_, spans) in enumerate(rows):
        for span, key in spans.items():
            found[key] = (
                _rounded(sentence[row]) if span == SENTENCE else _usage(layers[:, row], _inside(offsets[row], span))
            )
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


def _usage(layers: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """Return the vector in the last layer, then the mean over the layers (each at unit length), end to end."""
    pooled = [_rounded(layer[tokens].astype(np.float64).mean(0)) for layer in layers]
    return np.concatenate([pooled[-1], _rounded(np.mean(pooled, axis=0))])


def usage_parts(vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (last layer, upper layers) of a span's stored vector."""
    half = len(vector) // 2
    return vector[:half], vector[half:]


def _rounded(vector: np.ndarray) -> np.ndarray:
    """Return a vector at unit length, rounded.

    The length is summed exactly: a sum in an order that depends on where memory lies differs in the last digit from
    one Python build to another, and a value on the edge of rounding then falls to either side.
    """
    wide = vector.astype(np.float64)
    length = math.sqrt(math.fsum((wide * wide).tolist()))
    return np.round(wide / max(length, 1e-12), DECIMALS).astype("float32")
