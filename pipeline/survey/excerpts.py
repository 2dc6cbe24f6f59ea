"""Responses -> excerpts, the spans handed to coders; every excerpt knows its whole answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.ids import content_id

if TYPE_CHECKING:
    from spacy.language import Language

COLUMNS = ["excerpt_id", "response_id", "start", "end", "text"]


def make_excerpts(responses: pd.DataFrame, *, nlp: Language | None = None) -> pd.DataFrame:
    """Return one excerpt per answer, or per sentence where a spaCy pipeline that knows sentences is given."""
    rows = []
    for response in responses.to_dict("records"):
        text = response["text"]
        for start, end in _sentences(text, nlp) if nlp else [(0, len(text))]:
            name = content_id("e", response["response_id"], start, end)
            rows.append((name, response["response_id"], start, end, text[start:end]))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def _sentences(text: str, nlp: Language) -> Iterator[tuple[int, int]]:
    for sentence in nlp(text).sents:
        inner = sentence.text
        start = sentence.start_char + len(inner) - len(inner.lstrip())
        end = sentence.start_char + len(inner.rstrip())
        if end > start:
            yield start, end
