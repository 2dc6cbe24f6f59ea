"""What people may write in glossary.yaml: a term, its senses, and what makes each one a usable definition.

A definition is built after ISO 704:2022: the genus names the kind of thing, the differentia what sets it apart, and the
whole can stand in a real sentence in place of the term.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from pipeline.settings import Settings

RELATIONS = ("broader", "narrower", "related", "opposite", "same")
SLOT = re.compile(r"\b[A-Z]\b")  # a slot of a frame is one capital: "X is similar to Y in respect R"
UNNAMED = "name me"  # what the draft calls a sense


class Anchor(Settings):
    """A usage that shows a sense, by id and digest: respondents' words stay out of the file."""

    usage: str
    digest: str = ""


class MinimalPair(Settings):
    """Two wordings that differ in one thing only: one asks for this sense, the other for its neighbour."""

    against: str  # the sense_id it is told from
    here: str
    there: str


class Definition(Settings):
    """Somebody else's definition, with its source."""

    definition: str
    source: str


class Sense(Settings):
    """One meaning of a term. Without a definition it is named, not yet defined."""

    id: str
    name: str
    definition: str = ""
    genus: str = ""
    differentia: str = ""
    scope_note: str = ""
    preferred: str = ""  # wording that says this and nothing else
    deprecated: tuple[str, ...] = ()  # wording to avoid for it
    fills: dict[str, str] = Field(default_factory=dict)  # slot of the entry's frame -> what stands there in this sense
    tell: str = ""  # a question answered by yes or no
    measurement: str = ""
    minimal_pair: MinimalPair | None = None
    counter_example: str = ""  # what one might take for it, and is not
    source: Literal["", "attested", "literature", "stipulated"] = ""
    references: tuple[str, ...] = ()
    competing: tuple[Definition, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    relations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    dissent: str = ""
    iri: str = ""
    version: str = ""
    change_note: str = ""
    decided_by: str = ""
    decided_on: str = ""

    @field_validator("decided_on", "version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return "" if value is None else str(value)

    @property
    def wording(self) -> str:
        """The definition as it stands, or genus and differentia joined."""
        return self.definition.strip() or " ".join(part for part in (self.genus, self.differentia) if part).strip()


class Entry(Settings):
    """A term and its senses; a relational word has a frame with slots ("X is similar to Y in respect R")."""

    term: str
    note: str = ""
    status: str = ""
    frame: str = ""
    slots: dict[str, str] = Field(default_factory=dict)  # slot -> what it asks for
    senses: tuple[Sense, ...] = ()


class Content(Settings):
    """The whole of glossary.yaml."""

    version: str
    iri: str = ""  # what the IRIs of entries begin with, where the team has a place for them
    editors: tuple[str, ...] = ()
    licence: str = ""
    entries: tuple[Entry, ...] = ()

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value)
