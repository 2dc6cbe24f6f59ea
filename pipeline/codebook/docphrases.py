"""Words and phrases found by spaCy's own matchers, for languages and pipelines that must see a whole text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.codebook.themes import Rule

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Found = tuple[str, int, int]


@dataclass(frozen=True)
class Begun:
    """What begins in a run: words that are whole phrases (start, end, rule), and whether longer phrases begin too."""

    words: tuple[tuple[int, int, str], ...]
    longer: bool


NOTHING = Begun((), longer=False)


def by_run(nlp: Language) -> bool:
    """Say whether this pipeline splits and lemmatises every run of characters by itself."""
    from spacy.tokenizer import Tokenizer

    return type(nlp.tokenizer) is Tokenizer and set(nlp.pipe_names) <= {"sentencizer", "lemmatizer"} and lookup(nlp)


def lookup(nlp: Language) -> bool:
    """Say whether lemmas, if there are any, come from a table."""
    return "lemmatizer" not in nlp.pipe_names or getattr(nlp.get_pipe("lemmatizer"), "mode", "") == "lookup"


class DocPhrases:
    """The same for languages and pipelines that must see a whole text: spaCy's own matchers."""

    def __init__(self, rules: Mapping[str, Rule], nlp: Language) -> None:
        from spacy.matcher import PhraseMatcher

        self._nlp = nlp
        self._lower, self._lemma = PhraseMatcher(nlp.vocab, attr="LOWER"), PhraseMatcher(nlp.vocab, attr="LEMMA")
        for word, name in words_of(rules):
            self._lower.add(name, [nlp.make_doc(word)])
            lemmas = nlp(word)
            if lemmas.has_annotation("LEMMA"):  # not every language has them
                self._lemma.add(name, [lemmas])

    def starting(self, runs: Collection[str]) -> set[str]:
        """Return all runs: a phrase may begin anywhere."""
        return set(runs)

    def begins(self, run: str) -> Begun:
        """Say that a longer phrase may begin anywhere, where there are any."""
        return Begun((), longer=bool(len(self._lower)))

    def matches(self, text: str) -> Iterator[Found]:
        """Yield every phrase in a text: rule, start, end in code points."""
        doc = self._nlp(text)
        yield from spans(self._lower, doc)
        if len(self._lemma):
            # The lookup lemmatizer is case-sensitive ("Similarities" stays as it is): lemmas are read from lower case.
            yield from spans(self._lemma, self._nlp(text.lower()) if len(text.lower()) == len(text) else doc)


def spans(matcher: Any, doc: Doc) -> list[Found]:
    """Return what a spaCy matcher finds as rule, start, end in code points."""
    if not len(matcher):
        return []
    return [(doc.vocab.strings[key], doc[a:b].start_char, doc[a:b].end_char) for key, a, b in matcher(doc)]


def words_of(rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
    """Return every word and phrase in lower case with one blank between words, and its rule."""
    said = [(" ".join(word.lower().split()), name) for name, rule in rules.items() for word in rule.any]
    return [(word, name) for word, name in said if word]
