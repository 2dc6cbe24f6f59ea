"""A codebook -> the text of a themes.yaml: only what says something, always the same text for the same codebook."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from pipeline.codebook.themes import Theme


def as_yaml(version: str, themes: Sequence[Theme], *, comment: str = "") -> str:
    """Return the text of a themes.yaml that `load_themes` reads back as the same themes."""
    writer = YAML()
    writer.width = 4096  # one rule, one line: wrapped regular expressions are hard to compare
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    writer.dump({"version": version, "themes": [_plain(theme) for theme in themes]}, text)
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + text.getvalue()


def _plain(model: Any) -> Any:
    """Return a model as what people write: defaults left out, `exclude` of a rule called `not`."""
    found: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if value == type(model).model_fields[name].default:
            continue
        key = "not" if name == "exclude" and isinstance(value, tuple) else name
        found[key] = _value(value)
    return found


def _value(value: Any) -> Any:
    if hasattr(type(value), "model_fields"):
        return _plain(value)
    if isinstance(value, tuple | list):
        return [_value(part) for part in value]
    return value
