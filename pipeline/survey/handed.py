"""Answers that were handed out to coders, by id and digest, so that one edited later is known for another answer.

answers.csv lies beside assignments.csv and holds keyed digests only. An answer keeps its first digest: a later
export in which it says something else gives it another id, and coders' work on the old words stays with the old id.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pandas as pd

NAMES = ["response_id", "text_digest"]


def read_handed(text: str) -> dict[str, str]:
    """Return {response_id: text_digest} of answers.csv."""
    return {row["response_id"]: row["text_digest"] for row in csv.DictReader(io.StringIO(text))}


def handed_text(known: Mapping[str, str], responses: pd.DataFrame) -> str:
    """Return answers.csv with the answers of now added; what was known stays."""
    now = dict(zip(responses.response_id, responses.text_digest, strict=True))
    whole = {**now, **known}
    lines = [",".join(NAMES), *(f"{name},{whole[name]}" for name in sorted(whole))]
    return "\n".join(lines) + "\n"
