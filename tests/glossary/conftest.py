"""A glossary written once for many tests."""

from __future__ import annotations

import pytest

from tests.glossary.written import glossary_in
from tests.report.fake import Fake


@pytest.fixture(scope="session")
def glossary(tmp_path_factory) -> Fake:
    return glossary_in(tmp_path_factory.mktemp("glossary"), n=48, hostile=True)
