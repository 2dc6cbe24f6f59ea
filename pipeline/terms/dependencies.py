"""Facets by a trained parser: what a term is said of and in which respect, however far from the word it stands.

Reads the labels of spaCy's English pipelines (ClearNLP: prep + pobj, acomp, attr) and Universal Dependencies
(nmod and obl with their case), de Marneffe et al. 2021. The slots are those of the patterns (facets.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Token

PREPOSITIONS = {
    "in": "respect", "by": "respect", "regarding": "respect",
    "to": "compared", "with": "compared", "as": "compared", "from": "compared", "than": "compared",
    "between": "compared", "across": "compared", "of": "of", "for": "of",
}  # fmt: skip
SUBJECTS = ("nsubj", "nsubjpass", "nsubj:pass")
PREDICATES = ("acomp", "attr", "oprd")
PART_OF_NAME = ("amod", "compound")
MOST = 4  # words a facet keeps, its last ones: the head and what stands closest before it
COLUMNS = ["usage_id", "slot", "words"]


def parsed_facets(usages: pd.DataFrame, responses: pd.DataFrame, nlp: Language) -> pd.DataFrame:
    """Return usage_id, slot, words (lower case) by dependencies; no rows if the pipeline does not parse.

    usages: usage_id, response_id, start, end; responses: response_id, text. One facet per slot at most.
    """
    texts = responses.set_index("response_id").text
    mine = usages.sort_values("usage_id")
    asked = sorted(set(mine.response_id))
    parsed = dict(zip(asked, nlp.pipe([texts[name] for name in asked]), strict=True))
    rows: list[tuple[str, str, str]] = []
    for row in mine.to_dict("records"):
        document = parsed[row["response_id"]]
        span = document.char_span(row["start"], row["end"], alignment_mode="expand")
        if span is not None and document.has_annotation("DEP"):
            rows += [(row["usage_id"], slot, words) for slot, words in sorted(facets_of_token(span.root).items())]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype="object")


def facets_of_token(token: Token) -> dict[str, str]:
    """Return slot -> words of one usage, given the word that the rest of the term depends on."""
    found: dict[str, str] = {}
    for slot, head in _related(token):
        if slot and (words := _phrase(head, token)):
            found.setdefault(slot, words)
    return found


def _related(token: Token) -> Iterator[tuple[str, Token]]:
    """Yield (slot, word) for what the term depends on and what depends on it, in the order of the text."""
    if token.dep_ in PART_OF_NAME:
        yield "said of", token.head
    for subject in (*token.children, *(token.head.children if token.dep_ in PREDICATES else ())):
        if subject.dep_ in SUBJECTS:
            yield "said of", subject
    for child in token.children:
        if child.dep_ == "advmod":
            yield "manner", child
        elif child.dep_ in PART_OF_NAME:
            yield "kind", child
    yield from _prepositional(token)
    if token.dep_ == "amod":  # "a similar modality in texture": the respect hangs on the noun
        yield from ((slot, thing) for slot, thing in _prepositional(token.head) if slot != "of")


def _prepositional(token: Token) -> Iterator[tuple[str, Token]]:
    """Yield (slot, word) of the phrases with a preposition that hang on a word; no slot: another preposition."""
    for child in token.children:
        if child.dep_ == "prep":
            yield from ((PREPOSITIONS.get(child.lower_, ""), thing) for thing in child.children if thing.dep_ == "pobj")
        elif child.dep_.partition(":")[0] in ("nmod", "obl"):
            case = next((word.lower_ for word in child.children if word.dep_ == "case"), "")
            yield PREPOSITIONS.get(case, ""), child


def _phrase(head: Token, term: Token) -> str:
    """Return the head with the adjectives and nouns directly before it; nothing for pronouns."""
    own = [word for word in head.children if word.dep_ in PART_OF_NAME and word.i < head.i and word.i != term.i]
    words = [word.lower_ for word in (*own, head) if word.text[0].isalpha() and not head.is_stop]
    return " ".join(words[-MOST:])
