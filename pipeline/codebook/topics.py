"""Emergent topics: what excerpts speak of, whatever the codebook says. BERTopic over the excerpt vectors.

PCA and k-means by default: deterministic, and no excerpt is dropped. UMAP and HDBSCAN are a
setting; there, topic -1 holds outliers and says so. Topics of a large study are found in MOST of its excerpts, those of
the lowest ids, which are digests: a sample that late answers hardly move. All others go to the closest topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.lean import without

MINIMUM = 10  # excerpts under which topics mean nothing
WORDS = 10
MOST = {"kmeans": 50_000, "hdbscan": 50_000, "agglomerative": 10_000}  # excerpts; the last holds all their distances

# Vectors are given, and nothing is drawn or shared: BERTopic would only import these (7 s), never use them.
UNUSED = ("torch", "transformers", "sentence_transformers", "spacy", "plotly", "huggingface_hub", "PIL")


def find_topics(
    excerpts: pd.DataFrame,
    vectors: np.ndarray,
    *,
    method: str = "kmeans",
    n_topics: int | None = None,
    seed: int = 1,
    stop_words: Sequence[str] = (),
    others: Iterable[tuple[np.ndarray, np.ndarray]] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (topics, topic_words) for excerpts (excerpt_id, text) with vectors (excerpts x dimensions, unit length).

    Topics are numbered by size, the largest first. Strength is the cosine with the topic's mean vector. others:
    (excerpt ids, vectors) of excerpts beyond those that topics are found in; each goes to the topic it is closest to.
    """
    excerpts = excerpts.reset_index(drop=True)
    if method == "off" or len(excerpts) < MINIMUM:
        return _tables([], [])
    model = _model(method, n_topics or default_count(len(excerpts)), seed, vectors.shape, stop_words)
    found, _ = model.fit_transform(excerpts.text.tolist(), vectors)
    labels = np.asarray(found)
    order = _by_size(labels)
    topics = [
        (excerpt, order[label], strength)
        for excerpt, label, strength in zip(excerpts.excerpt_id, labels, _strength(vectors, labels), strict=True)
    ]
    words = [
        (order[label], rank, word, round(float(weight), 6))
        for label in order
        if label != -1
        for rank, (word, weight) in enumerate(_clean(model.get_topic(label)), 1)
    ]
    found_topics, found_words = _tables(topics, words)
    centres = np.stack([_centre(vectors[labels == label]) for label in order if label != -1] or [vectors[:0].sum(0)])
    names = np.array([rank for label, rank in order.items() if label != -1] or [-1])
    return pd.concat(
        [found_topics, *(_joined(centres, names, *part) for part in others)], ignore_index=True
    ), found_words


def _joined(centres: np.ndarray, names: np.ndarray, ids: np.ndarray, vectors: np.ndarray) -> pd.DataFrame:
    """Return the closest topic of excerpts that topics were not found in."""
    near = np.round(vectors @ centres.T, 4)
    return pd.DataFrame({"excerpt_id": ids, "topic_id": names[near.argmax(1)], "strength": near.max(1).astype(float)})


def default_count(n: int) -> int:
    """Return how many topics to look for in n excerpts: about the square root of n / 2, from 2 to 30."""
    return int(min(30, max(2, round((n / 2) ** 0.5))))


def _model(method: str, n_topics: int, seed: int, shape: tuple[int, ...], stop_words: Sequence[str]) -> Any:
    from sklearn.cluster import AgglomerativeClustering, KMeans
    from sklearn.decomposition import PCA
    from sklearn.feature_extraction.text import CountVectorizer

    with without(*UNUSED, *(() if method == "hdbscan" else ("umap", "hdbscan"))):
        from bertopic import BERTopic
    n, dimensions = shape
    words = re.compile(r"\b[^\W\d_][\w'-]+\b")
    counter = CountVectorizer(stop_words=sorted(stop_words) or None, tokenizer=words.findall, token_pattern=None)
    if method == "hdbscan":
        from hdbscan import HDBSCAN
        from umap import UMAP

        reduce = UMAP(n_neighbors=min(15, n - 1), n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
        cluster: Any = HDBSCAN(min_cluster_size=max(5, n // 100), prediction_data=False)
    else:
        reduce = PCA(n_components=min(20, n - 1, dimensions), svd_solver="full")
        kmeans = KMeans(n_clusters=n_topics, n_init=10, random_state=seed)
        cluster = kmeans if method == "kmeans" else AgglomerativeClustering(n_clusters=n_topics)
    return BERTopic(
        embedding_model=_no_encoder(),
        umap_model=reduce,
        hdbscan_model=cluster,
        vectorizer_model=counter,
        top_n_words=WORDS,
        calculate_probabilities=False,
        verbose=False,
    )


def _no_encoder() -> Any:
    from bertopic.backend import BaseEmbedder

    return BaseEmbedder()  # vectors are given; BERTopic would otherwise look for a model to download


def _by_size(labels: np.ndarray) -> dict[int, int]:
    """Return the number of each label: by falling size, ties by first appearance; -1 stays -1."""
    values, first, counts = np.unique(labels, return_index=True, return_counts=True)
    ranked = sorted(
        (-count, start, value) for value, start, count in zip(values, first, counts, strict=True) if value != -1
    )
    return {**({-1: -1} if -1 in values else {}), **{int(value): rank for rank, (_, _, value) in enumerate(ranked)}}


def _strength(vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    strength = np.zeros(len(labels))
    for label in np.unique(labels):
        mine = labels == label
        strength[mine] = vectors[mine] @ _centre(vectors[mine])
    return np.round(strength, 4)


def _centre(vectors: np.ndarray) -> np.ndarray:
    """Return the mean direction of vectors, of unit length."""
    mean = vectors.mean(0)
    found: np.ndarray = mean / max(np.linalg.norm(mean), 1e-12)
    return found


def _clean(words: Any) -> list[tuple[str, float]]:
    return [(word, weight) for word, weight in words or [] if word]


def _tables(
    topics: list[tuple[str, int, float]], words: list[tuple[int, int, str, float]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        pd.DataFrame(topics, columns=pd.Index(["excerpt_id", "topic_id", "strength"])),
        pd.DataFrame(words, columns=pd.Index(["topic_id", "rank", "word", "weight"])),
    )
