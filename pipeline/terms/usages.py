"""Every occurrence of every term, as code points into the answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.ids import content_id
from pipeline.settings import Terms
from pipeline.terms.candidates import CANDIDATE, REFERENCE, WATCHED, Found, Written, stated

if TYPE_CHECKING:
    from spacy.language import Language

TERM_COLUMNS = ["term_id", "label", "forms", "kind", "role", "n_usages", "n_respondents", "in_question"]
USAGE_COLUMNS = ["usage_id", "term_id", "response_id", "start", "end", "surface"]
KINDS = {"usage_id": "str", "term_id": "str", "response_id": "str", "start": "int64", "end": "int64", "surface": "str"}
BLOCK = 10_000  # answers
Span = tuple[str, int, int]


def find_terms(
    responses: pd.DataFrame, settings: Terms, *, nlp: Language, questions: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (terms, usages).

    responses: response_id, respondent_id, text. questions: the texts of the open questions, whose words may be
    echoed rather than chosen. A usage inside a longer term's usage is the longer term's, unless the shorter is watched.
    """
    responses = responses.sort_values("response_id")
    written, people = Written(), responses.respondent_id.tolist()
    texts = [text.lower() if len(text.lower()) == len(text) else text for text in responses.text]
    for person, doc in zip(people, nlp.pipe(texts), strict=True):
        written.add(person, doc)
    named = stated(settings.watch, WATCHED, nlp) + stated(settings.reference, REFERENCE, nlp)
    taken = {form for term in named for form in term.forms}
    found = named + written.candidates(settings, taken=taken)
    unique = list({term.term_id: term for term in reversed(found)}.values())[::-1]
    usages = _usages(responses, texts, unique, nlp)
    echoed = {token.text for question in questions for token in nlp.make_doc(question.lower())}
    counted = usages.merge(responses[["response_id", "respondent_id"]], on="response_id").groupby("term_id")
    counts = counted.agg(n_usages=("usage_id", "size"), n_respondents=("respondent_id", "nunique"))
    rows = [
        (
            term.term_id,
            term.label,
            "|".join(term.forms),
            term.kind,
            term.role,
            int(counts.n_usages.get(term.term_id, 0)),
            int(counts.n_respondents.get(term.term_id, 0)),
            bool(set(term.forms) & echoed),
        )
        for term in unique
        if term.role != CANDIDATE or term.term_id in counts.index
    ]
    return pd.DataFrame(rows, columns=pd.Index(TERM_COLUMNS)), usages


def _usages(responses: pd.DataFrame, texts: Sequence[str], terms: Sequence[Found], nlp: Language) -> pd.DataFrame:
    """Return every usage, found in blocks of answers: texts are Arrow's at once, not millions of Python's."""
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for term in terms:
        matcher.add(term.term_id, [nlp.make_doc(form) for form in term.forms])
    watched = {term.term_id for term in terms if term.role != CANDIDATE}
    parts = [pd.DataFrame([], columns=pd.Index(USAGE_COLUMNS)).astype(KINDS)]
    for first in range(0, len(texts), BLOCK):
        rows: list[tuple[str, str, str, int, int, str]] = []
        block = responses.iloc[first : first + BLOCK]
        docs = nlp.tokenizer.pipe(texts[first : first + BLOCK])
        for response_id, text, doc in zip(block.response_id, block.text, docs, strict=True):
            spans = {(nlp.vocab.strings[key], doc[a:b].start_char, doc[a:b].end_char) for key, a, b in matcher(doc)}
            for name, start, end in outermost(spans, always=watched):
                usage = content_id("u", response_id, name, start, end)
                rows.append((usage, name, response_id, start, end, text[start:end]))
        parts.append(pd.DataFrame(rows, columns=pd.Index(USAGE_COLUMNS)).astype(KINDS))
    return pd.concat(parts, ignore_index=True).drop_duplicates("usage_id")


def outermost(spans: set[Span], *, always: Collection[str]) -> list[Span]:
    """Return spans (term, start, end) that are not part of a longer one, and those of the terms in `always`; in order.

    One pass over spans in order of their start, so that an answer may hold tens of thousands.
    """
    kept, reach, here, at = [], -1, -1, -1  # how far spans reach that start before this one; and those that start here
    for name, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if start != at:
            reach, here, at = max(reach, here), -1, start
        if name in always or not (reach >= end or here > end):
            kept.append((name, start, end))
        here = max(here, end)
    return sorted(kept)
