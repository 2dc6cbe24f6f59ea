"""docs/settings.md from pipeline/settings.py: every key of survey.yaml, what it may be, its default and its meaning."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline import settings

PLAIN = {str: "text", int: "whole number", float: "number", bool: "true, false"}
BOUNDS = {Ge: ("ge", "≥"), Gt: ("gt", ">"), Le: ("le", "≤"), Lt: ("lt", "<")}
INTRO = """# survey.yaml, setting by setting

Generated from `pipeline/settings.py` by `docs/generate.py`. `make new` writes a first survey.yaml with
`study`, `title`, `exports`, `columns` and `questions`; everything else has a default. Unknown keys are refused, with
the nearest known one. `make check-inputs` says what is wrong, with line and remedy.

What most studies add by hand:

```yaml
questions:
  similar_why:
    text: Please explain your similarity ratings.
    explains: [similarity]        # the rating question that this open answer gives reasons for
terms:
  watch: [similar, domain]        # words whose usages people judge
  reference: [data set]           # words thought to have one meaning, to compare with
coding:
  coders: [amara, ben, chloe]
  record: majority                # what counts in the end where coders differ
report:
  groups: [position]              # closed questions whose answers form groups
plan:                             # stated before looking; `make freeze` seals it
  comparisons:
    - id: clinicians
      hypothesis: Clinical scientists more often mean alike in what is shown.
      sense: similar.semantic
      by: position
      group: [Clinician scientist]
```
"""


def settings_page() -> str:
    """Return the page: the keys of survey.yaml, then a section for each that holds keys of its own."""
    lines = [INTRO]
    for path, model in _sections(settings.Survey, ""):
        about = f"{_about(model)}." if path else "What survey.yaml holds, from the top:"
        lines += [f"## {path or 'survey.yaml'}", "", about, ""]
        lines += ["| setting | may be | default | meaning |", "|---|---|---|---|"]
        meant = remarks(model)
        for name, field in model.model_fields.items():
            kind = _kind(field.annotation) + _bounds(field)
            lines.append(f"| `{name}` | {kind} | {_default(field)} | {meant[name]} |")
        lines.append("")
    return "\n".join(lines)


def remarks(model: type[BaseModel]) -> dict[str, str]:
    """Return what each setting means: the remark behind it in the source, or what its own settings are about.

    Raises SystemExit naming a setting that nothing explains.
    """
    source = textwrap.dedent(inspect.getsource(model))
    said: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("# fmt"):
            said[token.start[0]] = token.string.lstrip("# ").strip()
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            mine = [said[line] for line in range(node.lineno, (node.end_lineno or 0) + 1) if line in said]
            found[node.target.id] = " ".join(mine).replace("|", "\\|")
    for name, field in model.model_fields.items():
        inner = [one for one, _ in _models(field.annotation)]
        found[name] = found[name] or (_about(inner[0]) if inner else "")
        if not found[name]:
            raise SystemExit(f"{model.__name__}.{name} has no remark behind it in pipeline/settings.py")
    return found


def _about(model: type[BaseModel]) -> str:
    return (inspect.getdoc(model) or "").splitlines()[0].rstrip(".")


def _sections(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    yield path, model
    for name, field in model.model_fields.items():
        for inner, form in _models(field.annotation):
            below = f"{path}.{name}" if path else name
            yield from _sections(inner, below.replace("[]", "") + form)


def _models(kind: Any) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind, ""
    for part in get_args(kind):
        form = {tuple: ", each", dict: ", each"}.get(get_origin(kind), "")  # type: ignore[call-overload]
        yield from ((inner, form) for inner, _ in _models(part))


def _kind(kind: Any) -> str:
    origin, parts = get_origin(kind), [part for part in get_args(kind) if part not in (type(None), Ellipsis)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "more settings"
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return " and ".join(map(_kind, parts)) if len(parts) > 1 else f"list of {_kind(parts[0])}"
    if origin is dict:
        inner = _kind(parts[1])
        return f"{_kind(parts[0])}: {inner if ':' not in inner else f'({inner})'}"
    return PLAIN[kind] if kind in PLAIN else " or ".join(map(_kind, parts))


def _bounds(field: FieldInfo) -> str:
    found = [f"{sign} {getattr(rule, name):g}" for rule in field.metadata if (known := BOUNDS.get(type(rule)))
             for name, sign in [known]]  # fmt: skip
    return f" ({', '.join(found)})" if found else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is None or value in ((), {}, "") or isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
