"""Less work for the same result: imports without what a stage does not use, and no collector among millions of cells.

spaCy and BERTopic load torch wherever it is installed.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt(3); stated once, it no longer grows with what is freed


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Import within this block as if these optional libraries were not installed.

    A library that looks for an optional one (``try: import torch``) finds none and goes on. Libraries that are
    loaded already stay visible, and afterwards everything can be imported as before. Not for threads.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is no such module" (PEP 328)
    try:
        yield
    finally:
        for name in hidden:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Leave Python's cycle collector off for a while: it would walk through millions of cells again and again.

    Nothing here makes cycles of any size; what does is collected afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back() -> None:
    """Let the system have memory that is free but held: after much was let go of, before much is asked for.

    Arrow's pool and the C library keep freed pages. Where the C library cannot be asked (not glibc), they stay.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None)
        system.mallopt(MMAP_THRESHOLD, 1 << 18)  # what is larger has pages of its own, which go back when it is freed
        system.malloc_trim(0)
