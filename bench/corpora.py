"""The corpora that benchmarks read: usages with a sense label, as text and span.

Nothing of them is in the repository.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.encoder import models
from pipeline.encoder.cache import SENTENCE, VectorCache
from pipeline.encoder.vectors import encode, usage_parts
from pipeline.language import load_language
from pipeline.settings import Encoder, Terms
from pipeline.terms.usages import find_terms

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
MOST = 60  # usages of a word that others are compared with
OPEN_COLUMNS = (4, *range(6, 9), *range(11, 29))  # of jupyter-ux-2015, zero-based


@dataclass(frozen=True)
class Usage:
    """One occurrence of a term; sense is None where nobody labelled it, "?" where no sense fits."""

    corpus: str
    term: str
    text: str
    start: int
    end: int
    sense: str | None
    person: str


def survey() -> Iterator[Usage]:
    """Yield every usage of the twelve terms of sense-gold in jupyter-ux-2015, 480 of them labelled."""
    gold = list(_rows(SHARED / "sense-gold" / "usages.csv"))
    label = {(g["term"], int(g["export_row"]), int(g["export_column"]), int(g["start"])): g["pass_a"] for g in gold}
    with (SHARED / "jupyter-ux-2015" / "20160115235816-SurveyExport.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.reader(file))[1:]
    for term in dict.fromkeys(g["term"] for g in gold):
        forms = sorted({g["surface"].lower() for g in gold if g["term"] == term}, key=len, reverse=True)
        pattern = re.compile(r"\b(" + "|".join(map(re.escape, forms)) + r")\b", re.IGNORECASE)
        for row, answer in enumerate(answers):
            for column in OPEN_COLUMNS:
                for hit in pattern.finditer(answer[column]):
                    said = label.get((term, row, column, hit.start()))
                    yield Usage("survey", term, answer[column], hit.start(), hit.end(), said, str(row))


def beside() -> Iterator[Usage]:
    """Yield usages of the survey's other words, those that the program takes for candidates: at most MOST of each.

    They are what a term of the survey is compared with, as in a study of one's own.
    """
    with (SHARED / "jupyter-ux-2015" / "20160115235816-SurveyExport.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.reader(file))[1:]
    said = [(f"{row:04}:{column:02}", str(row), answer[column]) for row, answer in enumerate(answers)
            for column in OPEN_COLUMNS if answer[column].strip()]  # fmt: skip
    frame = pd.DataFrame(said, columns=pd.Index(["response_id", "respondent_id", "text"]))
    _, usages = find_terms(frame, Terms(), nlp=load_language("en"), questions=())
    known = {usage.term for usage in survey()}
    for term, mine in usages[~usages.term_id.isin(known)].sort_values("usage_id").groupby("term_id"):
        for row in mine.head(MOST).merge(frame, on="response_id").itertuples():
            yield Usage("beside", str(term), row.text, row.start, row.end, None, row.respondent_id)


def homographs() -> Iterator[Usage]:
    """Yield the sentences of wiki-homographs (evaluation part: about ten sentences for each of 162 words)."""
    for path in sorted((SHARED / "wiki-homographs" / "eval").glob("*.tsv")):
        for k, row in enumerate(_rows(path, "\t")):
            yield Usage("homographs", row["homograph"], row["sentence"], int(row["start"]), int(row["end"]),
                        row["wordid"], str(k))  # fmt: skip


def _rows(path: Path, separator: str = ",") -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=separator)


def vectors(usages: list[Usage], model: Any = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (last layer, upper layers, sentence) vectors, usages x dimensions each, from a cache kept in build/.

    model: another than the usual one; its vectors are not kept.
    """
    settings = Encoder()
    spans: dict[str, list[tuple[int, int]]] = {}
    for usage in usages:
        spans.setdefault(usage.text, []).append((usage.start, usage.end))
    cache = VectorCache(ROOT / "build" / "bench-vectors.sqlite", weights=settings.sha256, key=b"benchmark")
    usual = lambda: models.load(models.resolve(settings, ROOT), "cpu")  # noqa: E731
    found = encode(list(spans), spans, load=lambda: model or usual(), cache=None if model else cache, threads=2)
    parts = [usage_parts(found[usage.text, usage.start, usage.end]) for usage in usages]
    sentences = np.stack([found[usage.text, *SENTENCE] for usage in usages])
    return np.stack([last for last, _ in parts]), np.stack([upper for _, upper in parts]), sentences
