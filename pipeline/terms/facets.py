"""What a term is said of and in which respect, from the words beside its usages; no parser is needed.

Slots are positions that a reader can check at a glance: "similar *in texture*" (respect), "similar *to X-rays*"
(compared), "similar *modality*" (said of), "*visually* similar" (manner), "*source* domain" (kind). English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.terms.dependencies import parsed_facets

if TYPE_CHECKING:
    from spacy.language import Language

COLUMNS = ["usage_id", "slot", "words"]
BLOCK = 50_000  # usages, whose texts are handed to Arrow at once
MOST = 4  # words a facet keeps
SLOTS = {
    "respect": ("in terms of", "with respect to", "with regard to", "regarding", "in", "by"),
    "compared": ("between", "to", "with", "as", "from", "than", "across"),
    "of": ("of", "for"),
}
OPENINGS: dict[str, list[tuple[str, list[str]]]] = {}  # by their first word, in the order in which they are tried
for _slot, _texts in SLOTS.items():
    for _words in map(str.split, _texts):
        OPENINGS.setdefault(_words[0], []).append((_slot, _words))
DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "my",
        "our",
        "your",
        "their",
        "its",
        "his",
        "her",
        "some",
        "any",
        "each",
        "every",
        "both",
    ]
)
PART = re.compile(r"[^\W\d_](?:[\w&'’/-]*\w)?|\d+|[^\w\s]")  # words with inner hyphens, numbers, single marks


def facets(
    usages: pd.DataFrame, responses: pd.DataFrame, *, stop_words: frozenset[str], parser: Language | None = None
) -> pd.DataFrame:
    """Return the facets table: usage_id, slot, words (lower case); a usage has one facet per slot at most.

    usages: usage_id, response_id, start, end; responses: response_id, text. parser: a trained pipeline; what it finds
    stands before what the patterns find, slot by slot.
    """
    ordered = usages.sort_values("usage_id")
    texts = dict(zip(responses.response_id, responses.text, strict=True))
    parts = [pd.DataFrame([], columns=pd.Index(COLUMNS), dtype="str")]
    for first in range(0, len(ordered), BLOCK):
        block = ordered.iloc[first : first + BLOCK]
        rows = [
            (usage, slot, words)
            for usage, response, start, end in zip(
                block.usage_id, block.response_id, block.start.tolist(), block.end.tolist(), strict=True
            )
            for slot, words in sorted(facets_of(texts[response], start, end, stop_words).items())
        ]
        parts.append(pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype="str"))
    found_by_pattern = pd.concat(parts, ignore_index=True)
    if parser is None:
        return found_by_pattern
    both = pd.concat([parsed_facets(usages, responses, parser), found_by_pattern])
    return both.drop_duplicates(["usage_id", "slot"]).sort_values(["usage_id", "slot"]).reset_index(drop=True)


def facets_of(text: str, start: int, end: int, stop_words: frozenset[str]) -> dict[str, str]:
    """Return slot -> words beside the span of one usage."""
    before = PART.findall(text[max(0, start - 80) : start].lower())
    after = PART.findall(text[end : end + 120].lower())
    found = {}
    if before and before[-1].isalpha() and before[-1].endswith("ly") and len(before[-1]) > 4:
        found["manner"] = before[-1]
    elif kind := _content(before[::-1], stop_words, 2):
        found["kind"] = " ".join(kind[::-1])
    if said := _content(after, stop_words, 2):
        found["said of"] = " ".join(said)
    for slot, words in OPENINGS.get(after[0], ()) if after else ():
        if after[: len(words)] == words:
            if rest := _phrase(after[len(words) :], stop_words):
                found[slot] = rest
            break
    return found


def _content(parts: list[str], stop_words: frozenset[str], most: int) -> list[str]:
    """Return the words that follow at once, up to a mark or a word without content."""
    found: list[str] = []
    for part in parts[:most]:
        if not part[0].isalpha() or part in stop_words:
            break
        found.append(part)
    return found


def _phrase(parts: list[str], stop_words: frozenset[str]) -> str:
    """Return the phrase after a preposition: without its determiners, up to a mark or the next word without content."""
    rest = list(parts)
    while rest and rest[0] in DETERMINERS:
        rest.pop(0)
    return " ".join(_content(rest, stop_words, MOST))


def facet_counts(
    found: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame, *, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return slot, words, n_respondents and n_usages of the usages given, commonest first.

    by: further columns of the usages, such as their sense, by which they are counted apart.
    """
    joined = found.merge(usages[["usage_id", "response_id", *by]], on="usage_id").merge(
        responses[["response_id", "respondent_id"]], on="response_id"
    )
    counted = joined.groupby([*by, "slot", "words"]).agg(
        n_respondents=("respondent_id", "nunique"), n_usages=("usage_id", "nunique")
    )
    order = ["n_respondents", "n_usages", "slot", "words"]
    return counted.reset_index().sort_values(order, ascending=[False, False, True, True]).reset_index(drop=True)
