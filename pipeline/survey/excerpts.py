"""Responses -> excerpts, the spans handed to coders; every excerpt knows its whole answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.errors import Fault, InputError
from pipeline.ids import content_id

if TYPE_CHECKING:
    from spacy.language import Language

COLUMNS = ["excerpt_id", "response_id", "start", "end", "text"]


def make_excerpts(
    responses: pd.DataFrame,
    *,
    nlp: Language | None = None,
    units: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> pd.DataFrame:
    """Return one excerpt per answer, or per sentence where a spaCy pipeline that knows sentences is given.

    units: spans that people cut, by response_id, as code points; an answer that nobody cut is one excerpt.
    """
    rows = []
    for response in responses.to_dict("records"):
        text = response["text"]
        cut = (units or {}).get(response["response_id"])
        for start, end in cut or (_sentences(text, nlp) if nlp else [(0, len(text))]):
            name = content_id("e", response["response_id"], start, end)
            rows.append((name, response["response_id"], start, end, text[start:end]))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def split_share(excerpts: pd.DataFrame) -> tuple[int, int]:
    """Return (answers cut into several excerpts, answers)."""
    times = excerpts.groupby("response_id").size()
    return int((times > 1).sum()), len(times)


def read_units(text: str, responses: pd.DataFrame, *, file: str) -> dict[str, list[tuple[int, int]]]:
    """Read units cut by hand, a CSV of response_id, start, end; raise InputError with every span that does not fit."""
    lengths = dict(zip(responses.response_id, responses.text.str.len(), strict=True))
    found: dict[str, list[tuple[int, int]]] = {}
    faults = []
    for line, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), 2):
        what = _unit_fault(row, lengths, found)
        if what:
            remedy = "start and end count characters of the answer from 0; end is the first one left out"
            faults.append(Fault(file, f"line {line}", what, remedy))
        else:
            found.setdefault(row["response_id"], []).append((int(row["start"]), int(row["end"])))
    if faults:
        raise InputError(faults)
    return {name: sorted(spans) for name, spans in found.items()}


def _unit_fault(
    row: Mapping[str, str], lengths: Mapping[str, int], found: Mapping[str, Sequence[tuple[int, int]]]
) -> str | None:
    if any(not row.get(name) for name in ("response_id", "start", "end")):
        return "the columns response_id, start and end are needed"
    name = row["response_id"]
    if name not in lengths:
        return f"no answer has the id {name!r}"
    if not (row["start"].isdecimal() and row["end"].isdecimal()):
        return "start and end are not whole numbers"
    start, end = int(row["start"]), int(row["end"])
    if not start < end <= lengths[name]:
        return f"the span {start} to {end} does not fit an answer of {lengths[name]} characters"
    if any(start < other_end and other_start < end for other_start, other_end in found.get(name, ())):
        return f"the span {start} to {end} overlaps another of the same answer"
    return None


def _sentences(text: str, nlp: Language) -> Iterator[tuple[int, int]]:
    for sentence in nlp(text).sents:
        inner = sentence.text
        start = sentence.start_char + len(inner) - len(inner.lstrip())
        end = sentence.start_char + len(inner.rstrip())
        if end > start:
            yield start, end
