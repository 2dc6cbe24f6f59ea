"""themes.yaml -> the thematic codebook: themes, codes, rules; every fault at once, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from pipeline import yamlfile
from pipeline.errors import Fault, InputError, nearest
from pipeline.ids import digest
from pipeline.settings import Settings

Phase = Literal["develop", "pilot", "frozen", "main"]
CODE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Near(Settings):
    """Words that must stand close to a hit."""

    words: tuple[str, ...]
    within: int = 5  # tokens between the two


class Rule(Settings):
    """One way for the machine to notice a code: words, a regular expression, or a spaCy token pattern."""

    any: tuple[str, ...] = ()
    regex: str | None = None
    pattern: tuple[dict[str, Any], ...] = ()
    ignore_case: bool = True
    exclude: tuple[str, ...] = ()  # written `not:` in the file: phrases that make a hit void where they overlap it
    near: Near | None = None
    questions: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _not(cls, value: Any) -> Any:
        """`not` is what people write; Python cannot name a field so."""
        if isinstance(value, dict) and "not" in value:
            value = {("exclude" if key == "not" else key): inner for key, inner in value.items()}
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if sum(bool(kind) for kind in (self.any, self.regex, self.pattern)) != 1:
            raise ValueError("a rule has exactly one of any, regex, pattern")
        return self

    @field_validator("any", "exclude", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return [str(part) for part in value] if isinstance(value, list | tuple) else value

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
        return value


class Examples(Settings):
    """Excerpts that carry a code, and excerpts that seem to but do not."""

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


class Code(Settings):
    """A category of the codebook."""

    id: str
    name: str
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: Examples = Examples()
    colour: str | None = None
    status: Literal["active", "proposed", "retired"] = "active"
    replaced_by: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @field_validator("id")
    @classmethod
    def _plain_id(cls, value: str) -> str:
        if not CODE_ID.fullmatch(value):
            raise ValueError(f"{value!r} is not a code id: use lower-case letters, digits, - and _")
        return value


class Theme(Settings):
    """A parent of codes."""

    id: str
    name: str
    colour: str | None = None
    definition: str = ""
    codes: tuple[Code, ...] = ()


class Clean(Settings):
    """How labels in returned files are cleaned up: what coders wrote -> the code it means."""

    labels: dict[str, str] = Field(default_factory=dict)


class Content(Settings):
    """The whole of themes.yaml."""

    version: str
    phase: Phase | None = None
    themes: tuple[Theme, ...] = ()
    clean: Clean = Clean()

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value)


@dataclass(frozen=True)
class Themes:
    """The checked codebook."""

    version: str
    themes: tuple[Theme, ...]
    clean: dict[str, str]
    sha256: str
    phase: Phase | None = None

    @property
    def codes(self) -> list[Code]:
        """Return all codes in the order of the file."""
        return [code for theme in self.themes for code in theme.codes]

    @property
    def active(self) -> list[Code]:
        """Return the codes coders may apply."""
        return [code for code in self.codes if code.status == "active"]

    def theme_of(self, code_id: str) -> Theme | None:
        """Return the theme a code belongs to."""
        return next((theme for theme in self.themes if any(code.id == code_id for code in theme.codes)), None)


EMPTY = Themes("0", (), {}, digest(""))


def load_themes(path: Path) -> Themes:
    """Read themes.yaml; a study without one has an empty codebook. Raises InputError with every fault."""
    return _themes(path, path.read_bytes()) if path.exists() else EMPTY


@lru_cache(maxsize=4)  # a stage asks for it in several places, and reading it with line numbers takes a while
def _themes(path: Path, raw: bytes) -> Themes:
    content = yamlfile.parse(raw, path)
    checked = yamlfile.validate(Content, content, path)
    faults = list(_faults(checked, content, path))
    if faults:
        raise InputError(faults)
    return Themes(checked.version, checked.themes, dict(checked.clean.labels), digest(raw), checked.phase)


def decoded(raw: bytes, source: str) -> str:
    """Return a file's bytes as text (UTF-8, with or without a BOM); raises InputError otherwise."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(source, f"byte {error.start}", "the file is not UTF-8 text", "save it as UTF-8")
        raise InputError([fault]) from None


def _faults(checked: Content, content: Any, path: Path) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    codes = [code.id for theme in checked.themes for code in theme.codes]
    for t, theme in enumerate(checked.themes):
        for c, code in enumerate(theme.codes):
            where: list[str | int] = ["themes", t, "codes", c]
            if code.id in seen:
                yield Fault(
                    str(path),
                    yamlfile.place_of(content, [*where, "id"]),
                    f"the code id {code.id!r} is used twice",
                    f"rename one; the other is in theme {seen[code.id]!r}",
                )
            seen[code.id] = theme.id
            for target in code.replaced_by:
                if target not in codes:
                    yield Fault(
                        str(path),
                        yamlfile.place_of(content, [*where, "replaced_by"]),
                        f"unknown code {target!r}",
                        nearest(target, codes),
                    )
    for label, code_id in checked.clean.labels.items():
        if code_id not in codes:
            yield Fault(
                str(path),
                yamlfile.place_of(content, ["clean", "labels", label]),
                f"unknown code {code_id!r}",
                nearest(code_id, codes),
            )
