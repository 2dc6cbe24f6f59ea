"""REFI-QDA codebooks (.qdc): written so that other tools read them, read as other tools write them.

REFI-QDA standard 1.5, namespace urn:QDA-XML:codebook:1.0. Themes are codes that cannot be applied
(isCodable false), their codes nested inside. The format holds a name, a colour and one text per code; definition,
include, exclude and examples are sections of that text, in a form that is read back. What it has no
slot for is named by `losses`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.codebook.descriptions import describe, understood
from pipeline.codebook.keywords import slug
from pipeline.codebook.qdaxml import (
    COLOUR,
    NAMESPACE,
    children,
    codes_of,
    colour_of,
    guid_of,
    is_codable,
    left_out,
    parsed,
    structure_faults,
    text_of,
)
from pipeline.codebook.themes import Code, Theme
from pipeline.errors import Fault, InputError
from pipeline.files import write_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element

GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
LARGEST = 50_000_000  # bytes; a codebook of a thousand codes is under one million
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid(study: str, kind: str, key: str) -> str:
    """Return the GUID of a code or theme of a study: the same in every export, so that tools recognise it."""
    return str(uuid.uuid5(GUIDS, f"{study}/{kind}/{key}"))


def write_qdc(path: Path, themes: Sequence[Theme], *, study: str, origin: str = "Sameword") -> None:
    """Write a .qdc file; see `as_qdc`."""
    write_bytes(path, as_qdc(themes, study=study, origin=origin))


def as_qdc(themes: Sequence[Theme], *, study: str, origin: str = "Sameword") -> bytes:
    """Return the bytes of a .qdc file, valid against the standard's schema: UTF-8, LF, no BOM.

    Raises InputError where there is nothing to write (the schema wants at least one code) or a text holds what
    XML cannot carry.
    """
    from lxml import etree

    faults = list(_unwritable(themes))
    if faults:
        raise InputError(faults)
    root = etree.Element(_tag("CodeBook"), nsmap={None: NAMESPACE}, origin=origin)
    codes = etree.SubElement(root, _tag("Codes"))
    for theme in themes:
        parent = _add(codes, guid(study, "theme", theme.id), theme.name, theme.colour, theme.definition, codable=False)
        for code in theme.codes:
            codable = code.status != "retired"
            _add(parent, guid(study, "code", code.id), code.name, code.colour, describe(code), codable=codable)
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def losses(themes: Sequence[Theme]) -> list[str]:
    """Return, in plain sentences, what a .qdc has no slot for and this codebook has."""
    codes = [code for theme in themes for code in theme.codes]
    ruled = sum(bool(code.rules) for code in codes)
    retired = [code.id for code in codes if code.status == "retired"]
    proposed = [code.id for code in codes if code.status == "proposed"]
    replaced = [code.id for code in codes if code.replaced_by]
    said = []
    if codes:
        said.append("ids: other tools know codes by name and GUID; read back, an id is made from the name")
    if ruled:
        said.append(f"rules: {ruled} of {len(codes)} codes have rules, which are left out")
    if retired:
        said.append(f"status: retired codes are written as codes that cannot be applied: {', '.join(retired)}")
    if proposed:
        said.append(f"status: proposed codes are written like any other: {', '.join(proposed)}")
    if replaced:
        said.append(f"replaced_by is left out: {', '.join(replaced)}")
    return said


def known_ids(themes: Sequence[Theme], *, study: str) -> dict[str, str]:
    """Return GUID -> id of a study's themes and codes, so that what it wrote itself comes back under the same ids."""
    return {guid(study, "theme", theme.id): theme.id for theme in themes} | {
        guid(study, "code", code.id): code.id for theme in themes for code in theme.codes
    }


@dataclass(frozen=True)
class Given:
    """What a file from another tool held, and what of it was left out, in plain sentences."""

    themes: tuple[Theme, ...]
    left_out: tuple[str, ...]


def read_qdc(path: Path, *, known: Mapping[str, str] | None = None) -> Given:
    """Read a .qdc file; see `from_qdc`."""
    if path.stat().st_size > LARGEST:
        raise InputError([Fault(str(path), "", f"larger than {LARGEST:,} bytes", "is this a codebook?")])
    return from_qdc(path.read_bytes(), source=str(path), known=known)


