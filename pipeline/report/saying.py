"""What the templates say: messages as Markdown, with everything that fills them made inert unless it is Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

from pipeline import speech, wording
from pipeline.report.markdown import link
from pipeline.report.words import Markdown, inert


def _safe(value: Any) -> Any:
    return value if isinstance(value, Number) or hasattr(value, "__html__") else inert(value)


def phrase(message: str, /, **values: Any) -> Markdown:
    """Return a message of the program as Markdown."""
    return Markdown(speech.phrase(message, **{name: _safe(value) for name, value in values.items()}))


def phrases(n: int, one: str, many: str, /, **values: Any) -> Markdown:
    """Return one of two messages by a number, as Markdown."""
    return Markdown(speech.phrases(n, one, many, **{name: _safe(value) for name, value in values.items()}))


def headers(*messages: str) -> list[Markdown]:
    """Return the headers of a table."""
    return [phrase(message) for message in messages]


def quoted(text: Any) -> Markdown:
    """Return a word in quotation marks, as Markdown."""
    return Markdown(wording.quoted(_safe(text)))


def listed(names: Sequence[Any]) -> Markdown:
    """Return "a, b and c", as Markdown."""
    return Markdown(wording.listed([str(_safe(name)) for name in names]))


SAYING = {
    "phrase": phrase, "phrases": phrases, "headers": headers, "quoted": quoted, "listed": listed, "link": link,
    "plural": wording.plural,
}  # fmt: skip
