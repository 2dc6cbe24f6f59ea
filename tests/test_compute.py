from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline import compute
from pipeline.errors import MissingError
from tests import computed


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes start for little work."""
    monkeypatch.setattr(compute, "WORTH", 0.5)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_results_come_in_the_order_of_the_parts(workers: int, n: int) -> None:
    told: list[int] = []
    assert compute.local(workers)(computed.squared, list(range(n)), told.append) == [k * k for k in range(n)]
    assert sum(told) == n


def test_little_work_stays_in_this_process_and_much_is_shared() -> None:
    few = compute.local(2)(computed.slow_process, range(2))
    assert {process for _, process in few} == {os.getpid()}
    many = compute.local(2)(computed.slow_process, range(12))
    assert [number for number, _ in many] == list(range(12))
    assert len({process for _, process in many}) == 2


def test_what_a_killed_process_had_is_computed_again(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.write_text(str(os.getpid()))
    parts = [(str(marker), k) for k in range(10)]
    assert compute.local(2)(computed.dies_once, parts) == list(range(10))
    assert Path(f"{marker}.died").exists()


def test_an_error_of_a_part_is_the_error_of_the_whole() -> None:
    with pytest.raises(ValueError, match="three"):
        compute.local(2)(computed.fails_at_three, range(8))


def test_the_environment_names_the_workers_and_the_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(compute.SCHEDULER, raising=False)
    monkeypatch.setenv(compute.WORKERS, "1")
    assert {process for _, process in compute.chosen()(computed.slow_process, range(5))} == {os.getpid()}
    pytest.importorskip("distributed")
    monkeypatch.setenv(compute.SCHEDULER, "tcp://127.0.0.1:1")
    with pytest.raises(MissingError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        compute.chosen(None)(computed.squared, [1])
