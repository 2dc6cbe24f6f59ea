"""Work on a Dask cluster over loopback: the same results, also when a worker is killed in mid-run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import compute
from pipeline.senses.proposals import propose
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
