"""Which large libraries each stage loads: none pays for one that it does not use (docs/scale.md lists the same)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.xdist_group("study")
STUDY = "transfer-learning-15"
WATCHED = (
    "torch", "transformers", "sentence_transformers", "spacy", "bertopic", "sklearn", "scipy", "hdbscan", "umap",
    "numba", "matplotlib", "typst", "pypandoc", "rdflib", "krippendorff", "openpyxl", "pypdfium2", "phonenumbers",
    "distributed", "plotly", "huggingface_hub",
)  # fmt: skip
LOADS = {
    "ingest": {"phonenumbers"},
    "excerpts": set(),
    "terms": {"spacy"},
    "encode": set(),  # every vector is in the cache
    "topics": {"bertopic", "sklearn", "scipy"},
    "proposals": {"scipy"},
    "code": {"spacy", "scipy"},
    "collect": {"openpyxl"},
    "record": set(),
    "agreement": {"krippendorff"},
    "senses": set(),  # where pairs were judged, sklearn
    "planned": set(),
    "authors": set(),
    "glossary": {"rdflib", "openpyxl"},
    "figures": set(),  # every figure is there
    "report": {"typst", "pypandoc"},
    "leaks": {"phonenumbers", "pypdfium2"},
    "manifest": set(),
}
SCRIPT = f"""
import sys
from pipeline.cli import main
main(sys.argv[1:], standalone_mode=False)
print("loaded", *(name for name in {WATCHED} if name in sys.modules))
"""


def loaded(root, stage):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, stage, "--study", STUDY, "--root", str(root)],
        capture_output=True, text=True, check=True, cwd=root, env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_no_stage_loads_a_library_that_it_does_not_use(fresh):
    assert {stage: loaded(fresh.root, stage) for stage in LOADS} == LOADS


def test_without_vectors_encode_loads_torch_and_nothing_else(fresh):
    (fresh.folder("tables", STUDY) / "vectors.sqlite").unlink()
    assert loaded(fresh.root, "encode") == {"torch"}
