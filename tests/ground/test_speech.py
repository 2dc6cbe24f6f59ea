"""Messages in the language spoken: places, plural forms, marks of numbers, and catalogues that lack nothing."""

import string

import pytest

from docs.messages import in_python, in_template, messages, written
from pipeline.speech import FOLDER, catalogue, everywhere, languages, parse, phrase, phrases, speaking, spoken
from pipeline.wording import decimal, interval, listed, listed_first, of, percent, plural, quoted, share

OTHERS = [language for language in languages() if language != "en"]


def test_english_is_what_the_code_says():
    assert phrase("{n:,} of {base} rows", n=1706, base=2000) == "1,706 of 2000 rows"
    assert phrases(1, "{n} unit is open", "{n} units are open") == "1 unit is open"
    assert plural(1706, "respondent") == "1,706 respondents"


def test_numbers_lists_and_quotes_are_written_as_the_language_does():
    with speaking("de"):
        assert plural(1706, "respondent") == "1.706 Personen"
        assert (decimal(-0.5), percent(0.004), of(1200, 15000)) == ("−0,50", "<1\u00a0%", "1.200 von 15.000")
        assert interval(0.51, 0.7345) == "0,51 bis 0,73"
        assert listed(["a", "b", "c"]) == "a, b und c"
        assert listed_first(["a", "b", "c"], 2) == "a, b und 1 weitere"
        assert quoted("similar") == "„similar“"
        assert share(28, 48, small=False, low=0.44, high=0.71) == (
            "58\u00a0% (28 von 48; 95-%-Konfidenzintervall 44–71\u00a0%)"
        )
        assert phrase("not translated: {value:.2f} {text}", value=0.5, text="1.5") == "not translated: 0,50 1.5"


def test_a_block_speaks_and_the_rest_does_not():
    with speaking("de"):
        with speaking("en"):
            assert (spoken(), plural(2, "usage")) == ("en", "2 usages")
        assert (spoken(), plural(2, "usage")) == ("de", "2 Verwendungen")
    with pytest.raises(RuntimeError), speaking("de"):
        raise RuntimeError
    assert spoken() == "en"
    assert everywhere("None of these") == ("None of these", "Nichts davon")


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"'xx': known are en, de"):
        catalogue("xx")


def test_a_catalogue_is_read_as_gettext_does():
    header, found = parse(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n#: a.py\nmsgid "a \\"b\\""\nmsgstr "erst "\n"dann"\n\n'
        'msgid "n"\nmsgid_plural "ns"\nmsgstr[0] "1"\nmsgstr[1] "2"\n\n#, fuzzy\nmsgid "c"\nmsgstr "d"\n\n'
        'msgid "blank"\nmsgstr ""\n'
    )
    assert header == {"Language": "de"}
    assert found == {'a "b"': ("erst dann",), "n": ("1", "2")}
    with pytest.raises(ValueError, match="stands twice"):
        parse('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n')


def test_messages_are_found_where_they_are_said():
    source = (
        'phrase("a " "{n}", n=1)\nphrase(name)\nplural(n, "row")\nphrases(n, "x", "y")\nlisted(a, "{names} or {last}")'
    )
    assert list(in_python(source)) == [("a {n}", ""), ("row", "rows"), ("x", "y"), ("{names} or {last}", "")]
    assert list(in_template("{% if a %}{{ plural(3, 'day') }}{% endif %}{{ phrase('b') ~ 'c' }}")) == [
        ("day", "days"), ("b", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_lacks_no_message_and_has_none_too_many(language):
    text = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    _, known = parse(text)
    assert [one for one, _ in messages() if one not in known] == [], f"run: python docs/messages.py {language}"
    assert text == written(language), f"run: python docs/messages.py {language}"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_the_places_of_their_message(language):
    known = catalogue(language).messages
    n_forms = len({catalogue(language).form_of(n) for n in range(200)})
    for one, many in messages():
        assert len(known[one]) == (n_forms if many else 1), one
        for form in known[one]:
            assert places(form) == places(many or one), form


def places(text: str) -> set[tuple[str, str]]:
    """Return the names and formats of a message's places."""
    return {(name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name is not None}
