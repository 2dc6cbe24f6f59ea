"""Texts -> tokens -> batches of a fixed shape, with the usages in each; long answers as windows around their usages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pipeline.encoder.cache import SENTENCE, Key

BUCKETS = (*range(4, 32, 4), *range(32, 64, 8), *range(64, 128, 16), *range(128, 256, 32), *range(256, 513, 64))
MOST_ROWS, TOKENS = 32, 512  # texts, and tokens with padding, of a batch: fewer texts of the longer ones
AT_ONCE = 1000  # texts measured in one call of the tokenizer
REACH = 500  # characters either side of a usage that lies beyond the model's longest text
Span = tuple[int, int]
Row = tuple[np.ndarray, dict[Span, Key]]  # tokens of a text (see _tokens), and what is wanted of it: span -> key


def jobs(tokenizer: Any, keys: Sequence[Key], longest: int) -> list[tuple[int, list[Row]]]:
    """Return (bucket, rows) in batches of rows_of(bucket), longest first."""
    asked: dict[str, dict[Span, Key]] = {}
    for key in keys:
        asked.setdefault(key[0], {})[key[1:]] = key
    inputs: dict[str, dict[Span, Key]] = {}
    tokens = dict(zip(asked, _tokens(tokenizer, list(asked), longest), strict=True))
    for text, found in asked.items():
        end_of_sight = int(tokens[text][:, 1].max(initial=0))
        for span, key in found.items():
            if span != SENTENCE and span[1] > end_of_sight:
                window, moved = _window(text, span)
                inputs.setdefault(window, {})[moved] = key
            else:
                inputs.setdefault(text, {})[span] = key
    windows = sorted(inputs.keys() - tokens.keys())
    tokens |= dict(zip(windows, _tokens(tokenizer, windows, longest), strict=True))
    buckets: dict[int, list[Row]] = {}
    for text in sorted(inputs):
        bucket = next(size for size in BUCKETS if size >= min(len(tokens[text]), longest))
        buckets.setdefault(bucket, []).append((tokens[text], inputs[text]))
    return [
        (size, part[i : i + rows_of(size)])
        for size, part in sorted(buckets.items(), reverse=True)
        for i in range(0, len(part), rows_of(size))
    ]


def rows_of(bucket: int) -> int:
    """Return how many texts a batch of this many tokens a text holds; always as many, so that its shape is fixed."""
    return max(1, min(MOST_ROWS, TOKENS // bucket))


def _tokens(tokenizer: Any, texts: Sequence[str], longest: int) -> Iterator[np.ndarray]:
    """Yield each text's tokens: first and last character, then one column per input of the model but the mask.

    Done before the batches run side by side: a tokenizer keeps its padding as a state that threads would share.
    """
    for first in range(0, len(texts), AT_ONCE):
        part = [_encodable(text) for text in texts[first : first + AT_ONCE]]
        found = tokenizer(part, truncation=True, max_length=longest, return_offsets_mapping=True, verbose=False)
        columns = [found[name] for name in _inputs(tokenizer)]
        for offsets, *values in zip(found["offset_mapping"], *columns, strict=True):
            wide = np.asarray(offsets, dtype=np.int32).reshape(-1, 2)
            yield np.concatenate([wide, np.asarray(values, dtype=np.int32).T.reshape(len(wide), -1)], axis=1)


def _inputs(tokenizer: Any) -> list[str]:
    return [name for name in tokenizer.model_input_names if name != "attention_mask"]


def _encodable(text: str) -> str:
    """Return the text with lone surrogates as question marks: UTF-8 has no place for them, offsets stay."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _window(text: str, span: Span) -> tuple[str, Span]:
    """Return the text around a span, and the span in it."""
    start, end = max(0, span[0] - REACH), min(len(text), span[1] + REACH)
    return text[start:end], (span[0] - start, span[1] - start)


def padded(tokenizer: Any, bucket: int, rows: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the model's inputs, rows_of(bucket) x bucket; rows that are missing repeat the first."""
    names, height = _inputs(tokenizer), rows_of(bucket)
    padding = {"input_ids": tokenizer.pad_token_id or 0, "token_type_ids": tokenizer.pad_token_type_id}
    found = {name: np.full((height, bucket), padding.get(name, 0), dtype=np.int64) for name in names}
    mask = np.zeros((height, bucket), dtype=np.int64)
    for place in range(height):
        row = rows[place] if place < len(rows) else rows[0]
        for column, name in enumerate(names, start=2):
            found[name][place, : len(row)] = row[:, column]
        mask[place, : len(row)] = 1
    return found | {"attention_mask": mask}
