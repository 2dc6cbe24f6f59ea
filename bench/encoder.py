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
from pathlib import Path

import numpy as np

from bench.corpora import OPEN_COLUMNS, ROOT, SHARED
from pipeline.encoder import models
from pipeline.encoder.cache import SENTENCE, VectorCache
from pipeline.encoder.vectors import encode
from pipeline.study import Encoder

TEXTS, ROUNDS = 2000, 3


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
    model = models.load(models.resolve(settings, ROOT), "cpu")
    took: dict[str, list[float]] = {"bare": [], "here": [], "warm": []}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        bare = model.encode(texts, batch_size=32, normalize_embeddings=True)
        took["bare"].append(time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as folder:
            cache = VectorCache(Path(folder) / "vectors.sqlite", weights=settings.sha256, key=b"benchmark")
            for name in ("here", "warm"):
                start = time.perf_counter()
                found = encode(texts, spans, load=lambda: model, cache=cache, threads=threads)
                took[name].append(time.perf_counter() - start)
    apart = np.abs(np.stack([found[text, *SENTENCE] for text in texts]) - bare).max()
    rate = {name: TEXTS / statistics.median(times) for name, times in took.items()}
    n_usages = sum(map(len, spans.values()))
    return [
        {"way": "SentenceTransformer.encode, sentences alone", "texts a second": rate["bare"], "ratio": 1.0},
        {"way": f"here: the same and two vectors for each of {n_usages:,} usages, cold cache",
         "texts a second": rate["here"], "ratio": rate["here"] / rate["bare"]},
        {"way": "here, warm cache", "texts a second": rate["warm"], "ratio": rate["warm"] / rate["bare"]},
        {"way": "largest difference of a sentence vector's element", "texts a second": None, "ratio": float(apart)},
    ]  # fmt: skip
