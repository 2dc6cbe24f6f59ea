"""Functions that other processes compute in the tests: they must be importable there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def squared(number: int) -> int:
    time.sleep(0.01)
    return number * number


def slow_process(number: int) -> tuple[int, int]:
    time.sleep(0.2)
    return number, os.getpid()


def dies_once(part: tuple[str, int]) -> int:
    """Kill the process it runs in, the first time that it runs in another than the one that named the file."""
    marker, number = part
    time.sleep(0.2)
    if os.getpid() != int(Path(marker).read_text().split()[0]) and not Path(f"{marker}.died").exists():
        Path(f"{marker}.died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fails_at_three(number: int) -> int:
    time.sleep(0.2)
    if number == 3:
        raise ValueError("three")
    return number
