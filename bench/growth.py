"""How time and memory grow from 1,000 to 1,000,000 answers: every stage as its command, in a study made here.

Answers are invented, seeded and written as a stream. In "near-duplicates" nine in ten are of one or two common words,
as others give them too, some in capitals: they are encoded once. In "distinct" no two are alike. The encoder has one
layer of random weights and the real one's 384 dimensions (tinymodel.py): everything but the network's own pass costs
what it costs with the real one, whose rate bench/encoder.py measures. Stages start no processes for a share of their
work (SAMEWORD_WORKERS=1): times are processor seconds, memory is the peak of the one process. SAMEWORD_SIZES names the
sizes (default 1000,10000,100000), SAMEWORD_KINDS the kinds of answers, SAMEWORD_LIMIT bounds a stage, in seconds of the
clock (default 900). The exponent is the slope of log time over log size between the two largest sizes that took over a
second.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = "alike colour shape size texture domain feature similar natural images medical scanner contrast edges"
NAMED += " background object model layers learnt transfer target source task label class sample patient organ"
NAMED += " tissue they it we because when not more less very quite same other many few"
WORDS = NAMED.split()
STAGES = ("ingest", "excerpts", "terms", "encode", "topics", "proposals", "code", "collect", "record", "planned",
          "agreement", "senses", "authors", "glossary", "figures", "report", "leaks", "manifest")  # fmt: skip
KINDS = {"distinct": 0.0, "near-duplicates": 0.9}
SEED, PER_PERSON = 1, 4
MODEL = """
import sys
from pathlib import Path
from bench.tinymodel import build
from pipeline.encoder.models import WEIGHTS, weights_digest
made = build(Path(sys.argv[1]), sys.argv[2].split())
print(made, weights_digest(made / WEIGHTS), sep="\\n")
"""
MEASURED = """
import resource, sys
from pipeline.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
finally:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print("used", sum(one.ru_utime + one.ru_stime for one in used), used[0].ru_maxrss)
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
    """Make a study: export, survey.yaml with an encoder of its own, and a codebook of rules; nobody has coded."""
    # In a process of its own: what this one holds would count as the stages' memory.
    words = " ".join(dict.fromkeys(WORDS))
    made = subprocess.run([sys.executable, "-c", MODEL, str(folder / "model"), words], cwd=ROOT, check=True, text=True,
                          capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    model, digest = made.stdout.split("\n")[:2]
    raw, book = folder / "data" / "raw" / "growth", folder / "codebooks" / "growth"
    raw.mkdir(parents=True)
    book.mkdir(parents=True)
    write_export(raw / "export.csv", n, duplicates)
    columns = "\n".join(f"  Q{k}: {{role: open, question: q{k}}}" for k in range(PER_PERSON))
    questions = "\n".join(f"  q{k}: {{text: What do you mean by similar ({k})?}}" for k in range(PER_PERSON))
    (book / "survey.yaml").write_text(
        "study: growth\ntitle: Growth\nsynthetic: true\ndetect_language: false\nexports: [{file: export.csv}]\n"
        f"columns:\n  id: {{role: respondent_id}}\n  group: {{role: single_choice, question: group}}\n{columns}\n"
        f"questions:\n{questions}\n  group: {{text: Which group?}}\nterms: {{watch: [similar, domain, feature]}}\n"
        f"encoder: {{path: '{model}', sha256: {digest}, device: cpu}}\n",
        encoding="utf-8",
    )
    codes = "\n".join(
        f"      - id: {word}\n        name: {word.title()}\n        rules: [{{any: [{word}]}}]" for word in WORDS[:20]
    )
    (book / "themes.yaml").write_text(
        f"version: 1\nthemes:\n  - id: all\n    name: All\n    codes:\n{codes}\n", encoding="utf-8"
    )


def stage(folder: Path, name: str) -> tuple[float, float, str]:
    """Run a stage; return processor seconds, peak memory in GB and, where it failed, what it said."""
    limit = float(os.environ.get("SAMEWORD_LIMIT", "900"))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SAMEWORD_KEY": str(folder / "key"), "SAMEWORD_WORKERS": "1"}
    command = [sys.executable, "-c", MEASURED, name, "--study", "growth", "--root", str(folder)]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return math.nan, math.nan, f"over {limit:.0f} s"
    used = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("used ")]
    took, peak = map(float, used[-1]) if used else (math.nan, math.nan)
    return took, peak / (1e9 if sys.platform == "darwin" else 1e6), done.stderr[-300:] if done.returncode else ""


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
    rows: list[dict[str, object]] = []
    for what in os.environ.get("SAMEWORD_KINDS", ",".join(KINDS)).split(","):
        found: dict[str, dict[int, tuple[float, float, str]]] = {}
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="sameword growth ") as name:
                folder = Path(name)
                laid_out(folder, size, KINDS[what])
                for one in STAGES:
                    found.setdefault(one, {})[size] = stage(folder, one)
                    print(what, size, one, found[one][size], file=sys.stderr, flush=True)
                shutil.rmtree(folder / "data")
        for one, by_size in found.items():
            row: dict[str, object] = {"stage": one, "answers": what}
            for size, (took, peak, failed) in by_size.items():
                row[f"{size:,}: s"] = "failed" if failed else round(took, 1)
                row[f"{size:,}: GB"] = None if failed else round(peak, 2)
            row["exponent"] = exponent({size: took for size, (took, _, failed) in by_size.items() if not failed})
            rows.append(row)
    return rows
