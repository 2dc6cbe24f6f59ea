"""How near usages are, held against people's graded judgements; and whether definitions of one word lie together.

polyseme-similarity: pairs of sentences, each judged by some 20 people from 1 to 100: 11 systematic polysemes (the same
word, related senses), and beside them homonyms, synonyms and unlike words. Spearman's correlation of the mean judgement
with the cosine of the usage vectors, with a bootstrap interval over words. rigour-definitions: 230 people wrote what
one of five words means to them; k-means with five groups on sentence vectors, ARI with the word asked for, against
TF-IDF.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict

import numpy as np

from bench import corpora
from bench.corpora import SHARED, Usage

RESAMPLES = 2000
OTHERS = ("Filler", "Homonym", "Synonym")
Row = dict[str, object]


def judged_pairs() -> list[tuple[str, Usage, Usage, float]]:
    """Return (word, usage, usage, mean judgement); word is "" for homonyms, synonyms and pairs of unlike words."""
    content = json.loads((SHARED / "polyseme-similarity" / "polyseme_similarity.json").read_text(encoding="utf-8"))
    ratings: dict[tuple[str, Usage, Usage], list[float]] = defaultdict(list)
    for worker in content.values():
        for said in worker["judgements"].values():
            word = "" if said["target_word"] in OTHERS else said["target_word"]
            one, other = sorted(
                (_usage(said["sentence_1"], said["highlights_1"]), _usage(said["sentence_2"], said["highlights_2"])),
                key=lambda usage: (usage.text, usage.start),
            )
            ratings[word, one, other].append(float(said["rating"]))
    return [(word, one, other, float(np.mean(values))) for (word, one, other), values in ratings.items()]


def _usage(sentence: str, highlights: int | list[int]) -> Usage:
    """Return the marked words of a sentence as a span; highlights are the places of the first and last of them."""
    marked = highlights if isinstance(highlights, list) else [highlights]
    words = list(re.finditer(r"\S+", sentence))
    start, end = words[marked[0]].start(), words[marked[-1]].end()
    return Usage("polysemes", "", sentence, start, start + len(sentence[start:end].rstrip(".,;:!?\"'")), None, "")


def cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the cosine of rows."""
    products = np.einsum("ij,ij->i", one, other)
    found: np.ndarray = products / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))
    return found


def graded() -> list[Row]:
    """Return correlations with people's judgements, by vector."""
    pairs = judged_pairs()
    last, upper, sentence = corpora.vectors([usage for _, one, other, _ in pairs for usage in (one, other)])
    both = np.hstack([last / np.linalg.norm(last, axis=1)[:, None], upper / np.linalg.norm(upper, axis=1)[:, None]])
    judged, words = (
        np.array([value for *_, value in pairs]),
        np.array([word or f"#{k}" for k, (word, *_) in enumerate(pairs)]),
    )
    same = np.flatnonzero([bool(word) for word, *_ in pairs])
    rows: list[Row] = []
    for what, rows_of in (("all pairs, unlike words too", np.arange(len(pairs))), ("same word, related senses", same)):
        for name, found in (
            ("sentence vector", sentence),
            ("last layer", last),
            ("upper layers", upper),
            ("both", both),
        ):
            near = cosine(found[::2], found[1::2])[rows_of]
            value = _with_interval(near, judged[rows_of], words[rows_of])
            rows.append({"block": f"graded judgements: {what}", "method": name, "n": len(rows_of), "value": value})
    return rows


def _with_interval(near: np.ndarray, judged: np.ndarray, words: np.ndarray) -> str:
    """Return Spearman's correlation with its interval from resampled words."""
    from scipy.stats import spearmanr

    rng, drawn, names = np.random.default_rng(0), [], np.unique(words)
    for _ in range(RESAMPLES):
        some = np.concatenate([np.flatnonzero(words == word) for word in rng.choice(names, len(names))])
        drawn.append(spearmanr(near[some], judged[some]).statistic)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return f"{spearmanr(near, judged).statistic:.3f} [{low:.3f}, {high:.3f}]"


def defined() -> list[Row]:
    """Return how well definitions are grouped by the word they define."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import adjusted_rand_score

    with (SHARED / "rigour-definitions" / "definition_data.csv").open(encoding="utf-8", newline="") as file:
        said = [(row["dimension"], row["definition"]) for row in csv.DictReader(file)]
    truth, texts = [word for word, _ in said], [text for _, text in said]
    _, _, sentence = corpora.vectors([Usage("definitions", word, text, 0, 1, None, "") for word, text in said])
    rows: list[Row] = []
    for name, found in (("TF-IDF", TfidfVectorizer().fit_transform(texts)), ("sentence vector", sentence)):
        scores = [
            adjusted_rand_score(truth, KMeans(len(set(truth)), n_init=5, random_state=seed).fit_predict(found))
            for seed in range(20)
        ]
        value = f"{np.mean(scores):.3f} ({min(scores):.3f} to {max(scores):.3f} over 20 starts)"
        rows.append({"block": "definitions of five words", "method": name, "n": len(texts), "value": value})
    return rows


def main() -> list[Row]:
    """Return the rows of the table."""
    return [*graded(), *defined()]
