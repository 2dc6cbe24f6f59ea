"""The same work in this process and on a Dask cluster over loopback, with one worker and with two started by hand.

Encoding: 1,500 distinct invented answers; coding by rule: 60,000 answers, 20 codes. Workers are warm: what they load
once (model, rules) is loaded before the clock starts. On a machine of two cores the scheduler and this process share
them with the workers, so two workers cannot be twice as fast. The results are compared byte by byte.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from bench.growth import WORDS, answer
from pipeline import compute
from pipeline.codebook import scattered as coded
from pipeline.codebook.themes import Code, Rule
from pipeline.encoder import scattered as encoded
from pipeline.encoder.cache import VectorCache
from pipeline.settings import Encoder

ROOT = Path(__file__).resolve().parent.parent
TEXTS, EXCERPTS = 1_500, 60_000


@contextmanager
def cluster(n: int) -> Iterator[compute.Each]:
    """Start a scheduler and n workers of one thread each; yield an Each that uses them."""
    from distributed import LocalCluster

    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None, processes=True) as started:
        address = started.scheduler_address
        command = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        workers = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(n)
        ]
        try:
            while len(started.scheduler_info["workers"]) < n:
                time.sleep(0.1)
            yield compute.cluster(address)
        finally:
            for worker in workers:
                worker.kill()


def encoding(each: compute.Each, texts: list[str]) -> tuple[float, Any]:
    """Return seconds and vectors of texts nobody has seen before."""
    with tempfile.TemporaryDirectory() as name:
        cache = VectorCache(Path(name) / "v.sqlite", weights="w", key=b"k" * 32)
        begun = time.perf_counter()
        encoded.fill(cache, texts, {}, settings=Encoder(device="cpu"), each=each)
        took = time.perf_counter() - begun
        found = cache.get([(text, -1, -1) for text in texts])
    return took, {key: vector.tobytes() for key, vector in found.items()}


def coding(each: compute.Each, texts: list[str]) -> tuple[float, Any]:
    """Return seconds and the hits of twenty rules."""
    excerpts = pd.DataFrame({"excerpt_id": [f"e{k}" for k in range(len(texts))], "text": texts})
    codes = tuple(
        Code(id=word, name=word, rules=(Rule(any=(word,)), Rule(regex=f"{word}s? \\w+"))) for word in WORDS[:20]
    )
    begun = time.perf_counter()
    found = coded.scattered_hits(excerpts, coded.Rules(codes, "en"), each=each)
    return time.perf_counter() - begun, found.to_csv()


def main() -> list[dict[str, object]]:
    """Return a row per job."""
    encoded.TEXTS = 64
    rng = random.Random(1)
    texts = [answer(rng, k, False) for k in range(EXCERPTS)]
    jobs: list[tuple[str, Callable[[compute.Each, list[str]], tuple[float, Any]], int]] = [
        (f"encoding {TEXTS:,} answers", encoding, TEXTS), (f"coding {EXCERPTS:,} answers by rule", coding, EXCERPTS)
    ]  # fmt: skip
    rows = []
    for what, job, n in jobs:
        job(compute.here, texts[-200:])
        alone, expected = job(compute.here, texts[:n])
        row: dict[str, object] = {"job": what, "this process, s": alone}
        for workers in (1, 2):
            with cluster(workers) as each:
                job(each, texts[-700:])
                row[f"{workers} worker{'s' * (workers > 1)}, s"], found = job(each, texts[:n])
                row["same bytes"] = found == expected
        row["2 workers against 1"] = float(str(row["1 worker, s"])) / float(str(row["2 workers, s"]))
        rows.append(row)
    return rows
