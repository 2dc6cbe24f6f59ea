"""An export of a form that this program wrote -> which choices each person made, whatever tool it came through.

Read: choices by code (A1), by text, or by place (1, 2, … as Qualtrics recodes them); several in one cell, or a column
each (slot_1, slot[A1]). All faults at once; a row without a token, or with one nobody was given, is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.asking.form import Choice, Form, Question
from pipeline.errors import Fault, InputError
from pipeline.ids import normalise

TOKENS = ("token", "externalreference", "externaldatareference", "external data reference")
NO = {"", "0", "n", "no", "false", "nein", "non"}
PART = re.compile(r"(?P<code>[A-Za-z0-9]+)(?:_(?P<place>\d+)|\[(?P<choice>[A-Za-z0-9]+)\])")


@dataclass(frozen=True)
class Answer:
    """One returned row: whose, where it stood, the codes chosen per question, words written, and when."""

    token: str
    place: str
    chosen: dict[str, tuple[str, ...]]
    words: dict[str, str]


def read_answers(form: Form, names: Sequence[str], rows: Sequence[Sequence[str]], file: str) -> list[Answer]:
    """Return answers in the order of the file. names: the export's columns; raises InputError with every fault."""
    place = next((number for number, name in enumerate(names) if name.strip().lower() in TOKENS), None)
    known = {question.code: question for question in form.questions}
    columns = {number: hit for number, name in enumerate(names) if (hit := _question(name, known))}
    faults = []
    if place is None:
        faults.append(Fault(file, "", "no column holds the token", "export with the column token or ExternalReference"))
    if not columns:
        faults.append(
            Fault(file, "", "no column is a question of the form", f"expected: {', '.join(list(known)[:4])} …")
        )
    if place is None or not columns:
        raise InputError(faults)
    found = []
    for number, row in enumerate(rows, 1):
        answer = _answer(row, f"row {number}", row[place].strip(), columns, names, file, faults)
        if answer.token or answer.chosen:
            found.append(answer)
        if answer.chosen and not answer.token:
            faults.append(Fault(file, f"row {number}", "the token is blank", "nobody can be linked: leave the row out"))
    faults += _twice(found, file)
    if faults:
        raise InputError(faults)
    return found


def _question(name: str, known: dict[str, Question]) -> tuple[Question, str] | None:
    """Return the question of a column and the choice that it stands for ("" = the whole question)."""
    name = name.strip()
    if name in known:
        return known[name], ""
    part = PART.fullmatch(name)
    if part is None or part["code"] not in known:
        return None
    question = known[part["code"]]
    by_place = {str(number): choice.code for number, choice in enumerate(question.choices, 1)}
    code = part["choice"] or by_place.get(part["place"], "")
    return (question, code) if code in {choice.code for choice in question.choices} else None


def _answer(
    row: Sequence[str], place: str, token: str, columns: dict[int, tuple[Question, str]],
    names: Sequence[str], file: str, faults: list[Fault],
) -> Answer:  # fmt: skip
    chosen: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for number, (question, code) in columns.items():
        cell = normalise(row[number])
        if question.kind == "text" and cell:
            words[question.code] = row[number].strip()
        elif code and cell.lower() not in NO:
            chosen.setdefault(question.code, []).append(code)
        elif not code and cell:
            read = choices_in(question, cell)
            if read is None:
                what = f"{cell[:60]!r} is no choice of {question.code}"
                faults.append(
                    Fault(file, f"{place}, column {names[number]}", what, "export choices as text or as codes")
                )
            else:
                chosen.setdefault(question.code, []).extend(read)
    order = {q.code: [c.code for c in q.choices] for q, _ in columns.values()}
    kept = {code: tuple(c for c in order[code] if c in picked) for code, picked in chosen.items()}
    return Answer(token, place, kept, words)


def choices_in(question: Question, cell: str) -> list[str] | None:
    """Return the codes of the choices that a cell names, or None where something in it is none."""
    whole = _one(question.choices, cell)
    if whole:
        return [whole]
    for separator in "|;,":
        parts = [_one(question.choices, part) for part in cell.split(separator) if part.strip()]
        if len(parts) > 1 and all(parts):
            return [part for part in parts if part]
    rest, found = cell, []
    texts = [(normalise(text), choice.code) for choice in question.choices for text in (choice.text, *choice.also)]
    for text, code in sorted(texts, key=lambda known: -len(known[0])):  # texts with commas inside
        if text in rest:
            rest = rest.replace(text, "")
            found.append(code)
    return found if found and not rest.strip(" ,;|") else None


def _one(choices: Sequence[Choice], text: str) -> str | None:
    text = normalise(text)
    for place, choice in enumerate(choices, 1):
        known = (choice.text, choice.text.partition(":")[0], *choice.also)
        if text == choice.code or text in map(normalise, known):
            return choice.code
        if text.removesuffix(".0") == str(place):
            return choice.code
    return None


def _twice(found: Sequence[Answer], file: str) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for answer in found:
        if answer.token and answer.token in first:
            what = f"the token of {first[answer.token]} stands here again"
            faults.append(Fault(file, answer.place, what, "keep one of the two rows"))
        first.setdefault(answer.token, answer.place)
    return faults
