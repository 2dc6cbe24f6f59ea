"""Fixtures all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How fast an example is depends on the machine: timing is for bench/, and no test's assertion.
settings.register_profile("sameword", deadline=None)
settings.load_profile("sameword")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the folder of this checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of public data sets beside the checkout, or skip; on CI its absence is a failure."""
    folder = Path(os.environ.get("SAMEWORD_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI runs the realdata tests, but {folder} is absent")
        pytest.skip(f"public data sets are not at {folder} (set SAMEWORD_SHARED_DATA)")
    return folder
