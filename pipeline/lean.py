"""Imports without what a stage does not use: spaCy and BERTopic load torch wherever it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
