"""The units coders read: excerpts of answers, and usages of a term, with everything a packet shows of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pandas as pd

from pipeline.ids import digest, normalise

EXCERPT, USAGE, PAIR = "excerpt", "usage", "pair"
OPEN_MARK, CLOSE_MARK = "⟦", "⟧"  # around the usage in plain text; occur in hardly any answer
COLUMNS = [
    "unit_kind", "unit_id", "response_id", "respondent_id", "question_id", "item_id", "term_id",
    "answer", "start", "end", "text", "digest",
]  # fmt: skip
QUOTES = str.maketrans(
    {**dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("‐‑‒–—−", "-"), "…": "..."}
)
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ufffd\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")


def fold(text: str) -> str:
    """Return a text without what spreadsheets change by themselves: quotes, dashes, blanks, control characters."""
    return normalise(UNSEEN.sub("", text).translate(QUOTES)).lstrip("'")


def text_digest(text: str) -> str:
    """Return 16 hexadecimal digits that stay the same unless someone edits the words."""
    return digest(fold(text))[:16]


def marked(answer: str, start: int, end: int) -> str:
    """Return the answer with the usage between marks."""
    return f"{answer[:start]}{OPEN_MARK}{answer[start:end]}{CLOSE_MARK}{answer[end:]}"


def describe(excerpts: pd.DataFrame, usages: pd.DataFrame, *, responses: pd.DataFrame) -> pd.DataFrame:
    """Return one row per excerpt and usage with its answer, span, plain text and digest (COLUMNS).

    start and end are code points into `answer`; text is the excerpt, or the whole answer with the usage marked.
    """
    where = responses[["response_id", "respondent_id", "question_id", "item_id", "text"]].rename(
        columns={"text": "answer"}
    )
    first = _part(excerpts, where, "excerpt_id", EXCERPT, lambda answer, start, end: answer[start:end])
    second = _part(usages, where, "usage_id", USAGE, marked)
    found = pd.concat([first, second], ignore_index=True)
    return found.sort_values(["unit_kind", "unit_id"], kind="stable").reset_index(drop=True)


def owners(excerpts: pd.DataFrame, usages: pd.DataFrame, *, responses: pd.DataFrame) -> pd.DataFrame:
    """Return unit_kind, unit_id, respondent_id and term_id of every excerpt and usage, without their texts."""
    parts = [
        frame.assign(unit_kind=kind).rename(columns={key: "unit_id"})
        for frame, key, kind in ((excerpts, "excerpt_id", EXCERPT), (usages, "usage_id", USAGE))
    ]
    found = pd.concat(parts, ignore_index=True).merge(responses[["response_id", "respondent_id"]], on="response_id")
    found = found[["unit_kind", "unit_id", "respondent_id", "term_id"]]
    return found.sort_values(["unit_kind", "unit_id"], kind="stable").reset_index(drop=True)


def describe_pairs(pair_ids: Iterable[str], units: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pair of usages ("id+id"): the first usage's columns, text and digest of both.

    Pairs of usages that the study no longer has are left out.
    """
    known = units[units.unit_kind == USAGE].set_index("unit_id")
    pairs = sorted({pair for pair in pair_ids if set(pair.split("+")) <= set(known.index)})
    found = known.reindex([pair.split("+")[0] for pair in pairs]).reset_index(drop=True)
    texts = ["\n\n".join(known.text[part] for part in pair.split("+")) for pair in pairs]
    found = found.assign(unit_id=pairs, unit_kind=PAIR, text=texts, digest=[text_digest(text) for text in texts])
    return found[COLUMNS].astype({"start": "int64", "end": "int64"})


def _part(
    frame: pd.DataFrame, where: pd.DataFrame, key: str, kind: str, show: Callable[[str, int, int], str]
) -> pd.DataFrame:
    columns = [key, "response_id", "start", "end", *(["term_id"] if kind == USAGE else [])]
    joined = frame[columns].merge(where, on="response_id").rename(columns={key: "unit_id"})
    texts = [show(a, int(s), int(e)) for a, s, e in zip(joined.answer, joined.start, joined.end, strict=True)]
    joined = joined.assign(unit_kind=kind, text=texts, digest=[text_digest(text) for text in texts])
    if kind == EXCERPT:
        joined = joined.assign(term_id=None)
    return joined[COLUMNS].astype({"start": "int64", "end": "int64"})


def minutes(text: str) -> float:
    """Return roughly how long a person needs for one unit: fifteen seconds, and reading at 150 words a minute."""
    return 0.25 + len(text.split()) / 150
