"""Words and phrases with their inflections, found in texts without making a document of every text.

spaCy splits what stands between blanks on its own, and the lookup lemmatizer sees one token at a time. So what a run of
characters between blanks holds is worked out once, and texts are looked up run by run. The result is that of spaCy's
PhraseMatcher on LOWER, and on LEMMA of the text in lower case, rule by rule (a test holds them against each other).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from pipeline.codebook.docphrases import NOTHING, Begun, Found, words_of
from pipeline.codebook.themes import Rule

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Lemmatizer

RUN = re.compile(r"\S+")
TOGETHER = 50_000  # runs that are split at a time
Token = tuple[int, int, str]  # start, end inside the run, and the form that counts
Phrase = tuple[tuple[str, ...], str]  # the forms after the first, and the rule


def lowered(run: str) -> str:
    """Return a run in lower case, or as it is where places would move ("İ" becomes two characters)."""
    low = run.lower()
    return low if len(low) == len(run) else run


class Runs:
    """The tokens of runs of characters, as spaCy makes them, in lower case and as lemmas; each run is split once."""

    def __init__(self, nlp: Language) -> None:
        self._split, self._strings = nlp.make_doc, nlp.vocab.strings
        self._tokens: dict[str, list[Token]] = {}
        lemmatizer = cast("Lemmatizer", nlp.get_pipe("lemmatizer")) if "lemmatizer" in nlp.pipe_names else None
        self.lemmas = None if lemmatizer is None else lemmatizer.lookups.get_table("lemma_lookup")

    def tokens(self, run: str) -> list[Token]:
        """Return the tokens of a run as they stand."""
        found = self._tokens.get(run)
        if found is None:
            found = self._tokens[run] = [(t.idx, t.idx + len(t), t.text) for t in self._split(run)]
        return found

    def lower(self, run: str) -> list[Token]:
        """Return the tokens of a run in lower case."""
        return [(start, end, text.lower()) for start, end, text in self.tokens(run)]

    def lemma(self, run: str) -> list[Token]:
        """Return the lemmas of a run: what the table has for a token, or the token."""
        lemmas = self.lemmas or {}
        return [(start, end, lemmas.get(text, text)) for start, end, text in self.tokens(run)]

    def with_any(self, runs: Sequence[str], attribute: str, wanted: set[int]) -> Iterator[str]:
        """Yield the runs in which a token has one of these values of ORTH or LOWER.

        Many runs are split together and looked at as numbers, which is several times quicker than token by token.
        """
        for at in range(0, len(runs), TOGETHER):
            part = runs[at : at + TOGETHER]
            values, blank = self._split(" ".join(part)).to_array([attribute, "SPACY"]).T
            owner = np.concatenate([[0], np.cumsum(blank)[:-1]]).astype(int)
            yield from (part[i] for i in np.unique(owner[np.isin(values, np.array([*wanted], dtype=values.dtype))]))

    def ids(self, words: Iterable[str]) -> set[int]:
        """Return the numbers by which spaCy knows words."""
        return {self._strings.add(word) for word in words}

    def ids_of_lemmas(self, lemmas: Collection[str]) -> set[int]:
        """Return the numbers of all tokens whose lemma is one of these."""
        from spacy.symbols import IDS

        table = self.lemmas or {}
        own = {word for word in lemmas if table.get(word, word) == word}
        named = {word for word in IDS if table.get(word, word) in lemmas}  # these have numbers of their own
        return {key for key, lemma in dict.items(table) if lemma in lemmas} | self.ids(own | named)


class Form:
    """Phrases in one form of their tokens (lower case, or lemma), by their first token."""

    def __init__(self, tokens_of: Callable[[str], list[Token]], phrases: Iterable[tuple[str, str]]) -> None:
        self._tokens_of = tokens_of
        self._first: dict[str, list[Phrase]] = {}
        for text, name in phrases:
            first, *rest = [form for word in text.split() for _, _, form in tokens_of(word)]
            self._first.setdefault(first, []).append((tuple(rest), name))

    @property
    def firsts(self) -> Collection[str]:
        """Return the forms with which phrases begin."""
        return self._first.keys()

    def begins(self, run: str) -> list[tuple[int, int, int, Phrase]]:
        """Return the phrases whose first token is in a run: which token, its start and end, the rest with the rule."""
        if not self._first:
            return []
        return [
            (place, start, end, phrase)
            for place, (start, end, form) in enumerate(self._tokens_of(run))
            for phrase in self._first.get(form, ())
        ]

    def end(self, text: str, runs: list[tuple[int, int]], at: int, place: int, rest: tuple[str, ...]) -> int | None:
        """Return where a phrase ends whose first token stands at `place` of a run, or None where it does not go on."""
        start, end = runs[at]
        tokens, last = self._tokens_of(text[start:end]), 0
        for form in rest:
            place += 1
            if place >= len(tokens):
                if at + 1 >= len(runs) or text[end : runs[at + 1][0]] != " ":  # two blanks are a token of their own
                    return None
                at, place = at + 1, 0
                start, end = runs[at]
                tokens = self._tokens_of(text[start:end])
            if tokens[place][2] != form:
                return None
            last = start + tokens[place][1]
        return last


class Phrases:
    """The word and phrase rules of a codebook, where every run of characters can be looked up by itself."""

    def __init__(self, rules: Mapping[str, Rule], nlp: Language) -> None:
        said, self._runs = words_of(rules), Runs(nlp)
        self._lower = Form(self._runs.lower, said)
        self._lemma = Form(self._runs.lemma, said if self._runs.lemmas is not None else ())
        self._lower_ids = self._runs.ids(self._lower.firsts)
        self._lemma_ids = self._runs.ids_of_lemmas(self._lemma.firsts) if self._lemma.firsts else set()

    def starting(self, runs: Collection[str]) -> set[str]:
        """Return those of many runs in which a phrase begins."""
        found = set(self._runs.with_any(list(runs), "LOWER", self._lower_ids)) if self._lower_ids else set()
        if self._lemma_ids:
            low = {run: lowered(run) for run in runs}
            hot = set(self._runs.with_any(list(dict.fromkeys(low.values())), "ORTH", self._lemma_ids))
            found |= {run for run in runs if low[run] in hot}
        return found

    def begins(self, run: str) -> Begun:
        """Return what begins in a run of a text; lemmas are those of the run in lower case."""
        found = [*self._lower.begins(run), *self._lemma.begins(lowered(run))]
        words = {(start, end, name) for _, start, end, (rest, name) in found if not rest}
        return Begun(tuple(sorted(words)), any(rest for *_, (rest, _) in found)) if found else NOTHING

    def matches(self, text: str) -> Iterator[Found]:
        """Yield every phrase in a text: rule, start, end in code points."""
        runs = [run.span() for run in RUN.finditer(text)]
        low = RUN.sub(lambda run: lowered(run[0]), text)
        for form, said in ((self._lower, text), (self._lemma, low)):
            for at, (start, end) in enumerate(runs):
                for place, first, last, (rest, name) in form.begins(said[start:end]):
                    stop = form.end(said, runs, at, place, rest) if rest else start + last
                    if stop is not None:
                        yield name, start + first, stop
