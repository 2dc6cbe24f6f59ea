"""Where work runs: a pure function over parts, in this process, in a local pool, or on a Dask cluster.

Results come in the order of the parts, so the bytes of a table do not depend on where its parts were computed. A part
is computed again where its worker was lost. Rooms take an `Each` and do not know which one it is; commands choose it.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from pipeline.errors import MissingError

Part = TypeVar("Part")
Result = TypeVar("Result")
Tick = Callable[[int], None]
WORTH = 3.0  # seconds of work left for which starting other processes pays
RETRIES = 3  # times a cluster may lose the worker of one part
WORKERS, SCHEDULER = "SAMEWORD_WORKERS", "SAMEWORD_SCHEDULER"


def silent(done: int) -> None:
    """Tell nobody."""


class Each(Protocol):
    """Compute a function of every part; `tick` hears how many more are done."""

    def __call__(self, function: Callable[[Part], Result], parts: Sequence[Part], tick: Tick = silent) -> list[Result]:
        """Return the results in the order of the parts."""
        ...


def here(function: Callable[[Part], Result], parts: Sequence[Part], tick: Tick = silent) -> list[Result]:
    """Compute everything in this process, one part after the other."""
    found = []
    for part in parts:
        found.append(function(part))
        tick(1)
    return found


def local(workers: int) -> Each:
    """Return an Each with `workers` processes, this one among them; others start only where enough work is left."""

    def each(function: Callable[[Part], Result], parts: Sequence[Part], tick: Tick = silent) -> list[Result]:
        start = time.perf_counter()
        first = here(function, parts[:1], tick)
        left = (time.perf_counter() - start) * (len(parts) - 1)
        if workers < 2 or left < WORTH:
            return first + here(function, parts[1:], tick)
        return first + _shared(function, parts[1:], tick, min(workers - 1, len(parts) - 2))

    return each


def _shared(function: Callable[[Part], Result], parts: Sequence[Part], tick: Tick, others: int) -> list[Result]:
    """Let other processes take parts from the front while this one takes them from the end."""
    import multiprocessing

    waiting, given = deque(range(len(parts))), dict[int, Future[Result]]()
    # Spawned, not forked: a fork copies the locks of threads that pyarrow and torch have started.
    pool = ProcessPoolExecutor(others, mp_context=multiprocessing.get_context("spawn"))

    def feed(_: object = None) -> None:
        with suppress(IndexError, RuntimeError):  # nothing waits any more, or the pool has ended
            k = waiting.popleft()
            try:
                given[k] = pool.submit(function, parts[k])
            except BrokenProcessPool:
                waiting.append(k)
            else:
                given[k].add_done_callback(feed)

    found: dict[int, Result] = {}
    try:
        for _ in range(others + 1):  # one more than there are processes, so that none waits for its next part
            feed()
        while len(found) < len(parts):
            while waiting:
                k = waiting.pop()
                found[k] = function(parts[k])
                tick(1)
            for k in [k for k in sorted(given) if k not in found]:
                try:
                    found[k] = given[k].result()
                except BrokenProcessPool:  # a worker was killed, for memory perhaps: what it had is computed here
                    found[k] = function(parts[k])
                tick(1)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [found[k] for k in range(len(parts))]


def cluster(address: str) -> Each:
    """Return an Each on a Dask scheduler, whose workers have this version of Sameword installed.

    Raises MissingError where Dask is not installed or the scheduler does not answer.
    """
    remedy = f"Start it (dask scheduler, dask worker {address}), or take compute: out of survey.yaml."
    try:
        from distributed import Client
    except ImportError:
        raise MissingError("A scheduler is named, but Dask is not installed: pip install 'sameword[cluster]'") from None

    def each(function: Callable[[Part], Result], parts: Sequence[Part], tick: Tick = silent) -> list[Result]:
        from distributed import as_completed as finished

        try:
            client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise MissingError(f"No Dask scheduler answers at {address} ({error}). {remedy}") from None
        with client:
            given = client.map(function, list(parts), pure=False, retries=RETRIES)
            for _ in finished(given, loop=client.loop):  # type: ignore[no-untyped-call]
                tick(1)
            found: list[Result] = client.gather(given)
        return found

    return each


def scheduler_of(scheduler: str | None = None) -> str | None:
    """Return the address of the cluster, if any: that of $SAMEWORD_SCHEDULER, else the study's."""
    return os.environ.get(SCHEDULER) or scheduler


def chosen(scheduler: str | None = None) -> Each:
    """Return what the settings ask for: a cluster, else a local pool."""
    address = scheduler_of(scheduler)
    return cluster(address) if address else on_this_machine()


def on_this_machine() -> Each:
    """Return the local pool: one process per core, or $SAMEWORD_WORKERS. For what must not leave the machine."""
    given = os.environ.get(WORKERS, "")
    return local(int(given) if given.isdecimal() else os.cpu_count() or 1)
