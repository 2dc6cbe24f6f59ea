"""From glossary to instrument: rating items that rest on an ambiguous word, rewritten as one item per sense.

"How similar is …?" becomes "How visually similar is …?", "How close in embedding space is …?", with the glossary's
definitions, or, where randomised, with the definitions for half of the people and none for the other half. The export
comes back as the next wave: `fragment` is what survey.yaml needs to read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.asking.form import Choice, Form, Group, Question, check
from pipeline.coding.sample import lot
from pipeline.ids import term_id
from pipeline.speech import phrase
from pipeline.study import Study
from pipeline.wording import quoted

LEAST = 3  # respondents who used a sense where they explained the rating, under which it gets no item
DEFINED, PLAIN = "with definitions", "without definitions"
ARM = "definitions"
NOT_A_SENSE = ("none", "cannot_code")


@dataclass(frozen=True)
class Rewritten:
    """A new item: its code in the form, what it asks about what, in which sense."""

    code: str
    question_id: str  # of the new question, e.g. similarity_visual
    item_id: str
    sense_id: str
    text: str


@dataclass(frozen=True)
class Instrument:
    """The form, its new rating items, further columns (code -> role, question, item), and senses left out with why."""

    form: Form
    items: tuple[Rewritten, ...]
    columns: dict[str, dict[str, str]]
    left_out: tuple[tuple[str, str], ...]


def mentioned(study: Study) -> dict[str, tuple[str, str]]:
    """Return rating question_id -> (term_id, the form that stands in its text), for watched words."""
    found: dict[str, tuple[str, str]] = {}
    for column in study.columns("rating"):
        question = study.question_of(column)
        for term in study.survey.terms.watch:
            forms = sorted((*term.forms, term.term), key=len, reverse=True)
            hit = re.search(rf"\b({'|'.join(map(re.escape, forms))})\b", study.question_text(question), re.IGNORECASE)
            if hit:
                found.setdefault(question, (term_id(term.term), hit[0]))
    return found


def explaining(study: Study, question: str) -> list[str]:
    """Return the open questions whose answers explain a rating question."""
    return [name for name, stated in study.survey.questions.items() if question in stated.explains]


def used(study: Study, question: str, judged: pd.DataFrame) -> dict[str, int]:
    """Return sense_id -> respondents who used it where they explained this rating.

    judged: usages with a sense of the record: sense_id, respondent_id, question_id.
    """
    mine = judged[judged.question_id.isin(explaining(study, question)) & ~judged.sense_id.isin(NOT_A_SENSE)]
    counts: dict[str, int] = mine.groupby("sense_id").respondent_id.nunique().to_dict()
    return counts


def worded(text: str, form: str, sense: Mapping[str, str]) -> str:
    """Return a question with the ambiguous word replaced by the sense's preferred wording, or its name beside it."""
    if sense["preferred"]:
        return re.sub(rf"\b{re.escape(form)}\b", sense["preferred"], text, count=1)
    return f"{text} ({form}: {sense['name']})"


def build(study: Study, inventory: pd.DataFrame, judged: pd.DataFrame, *, randomised: bool) -> Instrument:
    """Return the instrument. inventory: term_id, sense_id, name, definition, preferred; judged as in `used`."""
    groups: list[Group] = list(_consent(study))
    items: list[Rewritten] = []
    columns: dict[str, dict[str, str]] = {q.code: {"role": "consent"} for group in groups for q in group.questions}
    left_out: list[tuple[str, str]] = []
    fields: list[str] = []
    for question, (term, form) in mentioned(study).items():
        if not explaining(study, question):
            own = next(iter(study.open_questions()), "Q1")
            remedy = f"if one does, say so in survey.yaml, for example  questions: {own}: {{explains: [{question}]}}"
            left_out.append((form, f"no open question explains the rating {question}; {remedy}"))
            continue
        counts = used(study, question, judged)
        for sense in inventory[inventory.term_id == term].to_dict("records"):
            why = _why_not(counts.get(sense["sense_id"], 0), str(sense["definition"]))
            if why:
                left_out.append((str(sense["name"]), why))
                continue
            place = len([group for group in groups if group.name.startswith("sense")]) + 1
            made = _items(study, question, form, {str(k): str(v) for k, v in sense.items()}, place)
            items += made
            groups.append(_group(study, question, made, sense, place, randomised))
            fields += [f"def{place}"] if randomised else []
        groups += _why_groups(study, question, columns)
    columns |= {one.code: {"role": "rating", "question": one.question_id, "item": one.item_id} for one in items}
    if randomised:
        columns[ARM] = {"role": "single_choice", "question": ARM}
    intro = phrase("Please answer each question. There are no right answers.")
    form_ = Form(study.survey.title, intro, tuple(groups), tuple(fields), study.survey.language)
    return Instrument(check(form_), tuple(items), columns, tuple(left_out))


