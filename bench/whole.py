"""`make report` from nothing on jupyter-ux-2015, against the bare encoder on the same distinct texts, import included.

The study is made by `sameword new` in a temporary folder, with nothing edited. The environment is the installed one, so
no installation is timed; Python's compiled files are there, tables and vectors are not. The bare side is a process that
imports sentence-transformers and encodes every distinct answer once, sentence vectors alone. The pages are opened in
Chromium. Then every stage again, one after the other, to say where the time goes: stages with warm vectors, so `encode`
is left out of that list. Last the whole once more from nothing, with `encoder: {dtype: bfloat16}` in survey.yaml.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.corpora import ROOT, SHARED
from bench.opening import opened

EXPORT = SHARED / "jupyter-ux-2015" / "20160115235816-SurveyExport.csv"
BARE = """
import pandas as pd, sys
from pathlib import Path
from sentence_transformers import SentenceTransformer
from pipeline.encoder.models import resolve
from pipeline.settings import Encoder
texts = sorted(set(pd.read_parquet(sys.argv[1]).text))
SentenceTransformer(str(resolve(Encoder(), Path(sys.argv[2]))), device="cpu").encode(texts)
print(len(texts))
"""
STAGES = ("ingest", "excerpts", "terms", "collect", "record", "planned", "topics", "proposals", "code", "senses",
          "agreement", "authors", "glossary", "figures", "report", "leaks", "manifest")  # fmt: skip


def laid_out(folder: Path) -> None:
    """Make a study of the export in a folder that links the program and its environment."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, folder / name)
        os.utime(folder / name, (0, 0))  # older than the installation: nothing is installed now
    for name in ("pipeline", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    run(folder, ".venv/bin/sameword", "new", "--study", "jupyter", "--export", str(EXPORT))


def run(folder: Path, *command: str) -> tuple[float, str]:
    """Return the wall time of a command in seconds, and what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment |= {"PYTHONPATH": str(ROOT), "SAMEWORD_KEY": str(folder / "key")}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, check=True, text=True, stdout=subprocess.PIPE)
    return time.perf_counter() - start, done.stdout


def in_bfloat16(folder: Path) -> float:
    """Return the wall time of the whole from nothing with an encoder of fewer bits."""
    for made in ("data/processed", "reports"):
        shutil.rmtree(folder / made)
    with (folder / "codebooks" / "jupyter" / "survey.yaml").open("a", encoding="utf-8") as file:
        file.write("\nencoder: {dtype: bfloat16}\n")
    return run(folder, "make", "report", "STUDY=jupyter")[0]


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    with tempfile.TemporaryDirectory(prefix="sameword whole ") as name:
        folder = Path(name)
        laid_out(folder)
        whole, _ = run(folder, "make", "report", "STUDY=jupyter")
        again, _ = run(folder, "make", "report", "STUDY=jupyter")
        responses = folder / "data" / "processed" / "jupyter" / "responses.parquet"
        bare, n_texts = run(folder, sys.executable, "-c", BARE, str(responses), str(ROOT))
        pages = opened([folder / "reports" / "jupyter" / name for name in ("report.html", "glossary.html")])
        stages = {stage: run(folder, ".venv/bin/sameword", stage, "--study", "jupyter")[0] for stage in STAGES}
        fewer_bits = in_bfloat16(folder)
    return [
        {"what": "distinct texts", "value": int(n_texts)},
        {"what": "bare encoder with its import, s", "value": round(bare, 1)},
        {"what": "make report from nothing, s", "value": round(whole, 1)},
        {"what": "ratio (aim 1.6)", "value": round(whole / bare, 2)},
        {"what": "make report from nothing in bfloat16, s", "value": round(fewer_bits, 1)},
        {"what": "its ratio to the bare encoder in float32", "value": round(fewer_bits / bare, 2)},
        {"what": "make report with nothing to do, s", "value": round(again, 3)},
        *pages,
        *({"what": f"{stage} alone, s", "value": round(took, 1)} for stage, took in stages.items()),
    ]
