"""Work on a Dask cluster over loopback: the same results, also when a worker is killed in mid-run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import compute
from pipeline.codebook import scattered as coded
from pipeline.codebook.rules import rule_hits
from pipeline.codebook.themes import Code, Rule
from pipeline.encoder import models, vectors
from pipeline.encoder import scattered as encoded
from pipeline.encoder.cache import VectorCache
from pipeline.language import load_language
from pipeline.senses.proposals import propose
from pipeline.settings import Encoder
from tests import computed
from tests.senses.test_evidence import corpus

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def scheduler() -> Iterator[Any]:
    """Start a scheduler without workers on a free port of loopback."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None, processes=True) as cluster:
        yield cluster


def worker(address: str) -> subprocess.Popen[bytes]:
    """Start one worker by hand."""
    command = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
               "--host", "127.0.0.1"]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(cluster: Any, n: int) -> None:
    end = time.monotonic() + 60
    while len(cluster.scheduler_info["workers"]) < n:
        assert time.monotonic() < end, "the workers did not come"
        time.sleep(0.1)


def test_a_cluster_gives_the_tables_of_one_machine(scheduler: Any) -> None:
    scheduler.scale(2)
    wait_for(scheduler, 2)
    terms, usages, vectors, responses = corpus()
    told: list[int] = []
    alone = propose(terms, usages, vectors=vectors, responses=responses, resamples=40)
    far = propose(terms, usages, vectors=vectors, responses=responses, resamples=40, advance=told.append,
                  each=compute.cluster(scheduler.scheduler_address))  # fmt: skip
    for one, other in zip(alone, far, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert sum(told) == terms.term_id.nunique()


WORDS = ("they look alike", "to me", "the colours match", "shapes are", "what I call", "similar", "domain data")


def answers(n: int) -> list[str]:
    """Return n distinct answers."""
    rng = np.random.default_rng(1)
    return [f"{k} " + " ".join(rng.choice(WORDS, rng.integers(1, 9))) for k in range(n)]


def test_rules_and_vectors_are_those_of_one_machine_when_a_worker_is_killed(
    scheduler: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coded, "ROWS", 50)
    monkeypatch.setattr(encoded, "TEXTS", 16)
    texts, settings = answers(240), Encoder()
    excerpts = pd.DataFrame({"excerpt_id": [f"e{k}" for k in range(240)], "text": texts})
    codes = [Code(id="same", name="Same", rules=(Rule(any=("similar", "look alike")),)),
             Code(id="form", name="Form", rules=(Rule(regex=r"\bshapes? (are|match)"),))]  # fmt: skip
    rules = coded.Rules(tuple(codes), "en")
    spans = {text: [(text.index("similar"), text.index("similar") + 7)] for text in texts if "similar" in text}
    alone = vectors.encode(texts, spans, load=lambda: models.load(models.resolve(settings), "cpu"))
    workers = [worker(scheduler.scheduler_address) for _ in range(2)]
    try:
        wait_for(scheduler, 2)
        far = compute.cluster(scheduler.scheduler_address)
        pd.testing.assert_frame_equal(
            coded.scattered_hits(excerpts, rules, each=far),
            rule_hits(excerpts, codes, load_language("en")),
            check_exact=True,
        )
        done: list[int] = []

        def each(function: Any, parts: Any, tick: Any = None) -> Any:
            def kill(n: int) -> None:
                done.append(n)
                if len(done) == 5:
                    workers[0].send_signal(signal.SIGKILL)

            return far(function, parts, kill)

        cache = VectorCache(tmp_path / "v.sqlite", weights=settings.sha256, key=b"k" * 32)
        assert encoded.fill(cache, texts, spans, settings=settings, each=each) == len(alone)
        assert workers[0].wait(10) == -signal.SIGKILL
    finally:
        for one in workers:
            one.kill()
    found = cache.get(alone)
    assert {key: one.tobytes() for key, one in found.items()} == {key: one.tobytes() for key, one in alone.items()}
    assert encoded.fill(cache, texts, spans, settings=settings, each=compute.here) == 0


def test_a_worker_killed_in_mid_run_changes_nothing(scheduler: Any) -> None:
    workers = [worker(scheduler.scheduler_address) for _ in range(2)]
    try:
        wait_for(scheduler, 2)
        done: list[int] = []

        def tick(n: int) -> None:
            done.append(n)
            if len(done) == 4:
                workers[0].send_signal(signal.SIGKILL)

        found = compute.cluster(scheduler.scheduler_address)(computed.slow_process, range(20), tick)
        assert [number for number, _ in found] == list(range(20))
        assert workers[0].wait(10) == -signal.SIGKILL
        assert {process for _, process in found} >= {workers[1].pid}
    finally:
        for one in workers:
            one.kill()
