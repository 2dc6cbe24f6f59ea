"""A small model with random weights, made once."""

from __future__ import annotations

import pytest

from bench.tinymodel import build
from pipeline.encoder import models
from pipeline.settings import Encoder

WORDS = [
    "the", "a", "similar", "domain", "of", "lung", "tissue", "red", "blue", "and", "or", "not", "very", "is", "are",
    "we", "see",
    "##s", "##ity",
]  # fmt: skip


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Build and save a two-layer sentence-transformers model with random weights."""
    return build(tmp_path_factory.mktemp("tiny model"), WORDS, dimensions=32, layers=2)


@pytest.fixture(scope="session")
def settings(tiny):
    return Encoder(path=str(tiny), sha256=models.weights_digest(tiny / models.WEIGHTS), device="cpu")


@pytest.fixture(scope="session")
def model(settings):
    return models.load(models.resolve(settings), "cpu")
