"""Answers that were handed out to coders, by id and digest, so that one edited later is known for another answer.

answers.csv lies beside assignments.csv and holds keyed digests only. An answer keeps its first digest: a later
export in which it says something else gives it another id, and coders' work on the old words stays with the old id.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pandas as pd

from pipeline.errors import Fault, InputError

NAMES = ["response_id", "text_digest"]


def read_handed(text: str) -> dict[str, str]:
    """Return {response_id: text_digest} of answers.csv. Raises InputError where it is another file of that name."""
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames is None or not set(NAMES) <= set(reader.fieldnames):
        remedy = "an export needs another name: rename it, and name it so in survey.yaml under exports"
        raise InputError([Fault("answers.csv", "line 1", "this is not the list of answers handed out", remedy)])
    return {row["response_id"]: row["text_digest"] for row in reader}


def handed_text(known: Mapping[str, str], responses: pd.DataFrame) -> str:
    """Return answers.csv with the answers of now added; what was known stays."""
    now = dict(zip(responses.response_id, responses.text_digest, strict=True))
    whole = {**now, **known}
    lines = [",".join(NAMES), *(f"{name},{whole[name]}" for name in sorted(whole))]
    return "\n".join(lines) + "\n"
