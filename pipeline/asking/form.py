"""A questionnaire, whatever tool shows it: groups of questions, some shown only to those with a field of their own.

A question's text may hold fields as {{name}}: what a tool fills in for each person (embedded data in Qualtrics,
attributes of a participant in LimeSurvey). Codes are letters and digits, at most 15, so that every tool takes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.ids import normalise

CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,14}")
FIELD = re.compile(r"\{\{([a-z][a-z0-9]*)\}\}")
Kind = Literal["one", "several", "text", "note"]


@dataclass(frozen=True)
class Choice:
    """An answer to choose: its code in the export, its text, and whether it excludes all others.

    also: the text in the program's other languages; whoever was asked in one of them chose the same.
    """

    code: str
    text: str
    alone: bool = False
    also: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Question:
    """A question: one choice, several, words of one's own, or a note that asks nothing."""

    code: str
    kind: Kind
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Group:
    """Questions on one page; with a field, shown only to people for whom that field is filled."""

    name: str
    questions: tuple[Question, ...]
    field: str = ""


@dataclass(frozen=True)
class Form:
    """A questionnaire with the fields that each person brings along."""

    title: str
    intro: str
    groups: tuple[Group, ...]
    fields: tuple[str, ...] = ()
    language: str = "en"

    @property
    def questions(self) -> list[Question]:
        """Return all questions in order."""
        return [question for group in self.groups for question in group.questions]


def one_line(text: str) -> str:
    """Return text on one line: the formats of survey tools are read line by line."""
    return normalise(text)


def check(form: Form) -> Form:
    """Return the form, or raise ValueError: codes that a tool would refuse or mix up, fields nobody fills."""
    codes = [question.code for question in form.questions]
    bad = [code for code in codes if not CODE.fullmatch(code)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    unknown = sorted(fields_of(form) - set(form.fields))
    if bad or twice or unknown:
        raise ValueError(f"codes {bad} are not codes, {twice} stand twice, fields {unknown} are not filled by anybody")
    return form


def fields_of(form: Form) -> set[str]:
    """Return every field that the form names."""
    texts = [form.intro, *(q.text for q in form.questions), *(c.text for q in form.questions for c in q.choices)]
    return {name for text in texts for name in FIELD.findall(text)} | {group.field for group in form.groups} - {""}


def filled(text: str, values: dict[str, str]) -> str:
    """Return text with each {{field}} replaced by a person's value."""
    return FIELD.sub(lambda found: values.get(found[1], ""), text)


def coded(words: Iterable[str], letter: str = "A") -> tuple[Choice, ...]:
    """Return choices A1, A2, … for texts."""
    return tuple(Choice(f"{letter}{number}", one_line(text)) for number, text in enumerate(words, 1))


def scale(low: int, high: int, ends: Sequence[str] = ("", "")) -> tuple[Choice, ...]:
    """Return the choices of a scale; what the ends mean stands beside their numbers."""
    said = {low: ends[0], high: ends[1]}
    return tuple(
        Choice(f"N{number}", f"{number} ({said[number]})" if said.get(number) else str(number))
        for number in range(low, high + 1)
    )
