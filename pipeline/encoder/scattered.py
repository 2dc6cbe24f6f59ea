"""Vectors computed on a cluster and put into the study's cache, where `encode` then finds them.

A text's vector depends on the text alone (see vectors.py), so the bytes are those of one machine wherever a worker has
the same build of torch on the same kind of processor; a graphics processor differs in the seventh digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compute import Each, Tick, silent
from pipeline.encoder.batches import Span
from pipeline.encoder.cache import SENTENCE, Key, VectorCache
from pipeline.encoder.streamed import parts
from pipeline.encoder.vectors import encode
from pipeline.settings import Encoder

TEXTS = 512  # in a part: some seconds of one core
WAVE = 64  # parts under way at once: what is done is stored before more is asked for, and memory stays bounded

Part = tuple[Encoder, list[str], dict[str, list[Span]]]


def fill(
    cache: VectorCache,
    texts: Sequence[str],
    spans: Mapping[str, Sequence[Span]],
    *,
    settings: Encoder,
    each: Each,
    advance: Tick = silent,
) -> int:
    """Compute what the cache lacks where `each` says, and store it; return how many vectors that were.

    Workers have the model of `settings` themselves (no path into this machine), and check its digest.
    """
    wanted = {(text, *SENTENCE): None for text in texts}
    wanted |= {(text, start, end): None for text, found in spans.items() for start, end in found}
    missing = [(settings, *part) for part in parts(cache.lacking(wanted), TEXTS)]
    stored = 0
    for first in range(0, len(missing), WAVE):
        for found in each(_encoded, missing[first : first + WAVE]):
            cache.put(found)
            advance(len(found))
            stored += len(found)
    return stored


def _encoded(part: Part) -> dict[Key, np.ndarray]:
    settings, texts, spans = part
    return encode(texts, spans, load=lambda: _model(settings), threads=1)


@lru_cache(maxsize=1)
def _model(settings: Encoder) -> Any:
    from pipeline.encoder import models

    return models.load(models.resolve(settings, Path()), settings.device, settings.dtype)
