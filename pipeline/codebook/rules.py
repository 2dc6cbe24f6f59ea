"""Coding by rule: words and phrases with their inflections, regular expressions, token patterns.

Each hit keeps its span (code points inside the excerpt) and the rule that made it, so that a person can see why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.codebook.themes import Code, Rule

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COLUMNS = ["excerpt_id", "code_id", "source", "score", "start", "end", "rule"]


@dataclass(frozen=True)
class Hit:
    """One place where one rule fired; start and end are code points."""

    code_id: str
    rule: str
    start: int
    end: int


def code_by_rule(excerpts: pd.DataFrame, codes: Sequence[Code], nlp: Language) -> pd.DataFrame:
    """Return machine_codings with source "rule": the first hit of each code in each excerpt, score = number of hits.

    excerpts: excerpt_id, text and, where rules ask for them, question_id and item_id.
    """
    matcher = RuleMatcher(codes, nlp)
    rows = []
    for excerpt in excerpts.to_dict("records"):
        hits = matcher.hits(excerpt["text"], excerpt.get("question_id"), excerpt.get("item_id"))
        by_code: dict[str, list[Hit]] = {}
        for hit in hits:
            by_code.setdefault(hit.code_id, []).append(hit)
        for code_id, found in by_code.items():
            first = min(found, key=lambda hit: (hit.start, -hit.end))
            rows.append((excerpt["excerpt_id"], code_id, "rule", float(len(found)), first.start, first.end, first.rule))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


class RuleMatcher:
    """All rules of a codebook, compiled once: one pass of tokens serves every word and pattern rule."""

    def __init__(self, codes: Sequence[Code], nlp: Language) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self._nlp = nlp
        self._rules = {
            f"{code.id}/{number}": (code.id, rule) for code in codes for number, rule in enumerate(code.rules, 1)
        }
        self._words = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._lemmas = PhraseMatcher(nlp.vocab, attr="LEMMA")
        self._void = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._patterns = Matcher(nlp.vocab)
        self._regexes: dict[str, re.Pattern[str]] = {}
        self._by_place: dict[tuple[str | None, str | None], dict[str, tuple[str, Rule]]] = {}
        for name, (_, rule) in self._rules.items():
            self._add(name, rule)

    def _add(self, name: str, rule: Rule) -> None:
        if rule.any:
            self._words.add(name, [self._nlp.make_doc(word.lower()) for word in rule.any])
            self._lemmas.add(name, [self._lemmatised(word.lower()) for word in rule.any])
        elif rule.regex:
            self._regexes[name] = re.compile(rule.regex, re.IGNORECASE if rule.ignore_case else 0)
        else:
            self._patterns.add(name, [list(rule.pattern)])
        if rule.exclude:
            self._void.add(name, [self._nlp.make_doc(word.lower()) for word in rule.exclude])

    def _lemmatised(self, text: str) -> Doc:
        return self._nlp(text)

    def hits(self, text: str, question_id: str | None = None, item_id: str | None = None) -> list[Hit]:
        """Return every hit in a text, in order of place, without doubles."""
        apply = self._applicable(question_id, item_id)
        doc = lowered = None
        if any(rule.regex is None or rule.exclude or rule.near for _, rule in apply.values()):
            doc = self._nlp(text)
            lowered = self._nlp(text.lower()) if len(text.lower()) == len(text) else doc
        void = self._spans(self._void, doc)
        found = set()
        for name, start, end in self._raw(doc, lowered, text, apply):
            if name not in apply:
                continue
            code_id, rule = apply[name]
            if any(v == name and s < end and start < e for v, s, e in void):
                continue
            if rule.near and not self._is_near(doc, rule, start, end):
                continue
            found.add(Hit(code_id, name, start, end))
        return sorted(found, key=lambda hit: (hit.start, hit.end, hit.rule))

    def _applicable(self, question_id: str | None, item_id: str | None) -> dict[str, tuple[str, Rule]]:
        """Return the rules that speak of this question and item; regular expressions run one by one, so few is fast."""
        key = (question_id, item_id)
        if key not in self._by_place:
            self._by_place[key] = {
                name: (code_id, rule)
                for name, (code_id, rule) in self._rules.items()
                if (not rule.questions or question_id in rule.questions) and (not rule.items or item_id in rule.items)
            }
        return self._by_place[key]

    def _raw(
        self, doc: Doc | None, lowered: Doc | None, text: str, apply: dict[str, tuple[str, Rule]]
    ) -> Iterator[tuple[str, int, int]]:
        yield from self._spans(self._words, doc)
        # The lookup lemmatizer is case-sensitive ("Similarities" stays as it is), so lemmas are read from lower case.
        yield from self._spans(self._lemmas, lowered)
        yield from self._spans(self._patterns, doc)
        for name in apply:
            if name in self._regexes:
                for match in self._regexes[name].finditer(text):
                    yield name, match.start(), match.end()

    def _spans(self, matcher: Any, doc: Doc | None) -> list[tuple[str, int, int]]:
        if doc is None or not len(matcher):
            return []
        return [(self._nlp.vocab.strings[key], doc[a:b].start_char, doc[a:b].end_char) for key, a, b in matcher(doc)]

    def _is_near(self, doc: Doc | None, rule: Rule, start: int, end: int) -> bool:
        assert rule.near is not None and doc is not None
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            return False
        wanted = {word.lower() for word in rule.near.words}
        low, high = max(span.start - rule.near.within, 0), span.end + rule.near.within
        return any(
            token.lower_ in wanted or token.lemma_.lower() in wanted
            for token in doc[low:high]
            if not span.start <= token.i < span.end
        )
