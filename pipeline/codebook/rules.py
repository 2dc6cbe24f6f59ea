"""Coding by rule: words and phrases with their inflections, regular expressions, token patterns.

Each hit keeps its span (code points inside the excerpt) and the rule that made it, so that a person can see why.
Most texts hold nothing that any rule wants, and that is found out by looking up what stands between blanks; regular
expressions and token patterns run only on texts that hold the letters they require (`literals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from pipeline.codebook.docphrases import NOTHING, Begun, DocPhrases, by_run, spans
from pipeline.codebook.literals import Literals, required, required_by_pattern
from pipeline.codebook.phrases import Phrases
from pipeline.codebook.themes import Code, Rule

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COLUMNS = ["excerpt_id", "code_id", "source", "score", "start", "end", "rule"]
HITS = ["excerpt_id", "code_id", "rule", "start", "end"]


class Hit(NamedTuple):
    """One place where one rule fired; start and end are code points."""

    code_id: str
    rule: str
    start: int
    end: int


def code_by_rule(excerpts: pd.DataFrame, codes: Sequence[Code], nlp: Language) -> pd.DataFrame:
    """Return machine_codings with source "rule"; excerpts as in `rule_hits`, codings as in `codings_of`."""
    return codings_of(rule_hits(excerpts, codes, nlp))


def codings_of(hits: pd.DataFrame) -> pd.DataFrame:
    """Return the first hit of each code in each excerpt, score = number of hits. hits: from `rule_hits`."""
    if hits.empty:
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    count = hits.groupby(["excerpt_id", "code_id"]).size().rename("score").astype(float)
    first = hits.assign(last=-hits.end).sort_values(["excerpt_id", "start", "last", "rule"], kind="stable")
    found = first.drop_duplicates(["excerpt_id", "code_id"]).join(count, on=["excerpt_id", "code_id"])
    return found.assign(source="rule")[COLUMNS].reset_index(drop=True)


def rule_hits(excerpts: pd.DataFrame, codes: Sequence[Code], nlp: Language) -> pd.DataFrame:
    """Return every hit of every rule: excerpt_id, code_id, rule, start, end (code points inside the excerpt).

    excerpts: excerpt_id, text and, where rules ask for them, question_id and item_id.
    """
    return hits_by(RuleMatcher(codes, nlp), excerpts)


def hits_by(matcher: RuleMatcher, excerpts: pd.DataFrame) -> pd.DataFrame:
    """Return every hit of every rule of a compiled codebook, as `rule_hits` does."""
    matcher.learn(excerpts.text)
    where = (excerpts[name] if name in excerpts else [None] * len(excerpts) for name in ("question_id", "item_id"))
    rows = [
        (excerpt_id, code_id, name, start, end)
        for excerpt_id, text, question_id, item_id in zip(excerpts.excerpt_id, excerpts.text, *where, strict=True)
        for start, end, name, code_id in matcher.found(text, matcher.hot(text), question_id, item_id)
    ]
    return pd.DataFrame(rows, columns=pd.Index(HITS))


@dataclass(frozen=True)
class _Wanted:
    """What a run of characters means for the rules: phrases that begin in it, rules whose letters it holds."""

    begun: Begun
    rules: frozenset[str]


@dataclass
class _Here:
    """The rules that speak of one question and item."""

    codes: dict[str, str]  # rule -> the code it stands for
    anywhere: list[str] = field(default_factory=list)  # rules without candidates: they run on every text


class RuleMatcher:
    """All rules of a codebook, compiled once."""

    def __init__(self, codes: Sequence[Code], nlp: Language) -> None:
        from spacy.matcher import Matcher, PhraseMatcher

        self._nlp = nlp
        self._rules = {
            f"{code.id}/{number}": (code.id, rule) for code in codes for number, rule in enumerate(code.rules, 1)
        }
        rules = {name: rule for name, (_, rule) in self._rules.items()}
        self._phrases = (Phrases if by_run(nlp) else DocPhrases)({n: r for n, r in rules.items() if r.any}, nlp)
        self._void = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._patterns = Matcher(nlp.vocab)
        self._regexes: dict[str, re.Pattern[str]] = {}
        wanted: dict[str, frozenset[str] | None] = {}
        for name, rule in rules.items():
            if rule.regex:
                self._regexes[name] = re.compile(rule.regex, re.IGNORECASE if rule.ignore_case else 0)
                wanted[name] = required(rule.regex)
            elif rule.pattern:
                self._patterns.add(name, [list(rule.pattern)])
                wanted[name] = required_by_pattern(rule)
            if rule.exclude:
                self._void.add(name, [nlp.make_doc(word.lower()) for word in rule.exclude])
        self._conditional = {name: rule for name, rule in rules.items() if rule.exclude or rule.near}
        self._anywhere = [name for name, pieces in wanted.items() if pieces is None]
        self._literals = Literals({name: pieces for name, pieces in wanted.items() if pieces})
        self._cold: set[str] = set()  # runs of characters that no rule wants
        self._warm: dict[str, _Wanted] = {}
        self._hot: set[str] = set()  # the runs of _warm
        self._by_place: dict[tuple[str | None, str | None], _Here] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Take note of what stands between blanks in many texts; they are searched more quickly then."""
        runs = set().union(*(text.split() for text in texts)) - self._cold - self._hot
        if not runs:
            return
        starting = self._phrases.starting(runs)
        for run in starting if self._literals.none else runs:
            self._meet(run, begins=run in starting)
        self._cold |= runs - self._warm.keys()
        self._hot |= runs & self._warm.keys()

    def hits(self, text: str, question_id: str | None = None, item_id: str | None = None) -> list[Hit]:
        """Return every hit in a text, in order of place, without doubles."""
        self.learn([text])
        found = self.found(text, self.hot(text), question_id, item_id)
        return [Hit(code_id, name, start, end) for start, end, name, code_id in found]

    def hot(self, text: str) -> set[str]:
        """Return the runs of characters of a text that some rule wants; the text has been learnt."""
        return self._hot.intersection(text.split())

    def found(
        self, text: str, runs: set[str], question_id: str | None, item_id: str | None
    ) -> list[tuple[int, int, str, str]]:
        """Return start, end, rule, code of every hit, in order of place. runs: from `hot`."""
        here = self._here(question_id, item_id)
        if not runs and not here.anywhere:
            return []
        found, doc = set(), _Lazy(self._nlp, text)
        for start, end, name in self._raw(text, runs, here, doc):
            code_id = here.codes.get(name)
            if code_id is not None and (name not in self._conditional or self._holds(name, start, end, doc())):
                found.add((start, end, name, code_id))
        return sorted(found)

    def _holds(self, name: str, start: int, end: int, doc: Doc) -> bool:
        """Say whether a rule's `not` and `near` let a hit stand."""
        rule = self._conditional[name]
        if rule.exclude and any(v == name and s < end and start < e for v, s, e in spans(self._void, doc)):
            return False
        return not rule.near or _is_near(doc, rule, start, end)

    def _meet(self, run: str, *, begins: bool) -> None:
        """Find out what a run of characters means, and remember it where it means anything."""
        found = _Wanted(self._phrases.begins(run) if begins else NOTHING, self._literals.rules_in(run))
        if found.begun.words or found.begun.longer or found.rules:
            self._warm[run] = found

    def _raw(self, text: str, runs: Iterable[str], here: _Here, doc: _Lazy) -> Iterator[tuple[int, int, str]]:
        """Yield start, end, rule of every hit, before conditions; rules of other questions may be among them."""
        names: set[str] = set(here.anywhere)
        longer = False
        for run in runs:
            found = self._warm[run]
            if found.begun.words:
                for at in _places(text, run):
                    for start, end, name in found.begun.words:
                        yield at + start, at + end, name
            longer = longer or found.begun.longer
            names |= found.rules
        if longer:
            yield from ((start, end, name) for name, start, end in self._phrases.matches(text))
        for name in names & self._regexes.keys() & here.codes.keys():
            yield from ((*match.span(), name) for match in self._regexes[name].finditer(text))
        patterns = (names - self._regexes.keys()) & here.codes.keys()
        if patterns:
            yield from ((start, end, name) for name, start, end in spans(self._patterns, doc()) if name in patterns)

    def _here(self, question_id: str | None, item_id: str | None) -> _Here:
        """Return the rules that speak of this question and item."""
        key = (question_id, item_id)
        if key not in self._by_place:
            codes = {
                name: code_id
                for name, (code_id, rule) in self._rules.items()
                if (not rule.questions or question_id in rule.questions) and (not rule.items or item_id in rule.items)
            }
            self._by_place[key] = _Here(codes, [name for name in self._anywhere if name in codes])
        return self._by_place[key]


def _places(text: str, run: str) -> Iterator[int]:
    """Yield where a run of characters stands between blanks."""
    at = text.find(run)
    while at >= 0:
        end = at + len(run)
        if (at == 0 or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(run, end)


class _Lazy:
    """A text as a spaCy document, made when first asked for."""

    def __init__(self, nlp: Language, text: str) -> None:
        self._nlp, self._text, self._doc = nlp, text, None

    def __call__(self) -> Doc:
        if self._doc is None:
            self._doc = self._nlp(self._text)
        return self._doc


def _is_near(doc: Doc, rule: Rule, start: int, end: int) -> bool:
    assert rule.near is not None
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
