"""sameword encode: texts and usages become vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import progress, say, study_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from pipeline.study import Study


@click.command()
@study_option
def encode(study: Study) -> None:
    """Encode every distinct answer once: vectors of excerpts and of usages."""
    import pandas as pd

    from pipeline import tables
    from pipeline.encoder.cache import SENTENCE
    from pipeline.encoder.languages import readable
    from pipeline.encoder.vectors import usage_parts

    responses = tables.read(study.processed, "responses").set_index("response_id")
    texts, foreign = (
        responses.text,
        list(responses.index[~readable(responses.language, study.survey.encoder, study.survey.language)]),
    )
    excerpts, usages = tables.read(study.processed, "excerpts"), tables.read(study.processed, "usages")
    # Vectors of a language the encoder never learnt would look like senses of their own: people read those answers.
    excerpts, usages = excerpts[~excerpts.response_id.isin(foreign)], usages[~usages.response_id.isin(foreign)]
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in usages.to_dict("records"):
        spans.setdefault(texts[row["response_id"]], []).append((row["start"], row["end"]))
    # The codebook's texts go along, so that `code` finds them in the cache and need not load the model again.
    found = vectors_of(study, [*excerpts.text, *_codebook_texts(study)], spans)
    parts = [
        usage_parts(found[texts[row["response_id"]], row["start"], row["end"]]) for row in usages.to_dict("records")
    ]
    last, upper = ([pair[side] for pair in parts] for side in (0, 1))
    made = {
        "excerpt_vectors": pd.DataFrame(
            {"excerpt_id": excerpts.excerpt_id, "vector": [found[text, *SENTENCE] for text in excerpts.text]}
        ),
        "usage_vectors": pd.DataFrame({"usage_id": usages.usage_id, "vector": last, "upper": upper}),
    }
    for name, frame in made.items():
        tables.write(study.processed, name, frame)
    left = f"; {len(foreign)} answers in other languages are left to people" if foreign else ""
    say(f"encode: {len(excerpts)} excerpts, {len(usages)} usages{left}")


def _codebook_texts(study: Study) -> list[str]:
    from pipeline.codebook.similarity import code_texts
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml")
    return [text for texts in code_texts(themes.active).values() for text in texts]


def vectors_of(
    study: Study, texts: Sequence[str], spans: Mapping[str, Sequence[tuple[int, int]]]
) -> dict[Any, np.ndarray]:
    """Return vectors of texts and spans, from the study's cache where they are known."""
    import os

    from pipeline.compute import scheduler_of
    from pipeline.encoder import models
    from pipeline.encoder.cache import VectorCache
    from pipeline.encoder.vectors import encode as encode_all
    from pipeline.keys import study_key

    chosen = study.survey.encoder
    cache = VectorCache(study.processed / "vectors.sqlite", weights=chosen.weights, key=study_key(study))
    with progress("encoding", len(texts) + sum(map(len, spans.values()))) as advance:
        if address := scheduler_of(study.survey.compute.scheduler):
            from pipeline.compute import cluster
            from pipeline.encoder.scattered import fill

            fill(cache, texts, spans, settings=chosen, each=cluster(address), advance=advance)
        return encode_all(
            texts,
            spans,
            load=lambda: models.load(models.resolve(chosen, study.root), chosen.device, chosen.dtype),
            cache=cache,
            threads=os.cpu_count() or 1,
            advance=advance,
        )


def encode_texts(study: Study, texts: Sequence[str]) -> list[np.ndarray]:
    """Return the sentence vectors of texts, in their order."""
    from pipeline.encoder.cache import SENTENCE

    found = vectors_of(study, texts, {})
    return [found[text, *SENTENCE] for text in texts]
