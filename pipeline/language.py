"""Words, sentences and lemmas: one spaCy pipeline per language, loaded when first needed."""

from __future__ import annotations

import runpy
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import MissingError
from pipeline.lean import without

if TYPE_CHECKING:
    from spacy.language import Language


@lru_cache(maxsize=64)
def stop_words(code: str) -> frozenset[str]:
    """Return spaCy's stop words of a language, from its one file: importing spaCy for them takes half a second."""
    spacy = find_spec("spacy")
    places = (spacy.submodule_search_locations if spacy else None) or ()
    files = [path for place in places if (path := Path(place, "lang", code, "stop_words.py")).is_file()]
    return frozenset(runpy.run_path(str(files[0]))["STOP_WORDS"]) if files else frozenset()


@lru_cache(maxsize=4)
def load_language(language: str, trained: str | None = None) -> Language:
    """Return a spaCy pipeline that knows tokens, sentence ends and lemmas.

    By default a blank pipeline with the rule sentencizer and, where tables
    exist, the lookup lemmatizer: nothing is downloaded and nothing is
    learned. `trained` names an installed pipeline to use in its place.
    """
    if trained:
        import spacy

        try:
            return spacy.load(trained)
        except OSError:
            raise MissingError(
                f"spaCy pipeline {trained!r} is not installed (survey.yaml, key spacy.pipeline). "
                f"Install it, or delete the key to use the blank pipeline."
            ) from None
    with without("torch"):  # half of spaCy's import time, for rules that need no network
        import spacy
    try:
        nlp = spacy.blank(language)
    except ImportError:
        nlp = spacy.blank("xx")
    nlp.max_length = 10_000_000  # one answer may be a pasted document; blank pipelines need no memory per token
    nlp.add_pipe("sentencizer")
    try:
        nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize()
    except (ImportError, ValueError, KeyError):  # a language without lookup tables
        if "lemmatizer" in nlp.pipe_names:
            nlp.remove_pipe("lemmatizer")
    return nlp
