"""Vectors of more texts than memory holds: computed part by part into the cache, read from it as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache as once
from typing import Any

import numpy as np

from pipeline.encoder.batches import Span
from pipeline.encoder.cache import SENTENCE, Key, VectorCache
from pipeline.encoder.vectors import encode

HELD = 100_000  # vectors that are simply kept: 150 to 300 MB
TEXTS = 10_000  # texts of a part: enough of every length to fill batches
Lookup = Callable[[Sequence[Key]], dict[Key, np.ndarray]]


def streamed(
    texts: Sequence[str],
    spans: Mapping[str, Sequence[Span]],
    *,
    load: Callable[[], Any],
    cache: VectorCache,
    threads: int = 2,
    advance: Callable[[int], None] = lambda done: None,
) -> Lookup:
    """Compute the vectors of texts and spans that the cache lacks; return a function that gives the vectors of some.

    As `encode`, with the same vectors. Few are kept in memory; of many, only what the cache could not store.
    """
    keys = list(dict.fromkeys([*((text, *SENTENCE) for text in texts), *_keys(spans)]))
    if len(keys) <= HELD:
        found = encode(texts, spans, load=load, cache=cache, threads=threads, advance=advance)
        return lambda asked: {key: found[key] for key in asked}
    model, kept = once(load), dict[Key, np.ndarray]()
    for some, within in parts(cache.lacking(keys)):
        fresh = encode(some, within, load=model, threads=threads, advance=advance)
        if not cache.put(fresh):  # no room, or a folder that may not be written: it costs memory, and nothing is lost
            kept |= fresh

    def lookup(asked: Sequence[Key]) -> dict[Key, np.ndarray]:
        known = {key: kept[key] for key in asked if key in kept}
        known |= cache.get([key for key in asked if key not in known])
        for some, within in parts([key for key in asked if key not in known]):  # damaged since: computed again
            known |= encode(some, within, load=model, threads=threads)
        return known

    return lookup


def _keys(spans: Mapping[str, Sequence[Span]]) -> Iterator[Key]:
    return ((text, start, end) for text, found in spans.items() for start, end in found)


def parts(keys: Sequence[Key], size: int = TEXTS) -> Iterator[tuple[list[str], dict[str, list[Span]]]]:
    """Yield (texts, spans to look at) of `size` texts of about one length, longest first; a text is in one part."""
    asked: dict[str, list[Span]] = {}
    for text, start, end in keys:
        asked.setdefault(text, []).append((start, end))
    order = sorted(asked, key=lambda text: (-len(text), text))
    for first in range(0, len(order), size):
        mine = order[first : first + size]
        within = {text: [span for span in asked[text] if span != SENTENCE] for text in mine}
        whole = [text for text in mine if SENTENCE in asked[text]]
        yield whole, {text: spans for text, spans in within.items() if spans}
