"""Marks of identity as people write them, and what only looks like them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.survey.privacy import placed, scrub

REGIONS = ("DE", "US", "GB", "FR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail jane.doe [at] example [dot] org", "mail [email]"),
        ("mail jane (at) example.org please", "mail [email] please"),
        ("jane AT example DOT com", "[email]"),
        ("jane.doe＠example.org", "[email]"),
        ("jürgen@münchen.de", "[email]"),
        ('"jane doe"@example.org', "[email]"),
        ("on mastodon @jane@mastodon.example", "on mastodon [handle]"),
        ("ask @jane_doe.", "ask [handle]."),
        ("ring 0049 (0)30 123456-78", "ring [phone]"),
        ("phone 07911 123456", "phone [phone]"),
        ("Tel.: 030/1234567", "Tel.: [phone]"),
        ("tel 06 12 34 56 78", "tel [phone]"),
        ("(202) 555-0147 at night", "[phone] at night"),
        ("iban: de89370400440532013000", "iban: [account]"),
        ("IBAN DE89-3704-0044-0532-0130-00 thanks", "IBAN [account] thanks"),
        ("FR14 2004 1010 0505 0001 3M02 606", "[account]"),
        ("see example.org/~jane/cv.", "see [url]."),
        ("on linkedin.com/in/jane-doe-12345", "on [url]"),
        ("my page is janedoe.de, look", "my page is [url], look"),
        ("ftp://jane.example.org/x", "[url]"),
        ("from 2001:0db8:85a3:0000:0000:8a2e:0370:7334", "from [ip]"),
        ("fe80::1ff:fe23:4567:890a", "[ip]"),
        ("ORCID 0000-0002-1825-0097", "ORCID [id]"),
    ],
)
def test_marks_are_found_as_people_write_them(text, expected):
    assert scrub(text, (), REGIONS)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "I use @property, @pytest.fixture and @dataclass(frozen=True) in Python, @media in CSS",
        "x[::2], a::b, std::vector<int> and 10:15:00 on 2015-01-20",
        "version 1.2.3.4 of the tool, numpy 1.26.4",
        "I rated 1 2 3 4 5 6 7 8 9 10",
        "accuracy 0.123456789 against 0.987654321, or 0.1234567890128",
        "between 2010-2015 and 2016-2020, 100,000 rows x 40 columns",
        "foo.py, bar.js and import a.b.c; e.g. this, and/or that.It was",
        "we look at example dot products and at the dot",
        "meet at noon. Then work",
        "precision@10, A @ B",
    ],
)
def test_code_numbers_and_words_stay(text):
    assert scrub(text, (), ("US", "GB", "DE"))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe", "JANE DOE", "jane-doe", "Jane\nDoe", "Doe, Jane", "JaneDoe", "jane_doe", "Müller", "Mueller",
        "MULLER", "Mu\u0308ller", "Müllers", "Weiss", "WEISS", "Annas", "D’Arcy", "D'Arcy",
    ],
)  # fmt: skip
def test_a_listed_name_is_found_in_all_its_forms(text):
    found = scrub(f"so {text} said", ("Jane Doe", "Müller", "Weiß", "Anna", "D'Arcy"))[0]
    assert found == "so [name] said"


def test_a_possessive_keeps_its_ending_and_longer_words_stay():
    names = ("Anna", "Mark", "Ann")
    assert scrub("Anna's and Mark’s idea", names)[0] == "[name]'s and [name]’s idea"
    assert scrub("annual marks of Hanna, Marking, Annette", names)[0] == "annual marks of Hanna, Marking, Annette"


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("z Anną i Janem", "Anna", "pl"),
        ("z Nowakiem", "Nowak", "pl"),
        ("Annalta", "Anna", "fi"),
        ("Annou", "Anna", "cs"),
    ],
)
def test_names_are_found_as_their_language_inflects_them(text, name, language):
    assert "[name]" in scrub(text, (name,), language=language)[0]
    assert "[name]" not in scrub(text, (name,), language="en")[0]


@example(["07911 123456", " ", "07911 123456", "07911 123456"])  # a card number by chance, and a phone before it
@given(
    st.lists(
        st.sampled_from(
            ["jane (at) example.org", "janedoe.de/x", "07911 123456", "Annas", "@me", "::1", " ", "ab", "🙂"]
        ),
        max_size=8,
    )
)
def test_offsets_stay_honest_among_all_marks(parts):
    text = " ".join(parts)
    scrubbed, marks = scrub(text, ("Anna",), REGIONS)
    assert all(text[mark.start : mark.end] == mark.original for mark in marks)
    assert [scrubbed[start:end] for _, start, end in placed(marks)] == [f"[{mark.kind}]" for mark in marks]
    assert scrub(scrubbed, ("Anna",), REGIONS)[0] == scrubbed
