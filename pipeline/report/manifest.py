"""manifest.json: what the report rests on, as digests, so that anybody can tell whether anything differs.

Paths are relative to the repository; no times, no names of machines or people.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.study import Study

PACKAGES = (
    "bertopic",
    "click",
    "jinja2",
    "krippendorff",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "pypandoc_binary",
    "scikit-learn",
    "scipy",
    "sentence-transformers",
    "spacy",
    "torch",
    "transformers",
    "typst",
)
# The supplements hold the manifest, so that it cannot hold them.
NOT_OUTPUTS = ("packets", "ask", "instrument", "manifest.json", "supplement.zip", "supplement-blind.zip")


def manifest(study: Study, digests: Mapping[str, Mapping[str, str]], *, key: str) -> dict[str, Any]:
    """Return the manifest. digests: kind (exports, codings, codebooks, tables, outputs, code) -> path -> SHA-256."""
    from pipeline.ids import digest

    survey = study.survey
    code = digests["code"]
    return {
        "format": "sameword-manifest",
        "version": 1,
        "study": study.name,
        "synthetic": study.synthetic,
        "sameword": __version__,
        "code": digest("\n".join(f"{path} {value}" for path, value in sorted(code.items()))),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "packages": versions(PACKAGES),
        "encoder": survey.encoder.identity,
        "key_fingerprint": key,
        "seeds": {
            "agreement": survey.agreement.seed,
            "coding": survey.coding.seed,
            "senses": survey.senses.seed,
            "topics": survey.topics.seed,
        },
        **{kind: dict(sorted(found.items())) for kind, found in digests.items() if kind != "code"},
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the installed version of each package, without build tags; "not installed" where it is absent."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def parts_of(study: Study) -> dict[str, list[Path]]:
    """Return the folders and files that a manifest covers, by kind."""
    package = Path(__file__).resolve().parent.parent
    return {
        "exports": [study.raw],
        "codings": [study.codings],
        "codebooks": [study.codebook_folder],
        "tables": [study.processed],
        "outputs": [study.reports],
        "code": [package],
    }


def wanted(kind: str, relative: Path) -> bool:
    """Whether a file (relative to its kind's folder) belongs into the manifest."""
    if any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
        return False
    if kind == "exports":
        return relative.parts[0] != "codings"
    if kind == "outputs":
        return relative.parts[0] not in NOT_OUTPUTS
    return kind != "tables" or relative.suffix == ".parquet"
