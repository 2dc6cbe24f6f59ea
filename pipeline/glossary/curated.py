"""glossary.yaml: the team's own words. Read here; only `adopt` ever writes it, and only when asked to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import yamlfile
from pipeline.errors import Fault, InputError, nearest
from pipeline.glossary import relations
from pipeline.glossary.model import RELATIONS, SLOT, Content, Entry, Sense
from pipeline.ids import digest, term_id

Where = list[str | int]


@dataclass(frozen=True)
class Glossary:
    """The checked glossary: its version, entries and digest, and who may be named for it."""

    version: str
    entries: tuple[Entry, ...]
    sha256: str
    iri: str = ""
    editors: tuple[str, ...] = ()
    licence: str = ""

    @cached_property
    def senses(self) -> dict[str, tuple[Entry, Sense]]:
        """Every sense under its sense_id, with the entry it belongs to."""
        return {sense_id(entry, sense): (entry, sense) for entry in self.entries for sense in entry.senses}

    @cached_property
    def drafts(self) -> set[str]:
        """The term_ids of entries that still say `status: draft`: nobody is asked to choose among their senses."""
        return {term_id(entry.term) for entry in self.entries if entry.status == "draft"}

    def iri_of(self, sense: str, study: str) -> str:
        """Return a sense's IRI: its own, one under the glossary's, or a name-based UUID (RFC 9562)."""
        own = self.senses[sense][1].iri if sense in self.senses else ""
        if own or self.iri:
            return own or f"{self.iri.rstrip('/#')}/{sense.replace('.', '/')}"
        return uuid.uuid5(uuid.NAMESPACE_URL, f"sameword:{study}/{sense}").urn


EMPTY = Glossary("0", (), digest(""))


def sense_id(entry: Entry, sense: Sense) -> str:
    """Return the id of a sense in tables: that of its term, a point, its own."""
    return f"{term_id(entry.term)}.{sense.id}"


def load_glossary(path: Path) -> Glossary:
    """Read glossary.yaml; a study without one has an empty glossary. Raises InputError with every fault."""
    return parsed(yamlfile.load(path), path) if path.exists() else EMPTY


def parsed(content: Any, path: Path) -> Glossary:
    """Return the glossary that loaded YAML holds. Raises InputError with every fault."""
    checked = yamlfile.validate(Content, content, path)
    faults = list(_faults(checked, content, path))
    if faults:
        raise InputError(faults)
    sha256 = digest(path.read_bytes()) if path.exists() else digest("")
    return Glossary(checked.version, checked.entries, sha256, checked.iri, checked.editors, checked.licence)


def inventory(glossary: Glossary) -> pd.DataFrame:
    """Return the senses coders choose from: term_id, sense_id, name, definition, preferred, tell."""
    rows = [
        (term_id(entry.term), name, sense.name, sense.wording, sense.preferred, sense.tell)
        for name, (entry, sense) in glossary.senses.items()
    ]
    names = ["term_id", "sense_id", "name", "definition", "preferred", "tell"]
    return pd.DataFrame(rows, columns=pd.Index(names))


def anchors(glossary: Glossary) -> pd.DataFrame:
    """Return curated anchors: usage_id, sense_id, digest."""
    rows = [
        (anchor.usage, name, anchor.digest) for name, (_, sense) in glossary.senses.items() for anchor in sense.anchors
    ]
    return pd.DataFrame(rows, columns=pd.Index(["usage_id", "sense_id", "digest"]))


def _faults(checked: Content, content: Any, path: Path) -> Iterator[Fault]:
    known = {sense_id(entry, sense) for entry in checked.entries for sense in entry.senses}
    terms: set[str] = set()
    for e, entry in enumerate(checked.entries):
        where: Where = ["entries", e]
        if term_id(entry.term) in terms:
            yield _fault(path, content, [*where, "term"], f"the term {entry.term!r} has two entries", "join them")
        terms.add(term_id(entry.term))
        for where_it_is, what, remedy in [*_slot_faults(entry, where), *_sense_faults(entry, where, known)]:
            yield _fault(path, content, where_it_is, what, remedy)
    senses = {sense_id(entry, sense): sense.relations for entry in checked.entries for sense in entry.senses}
    places: dict[str, Where] = {
        sense_id(entry, sense): ["entries", e, "senses", s, "relations"]
        for e, entry in enumerate(checked.entries)
        for s, sense in enumerate(entry.senses)
    }
    for one, what in relations.contradictions(senses):
        yield _fault(path, content, places[one], what, "keep one of the two relations")


def _slot_faults(entry: Entry, where: Where) -> Iterator[tuple[Where, str, str]]:
    slots = set(SLOT.findall(entry.frame))
    for slot in entry.slots:
        if slot not in slots:
            yield [*where, "slots", slot], f"the frame has no slot {slot!r}", "write it as a single capital in `frame`"
    for s, sense in enumerate(entry.senses):
        for slot in sense.fills:
            if slot not in slots:
                yield [*where, "senses", s, "fills", slot], f"the frame has no slot {slot!r}", nearest(slot, slots)


def _sense_faults(entry: Entry, where: Where, known: set[str]) -> Iterator[tuple[Where, str, str]]:
    seen: set[str] = set()
    for s, sense in enumerate(entry.senses):
        here = [*where, "senses", s]
        if sense.id in seen:
            yield [*here, "id"], f"the sense {sense.id!r} stands twice", "rename one"
        seen.add(sense.id)
        if sense.minimal_pair and sense.minimal_pair.against not in known:
            target = sense.minimal_pair.against
            yield [*here, "minimal_pair", "against"], f"unknown sense {target!r}", nearest(target, known)
        for relation, targets in sense.relations.items():
            place = [*here, "relations", relation]
            if relation not in RELATIONS:
                yield place, f"unknown relation {relation!r}", nearest(relation, RELATIONS)
            for target in targets:
                if target not in known:
                    yield place, f"unknown sense {target!r}", nearest(target, known)


def _fault(path: Path, content: Any, location: Where, what: str, remedy: str) -> Fault:
    return Fault(str(path), yamlfile.place_of(content, location), what, remedy)
