"""sameword encode: texts and usages become vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import progress, say, study_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import pandas as pd

    from pipeline.encoder.cache import Key
    from pipeline.encoder.streamed import Lookup
    from pipeline.study import Study


@click.command()
@study_option
def encode(study: Study) -> None:
    """Encode every distinct answer once: vectors of excerpts and of usages."""
    from pipeline import parts, tables
    from pipeline.encoder.cache import SENTENCE
    from pipeline.encoder.languages import readable

    responses = tables.read(study.processed, "responses").set_index("response_id")
    foreign = list(responses.index[~readable(responses.language, study.survey.encoder, study.survey.language)])
    excerpts, (usages, n_left) = tables.read(study.processed, "excerpts"), _usages(study, responses.question_id)
    # Vectors of a language the encoder never learnt would look like senses of their own: people read those answers.
    excerpts, usages = excerpts[~excerpts.response_id.isin(foreign)], usages[~usages.response_id.isin(foreign)]
    said = [*zip(usages.response_id.map(responses.text), usages.start, usages.end, strict=True)]
    del responses
    spans: dict[str, list[tuple[int, int]]] = {}
    for text, start, end in said:
        spans.setdefault(text, []).append((start, end))
    # The codebook's texts go along, so that `code` finds them in the cache and need not load the model again.
    look = vectors_of(study, [*excerpts.text, *_codebook_texts(study)], spans)
    whole = [(text, *SENTENCE) for text in excerpts.text]
    parts.write(study.processed, "excerpt_vectors", _blocks("excerpt_vectors", excerpts.excerpt_id, whole, look))
    parts.write(study.processed, "usage_vectors", _blocks("usage_vectors", usages.usage_id, said, look))
    left = f"; {len(foreign)} answers in other languages are left to people" if foreign else ""
    left += f"; {n_left} further usages of frequent terms have no vector (senses.usages_per_term)" if n_left else ""
    say(f"encode: {len(excerpts)} excerpts, {len(usages)} usages{left}")


def _usages(study: Study, question_of: pd.Series) -> tuple[pd.DataFrame, int]:
    """Return the usages that become vectors, and how many more there are.

    Of a term with more than senses.usages_per_term, as many are drawn as the coders' samples are, by the same lots:
    what coders are given is among them, and late answers move few.
    """
    import numpy as np
    import pandas as pd

    from pipeline import parts, tables
    from pipeline.coding.sample import choose

    most, columns = study.survey.senses.usages_per_term, ["usage_id", "response_id", "start", "end"]
    terms = tables.read(study.processed, "terms")
    frequent = terms.term_id[terms.n_usages > most].tolist()
    if not frequent:
        return tables.read(study.processed, "usages")[columns], 0
    kinds = {"term_id": pd.CategoricalDtype(frequent), "question_id": pd.CategoricalDtype(sorted(set(question_of)))}
    read, found = 0, []
    for part in parts.read(study.processed, "usages", ["usage_id", "term_id", "response_id"]):
        part = part.set_index(np.arange(read, read := read + len(part)))
        mine = part[part.term_id.isin(frequent)]
        asked = mine.response_id.map(question_of)
        found.append(mine[["usage_id", "term_id"]].assign(question_id=asked).astype(kinds))
    units = pd.concat(found).rename(columns={"usage_id": "unit_id"})
    kept = np.ones(read, dtype=bool)
    kept[units.index] = False
    for _, mine in units.groupby("term_id", observed=True):
        kept[choose(mine, ["question_id"], size=most, seed=study.survey.coding.seed).index] = True
    del units, found
    taken = []
    for part in parts.read(study.processed, "usages", columns):
        taken.append(part[kept[: len(part)]])
        kept = kept[len(part) :]
    usages = pd.concat(taken, ignore_index=True)
    return usages, read - len(usages)


def _blocks(name: str, ids: pd.Series, keys: Sequence[Key], look: Lookup) -> Iterator[pd.DataFrame]:
    """Yield a table of vectors in the blocks it is written in. ids rise, as the rows of a table do."""
    import pandas as pd

    from pipeline import tables
    from pipeline.encoder.vectors import usage_parts

    key, *columns = tables.SCHEMAS[name].types
    size = tables.block_of(name)
    for first in range(0, len(keys), size):
        mine = keys[first : first + size]
        found = look(mine)
        rows = [usage_parts(found[one]) if len(columns) > 1 else (found[one],) for one in mine]
        made = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
        yield pd.DataFrame({key: ids.iloc[first : first + size].to_numpy(), **made})


def _codebook_texts(study: Study) -> list[str]:
    from pipeline.codebook.similarity import code_texts
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml")
    return [text for texts in code_texts(themes.active).values() for text in texts]


def vectors_of(study: Study, texts: Sequence[str], spans: Mapping[str, Sequence[tuple[int, int]]]) -> Lookup:
    """Compute vectors of texts and spans, but for those in the study's cache; return what gives those of some."""
    import os

    from pipeline.compute import scheduler_of
    from pipeline.encoder import models
    from pipeline.encoder.cache import VectorCache
    from pipeline.encoder.streamed import streamed
    from pipeline.keys import study_key

    chosen = study.survey.encoder
    cache = VectorCache(study.processed / "vectors.sqlite", weights=chosen.weights, key=study_key(study))
    with progress("encoding", len(texts) + sum(map(len, spans.values()))) as advance:
        if address := scheduler_of(study.survey.compute.scheduler):
            from pipeline.compute import cluster
            from pipeline.encoder.scattered import fill

            fill(cache, texts, spans, settings=chosen, each=cluster(address), advance=advance)
        return streamed(
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

    keys = [(text, *SENTENCE) for text in texts]
    found = vectors_of(study, texts, {})(keys)
    return [found[key] for key in keys]
