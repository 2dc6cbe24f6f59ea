"""glossary.yaml: the team's own words. Read here; only `adopt` ever writes it, and only when asked to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field, field_validator

from pipeline import yamlfile
from pipeline.errors import Fault, InputError, nearest
from pipeline.ids import digest, term_id
from pipeline.study import Settings

RELATIONS = ("broader", "narrower", "related", "opposite")


class Anchor(Settings):
    """A usage that shows a sense, by id and digest: respondents' words stay out of the file."""

    usage: str
    digest: str = ""


class Sense(Settings):
    """One meaning of a term. Without a definition it is named, not yet defined."""

    id: str
    name: str
    definition: str = ""
    scope_note: str = ""
    preferred: str = ""
    tell: str = ""
    anchors: tuple[Anchor, ...] = ()
    relations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    references: tuple[str, ...] = ()
    dissent: str = ""
    decided_by: str = ""
    decided_on: str = ""

    @field_validator("decided_on", mode="before")
    @classmethod
    def _date_as_text(cls, value: Any) -> Any:
        return str(value)


class Entry(Settings):
    """A term and its senses."""

    term: str
    note: str = ""
    status: str = ""
    senses: tuple[Sense, ...] = ()


class Content(Settings):
    """The whole of glossary.yaml."""

    version: str
    entries: tuple[Entry, ...] = ()

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value)


@dataclass(frozen=True)
class Glossary:
    """The checked glossary: its version, entries and digest."""

    version: str
    entries: tuple[Entry, ...]
    sha256: str


EMPTY = Glossary("0", (), digest(""))


def load_glossary(path: Path) -> Glossary:
    """Read glossary.yaml; a study without one has an empty glossary. Raises InputError with every fault."""
    if not path.exists():
        return EMPTY
    content = yamlfile.load(path)
    checked = yamlfile.validate(Content, content, path)
    faults = list(_faults(checked, content, path))
    if faults:
        raise InputError(faults)
    return Glossary(checked.version, checked.entries, digest(path.read_bytes()))


def inventory(glossary: Glossary) -> pd.DataFrame:
    """Return the senses coders choose from: term_id, sense_id, name, definition, preferred, tell."""
    rows = [
        (
            term_id(entry.term),
            f"{term_id(entry.term)}.{sense.id}",
            sense.name,
            sense.definition,
            sense.preferred,
            sense.tell,
        )
        for entry in glossary.entries
        for sense in entry.senses
    ]
    names = ["term_id", "sense_id", "name", "definition", "preferred", "tell"]
    return pd.DataFrame(rows, columns=pd.Index(names))


def anchors(glossary: Glossary) -> pd.DataFrame:
    """Return curated anchors: usage_id, sense_id, digest."""
    rows = [
        (anchor.usage, f"{term_id(entry.term)}.{sense.id}", anchor.digest)
        for entry in glossary.entries
        for sense in entry.senses
        for anchor in sense.anchors
    ]
    return pd.DataFrame(rows, columns=pd.Index(["usage_id", "sense_id", "digest"]))


def _faults(checked: Content, content: Any, path: Path) -> Iterator[Fault]:
    known = {f"{term_id(entry.term)}.{sense.id}" for entry in checked.entries for sense in entry.senses}
    terms: set[str] = set()
    for e, entry in enumerate(checked.entries):
        where: list[str | int] = ["entries", e]
        if term_id(entry.term) in terms:
            yield _fault(path, content, [*where, "term"], f"the term {entry.term!r} has two entries", "join them")
        terms.add(term_id(entry.term))
        seen: set[str] = set()
        for s, sense in enumerate(entry.senses):
            here = [*where, "senses", s]
            if sense.id in seen:
                yield _fault(path, content, [*here, "id"], f"the sense {sense.id!r} stands twice", "rename one")
            seen.add(sense.id)
            for relation, targets in sense.relations.items():
                place = [*here, "relations", relation]
                if relation not in RELATIONS:
                    yield _fault(path, content, place, f"unknown relation {relation!r}", nearest(relation, RELATIONS))
                for target in targets:
                    if target not in known:
                        yield _fault(path, content, place, f"unknown sense {target!r}", nearest(target, known))


def _fault(path: Path, content: Any, location: list[str | int], what: str, remedy: str) -> Fault:
    return Fault(str(path), yamlfile.place_of(content, location), what, remedy)
