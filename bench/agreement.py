"""Agreement: the matrix bootstrap against calling `krippendorff.alpha` per resample, and MASI against nltk.

The naive ways are run on a sample and extrapolated; the table says so. Both sides use one thread: the naive ways know
no other, and on a busy machine two are slower than one.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import krippendorff
import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap

ROUNDS = 7


def binary(coders: int, units: int, codes: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return coders x units x codes of 0/1 with a quarter of decisions missing (as a mask coders x units)."""
    rng = np.random.default_rng(seed)
    true = rng.random((units, codes)) < rng.uniform(0.02, 0.4, codes)
    table = true[None] ^ (rng.random((coders, units, codes)) < 0.1)
    return table, rng.random((coders, units)) < 0.75


def median_of(job: Callable[[], object], runs: int = 9) -> float:
    """Return the median wall time of a job in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return sorted(times)[runs // 2]


def bench_binary() -> dict[str, object]:
    """4 coders x 5,000 units x 30 codes x 1,000 resamples."""
    table, read = binary(4, 5000, 30)
    ratings = np.where(read, table[:, :, 0], np.nan)
    rng, calls, rounds = np.random.default_rng(2), 20, []
    for _ in range(ROUNDS):  # by turns, so that both meet the same load
        ours = median_of(
            lambda: bootstrap.binary_resamples(
                (table & read[:, :, None]).sum(0).astype(float), read.sum(0), np.arange(5000),
                draw=bootstrap.Resamples(5000, 1000, 1),
            )
        )  # fmt: skip
        start = time.perf_counter()
        for _ in range(calls):
            krippendorff.alpha(ratings[:, rng.integers(0, 5000, 5000)], level_of_measurement="nominal")
        rounds.append((ours, (time.perf_counter() - start) / calls * 30_000))
    ratios = sorted(naive / ours for ours, naive in rounds)
    ours, naive = (sorted(times)[ROUNDS // 2] for times in zip(*rounds, strict=True))
    return {
        "job": "4 coders × 5,000 units × 30 codes × 1,000 resamples",
        "ours_s": ours,
        "naive_s": naive,
        "ratio": ratios[ROUNDS // 2],
        "naive": f"krippendorff.alpha per resample, {calls * ROUNDS} calls, extrapolated; by turns, ratio from "
        f"{ratios[0]:,.0f} to {ratios[-1]:,.0f}",
    }


def bench_masi() -> list[dict[str, object]]:
    """MASI alpha of 2,000 units, 3 coders, once and with 1,000 resamples, against nltk's AnnotationTask."""
    from nltk.metrics import masi_distance
    from nltk.metrics.agreement import AnnotationTask

    rng = np.random.default_rng(3)
    names = [f"c{i:02}" for i in range(12)]
    labels = [[frozenset(rng.choice(names, rng.integers(1, 5), replace=False)) for _ in range(2000)] for _ in range(3)]
    few = 120
    triples = [(coder, unit, labels[coder][unit]) for coder in range(3) for unit in range(few)]
    start = time.perf_counter()
    theirs = AnnotationTask(triples, distance=masi_distance).alpha()
    naive = (time.perf_counter() - start) * (2000 / few) ** 2
    assert abs(theirs - alphas.set_alpha([row[:few] for row in labels], alphas.masi).value) < 1e-6
    said = f"nltk on {few} units, extrapolated by the square of the units"
    once = median_of(lambda: alphas.set_alpha(labels, alphas.masi))
    many = median_of(lambda: resampled(labels), 3)
    return [
        {"job": "MASI, 3 coders × 2,000 units", "ours_s": once, "naive_s": naive, "ratio": naive / once, "naive": said},
        {"job": "the same × 1,000 resamples", "ours_s": many, "naive_s": naive * 1000, "ratio": naive * 1000 / many,
         "naive": f"{said}, × 1,000"},
    ]  # fmt: skip


def resampled(labels: list[list[frozenset[str]]]) -> np.ndarray:
    """Return MASI alpha in 1,000 resamples of the units, distances included."""
    counts, sets = alphas.set_counts(labels)
    delta = alphas.distances(sets, alphas.masi)
    return bootstrap.distance_resamples(
        counts, delta, np.arange(counts.shape[0]), draw=bootstrap.Resamples(counts.shape[0], 1000, 1)
    )


def bench_large() -> dict[str, object]:
    """100,000 units x 50 codes x 8 coders x 2,000 resamples: time and peak memory of the process."""
    rng = np.random.default_rng(4)
    size = rng.integers(2, 9, 100_000)
    ones = rng.binomial(size[:, None], rng.uniform(0.02, 0.4, 50)).astype(float)
    start = time.perf_counter()
    bootstrap.binary_resamples(ones, size, np.arange(100_000) % 25_000, draw=bootstrap.Resamples(25_000, 2000, 1))
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "job": "8 coders × 100,000 units × 50 codes × 2,000 resamples",
        "ours_s": took,
        "naive_s": None,
        "ratio": None,
        "naive": f"peak memory {peak:.1f} GB",
    }


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    with threadpool_limits(limits=1):
        return [bench_binary(), *bench_masi(), bench_large()]
