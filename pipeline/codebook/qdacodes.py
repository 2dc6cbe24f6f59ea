"""Codes of a REFI-QDA document <-> themes; codebooks (.qdc) and projects (.qdpx) hold them in the same form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.codebook.descriptions import describe, understood
from pipeline.codebook.keywords import slug
from pipeline.codebook.qdaxml import COLOUR, NAMESPACE, children, codes_of, colour_of, guid_of, is_codable, text_of
from pipeline.codebook.themes import Code, Theme
from pipeline.errors import Fault

if TYPE_CHECKING:
    from lxml.etree import _Element

GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid(study: str, kind: str, key: str) -> str:
    """Return the GUID of a thing of a study: the same in every export, so that tools recognise it."""
    return str(uuid.uuid5(GUIDS, f"{study}/{kind}/{key}"))


def known_ids(themes: Sequence[Theme], *, study: str) -> dict[str, str]:
    """Return GUID -> id of a study's themes and codes, so that what it wrote itself comes back under the same ids."""
    return {guid(study, "theme", theme.id): theme.id for theme in themes} | {
        guid(study, "code", code.id): code.id for theme in themes for code in theme.codes
    }


def add_codes(parent: _Element, themes: Sequence[Theme], *, study: str, space: str) -> None:
    """Add Codes to a CodeBook element: themes as codes that cannot be applied, their codes nested inside."""
    from lxml import etree

    codes = etree.SubElement(parent, f"{{{space}}}Codes")
    for theme in themes:
        key = guid(study, "theme", theme.id)
        holder = _add(codes, key, theme.name, theme.colour, theme.definition, codable=False)
        for code in theme.codes:
            key, codable = guid(study, "code", code.id), code.status != "retired"
            _add(holder, key, code.name, code.colour, describe(code), codable=codable)


@dataclass(frozen=True)
class Found:
    """The themes of a document, and which code each GUID stands for."""

    themes: tuple[Theme, ...]
    codes: Mapping[str, str]


def themes_in(root: _Element, known: Mapping[str, str]) -> Found:
    """Return the themes in a checked document; see `refi.from_qdc` for what becomes what."""
    loose, groups = [], []
    for code in children(codes_of(root), "Code"):
        if _is_group(code):
            groups += _groups(code, "")
        else:
            loose.append(code)
    ids = _Ids(known)
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
    return Found(tuple(themes), ids.codes)


def unwritable(themes: Sequence[Theme]) -> Iterator[Fault]:
    """Find what keeps a codebook from being written: no themes, or characters that XML cannot carry."""
    if not themes:
        yield Fault("themes.yaml", "", "the codebook has no themes", "REFI-QDA wants at least one code: write one")
    for theme in themes:
        texts = {theme.id: theme.name + theme.definition}
        texts |= {code.id: code.name + describe(code) for code in theme.codes}
        for one, text in texts.items():
            if found := NOT_XML.search(text):
                what = f"{one} holds the character U+{ord(found[0]):04X}, which XML cannot carry"
                yield Fault("themes.yaml", "", what, "delete it")


class _Ids:
    """Ids from names, each given once per kind of thing."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self.codes: dict[str, str] = {}
        self._given = {("theme", name) for name in known.values()} | {("code", name) for name in known.values()}

    def __call__(self, element: _Element | None, name: str, kind: str) -> str:
        key = "" if element is None else guid_of(element)
        found = self._known[key] if key in self._known else self._fresh(name, kind)
        if kind == "code":
            self.codes[key] = found
        return found

    def _fresh(self, name: str, kind: str) -> str:
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


def _add(parent: _Element, key: str, name: str, colour: str | None, text: str, *, codable: bool) -> _Element:
    from lxml import etree

    space = parent.tag.rpartition("}")[0].lstrip("{")
    found = etree.SubElement(parent, f"{{{space}}}Code", guid=key, name=name, isCodable="true" if codable else "false")
    if colour and COLOUR.fullmatch(colour):
        found.set("color", colour)
    if text:
        etree.SubElement(found, f"{{{space}}}Description").text = text.replace("\r\n", "\n").replace("\r", "\n")
    return found
