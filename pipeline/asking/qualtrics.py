"""A questionnaire as Qualtrics' TXT import in Advanced Format, and read back.

Format: Qualtrics support pages, "Preparing an Advanced Format TXT File": [[AdvancedFormat]], [[ED:field]],
[[Block:name]], [[Question:MC:SingleAnswer]] and its kin, [[ID:code]], [[Choices]], [[PageBreak]]. Fields are piped as
${e://Field/name}. The format knows no display logic: a block for people with a field is named "only if name", to branch
on in the survey flow.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.asking.form import FIELD, Choice, Form, Group, Kind, Question, check, one_line
from pipeline.errors import Fault, InputError

KINDS: dict[Kind, str] = {
    "one": "MC:SingleAnswer:Vertical", "several": "MC:MultipleAnswer:Vertical", "text": "TE:Essay", "note": "DB",
}  # fmt: skip
TAG = re.compile(r"\[\[([A-Za-z]+)(?::(.*))?\]\]")
PIPED = re.compile(r"\$\{e://Field/([a-z][a-z0-9]*)\}")
ONLY = " (only if "
BREAK = "<br><br>"


def write(form: Form) -> str:
    """Return the text to import. Raises ValueError for codes or fields that do not fit."""
    return "\n".join(_lines(check(form))) + "\n"


def _lines(form: Form) -> Iterator[str]:
    yield "[[AdvancedFormat]]"
    yield ""
    for field in form.fields:
        yield f"[[ED:{field}]]"
    yield ""
    yield "[[Block:Start]]"
    yield from _question(Question("start", "note", f"{form.title}\n{form.intro}"))
    for group in form.groups:
        yield f"[[Block:{_plain(group.name)}{f'{ONLY}{group.field})' if group.field else ''}]]"
        for question in group.questions:
            yield from _question(question)


def _question(question: Question) -> Iterator[str]:
    yield f"[[Question:{KINDS[question.kind]}]]"
    yield f"[[ID:{question.code}]]"
    yield _escaped(question.text)
    if question.choices:
        yield "[[Choices]]"
        yield from (_escaped(choice.text) for choice in question.choices)
    yield ""


def _plain(name: str) -> str:
    return one_line(name).replace("[", "(").replace("]", ")")


def _escaped(text: str) -> str:
    """Return text as Qualtrics shows it unchanged: HTML escaped, no tag of the format, fields piped."""
    safe = BREAK.join(html.escape(one_line(line), quote=False) for line in text.split("\n"))
    safe = safe.replace("[[", "&#91;[").replace("]]", "]&#93;").replace("${", "&#36;{")
    return FIELD.sub(lambda found: f"${{e://Field/{found[1]}}}", safe)


def _unescaped(text: str) -> str:
    return html.unescape(PIPED.sub(lambda found: f"{{{{{found[1]}}}}}", text.replace(BREAK, "\n")))


def contact_value(text: str) -> str:
    """Return a person's field for the contact list: shown as it is, never as HTML or as a piped field."""
    return html.escape(one_line(text), quote=False).replace("${", "&#36;{")


def read(text: str, file: str = "TXT") -> Form:
    """Return the form of an Advanced Format text; raise InputError with every line that the format does not know.

    Codes of choices are their places (Qualtrics recodes them so): 1, 2, …
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != "[[AdvancedFormat]]":
        raise InputError([Fault(file, "line 1", "does not begin with [[AdvancedFormat]]", "write it again")])
    faults: list[Fault] = []
    fields: list[str] = []
    groups: list[tuple[str, str, list[Question]]] = []
    for number, block in _tagged(lines, file, faults):
        name, value, body = block
        if name == "ED":
            fields.append(value)
        elif name == "Block":
            title, _, only = value.partition(ONLY)
            groups.append((title, only.rstrip(")"), []))
        elif name == "Question":
            question = _read_question(value, body, f"{file}, line {number}", faults)
            if question and groups:
                groups[-1][2].append(question)
            elif question:
                faults.append(Fault(file, f"line {number}", "a question before any block", "begin with [[Block:…]]"))
    if faults:
        raise InputError(faults)
    title, _, intro = (groups[0][2][0].text if groups and groups[0][2] else "").partition("\n")
    found = tuple(Group(name, tuple(questions), field) for name, field, questions in groups[1:])
    return Form(title, intro, found, tuple(fields))


def _tagged(lines: list[str], file: str, faults: list[Fault]) -> Iterator[tuple[int, tuple[str, str, list[str]]]]:
    """Yield (line, (tag, value, body)) for ED, Block, PageBreak and Question; a question's body holds its own tags."""
    start, current, body = 0, ("", ""), list[str]()
    for number, line in enumerate(lines[1:], 2):
        tag = TAG.fullmatch(line.strip())
        if tag and tag[1] in ("ED", "Block", "PageBreak", "Question"):
            if current[0]:
                yield start, (*current, body)
            start, current, body = number, (tag[1], tag[2] or ""), []
        elif tag and tag[1] not in ("ID", "Choices"):
            faults.append(Fault(file, f"line {number}", f"unknown tag {line.strip()!r}", "use those of the format"))
        elif line.strip():
            body.append(line.strip())
    if current[0]:
        yield start, (*current, body)


def _read_question(value: str, body: list[str], place: str, faults: list[Fault]) -> Question | None:
    kind = next((kind for kind, tag in KINDS.items() if tag == value), None)
    code = TAG.fullmatch(body[0]) if body else None
    if kind is None or code is None or code[1] != "ID" or len(body) < 2:
        faults.append(Fault(place, "", f"not a question that this program writes: {value!r}", "write it again"))
        return None
    words, choices = body[1:], []
    if "[[Choices]]" in words:
        split = words.index("[[Choices]]")
        words, choices = words[:split], words[split + 1 :]
    made = tuple(Choice(str(number), _unescaped(text)) for number, text in enumerate(choices, 1))
    return Question(code[2], kind, _unescaped(" ".join(words)), made)
