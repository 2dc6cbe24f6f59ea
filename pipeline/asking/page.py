"""A questionnaire as one self-contained HTML file for one person: no network, the person's words never markup.

The page saves a CSV of one row: token, then the codes chosen per question (several joined by |).
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files

from pipeline.asking.form import Choice, Form, Group, Question, check, filled
from pipeline.speech import phrase
from pipeline.wording import of

SLOT = re.compile(r"\{\{ (\w+) \}\}")
MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
OF = re.compile(r"(\d+)(?: \w+ \d+| \((.*)\))?$")  # a place on a scale: "3 of 10", "5 (very)"


def render(
    form: Form, token: str, values: Mapping[str, str], *, name: str, constants: Mapping[str, str] | None = None
) -> str:
    """Return one person's page. values: the person's fields; constants: further columns of the file that it saves."""
    shown = [group for group in check(form).groups if not group.field or values.get(group.field)]
    about = {
        "token": token,
        "file": f"{name}.{file_name(token)}.csv",
        "codes": [question.code for group in shown for question in group.questions if question.kind != "note"],
        "groups": [[question.code for question in group.questions] for group in shown],
        "constants": list((constants or {}).items()),
        "state": phrase("{{done}} of {{all}} answered"),
    }
    script, style = _part("form.js"), _part("form.css")
    policy = [
        "default-src 'none'", f"script-src 'sha256-{_hash(script)}'", f"style-src 'sha256-{_hash(style)}'",
        "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip
    slots = {
        "language": re.sub(r"[^A-Za-z-]", "", form.language),
        "policy": "; ".join(policy),
        "title": html.escape(form.title),
        "intro": _text(form.intro, {}),
        "style": style,
        "groups": "\n".join(_group(group, number, len(shown), values) for number, group in enumerate(shown, 1)),
        "state": phrase("{n} to answer", n=len(shown)),
        "noscript": phrase("Saving needs JavaScript. It is all in this file; nothing is sent anywhere."),
        "save": phrase("Save my answers"),
        "saved": phrase(
            "Saved as {name}. Please send that file back to the team. You may still change answers and save again.",
            name='<strong id="name"></strong>',
        ),
        "about": _embedded(about),
        "script": script,
    }
    return SLOT.sub(
        lambda found: slots[found[1]], _part("form.html")
    )  # one pass: texts that look like slots stay texts


def file_name(token: str) -> str:
    """Return a token as part of a file's name."""
    return UNSAFE.sub("-", token)


def _group(group: Group, number: int, count: int, values: Mapping[str, str]) -> str:
    head = f'<p class="count">{of(number, count)}</p>' if count > 1 else ""
    return f"<section>{head}{''.join(_question(question, values) for question in group.questions)}</section>"


def _question(question: Question, values: Mapping[str, str]) -> str:
    text = _text(question.text, values)
    if question.kind == "note":
        return f'<p class="note">{text}</p>' if text else ""
    if question.kind == "text":
        box = f'<textarea name="{question.code}" aria-label="{phrase("Answer")}"></textarea>'
        return f"<fieldset><legend>{text}</legend>{box}</fieldset>"
    if len(question.choices) > 3 and all(OF.match(choice.text) for choice in question.choices):
        return f"<fieldset><legend>{text}</legend>{_scale(question)}</fieldset>"
    return (
        f"<fieldset><legend>{text}</legend>{''.join(_choice(question, c, values) for c in question.choices)}</fieldset>"
    )


def _choice(question: Question, choice: Choice, values: Mapping[str, str]) -> str:
    kind = "checkbox" if question.kind == "several" else "radio"
    alone = " data-alone" if choice.alone else ""
    name, colon, rest = filled(choice.text, dict(values)).partition(": ")
    said = f"<b>{html.escape(name)}</b>: {html.escape(rest)}" if colon else html.escape(name)
    return (
        f'<label><input type="{kind}" name="{question.code}" value="{choice.code}"{alone}><span>{said}</span></label>'
    )


def _scale(question: Question) -> str:
    """Return numbers side by side; what the ends mean stands below."""
    found = [(choice, OF.match(choice.text)) for choice in question.choices]
    cells = "".join(
        f'<label><input type="radio" name="{question.code}" value="{choice.code}"'
        f' aria-label="{html.escape(choice.text)}"><span>{hit[1]}</span></label>'
        for choice, hit in found
        if hit
    )
    ends = [hit[2] or "" for _, hit in (found[0], found[-1]) if hit]
    said = "".join(f"<span>{html.escape(end)}</span>" for end in ends)
    return f'<div class="scale">{cells}</div>' + (f'<p class="ends">{said}</p>' if any(ends) else "")


def _text(text: str, values: Mapping[str, str]) -> str:
    """Return text as HTML: lines of the form apart, fields filled in, the usage marked."""
    lines = [html.escape(filled(line, dict(values)), quote=False) for line in text.split("\n")]
    safe = [line.replace("⟦", "<mark>").replace("⟧", "</mark>") for line in lines]
    return "".join(f'<span class="line">{line}</span>' for line in safe) if len(safe) > 1 else safe[0]


def _embedded(content: object) -> str:
    text = json.dumps(content, ensure_ascii=True)
    for character, escape in MARKUP.items():
        text = text.replace(character, escape)
    return text


def _part(name: str) -> str:
    return files("pipeline.asking").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
