"""The manifest of one study is the same on every run: any number of threads, any hash seed, any folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.glossary.written import GLOSSARY
from tests.report.fake import fake

RUN = "from pipeline.cli import main; main()"
STAGES = ("glossary", "figures", "report", "supplement", "manifest")


def manifest_of(root, threads, seed, stages=STAGES):
    limits = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    for stage in stages:
        done = subprocess.run(
            [sys.executable, "-c", RUN, stage, "--root", str(root), "--study", "fake"],
            env={**os.environ, **limits, "PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return json.loads((root / "reports" / "fake" / "manifest.json").read_text())


@pytest.mark.slow
def test_two_machines_give_the_same_digests(tmp_path):
    made = fake(tmp_path / "one", n=34)
    (made.study.codebook_folder / "glossary.yaml").write_text(GLOSSARY)
    shutil.copytree(tmp_path / "one", tmp_path / "another place")
    first = manifest_of(tmp_path / "one", 1, 0)
    second = manifest_of(tmp_path / "another place", 4, 12345)
    names = {name.rpartition("/")[2] for name in first["outputs"]}
    assert {"report.pdf", "report.docx", "report.html", "glossary.html", "glossary.xlsx", "glossary.ttl",
            "numbers.tex", "usage-map-similar.pdf"} <= names  # fmt: skip
    differ = [name for name in first["outputs"] if first["outputs"][name] != second["outputs"].get(name)]
    assert differ == []
    assert first == second
    changed = tmp_path / "another place" / "codebooks" / "fake" / "glossary.yaml"
    changed.write_text(GLOSSARY.replace("organs", "parts"))
    third = manifest_of(tmp_path / "another place", 1, 0, ("glossary", "manifest"))
    assert third["outputs"]["reports/fake/glossary.html"] != first["outputs"]["reports/fake/glossary.html"]
