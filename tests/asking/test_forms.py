"""Questionnaires: written for three tools, read back as they were, and refused where a tool would refuse them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.asking import contacts, limesurvey, page, qualtrics
from pipeline.asking.form import Choice, Form, Group, Question, check, coded, filled, scale
from pipeline.asking.returned import choices_in, read_answers
from pipeline.errors import InputError

SENSES = Question(
    "similar1s",
    "several",
    "You wrote:\n“{{similar1}}”\nWhat did you mean?",
    (*coded(["looks: colour, texture, shape", "content"]), Choice("A0", "None of these", alone=True)),
)
SHARE = Question("similar1n", "one", "How many?", tuple(Choice(f"N{n}", f"{n} of 10") for n in range(11)))
WORDS = Question("why", "text", "Why?")
GROUPS = (Group("one", (SENSES, SHARE), "similar1"), Group("two", (WORDS,)))
FORM = Form("What did you mean?", "A word ⟦like this⟧.", GROUPS, ("similar1",))
HOSTILE = [
    "<script>x</script>", "[[Block:evil]]", "${e://Field/similar1}", "{TOKEN:ATTRIBUTE_1}", "a\tb",
    "{{7*7}}", "&amp;", "日本 é",
]  # fmt: skip


def as_qualtrics_sees(form):
    """Qualtrics numbers choices by place and knows no language and no exclusive choice in its TXT format."""

    def numbered(question):
        return replace(question, choices=tuple(Choice(str(n), c.text) for n, c in enumerate(question.choices, 1)))

    return replace(form, groups=tuple(replace(g, questions=tuple(map(numbered, g.questions))) for g in form.groups))


def test_qualtrics_text_is_read_back_as_it_was():
    text = qualtrics.write(FORM)
    assert qualtrics.read(text) == as_qualtrics_sees(FORM)
    assert "[[ED:similar1]]" in text
    assert "${e://Field/similar1}" in text
    assert "[[Block:one (only if similar1)]]" in text


def test_limesurvey_structure_is_read_back_as_it_was():
    text = limesurvey.write(FORM)
    assert limesurvey.read(text, fields=FORM.fields) == FORM
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t"))
    question = next(row for row in rows if row["name"] == "similar1s")
    assert (question["class"], question["type/scale"], question["exclude_all_others"]) == ("Q", "M", "A0")
    assert question["relevance"] == "!is_empty(TOKEN:ATTRIBUTE_1)"
    assert [row["name"] for row in rows if row["class"] == "SQ"] == ["A1", "A2", "A0"]
    assert {"sid", "language", "usetokens"} <= {row["name"] for row in rows if row["class"] == "S"}


letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"])
words = (
    st.text(letters, min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and not re.search(r"\{\{[a-z][a-z0-9]*\}\}", text))
)


@given(
    st.lists(words | st.sampled_from(HOSTILE).map(lambda t: " ".join(t.split())), min_size=2, max_size=4, unique=True)
)
@settings(max_examples=60)
def test_any_words_survive_both_formats(texts):
    from pipeline.ids import normalise

    texts = [normalise(text) for text in texts]
    form = replace(FORM, groups=(Group("g", (Question("q1", "several", texts[0], coded(texts[1:])),)),))
    assert qualtrics.read(qualtrics.write(form)) == as_qualtrics_sees(form)
    assert limesurvey.read(limesurvey.write(form), fields=form.fields) == form


def test_what_a_tool_would_refuse_is_refused_here():
    with pytest.raises(ValueError, match="stand twice"):
        check(replace(FORM, groups=(FORM.groups[0], FORM.groups[0])))
    with pytest.raises(ValueError, match="fields \\['similar1'\\] are not filled"):
        qualtrics.write(replace(FORM, fields=()))
    text = qualtrics.write(FORM)
    with pytest.raises(InputError, match=r"unknown tag '\[\[Answers\]\]'"):
        qualtrics.read(text.replace("[[Choices]]", "[[Answers]]"))
    with pytest.raises(InputError, match="line 1"):
        qualtrics.read(text.removeprefix("[[AdvancedFormat]]"))
    bad = limesurvey.write(FORM).replace("\tA2\t", "\tTOOLONG\t").replace("\tL\t", "\tQQ\t")
    with pytest.raises(InputError) as raised:
        limesurvey.read(bad)
    assert {"'TOOLONG' is no code of an answer", "unknown type 'QQ'"} == {fault.what for fault in raised.value.faults}


def test_contact_lists_hold_the_token_and_nothing_else_of_the_person():
    people = {"R_1": {"similar1": "<b>{x}</b> ${e://Field/a}"}}
    row = next(csv.DictReader(io.StringIO(contacts.qualtrics(FORM, people))))
    assert row == {"FirstName": "", "LastName": "", "Email": "", "ExternalDataReference": "R_1",
                   "similar1": "&lt;b&gt;{x}&lt;/b&gt; &#36;{e://Field/a}"}  # fmt: skip
    row = next(csv.DictReader(io.StringIO(contacts.limesurvey(FORM, people))))
    assert (row["token"], row["email"]) == ("R_1", "")
    assert row["attribute_1"] == "&lt;b&gt;&#123;x&#125;&lt;/b&gt; $&#123;e://Field/a&#125;"


def test_a_page_escapes_words_and_leaves_out_what_is_not_this_persons():
    html = page.render(FORM, "R_1", {"similar1": "<img src=x onerror=alert(1)> ⟦similar⟧ {{ script }}"}, name="s")
    assert "<img" not in html
    assert "<mark>similar</mark> {{ script }}" in html
    assert "default-src 'none'" in html
    nothing = page.render(FORM, "R_2", {}, name="s")
    assert "similar1s" not in nothing
    assert 'name="why"' in nothing


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("A1|A2", ["A1", "A2"]), ("1,2", ["A1", "A2"]), ("1", ["A1"]), ("3.0", ["A0"]), ("looks", ["A1"]),
        ("looks: colour, texture, shape", ["A1"]), ("content,looks: colour, texture, shape", ["A1", "A2"]),
        ("None of these", ["A0"]), ("colour", None), ("A9", None),
    ],
)  # fmt: skip
def test_choices_by_code_place_or_text(cell, codes):
    found = choices_in(SENSES, cell)
    assert (found and sorted(found)) == (codes and sorted(codes))


def answers(names, *rows):
    return read_answers(FORM, names, rows, "f.csv")


def test_exports_of_three_tools_say_the_same():
    html = answers(["token", "similar1s", "similar1n"], ["R_1", "A1|A2", "N7"])
    lime = answers(
        ["token", "similar1s[A1]", "similar1s[A2]", "similar1s[A0]", "similar1n"], ["R_1", "Y", "Yes", "N", "7 of 10"]
    )
    qual = answers(
        ["ExternalReference", "similar1s_1", "similar1s_2", "similar1n"],
        ["R_1", "looks: colour, texture, shape", "content", "8"],
    )
    one = answers(
        ["ExternalReference", "similar1s", "similar1n"], ["R_1", "looks: colour, texture, shape,content", "7 of 10"]
    )
    assert (
        html[0].chosen
        == lime[0].chosen
        == qual[0].chosen
        == one[0].chosen
        == {"similar1s": ("A1", "A2"), "similar1n": ("N7",)}
    )


def test_every_fault_of_an_export_is_listed():
    with pytest.raises(InputError) as raised:
        answers(
            ["token", "similar1s", "similar1n"], ["R_1", "A7", "N3"], ["R_1", "A1", ""], ["", "A1", ""], ["", "", ""]
        )
    said = [fault.what for fault in raised.value.faults]
    assert len(said) == 3
    assert any("'A7' is no choice of similar1s" in what for what in said)
    assert any("the token is blank" in what for what in said)
    assert any("stands here again" in what for what in said)
    with pytest.raises(InputError, match="no column holds the token"):
        answers(["id", "similar1s"], ["R_1", "A1"])


def test_fields_are_filled_once():
    assert filled("{{a}} {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} x"
    assert [choice.text for choice in scale(1, 3, ("not at all", "very"))] == ["1 (not at all)", "2", "3 (very)"]
