"""Which words and phrases to look at: those the team watches, those it compares with, and what respondents use often.

A candidate is a lemma (or a fixed expression) that enough different respondents use; it is shown as the form most
of them wrote. Function words, numbers and words of one letter are never candidates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ids import term_id
from pipeline.study import Term, Terms

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


def candidates(docs: Iterable[tuple[str, Doc]], settings: Terms, *, n_respondents: int, taken: set[str]) -> list[Found]:
    """Return words and fixed expressions that enough respondents use, most used first.

    docs: (respondent_id, parsed answer). taken: lower-case forms that belong to stated terms.
    """
    users: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    pair_users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for person, doc in docs:
        before: Token | None = None
        for token in doc:
            if not is_content(token):
                before = None
                continue
            lemma = lemma_of(token)
            users[lemma].add(person)
            forms[lemma][token.lower_] += 1
            words[lemma] += 1
            if before is not None:
                pair = (lemma_of(before), lemma)
                pairs[pair] += 1
                pair_users[pair].add(person)
                forms[" ".join(pair)][f"{before.lower_} {token.lower_}"] += 1
            before = token
    minimum = settings.min_respondents or default_minimum(n_respondents)
    ignored = {word.lower() for word in settings.ignore} | taken
    fixed = [pair for pair in pairs if len(pair_users[pair]) >= minimum and is_expression(pair, pairs, words)]
    ranked = [(len(users[lemma]), lemma, "word") for lemma in users if len(users[lemma]) >= minimum]
    ranked += [(len(pair_users[pair]), " ".join(pair), "phrase") for pair in fixed]
    found = []
    for _, lemma, kind in sorted(ranked, key=lambda row: (-row[0], row[1])):
        written = sorted(forms[lemma], key=lambda form: (-forms[lemma][form], form))
        if lemma not in ignored and not ignored & set(written):
            found.append(Found(term_id(lemma), written[0], tuple(written), kind, CANDIDATE))
    return found[: settings.max_terms]


def is_expression(pair: tuple[str, str], pairs: Counter[tuple[str, str]], words: Counter[str]) -> bool:
    """Say whether two neighbours are one expression: NPMI (Bouma 2009) and the share of a word's usages it covers."""
    from math import log

    total = sum(words.values())
    together = pairs[pair] / total
    npmi = log(together / (words[pair[0]] * words[pair[1]] / total**2)) / -log(together)
    return npmi >= MIN_NPMI and pairs[pair] / min(words[pair[0]], words[pair[1]]) >= MIN_COVERED


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