def _why_not(n: int, definition: str) -> str:
    if n < LEAST:
        return f"used by {n} respondent{'' if n == 1 else 's'} where they explained the rating, fewer than {LEAST}"
    return "" if definition.strip() else "named, not yet defined"


def _items(study: Study, question: str, form: str, sense: Mapping[str, str], place: int) -> list[Rewritten]:
    asked = [
        column.item or "" for name, column in study.columns("rating").items() if study.question_of(name) == question
    ]
    text = worded(study.question_text(question), form, sense)
    new = f"{question}_{sense['sense_id'].partition('.')[2]}"
    return [
        Rewritten(f"s{place}i{number}", new, item, sense["sense_id"], text)
        for number, item in enumerate(dict.fromkeys(asked), 1)
    ]


def _group(
    study: Study, question: str, made: Sequence[Rewritten], sense: Mapping[str, object], place: int, randomised: bool
) -> Group:
    said = definition_text(sense)
    note = Question(f"def{place}note", "note", f"{{{{def{place}}}}}" if randomised else said)
    stated = study.survey.questions.get(question)
    options = stated.options if stated else ()
    low, high = (int(end) for end in (stated.scale if stated and stated.scale else (1, len(options) or 5)))
    choices = tuple(
        Choice(str(number), options[number - low] if len(options) == high - low + 1 else str(number))
        for number in range(low, high + 1)
    )
    asked = tuple(
        Question(one.code, "one", f"{about(study, one.item_id)}: {one.text}" if one.item_id else one.text, choices)
        for one in made
    )
    return Group(f"sense{place} {sense['name']}", (note, *asked))


def definition_text(sense: Mapping[str, object]) -> str:
    """Return what people are told a word means here."""
    word = sense["preferred"] or sense["name"]
    return f"{quoted(word)}: {str(sense['definition']).strip()}"


def about(study: Study, item_id: str) -> str:
    """Return an item in words."""
    levels = study.survey.items.get(item_id, {})
    return ", ".join(study.label(level) for level in levels.values()) or study.label(item_id)


def _consent(study: Study) -> list[Group]:
    column = next(iter(study.columns("consent")), None)
    if column is None or not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,14}", column):
        return []
    agree = study.survey.rows.consent[0] if study.survey.rows.consent else phrase("Yes")
    choices = (Choice("Y", agree), Choice("N", phrase("No")))
    return [Group("consent", (Question(column, "one", phrase("Do you agree to take part?"), choices),))]


def _why_groups(study: Study, rated: str, columns: dict[str, dict[str, str]]) -> list[Group]:
    """Return the open questions that explain a rating, as they were asked; their columns are noted."""
    found = []
    for name, column in study.columns("open").items():
        question = study.question_of(name)
        stated = study.survey.questions.get(question)
        if stated is None or rated not in stated.explains:
            continue
        code = f"why{len([c for c in columns.values() if c['role'] == 'open']) + 1}"
        columns[code] = {"role": "open", "question": question} | ({"item": column.item} if column.item else {})
        head = f"{about(study, column.item)}: " if column.item else ""
        found.append(Group(code, (Question(code, "text", f"{head}{stated.text}"),)))
    return found


def arm_of(token: str, seed: int) -> str:
    """Return whether a person is shown the definitions, by lot."""
    return DEFINED if lot(seed, "definitions", token) < 0.5 else PLAIN


def values_of(made: Instrument, inventory: pd.DataFrame, arm: str) -> dict[str, str]:
    """Return a person's fields: the definitions, or nothing in their place."""
    senses = list(dict.fromkeys(one.sense_id for one in made.items))
    known = inventory.set_index("sense_id")
    return {
        field: definition_text(known.loc[sense].to_dict()) if arm == DEFINED else ""
        for field, sense in zip(made.form.fields, senses, strict=False)
    }


def fragment(study: Study, made: Instrument, file: str, wave: str) -> str:
    """Return the lines that survey.yaml needs so that the returned export becomes the next wave."""
    lines = ["# Add to the keys of the same name in survey.yaml; the answers are then a wave of their own.", "exports:"]
    lines += [f"  - {{file: {file}, wave: {_quoted(wave)}}}", "columns:", "  token: {role: respondent_id}"]
    for code, column in made.columns.items():
        if code not in study.survey.columns:
            inner = ", ".join(f"{key}: {value}" for key, value in column.items())
            lines.append(f"  {code}: {{{inner}}}")
    lines.append("questions:")
    for question in dict.fromkeys(one.question_id for one in made.items):
        one = next(item for item in made.items if item.question_id == question)
        scale = [choice.code for q in made.form.questions if q.code == one.code for choice in q.choices]
        lines.append(f"  {question}: {{text: {_quoted(one.text)}, scale: [{scale[0]}, {scale[-1]}]}}")
    agree = [*study.survey.rows.consent, "Y"] if study.columns("consent") else []
    if agree:
        lines += ["rows:", f"  consent: [{', '.join(map(_quoted, dict.fromkeys(agree)))}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
