"""Sentence and usage vectors in one pass, against the bare library giving sentence vectors alone, on the same texts.

Texts: 2,000 distinct answers of jupyter-ux-2015, by lot. The two ways take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import csv
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.corpora import OPEN_COLUMNS, ROOT, SHARED
from pipeline.encoder import models
from pipeline.encoder.cache import SENTENCE, VectorCache
from pipeline.encoder.vectors import DECIMALS, encode
from pipeline.settings import Encoder

TEXTS, ROUNDS = 2000, 5


def answers() -> list[str]:
    """Return distinct open answers, by lot but always the same."""
    path = SHARED / "jupyter-ux-2015" / "20160115235816-SurveyExport.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    texts = sorted({row[column] for row in rows for column in OPEN_COLUMNS if row[column].strip()})
    return [texts[k] for k in np.random.default_rng(0).permutation(len(texts))[:TEXTS]]


def usages(texts: list[str]) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of every word of six letters or more: far more usages than a study looks at."""
    return {text: [hit.span() for hit in re.finditer(r"[^\W\d_]{6,}", text)] for text in texts}


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    settings, texts = Encoder(), answers()
    spans, threads = usages(texts), os.cpu_count() or 1
    folder = models.resolve(settings, ROOT)
    model, library = models.load(folder, "cpu"), models.library(folder, "cpu")
    took: dict[str, list[float]] = {"bare": [], "here": [], "warm": []}
    busy: dict[str, list[float]] = {"bare": [], "here": [], "warm": []}
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        bare = library.encode(texts, batch_size=32, normalize_embeddings=True)
        took["bare"].append(time.perf_counter() - start)
        busy["bare"].append(time.process_time() - used)
        with tempfile.TemporaryDirectory() as folder:
            cache = VectorCache(Path(folder) / "vectors.sqlite", weights=settings.sha256, key=b"benchmark")
            for name in ("here", "warm"):
                start, used = time.perf_counter(), time.process_time()
                found = encode(texts, spans, load=lambda: model, cache=cache, threads=threads)
                took[name].append(time.perf_counter() - start)
                busy[name].append(time.process_time() - used)
    apart = np.abs(np.stack([found[text, *SENTENCE] for text in texts]) - bare).max()
    rate = {name: TEXTS / statistics.median(times) for name, times in took.items()}
    ratio = {name: _paired(took, name) for name in took}
    cpu = {name: _paired(busy, name) for name in busy}
    n_usages = sum(map(len, spans.values()))

    def bare_way(some: list[str]) -> dict[str, np.ndarray]:
        return dict(zip(some, np.round(library.encode(some, normalize_embeddings=True), DECIMALS), strict=True))

    def fixed_way(some: list[str]) -> dict[str, np.ndarray]:
        found = encode(some, {}, load=lambda: model, threads=threads)
        return {text: found[text, *SENTENCE] for text in some}

    rows: list[tuple[str, float | None, float, float | None]] = [
        ("SentenceTransformer.encode, sentences alone", rate["bare"], 1.0, 1.0),
        (f"here: the same and two vectors for each of {n_usages:,} usages, cold cache", rate["here"], ratio["here"],
         cpu["here"]),
        ("here, warm cache", rate["warm"], ratio["warm"], cpu["warm"]),
        ("texts whose vector, rounded, another order changes: bare library", None, _moved(bare_way, texts), None),
        ("texts whose vector another order changes: here", None, _moved(fixed_way, texts), None),
        ("largest difference of a sentence vector's element", None, float(apart), None),
    ]  # fmt: skip
    names = ["way", "texts a second", "ratio", "ratio, processor time"]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _moved(way: Callable[[list[str]], dict[str, np.ndarray]], texts: list[str]) -> float:
    """Return the share of texts whose vector is not the same when another third of the texts is encoded with them."""
    third = len(texts) // 3
    first, second = way(texts[: 2 * third]), way([*texts[2 * third :], *texts[:third]])
    return float(np.mean([(first[text] != second[text]).any() for text in texts[:third]]))


def _paired(seconds: dict[str, list[float]], name: str) -> float:
    """Return the median over rounds of how much less the way takes than the bare library beside it."""
    return statistics.median(bare / mine for bare, mine in zip(seconds["bare"], seconds[name], strict=True))
