"""Against the scripts that people write instead: BERTopic with its defaults, and pandas alone for the export.

All of it on jupyter-ux-2015, each way in a process of its own with its imports, one after the other. The encoder's
weights are the same on both sides. Topics: distinct answers; outliers are answers left without a topic; the second run
is the same call in the same process, ARI between the two. Agreement is compared in bench/agreement.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.corpora import ROOT
from bench.whole import EXPORT, laid_out, run

SCRIPT = """
import json, sys
import pandas as pd
texts = sorted(set(pd.read_parquet(sys.argv[1]).text))
from sklearn.metrics import adjusted_rand_score
def told(labels, again):
    print(json.dumps({"topics": len(set(labels) - {-1}), "without": sum(x == -1 for x in labels) / len(labels),
                      "again": adjusted_rand_score(labels, again)}))
"""
BERTOPIC = """
from bertopic import BERTopic
make = lambda: BERTopic(embedding_model=sys.argv[2]).fit_transform(texts)[0]
first = list(make())
print("first", flush=True)
told(first, list(make()))
"""
HERE = """
import numpy as np
from pathlib import Path
from pipeline.codebook.topics import find_topics
from pipeline.encoder.cache import SENTENCE
from pipeline.encoder.models import load
from pipeline.encoder.vectors import encode
excerpts = pd.DataFrame({"excerpt_id": [str(k) for k in range(len(texts))], "text": texts})
def make():
    found = encode(texts, {}, load=lambda: load(Path(sys.argv[2]), "cpu"), threads=2)
    vectors = np.stack([found[text, *SENTENCE] for text in texts])
    topics, _ = find_topics(excerpts, vectors)
    return topics.set_index("excerpt_id").topic_id.reindex(excerpts.excerpt_id).tolist()
first = make()
print("first", flush=True)
told(first, make())
"""
PANDAS = """
import pandas as pd, sys
table = pd.read_csv(sys.argv[1])
print(int(table.iloc[:, [4, *range(6, 9), *range(11, 29)]].notna().sum().sum()))
"""


def topics(script: str, responses: Path, model: Path) -> tuple[float, dict[str, float]]:
    """Return seconds until the first topics are there, and what is said of them."""
    command = [sys.executable, "-c", SCRIPT + script, str(responses), str(model)]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        took, last = 0.0, ""
        for line in process.stdout:
            took, last = (time.perf_counter() - begun, line) if line == "first\n" else (took, line)
    found: dict[str, float] = json.loads(last)
    return took, found


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    from pipeline.encoder.models import resolve
    from pipeline.settings import Encoder

    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="sameword scripts ") as name:
        folder = Path(name)
        laid_out(folder)
        took, said = run(folder, ".venv/bin/sameword", "ingest", "--study", "jupyter")
        alone, count = run(folder, sys.executable, "-c", PANDAS, str(EXPORT))
        n_answers = said.partition(" answers")[0].split()[-1]
        rows.append({"job": "the export as answers", "way": "pandas.read_csv and its defaults", "seconds": alone,
                     "result": f"{int(count):,} answers: NA and None are lost"})  # fmt: skip
        rows.append({"job": "the export as answers", "way": "sameword ingest: scrubbed, pseudonyms, flow, five tables",
                     "seconds": took, "result": f"{int(n_answers):,} answers"})  # fmt: skip
        responses = folder / "data" / "processed" / "jupyter" / "responses.parquet"
        for way, script in (("BERTopic with its defaults", BERTOPIC), ("Sameword's encoder and topics", HERE)):
            took, found = topics(script, responses, resolve(Encoder(), ROOT))
            result = (
                f"{found['topics']} topics, {found['without']:.0%} of answers in none; again: ARI {found['again']:.2f}"
            )
            rows.append({"job": "emergent topics", "way": way, "seconds": took, "result": result})
    return rows
