"""How time and memory grow from 1,000 to 1,000,000 answers: every stage as its command, in a study made here.

Answers are invented, seeded and written as a stream. In "near-duplicates" nine in ten are of one or two common words,
as others give them too, some in capitals: they are encoded once. In "distinct" no two are alike. SAMEWORD_SIZES names
the sizes (default 1000,10000,100000); SAMEWORD_ENCODED up to which size `encode` and what needs vectors run (default
10000): beyond it the encoder is a matter of hours on two cores, and its time grows with the distinct texts alone.
SAMEWORD_LIMIT bounds a stage, in seconds (default 900). The exponent is the slope of log time over log size between the
two largest sizes that took over a second.
"""

from __future__ import annotations

import csv
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = "alike colour shape size texture domain feature similar natural images medical scanner contrast edges"
NAMED += " background object model layers learnt transfer target source task label class sample patient organ"
NAMED += " tissue they it we because when not more less very quite same other many few"
WORDS = NAMED.split()
CHEAP = ("ingest", "excerpts", "terms")
VECTORS = ("encode", "topics", "proposals")
AFTER = ("code", "collect", "record", "agreement", "senses")
SEED, PER_PERSON = 1, 4
MEASURED = """
import resource, sys
from pipeline.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def answer(rng: random.Random, number: int, alike: bool) -> str:
    """Return an invented answer; `alike`: of few words, as many others give it, with small differences in case."""
    if alike:
        said = f"{WORDS[int(rng.paretovariate(0.7)) % len(WORDS)]} {WORDS[int(rng.paretovariate(0.7)) % len(WORDS)]}"
        return said.upper() if rng.random() < 0.05 else said
    return " ".join(rng.choices(WORDS, k=rng.randint(5, 25))) + f" {number}"


def write_export(path: Path, n: int, duplicates: float) -> None:
    """Write n answers, four to a respondent, row by row."""
    rng = random.Random(SEED)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "group", *(f"Q{k}" for k in range(PER_PERSON))])
        for person in range(n // PER_PERSON):
            said = [answer(rng, person * PER_PERSON + k, rng.random() < duplicates) for k in range(PER_PERSON)]
            writer.writerow([f"p{person}", "ab"[person % 2], *said])


def laid_out(folder: Path, n: int, duplicates: float) -> None:
    """Make a study: export, survey.yaml, a codebook of rules, and two coders' decisions on none of it."""
    raw, book = folder / "data" / "raw" / "growth", folder / "codebooks" / "growth"
    raw.mkdir(parents=True)
    book.mkdir(parents=True)
    write_export(raw / "export.csv", n, duplicates)
    columns = "\n".join(f"  Q{k}: {{role: open, question: q{k}}}" for k in range(PER_PERSON))
    questions = "\n".join(f"  q{k}: {{text: What do you mean by similar ({k})?}}" for k in range(PER_PERSON))
    (book / "survey.yaml").write_text(
        "study: growth\ntitle: Growth\nsynthetic: true\ndetect_language: false\nexports: [{file: export.csv}]\n"
        f"columns:\n  id: {{role: respondent_id}}\n  group: {{role: single_choice, question: group}}\n{columns}\n"
        f"questions:\n{questions}\n  group: {{text: Which group?}}\nterms: {{watch: [similar, domain, feature]}}\n",
        encoding="utf-8",
    )
    codes = "\n".join(
        f"      - id: {word}\n        name: {word.title()}\n        rules: [{{any: [{word}]}}]" for word in WORDS[:20]
    )
    (book / "themes.yaml").write_text(
        f"version: 1\nthemes:\n  - id: all\n    name: All\n    codes:\n{codes}\n", encoding="utf-8"
    )


def stage(folder: Path, name: str) -> tuple[float, float, str]:
    """Run a stage; return seconds, peak memory in GB and, where it failed, what it said."""
    begun = time.perf_counter()
    limit = float(os.environ.get("SAMEWORD_LIMIT", "900"))
    try:
        done = _run(folder, name, limit)
    except subprocess.TimeoutExpired:
        return limit, math.nan, f"over {limit:.0f} s"
    took = time.perf_counter() - begun
    peak = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("peak ")]
    unit = 1e9 if sys.platform == "darwin" else 1e6
    return took, int(peak[-1]) / unit if peak else math.nan, done.stderr[-300:] if done.returncode else ""


def _run(folder: Path, name: str, limit: float) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SAMEWORD_KEY": str(folder / "key")}
    command = [sys.executable, "-c", MEASURED, name, "--study", "growth", "--root", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=limit)


def without_vectors(folder: Path) -> None:
    """Write empty tables in place of those of stages that were left out."""
    from pipeline import tables

    for name in ("excerpt_vectors", "usage_vectors", "proposals", "evidence", "sense_words", "topics", "topic_words"):
        tables.write(folder / "data" / "processed" / "growth", name, tables.empty(name))


def exponent(times: dict[int, float]) -> float | None:
    """Return the slope of log time over log size between the two largest sizes."""
    sizes = [size for size in sorted(times) if times[size] > 1]
    if len(sizes) < 2:
        return None
    small, large = sizes[-2:]
    return math.log(times[large] / times[small]) / math.log(large / small)


def main() -> list[dict[str, object]]:
    """Return a row per stage and kind of study."""
    sizes = [int(part) for part in os.environ.get("SAMEWORD_SIZES", "1000,10000,100000").split(",")]
    most = int(os.environ.get("SAMEWORD_ENCODED", "10000"))
    rows: list[dict[str, object]] = []
    for what, duplicates in (("distinct", 0.0), ("near-duplicates", 0.9)):
        found: dict[str, dict[int, tuple[float, float, str]]] = {}
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="sameword growth ") as name:
                laid_out(Path(name), size, duplicates)
                encoded = size <= most
                for one in (*CHEAP, *(VECTORS if encoded else ()), *AFTER):
                    if one == "code" and not encoded:
                        without_vectors(Path(name))
                    found.setdefault(one, {})[size] = stage(Path(name), one)
                    print(what, size, one, found[one][size], file=sys.stderr, flush=True)
                shutil.rmtree(Path(name) / "data")
        for one, by_size in found.items():
            row: dict[str, object] = {"stage": one, "answers": what}
            for size in sizes:
                took, peak, failed = by_size.get(size, (None, None, ""))
                row[f"{size:,}: s"] = "failed" if failed else None if took is None else round(took, 1)
                row[f"{size:,}: GB"] = None if peak is None else round(peak, 2)
            row["exponent"] = exponent({size: took for size, (took, _, failed) in by_size.items() if not failed})
            rows.append(row)
    return rows