def from_qdc(raw: bytes, *, source: str, known: Mapping[str, str] | None = None) -> Given:
    """Return the themes in the bytes of a .qdc file, whichever tool wrote it; a project's code book will do too.

    A top-level code that holds others is a theme, and so is each code in it that holds others, named "A > B". Codes
    at the top without others go to a theme "Codes". A code that holds others and can be applied itself is
    also a code of its theme. Ids are made from names, unless `known` (see `known_ids`) has the GUID.
    Nothing outside the file is ever opened.
    Raises InputError with every fault: no XML, a DTD, another format, GUIDs missing or used twice, unknown members.
    """
    root = parsed(raw, source)
    faults = list(structure_faults(root, source))
    if faults:
        raise InputError(faults)
    loose, groups = [], []
    for code in children(codes_of(root), "Code"):
        if _is_group(code):
            groups += _groups(code, "")
        else:
            loose.append(code)
    ids = _Ids(known or {})
    themes = [
        Theme(
            id=ids(holder, name, "theme"),
            name=name,
            colour=colour_of(holder),
            definition="" if is_codable(holder) else text_of(holder).strip(),
            codes=tuple(_code(member, ids) for member in members),
        )
        for name, holder, members in groups
    ]
    if loose:
        themes.append(Theme(id=ids(None, "codes", "theme"), name="Codes", codes=tuple(_code(m, ids) for m in loose)))
    return Given(tuple(themes), tuple(left_out(root)))


class _Ids:
    """Ids from names, each given once per kind of thing."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._given = {("theme", name) for name in known.values()} | {("code", name) for name in known.values()}

    def __call__(self, element: _Element | None, name: str, kind: str) -> str:
        if element is not None and guid_of(element) in self._known:
            return self._known[guid_of(element)]
        base, number = slug(name), 1
        found = base
        while (kind, found) in self._given:
            number += 1
            found = f"{base}-{number}"
        self._given.add((kind, found))
        return found


def _code(element: _Element, ids: _Ids) -> Code:
    name = element.get("name", "")
    retired = not is_codable(element)  # inside a theme, what holds nothing and cannot be applied is out of use
    return Code(
        id=ids(element, name, "code"),
        name=name,
        colour=colour_of(element),
        status="retired" if retired else "active",
        **understood(text_of(element)),
    )


def _groups(code: _Element, before: str) -> list[tuple[str, _Element, list[_Element]]]:
    """Return (name, the code that is the theme, its codes) for a code that holds others and for those in it."""
    name = before + code.get("name", "")
    inner = children(code, "Code")
    members = [code] if is_codable(code) else []
    members += [child for child in inner if not children(child, "Code")]
    found = [(name, code, members)]
    for child in inner:
        if children(child, "Code"):
            found += _groups(child, f"{name} > ")
    return found


def _is_group(code: _Element) -> bool:
    return bool(children(code, "Code")) or not is_codable(code)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: _Element, key: str, name: str, colour: str | None, text: str, *, codable: bool) -> _Element:
    from lxml import etree

    found = etree.SubElement(parent, _tag("Code"), guid=key, name=name, isCodable="true" if codable else "false")
    if colour and COLOUR.fullmatch(colour):
        found.set("color", colour)
    if text:
        etree.SubElement(found, _tag("Description")).text = text.replace("\r\n", "\n").replace("\r", "\n")
    return found


def _unwritable(themes: Sequence[Theme]) -> Iterator[Fault]:
    if not themes:
        yield Fault("themes.yaml", "", "the codebook has no themes", "REFI-QDA wants at least one code: write one")
    for theme in themes:
        texts = {theme.id: theme.name + theme.definition}
        texts |= {code.id: code.name + describe(code) for code in theme.codes}
        for one, text in texts.items():
            if found := NOT_XML.search(text):
                what = f"{one} holds the character U+{ord(found[0]):04X}, which XML cannot carry"
                yield Fault("themes.yaml", "", what, "delete it")
