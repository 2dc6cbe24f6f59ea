"""Looking up what stands between blanks finds exactly what spaCy and `re` find on whole texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline.codebook.docphrases import DocPhrases, by_run
from pipeline.codebook.literals import Literals, fold, required, required_by_pattern
from pipeline.codebook.phrases import Phrases
from pipeline.codebook.rules import Hit, RuleMatcher
from pipeline.codebook.themes import Code, Rule
from pipeline.language import load_language

SAID = ("data set", "similarity", "don't", "state-of-the-art", "cell", "U.S.", "bit depth", "IT", "straße", "x-ray")
RULES = {f"c/{i}": Rule(any=(word,)) for i, word in enumerate([*SAID, "..."])}
MORE = (
    "data",
    "Set",
    "sets",
    "Data",
    "SIMILARITIES",
    "similarities",
    "cells",
    "cell,",
    "(cell)",
    "cell's",
    "bit",
    "...",
)
ODD = ("depths", "it", "us", "İstanbul", "ΣΑΣ", "STRASSE", "X-Rays", "👩\u200d🔬", "don’t", ":-)", "cell/bit", "1.5M")
WORDS = [*SAID, *MORE, *ODD]
blanks = st.sampled_from([" ", " ", " ", "  ", "\n", "\t", "\u00a0", " \n"])
texts = st.lists(st.tuples(st.sampled_from(WORDS) | st.text(max_size=4), blanks), max_size=8).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)


@pytest.fixture(scope="module")
def nlp():
    return load_language("en")


@pytest.fixture(scope="module")
def both(nlp):
    return Phrases(RULES, nlp), DocPhrases(RULES, nlp)


@settings(max_examples=300)
@given(text=texts)
@example("a data set, two data sets; data\nset, data  set")
def test_phrases_are_those_of_spacy(both, nlp, text):
    assume(len(text.lower()) == len(text))  # else spaCy reads lemmas of the text as it is written
    quick, slow = both
    wanted = set(slow.matches(text))
    assert set(quick.matches(text)) == wanted
    codes = [Code(id="c", name="C", rules=tuple(RULES.values()))]
    hits = {(f"c/{int(hit.rule[2:]) - 1}", hit.start, hit.end) for hit in RuleMatcher(codes, nlp).hits(text)}
    assert hits == wanted


def test_one_letter_that_grows_in_lower_case_hides_no_other_word(nlp):
    text = "İ sees SIMILARITIES"
    (hit,) = RuleMatcher([Code(id="c", name="C", rules=(Rule(any=("similarity",)),))], nlp).hits(text)
    assert text[hit.start : hit.end] == "SIMILARITIES"


def test_languages_that_need_the_whole_text_or_have_no_lemmas_work_too():
    assert by_run(load_language("en")) and not by_run(load_language("zh"))
    for language, word, text in (("fi", "kissa", "Kissa on"), ("zh", "相似", "很相似"), ("xx", "cell", "a Cell")):
        code = Code(id="c", name="C", rules=(Rule(any=(word,)),))
        (hit,) = RuleMatcher([code], load_language(language)).hits(text)
        assert text[hit.start : hit.end].lower() == word


REGEXES = [r"cell", r"(?:^|(?<=\W))git(hub)?|ux", r"data sets?", r"\bmicro\w+", r"[abc]+", r"x{2,}y", r"(?i)İx", r"k|s",
           r"(lung|chest) x-?ray", r"(?=cell)c", r"^$", r"a.c", r"(foo)?bar", r"straße", r"\d{3}", r"ı"]  # fmt: skip


@pytest.mark.parametrize(
    ("regex", "found"),
    [
        (r"cell", {"cell"}),
        (r"(?:^|(?<=\W))git(hub)?|ux", {"git", "ux"}),
        (r"data sets?", {"data"}),
        (r"(lung|chest) x-?ray", {"lung", "chest"}),
        (r"(foo)?bar", {"bar"}),
        (r"(?:abcd)+", {"abcd"}),
        (r"[abc]+", None),
        (r"a|", None),
        (r"\d{3}", None),
        (r"^$", None),
        (r"STRASSE", {"strasse"}),
    ],
)
def test_what_a_regular_expression_requires(regex, found):
    assert required(regex) == found


@settings(max_examples=300)
@given(text=texts | st.text(st.sampled_from("cegiıİksſKxyßS ­-1\n"), max_size=12), ignore=st.booleans())
def test_no_regular_expression_loses_a_match(nlp, text, ignore):
    code = Code(id="c", name="C", rules=tuple(Rule(regex=regex, ignore_case=ignore) for regex in REGEXES))
    found = RuleMatcher([code], nlp).hits(text)
    wanted = {
        Hit("c", f"c/{i}", *match.span())
        for i, regex in enumerate(REGEXES, 1)
        for match in re.finditer(regex, text, re.IGNORECASE if ignore else 0)
    }
    assert set(found) == wanted


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ([{"LOWER": "not"}, {"LOWER": "certain"}], {"certain"}),
        ([{"LOWER": {"IN": ["very", "quite"]}}, {"POS": "ADJ"}], {"very", "quite"}),
        ([{"LOWER": "not", "OP": "?"}, {"IS_ALPHA": True}], None),
        ([{"TEXT": {"REGEX": "x"}}], None),
    ],
)
def test_what_a_token_pattern_requires(pattern, found):
    assert required_by_pattern(Rule(pattern=tuple(pattern))) == found


@given(st.lists(st.text(st.sampled_from("abcß"), min_size=1, max_size=4), min_size=1, max_size=5), st.text("abcßSA"))
def test_literals_are_substrings(pieces, word):
    wanted = {f"r{i}": frozenset([fold(piece)]) for i, piece in enumerate(pieces)}
    assert Literals(wanted).rules_in(word) == {f"r{i}" for i, piece in enumerate(pieces) if fold(piece) in fold(word)}


def test_characters_that_ignoring_case_takes_together_fold_together():
    for one, other in (("K", "k"), ("ſ", "s"), ("ı", "i"), ("İ", "i"), ("µ", "μ"), ("ẞ", "ß"), ("Σ", "ς")):
        assert fold(one) == fold(other)
