"""Stands in for the command when only the order of stages is tested: notes the stage, touches what it would write."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.tables import SCHEMAS

FILES = {
    "figures": ["figures/captions.json"], "report": ["report.html", "report.pdf", "report.docx"],
    "glossary": ["glossary.html", "glossary.csv"], "manifest": ["manifest.json"],
}  # fmt: skip

stage, study = sys.argv[1], sys.argv[3]
with Path("ran.txt").open("a") as ran:
    ran.write(stage + "\n")
for table in SCHEMAS.values():
    if table.stage == stage:
        Path(f"data/processed/{study}/{table.name}.parquet").touch()
for name in FILES.get(stage, []):
    Path(f"reports/{study}/{name}").touch()
