"""Digests kept in the repository of what the shipped studies give: they change only when computed numbers do.

Of tables the content is digested, not the file: pyarrow may write the same values otherwise. Of figures the SVG: PNG
and PDF are compressed by the zlib at hand. Left out is what rests on vectors, which a processor with other instructions
computes with other last bits: VECTORS, found by running the small study with the kernels of an older processor.

After a change that is meant to change numbers, and says so in CHANGELOG.md:

    make report STUDY=transfer-learning-15 && make report STUDY=transfer-learning
    .venv/bin/python -m tests.study.goldens
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pipeline import tables
from tests.conftest import REPOSITORY

STUDIES = ("transfer-learning-15", "transfer-learning")
KEPT = Path(__file__).parent / "golden" / "digests.json"
# Tables that hold vectors, groups made of them, or what a classifier on them says.
VECTORS = frozenset({
    "excerpt_vectors", "usage_vectors", "proposals", "evidence", "sense_words", "topics", "topic_words", "classifiers",
    "machine_codings", "senses", "completion", "pair_groups", "ambiguity", "usage_shares", "accuracy", "glossary",
})  # fmt: skip
VECTOR_FIGURES = ("usage-map", "topics-codes", "ambiguity")


def digests(processed: Path, reports: Path) -> dict[str, str]:
    """Return the digest of every table and figure that any processor gives alike."""
    names = sorted(path.stem for path in processed.glob("*.parquet") if path.stem not in VECTORS)
    found = {f"table {name}": _digest(_content(processed, name)) for name in names}
    drawn = sorted(path for path in (reports / "figures").glob("*.svg") if not path.stem.startswith(VECTOR_FIGURES))
    return found | {f"figure {path.stem}": _digest(path.read_bytes()) for path in drawn}


def _content(processed: Path, name: str) -> bytes:
    frame = tables.read(processed, name)
    if name == "agreement":  # of people alone: the machine's codings rest on vectors
        frame = frame[~frame.scope.astype("str").str.startswith("machine")]
    return frame.to_json(orient="split", index=False, double_precision=15, date_format="iso").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def kept(study: str) -> dict[str, str]:
    """Return the digests in the repository."""
    found: dict[str, dict[str, str]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found[study]


def main() -> None:
    """Write the digests of what lies under data/processed and reports."""
    found = {study: digests(REPOSITORY / "data/processed" / study, REPOSITORY / "reports" / study) for study in STUDIES}
    KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
