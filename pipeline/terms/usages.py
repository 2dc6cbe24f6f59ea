"""Every occurrence of every term, as code points into the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.ids import content_id
from pipeline.study import Terms
from pipeline.terms.candidates import CANDIDATE, REFERENCE, WATCHED, Found, candidates, stated

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

TERM_COLUMNS = ["term_id", "label", "forms", "kind", "role", "n_usages", "n_respondents", "in_question"]
USAGE_COLUMNS = ["usage_id", "term_id", "response_id", "start", "end", "surface"]


def find_terms(
    responses: pd.DataFrame, settings: Terms, *, nlp: Language, questions: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (terms, usages).

    responses: response_id, respondent_id, text. questions: the texts of the open questions, whose words may be
    echoed rather than chosen. A usage inside a longer term's usage is the longer term's, unless the shorter is watched.
    """
    responses = responses.sort_values("response_id")
    lowered = [text.lower() if len(text.lower()) == len(text) else text for text in responses.text]
    docs = list(nlp.pipe(lowered))
    named = stated(settings.watch, WATCHED, nlp) + stated(settings.reference, REFERENCE, nlp)
    taken = {form for term in named for form in term.forms}
    pairs = list(zip(responses.respondent_id, docs, strict=True))
    found = named + candidates(pairs, settings, n_respondents=responses.respondent_id.nunique(), taken=taken)
    unique = list({term.term_id: term for term in reversed(found)}.values())[::-1]
    usages = _usages(responses, docs, unique, nlp)
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


def _usages(responses: pd.DataFrame, docs: Sequence[Doc], terms: Sequence[Found], nlp: Language) -> pd.DataFrame:
    from spacy.matcher import PhraseMatcher

    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for term in terms:
        matcher.add(term.term_id, [nlp.make_doc(form) for form in term.forms])
    watched = {term.term_id for term in terms if term.role != CANDIDATE}
    rows = []
    for response_id, text, doc in zip(responses.response_id, responses.text, docs, strict=True):
        spans = [(nlp.vocab.strings[key], doc[a:b].start_char, doc[a:b].end_char) for key, a, b in matcher(doc)]
        for name, start, end in sorted(set(spans)):
            inside = any(s <= start and end <= e and e - s > end - start for _, s, e in spans)
            if inside and name not in watched:
                continue
            rows.append(
                (content_id("u", response_id, name, start, end), name, response_id, start, end, text[start:end])
            )
    found = pd.DataFrame(rows, columns=pd.Index(USAGE_COLUMNS)).drop_duplicates("usage_id")
    return found.astype({"response_id": str})
