"""Invented studies the tests of the report share."""

from __future__ import annotations

import pytest

from tests.report.fake import Fake, fake


@pytest.fixture(scope="session")
def large(tmp_path_factory) -> Fake:
    return fake(tmp_path_factory.mktemp("large"), n=48, many_terms=12)


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Fake:
    return fake(tmp_path_factory.mktemp("small"), n=15)


@pytest.fixture(scope="session")
def bare(tmp_path_factory) -> Fake:
    """No coders, no ratings, no glossary: the planning report."""
    return fake(tmp_path_factory.mktemp("bare"), n=60, coders=False, ratings=False, synthetic=False, hostile=True)
