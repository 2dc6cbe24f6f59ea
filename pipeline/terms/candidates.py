"""Which words and phrases to look at: those the team watches, those it compares with, and what respondents use often.

A candidate is a lemma (or a fixed expression) that enough different respondents use; it is shown as the form most
of them wrote. Function words, numbers and words of one letter are never candidates.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ids import term_id
from pipeline.settings import Term, Terms

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

WATCHED, REFERENCE, CANDIDATE = "watched", "reference", "candidate"
MIN_NPMI = 0.35  # normalised pointwise mutual information above which two words are one expression
MIN_COVERED = 0.3  # and the share of one word's usages that stand in it


@dataclass(frozen=True)
class Found:
    """A term to look for: its label, the surface forms that count (lower case), and why it is looked at."""

    term_id: str
    label: str
    forms: tuple[str, ...]
    kind: str
    role: str


def stated(terms: Sequence[Term], role: str, nlp: Language) -> list[Found]:
    """Return the team's own terms; without listed forms, every form with the lemma of the term counts."""
    return [
        Found(
            term_id(term.term),
            term.term,
            tuple(form.lower() for form in term.forms or (term.term,)),
            "phrase" if len(nlp.make_doc(term.term)) > 1 else "word",
            role,
        )
        for term in terms
    ]


def default_minimum(n_respondents: int) -> int:
    """Return how many respondents must use a word: a twentieth of them, from 3 to 50."""
    return max(3, min(50, round(n_respondents / 20)))


class Written:
    """Content words as they were written, by whom, and which followed each other: numbers, so that millions fit."""

    def __init__(self) -> None:
        self._people, self._lemmas, self._forms = _Numbers(), _Numbers(), _Numbers()
        self._person, self._lemma, self._form = array("i"), array("i"), array("i")
        self._follows = bytearray()  # 1 where a content word stands right behind another

    def add(self, person: str, doc: Doc) -> None:
        """Take in one parsed answer."""
        number, follows = self._people[person], 0
        for token in doc:
            if not is_content(token):
                follows = 0
                continue
            self._person.append(number)
            self._lemma.append(self._lemmas[lemma_of(token)])
            self._form.append(self._forms[token.lower_])
            self._follows.append(follows)
            follows = 1

    def candidates(self, settings: Terms, *, taken: set[str]) -> list[Found]:
        """Return words and fixed expressions that enough respondents use, most used first.

        taken: lower-case forms that belong to stated terms.
        """
        minimum = settings.min_respondents or default_minimum(len(self._people))
        ignored = {word.lower() for word in settings.ignore} | taken
        ranked = [(n, lemma, "word", written) for n, lemma, written in self._often(minimum)]
        ranked += [(n, lemma, "phrase", written) for n, lemma, written in self._expressions(minimum)]
        found = [
            Found(term_id(lemma), written[0], tuple(written), kind, CANDIDATE)
            for _, lemma, kind, written in sorted(ranked, key=lambda row: (-row[0], row[1]))
            if lemma not in ignored and not ignored & set(written)
        ]
        return found[: settings.max_terms]

    def _often(self, minimum: int) -> Iterator[tuple[int, str, list[str]]]:
        """Yield (respondents, lemma, its forms) of words that enough respondents use."""
        lemma, names, forms = _numbers(self._lemma), self._lemmas.names, self._forms.names
        users = _distinct(lemma, _numbers(self._person), len(names))
        pairs, times = np.unique(lemma * len(forms) + _numbers(self._form), return_counts=True)
        starts = np.searchsorted(pairs, np.arange(len(names) + 1) * len(forms))
        for number in np.flatnonzero(users >= minimum):
            mine = slice(starts[number], starts[number + 1])
            counts = {forms[pair % len(forms)]: int(n) for pair, n in zip(pairs[mine], times[mine], strict=True)}
            yield int(users[number]), names[number], _by_use(counts)

    def _expressions(self, minimum: int) -> Iterator[tuple[int, str, list[str]]]:
        """Yield (respondents, lemmas, forms) of two words that are one expression."""
        lemma, form, names = _numbers(self._lemma), _numbers(self._form), self._lemmas.names
        at = np.flatnonzero(np.frombuffer(self._follows, dtype=np.uint8))
        keys, pair, times = np.unique(lemma[at - 1] * len(names) + lemma[at], return_inverse=True, return_counts=True)
        users, words = _distinct(pair, _numbers(self._person)[at], len(keys)), np.bincount(lemma, minlength=len(names))
        for number in np.flatnonzero(users >= minimum):
            first, second = divmod(int(keys[number]), len(names))
            if is_expression(int(times[number]), int(words[first]), int(words[second]), len(lemma)):
                where = at[pair == number]
                said = zip(form[where - 1], form[where], strict=True)
                counts = Counter(f"{self._forms.names[one]} {self._forms.names[other]}" for one, other in said)
                yield int(users[number]), f"{names[first]} {names[second]}", _by_use(counts)


class _Numbers(dict[str, int]):
    """Texts as numbers, in the order in which they are met."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number

    @cached_property
    def names(self) -> list[str]:
        return list(self)


def _numbers(values: array[int]) -> np.ndarray:
    return np.frombuffer(values, dtype=np.int32).astype(np.int64) if values else np.zeros(0, dtype=np.int64)


def _distinct(groups: np.ndarray, members: np.ndarray, n_groups: int) -> np.ndarray:
    """Return how many different members each group has."""
    many = int(members.max(initial=0)) + 1
    found: np.ndarray = np.bincount(np.unique(groups * many + members) // many, minlength=n_groups)
    return found


def _by_use(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda form: (-counts[form], form))


def is_expression(together: int, first: int, second: int, total: int) -> bool:
    """Say whether two neighbours are one expression: NPMI (Bouma 2009) and the share of a word's usages it covers.

    together: how often they stand beside each other; first, second: how often each stands at all, of `total` words.
    """
    npmi = log((together / total) / (first * second / total**2)) / -log(together / total)
    return npmi >= MIN_NPMI and together / min(first, second) >= MIN_COVERED


def is_content(token: Token) -> bool:
    """Say whether a token can be, or be part of, a term."""
    return bool(token.is_alpha and len(token) > 1 and not token.is_stop)


def lemma_of(token: Token) -> str:
    """Return the lemma in lower case.

    The lookup tables are case-sensitive and know no context ("more" -> "much"), so the lemma of the lower-case
    form is used, and only if it begins as the word does.
    """
    lemma = token.lemma_.lower()
    return lemma if lemma[:2] == token.lower_[:2] else token.lower_
