r"""A keyword list as teams publish it -> themes with regular-expression rules.

The list is JSON: {question: {code: [keyword, ...]}}, each keyword a regular expression that
must begin at the start of a word, upper or lower case. This is the form of the analysts'
codebook of the Jupyter Notebook UX survey (2015): re.search(r"(^|\W+)" + keyword, answer).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.codebook.themes import Code, Rule, Theme
from pipeline.errors import Fault, InputError, nearest

# Finds a keyword exactly where (^|\W+) before it would, but leaves the blank out of the span. As there, it binds
# to the first of several alternatives only: "ux|interface" finds "interface" inside a word too.
WORD_START = r"(?:^|(?<=\W))"


def from_keywords(text: str, *, source: str, questions: Mapping[str, str] | None = None) -> list[Theme]:
    """Return one theme per question of a keyword list, one code per theme name, one rule per keyword.

    text: the JSON. source: the file's name, for messages. questions: key of the list -> question_id of the
    study, where they differ. Raises InputError with every fault.
    """
    content = _read(text, source)
    faults = list(_faults(content, source))
    if faults:
        raise InputError(faults)
    names = questions or {}
    if unknown := names.keys() - content.keys():
        raise InputError(Fault(source, "", f"no key {key!r}", nearest(key, content)) for key in sorted(unknown))
    return [
        Theme(
            id=slug(key),
            name=key,
            codes=tuple(
                Code(id=f"{slug(key)}-{slug(code)}", name=code, rules=_rules(keywords, names.get(key, key)))
                for code, keywords in codes.items()
            ),
        )
        for key, codes in content.items()
    ]


def slug(name: str) -> str:
    """Return a name as an id: lower-case letters and digits of ASCII, joined by hyphens ("code" where none is left)."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "code"


def _rules(keywords: list[str], question: str) -> tuple[Rule, ...]:
    distinct = dict.fromkeys(keywords)  # a keyword listed twice would only be found twice
    return tuple(Rule(regex=WORD_START + keyword, questions=(question,)) for keyword in distinct)


def _read(text: str, source: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError([Fault(source, "", f"not JSON: {error}", "write {question: {code: [keywords]}}")]) from None
    if not isinstance(content, dict):
        raise InputError([Fault(source, "", "not a keyword list", "write {question: {code: [keywords]}}")])
    return content


def _faults(content: dict[str, Any], source: str) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for question, codes in content.items():
        if not isinstance(codes, dict):
            yield Fault(source, f"key {question}", "holds no codes", "write {code: [keywords]} there")
            continue
        for code, keywords in codes.items():
            place = f"key {question}.{code}"
            code_id = f"{slug(question)}-{slug(code)}"
            if code_id in seen:
                yield Fault(source, place, f"would get the id {code_id!r}, like {seen[code_id]}", "rename one")
            seen[code_id] = place
            if not isinstance(keywords, list) or not all(isinstance(word, str) and word for word in keywords):
                yield Fault(source, place, "is no list of keywords", "write a list of regular expressions as texts")
                continue
            yield from (fault for word in keywords for fault in _regex_faults(word, source, place))


def _regex_faults(word: str, source: str, place: str) -> Iterator[Fault]:
    try:
        re.compile(WORD_START + word)
    except re.error as error:
        yield Fault(source, place, f"{word!r} is not a regular expression: {error}", "correct it, or escape it with \\")
