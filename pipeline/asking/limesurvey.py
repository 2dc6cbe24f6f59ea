"""A questionnaire as LimeSurvey's tab-separated survey structure (.txt), and read back.

Format: LimeSurvey manual, "Tab Separated Value survey structure": UTF-8, one row per setting (class S, SL), group (G),
question (Q), subquestion (SQ) or answer (A). A question's relevance shows it only where the participant's attribute is
filled. Codes of answers and subquestions have at most five characters there.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator

from pipeline.asking.form import FIELD, Choice, Form, Group, Kind, Question, check, one_line
from pipeline.errors import Fault, InputError

COLUMNS = (
    "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation",
    "mandatory", "encrypted", "other", "default", "same_default", "same_script", "exclude_all_others",
)  # fmt: skip
TYPES: dict[Kind, str] = {"one": "L", "several": "M", "text": "T", "note": "X"}
ATTRIBUTE = re.compile(r"\{TOKEN:ATTRIBUTE_(\d+)\}")
RELEVANT = re.compile(r"!is_empty\(TOKEN:ATTRIBUTE_(\d+)\)")
SURVEY = "1"
BREAK = "<br><br>"
Row = dict[str, str]


def write(form: Form) -> str:
    """Return the text to import; participants' attributes 1, 2, … are the form's fields in order."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\r\n", restval="")
    table.writeheader()
    table.writerows(_rows(check(form)))
    return "\ufeff" + out.getvalue()


def _rows(form: Form) -> Iterator[Row]:
    settings = {"sid": SURVEY, "language": form.language, "format": "G", "anonymized": "N", "usetokens": "Y",
                "alloweditaftercompletion": "N", "datestamp": "N", "ipaddr": "N", "refurl": "N"}  # fmt: skip
    yield from ({"class": "S", "name": name, "text": value} for name, value in settings.items())
    texts = {"surveyls_title": form.title, "surveyls_welcometext": _escaped(form.intro, form)}
    yield from ({"class": "SL", "name": n, "text": v, "language": form.language} for n, v in texts.items())
    number = 0
    for place, group in enumerate(form.groups, 1):
        shown = f"!is_empty(TOKEN:ATTRIBUTE_{form.fields.index(group.field) + 1})" if group.field else "1"
        head = {"class": "G", "name": one_line(group.name), "relevance": shown, "language": form.language}
        yield {**head, "id": str(place), "type/scale": f"G{place}"}
        for question in group.questions:
            number += 1
            yield from _question(question, number, form, shown)


def _question(question: Question, number: int, form: Form, shown: str) -> Iterator[Row]:
    several = question.kind == "several"
    alone = ";".join(choice.code for choice in question.choices if choice.alone)
    text = {"text": _escaped(question.text, form), "language": form.language}
    yield {
        **text, "class": "Q", "id": str(number), "type/scale": TYPES[question.kind], "name": question.code,
        "relevance": shown, "mandatory": "N", "other": "N", "exclude_all_others": alone,
    }  # fmt: skip
    for place, choice in enumerate(question.choices, 1):
        own = {"name": choice.code, "text": _escaped(choice.text, form), "language": form.language}
        kind = {"class": "SQ", "id": str(number * 100 + place), "relevance": "1"} if several else {"class": "A"}
        yield {**own, **kind, "type/scale": "0", "related_id": str(number)}


def _escaped(text: str, form: Form) -> str:
    """Return text that LimeSurvey shows unchanged: HTML escaped, braces no expressions, fields as attributes."""
    parts = FIELD.split(BREAK.join(html.escape(one_line(line), quote=False) for line in text.split("\n")))
    safe = [part.replace("{", "&#123;").replace("}", "&#125;") for part in parts[::2]]
    piped = [f"{{TOKEN:ATTRIBUTE_{form.fields.index(name) + 1}}}" for name in parts[1::2]]
    return "".join(part for pair in zip(safe, [*piped, ""], strict=True) for part in pair)


def contact_value(text: str) -> str:
    """Return a person's attribute: shown as it is, never as HTML or as an expression."""
    return html.escape(one_line(text), quote=False).replace("{", "&#123;").replace("}", "&#125;")


def read(text: str, file: str = "TSV", *, fields: tuple[str, ...] = ()) -> Form:
    """Return the form of a survey structure; raise InputError with every row that breaks the format.

    fields: names of the participants' attributes, which the structure only numbers.
    """
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t"))
    faults = list(_faults(rows, file))
    if faults:
        raise InputError(faults)
    said = {row["name"]: row["text"] for row in rows if row["class"] in ("S", "SL")}
    groups: list[tuple[Row, list[Question]]] = []
    for row in rows:
        if row["class"] == "G":
            groups.append((row, []))
        elif row["class"] == "Q":
            groups[-1][1].append(_read_question(row, rows, fields))
    made = tuple(Group(row["name"], tuple(mine), _field(row["relevance"], fields)) for row, mine in groups)
    intro = _unescaped(said["surveyls_welcometext"], fields)
    return Form(said["surveyls_title"], intro, made, fields, said["language"])


def _faults(rows: list[Row], file: str) -> Iterator[Fault]:
    """Find what LimeSurvey refuses: unknown classes and types, codes too long or twice, orphans."""
    if not rows or not {"class", "type/scale", "name", "relevance", "text", "language"} <= set(rows[0]):
        yield Fault(file, "line 1", "not the header of a survey structure", "write it again")
        return
    codes: set[str] = set()
    ids = {row["id"] for row in rows if row["class"] == "Q"}
    for number, row in enumerate(rows, 2):
        place = f"line {number}"
        if row["class"] not in ("S", "SL", "G", "Q", "SQ", "A"):
            yield Fault(file, place, f"unknown class {row['class']!r}", "known: S, SL, G, Q, SQ, A")
        if row["class"] == "Q":
            if row["type/scale"] not in TYPES.values():
                yield Fault(file, place, f"unknown type {row['type/scale']!r}", f"known: {', '.join(TYPES.values())}")
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", row["name"]) or row["name"] in codes:
                yield Fault(file, place, f"{row['name']!r} is no question code, or stands twice", "rename it")
            codes.add(row["name"])
        if row["class"] in ("SQ", "A"):
            if not re.fullmatch(r"[A-Za-z0-9]{1,5}", row["name"]):
                yield Fault(file, place, f"{row['name']!r} is no code of an answer", "letters and digits, at most five")
            if row["related_id"] not in ids:
                yield Fault(file, place, f"no question {row['related_id']!r}", "write it again")


def _read_question(row: Row, rows: list[Row], fields: tuple[str, ...]) -> Question:
    kind: Kind = next(kind for kind, mark in TYPES.items() if mark == row["type/scale"])
    alone = set((row.get("exclude_all_others") or "").split(";"))
    mine = [one for one in rows if one["class"] in ("SQ", "A") and one["related_id"] == row["id"]]
    choices = tuple(Choice(one["name"], _unescaped(one["text"], fields), one["name"] in alone) for one in mine)
    return Question(row["name"], kind, _unescaped(row["text"], fields), choices)


def _field(relevance: str, fields: tuple[str, ...]) -> str:
    found = RELEVANT.fullmatch(relevance)
    return fields[int(found[1]) - 1] if found else ""


def _unescaped(text: str, fields: tuple[str, ...]) -> str:
    named = ATTRIBUTE.sub(lambda found: f"{{{{{fields[int(found[1]) - 1]}}}}}", text.replace(BREAK, "\n"))
    return html.unescape(named)
