"""What fewer bits and other threads bring the encoder on a processor, and what they cost the senses.

The same 2,000 answers for every way, ways in turn, usage vectors besides; the cost is measured on the survey's twelve
labelled terms: ARI of k-means with the true number of senses, and accuracy after twenty labels (both of bench/senses).
A way is worth having where it is faster and both stay within .01.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from bench import corpora, senses
from bench.corpora import ROOT
from bench.encoder import TEXTS, answers, usages
from pipeline.encoder import models
from pipeline.encoder.vectors import encode
from pipeline.senses import clusters
from pipeline.settings import Encoder

ROUNDS = 3
TWENTY = (10, *[1] * 10)  # labels asked for at a time


def ways() -> dict[str, tuple[Any, int]]:
    """Return (model, threads) by name."""
    import torch
    from torch.ao.quantization import quantize_dynamic

    folder = models.resolve(Encoder(), ROOT)
    model, small = models.load(folder, "cpu"), models.library(folder, "cpu")
    small[0].auto_model = quantize_dynamic(small[0].auto_model, {torch.nn.Linear}, dtype=torch.qint8)
    return {
        "float32, two threads": (model, 2),
        "float32, one thread": (model, 1),
        "bfloat16, two threads (encoder.dtype)": (models.load(folder, "cpu", "bfloat16"), 2),
        "int8 (dynamic, linear layers), two threads": (small, 2),
    }


def quality(model: Any) -> tuple[float, float]:
    """Return (ARI, accuracy after twenty labels), means over the survey's terms."""
    terms = senses.read(list(corpora.survey()), model)
    ari = [
        clusters.adjusted_rand(term.truth(), senses.grouped(term.last, len(set(term.truth())))[term.labelled])
        for term in terms
    ]
    points = {
        term.name: senses.completion.features(term.last, term.sentence, term.around)[term.labelled] for term in terms
    }
    right = [senses._twenty(term, points, TWENTY, draw).right.mean() for term in terms for draw in range(senses.DRAWS)]
    return float(np.mean(ari)), float(np.mean(right))


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    texts = answers()
    spans = usages(texts)
    found = ways()
    took: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(ROUNDS):
        for name, (model, threads) in found.items():
            start = time.perf_counter()
            encode(texts, spans, load=lambda model=model: model, threads=threads)  # type: ignore[misc]
            took[name].append(time.perf_counter() - start)
    first = next(iter(found))
    rows: list[dict[str, object]] = []
    for name, (model, _) in found.items():
        ari, accuracy = quality(model)
        ratio = statistics.median(usual / mine for usual, mine in zip(took[first], took[name], strict=True))
        rows.append({"way": name, "texts a second": TEXTS / statistics.median(took[name]), "times as fast": ratio,
                     "ARI, true k": ari, "accuracy, twenty labels": accuracy})  # fmt: skip
    return rows
