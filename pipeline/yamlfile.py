"""Reading the YAML files people write: safe, with line numbers, all faults at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from pipeline.errors import Fault, InputError, MissingError, nearest

Checked = TypeVar("Checked", bound=BaseModel)
Location = Sequence[str | int]


def load(path: Path, *, made_by: str = "make new STUDY=… EXPORT=…") -> Any:
    """Return the file's content as ruamel's round-trip structure, which remembers line numbers.

    Raises MissingError when there is no such file (made_by says how to get one), InputError when it is not UTF-8 YAML.
    """
    try:
        return parse(path.read_bytes(), path)
    except FileNotFoundError:
        raise MissingError(f"{path}: no such file. Make one with: {made_by}") from None


def parse(raw: bytes, path: Path) -> Any:
    """Return the content of a file's bytes, as `load` does; path: what faults name."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [Fault(str(path), f"byte {error.start}", "the file is not UTF-8 text", "save it as UTF-8")]
        ) from error
    try:
        return YAML(typ="rt", pure=True).load(text) or {}
    except MarkedYAMLError as error:
        raise InputError([_unreadable(error, text, path)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError(
            [Fault(str(path), "", f"not valid YAML: {error}", "check the file in an editor that knows YAML")]
        ) from error


def _unreadable(error: MarkedYAMLError, text: str, path: Path) -> Fault:
    """Return what is wrong in the words of somebody who writes the file, for the usual slips; else YAML's own."""
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem)
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    what, remedy = f"not valid YAML: {problem}", "check indentation, colons and quotes there"
    if "\t" in line[: len(line) - len(line.lstrip())]:
        what, remedy = "a tab stands at the beginning of the line", "indent with spaces: two for every level"
    elif "mapping values are not allowed" in problem and line.count(": ") > 1:
        key, _, value = line.partition(": ")
        what = "a colon and a space stand inside a value"
        remedy = f"put the value in quotes:  {key.strip()}: {_quoted(value)}"
    elif error.context and "scanning a quoted scalar" in error.context and error.context_mark:
        mark = error.context_mark
        what, remedy = "a quote opens here and nothing closes it", "close it, or take it away"
    elif "expected <block end>" in problem:
        what = "this line is indented like no line above it that it could belong to"
        remedy = "give it the indent of its neighbours: entries of one list or block begin in the same column"
    return Fault(str(path), f"line {mark.line + 1}" if mark else "", what, remedy)


def _quoted(value: str) -> str:
    text = value.strip()
    return text if text[:1] in "\"'" else "'" + text.replace("'", "''") + "'"


def line_of(content: Any, location: Location) -> int | None:
    """Return the 1-based line of the deepest part of `location` that exists in `content`."""
    line: int | None = None
    for part in location:
        marks = getattr(content, "lc", None)
        try:
            line = (marks.key(part) if isinstance(part, str) else marks.item(part))[0] + 1  # type: ignore[union-attr]
            content = content[part]
        except (KeyError, IndexError, AttributeError, TypeError):
            break
    return line


def place_of(content: Any, location: Location) -> str:
    """Return "line 12, key columns.Q3.role" for a location in a loaded file."""
    line = line_of(content, location)
    key = ".".join(map(str, location))
    return ", ".join(part for part in (f"line {line}" if line else "", f"key {key}" if key else "") if part)


def validate(model: type[Checked], content: Any, path: Path) -> Checked:
    """Check loaded content against a pydantic model; raise one InputError with every fault."""
    try:
        return model.model_validate(_plain(content))
    except ValidationError as error:
        raise InputError(_fault(model, content, path, detail) for detail in error.errors()) from None


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_plain(value) for value in content]
    return content


def _fault(model: type[BaseModel], content: Any, path: Path, detail: Any) -> Fault:
    location = detail["loc"]
    what, remedy = detail["msg"].removeprefix("Value error, "), "change the value"
    if detail["type"] == "extra_forbidden":
        what = f"unknown key {str(location[-1])!r}"
        remedy = nearest(str(location[-1]), _fields(model, location[:-1]))
        if detail["input"] is None and " " in str(location[-1]):
            remedy = "inside { } a comma begins a new key: put the whole text before it in quotes"
    elif detail["type"] == "missing":
        what, remedy = f"the key {str(location[-1])!r} is missing", f"add it:  {location[-1]}: …"
    elif detail["type"] == "model_type":
        what = f"{str(detail['input'])[:40]!r} stands where keys of their own are wanted"
        below = "key: value"
        if location:
            below = "- {key: value}" if isinstance(location[-1], int) else f"{location[-1]}: {{key: value}}"
        remedy = f"write {below}; its keys are {', '.join(_fields(model, location))}"
    elif detail["type"] in ("tuple_type", "list_type"):
        what = f"{str(detail['input'])[:40]!r} stands where a list is wanted"
        remedy = f"write {location[-1]}: [{str(detail['input'])[:40]}]"
    elif detail["type"] == "string_type":
        what = f"{str(detail['input'])[:40]!r} stands where a text is wanted"
        remedy = "write one text, in quotes if need be"
    elif detail["type"] == "literal_error":
        what = f"{detail['input']!r} is not one of {detail['ctx']['expected']}"
        remedy = nearest(str(detail["input"]), str(detail["ctx"]["expected"]).replace("'", "").split(", "))
    return Fault(str(path), place_of(content, location), what, remedy)


def _fields(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys allowed at a location, by walking the model's annotations."""
    current: Any = model
    for part in location:
        if isinstance(current, type) and issubclass(current, BaseModel) and part in current.model_fields:
            current = _inner(current.model_fields[part].annotation)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return list(current.model_fields)
    return []


def _inner(annotation: Any) -> Any:
    """Return the model inside `dict[str, Model]`, `tuple[Model, ...]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner(argument)
        if found is not None:
            return found
    return None
