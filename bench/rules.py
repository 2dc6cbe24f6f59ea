"""1,000 rules over 100,000 answers, against the fastest scans of the same patterns that were found.

The answers are invented: 8 to 40 words each from 20,000 words with Zipf's frequencies, with capitals and
punctuation. Word rules have three words each, one in ten a phrase of two; regular expressions are a word's beginning.
A scan only says which patterns a text holds; the rules say where, which rule and which code, with inflections.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.codebook.rules import rule_hits
from pipeline.codebook.themes import Code, Rule
from pipeline.language import load_language

ANSWERS, RULES, VOCABULARY = 100_000, 1_000, 20_000
PARTLY = "words of a text against a set, which misses phrases"
LETTERS = np.array(list("etaoinshrdlucmfwypvbgk"))


def words(rng: np.random.Generator) -> list[str]:
    """Return distinct invented words of 3 to 10 letters."""
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(rng.choice(LETTERS, rng.integers(3, 11)))] = None
    return list(found)


def answers(rng: np.random.Generator, vocabulary: list[str]) -> list[str]:
    """Return answers with Zipf's frequencies."""
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    lengths = rng.integers(8, 41, ANSWERS)
    drawn = rng.choice(len(vocabulary), int(lengths.sum()), p=weights / weights.sum())
    marks = rng.choice(np.array(["", "", "", "", "", "", "", ",", ".", "!"]), len(drawn))
    tokens = [vocabulary[i] + mark for i, mark in zip(drawn, marks, strict=True)]
    cuts = np.concatenate([[0], np.cumsum(lengths)])
    return [" ".join(tokens[a:b]).capitalize() for a, b in itertools.pairwise(cuts)]


def trie(patterns: list[str]) -> str:
    """Return one regular expression for many words, branching letter by letter."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in patterns:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}

    def written(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
        parts = [re.escape(letter) + written(rest) for letter, rest in sorted(node.items()) if letter]
        if not parts:
            return ""
        body = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
        return f"(?:{body})?" if "" in node else body

    return written(root)


def timed(job: Callable[[], object], runs: int = 3) -> float:
    """Return the shortest of several processor times in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        job()
        best = min(best, time.process_time() - start)
    return best


def scans(texts: list[str], wanted: list[str], *, whole_words: bool) -> dict[str, float]:
    """Return seconds of each way to scan all texts for all patterns once."""
    one = re.compile(rf"\b{trie(wanted)}" + (r"\b" if whole_words else ""), re.IGNORECASE)
    found = {"one regular expression, branching by letter": timed(lambda: [one.findall(text) for text in texts], 1)}
    if whole_words:
        single, token = {w for w in wanted if " " not in w}, re.compile(r"\w+")
        found[PARTLY] = timed(lambda: [single.intersection(token.findall(text.lower())) for text in texts])
    each = [re.compile(rf"\b{re.escape(w)}" + (r"\b" if whole_words else ""), re.IGNORECASE) for w in wanted]
    few = texts[: max(1, 200_000 // len(each))]
    found["each pattern by itself, extrapolated"] = timed(lambda: [p.search(t) for t in few for p in each], 1) * (
        len(texts) / len(few)
    )
    return found


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    rng = np.random.default_rng(1)
    vocabulary = words(rng)
    texts = answers(rng, vocabulary)
    excerpts = pd.DataFrame({"excerpt_id": [f"e{i}" for i in range(len(texts))], "text": texts})
    nlp = load_language("en")
    picked = rng.permutation(VOCABULARY)[: 3 * RULES]
    lists = [[vocabulary[i] for i in picked[3 * n : 3 * n + 3]] for n in range(RULES)]
    lists = [[f"{a} {b}", b, c] if n % 10 == 0 else [a, b, c] for n, (a, b, c) in enumerate(lists)]
    starts = [vocabulary[i] for i in picked[:RULES]]
    rows: list[dict[str, object]] = []
    for job, rules, wanted, whole in (
        ("word lists of three", [Rule(any=tuple(one)) for one in lists], [w for one in lists for w in one], True),
        ("regular expressions", [Rule(regex=rf"\b{w}\w*") for w in starts], starts, False),
    ):
        codes = [Code(id=f"c{i}", name="C", rules=(rule,)) for i, rule in enumerate(rules)]
        hits = rule_hits(excerpts, codes, nlp)
        ours = timed(lambda codes=codes: rule_hits(excerpts, codes, nlp), 2)  # type: ignore[misc]
        ways = scans(texts, wanted, whole_words=whole)
        best = min(ways.keys() - {PARTLY}, key=lambda way: ways[way])
        others = "; ".join(f"{way}: {ways[way]:.1f}" for way in ways if way != best)
        rows.append({
            "job": f"{RULES:,} {job} × {ANSWERS:,} answers", "hits": len(hits), "here_s": round(ours, 2),
            "fastest_scan_s": round(ways[best], 2), "fastest_scan": best, "ratio": round(ours / ways[best], 1),
            "other_scans_s": others,
        })  # fmt: skip
    return rows
