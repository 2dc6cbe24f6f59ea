"""REFI-QDA documents as vendors really write them: parsed without opening anything else, checked beyond the schema.

Elements are found by their local names, because namespaces differ between vendors and versions; GUIDs are
compared without braces and case (standard 1.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import Fault, InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "urn:QDA-XML:codebook:1.0"
NAMESPACES = (NAMESPACE, "urn:QDA-XML:codebook:1:0", "urn:QDA-XML:project:1.0")  # the colon is in real files
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COLOUR = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
DEEPEST = 50  # levels of codes in codes


def is_codable(element: _Element) -> bool:
    """Return whether coders may apply a code; vendors write true, True, 1."""
    return element.get("isCodable", "true").strip().lower() not in {"false", "0"}


def guid_of(element: _Element) -> str:
    """Return an element's GUID without braces, in lower case."""
    return plain_guid(element.get("guid"))


def plain_guid(given: str | None) -> str:
    """Return a GUID as it is compared: without braces, in lower case."""
    return (given or "").strip().strip("{}").lower()


def colour_of(element: _Element) -> str | None:
    """Return a code's colour, or None where it is none (#RGB, #RRGGBB)."""
    given = element.get("color", "").strip()
    return given if COLOUR.fullmatch(given) else None


def text_of(element: _Element) -> str:
    """Return a code's description."""
    return "\n".join(found.text or "" for found in children(element, "Description"))


def children(element: _Element, name: str) -> list[_Element]:
    """Return the child elements with a local name."""
    return [child for child in element if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name]


def codes_of(root: _Element) -> _Element:
    """Return the element that holds the top-level codes; an empty one where the file has none."""
    from lxml import etree

    book = root
    if root.tag.rpartition("}")[2] == "Project":
        book = next(iter(children(root, "CodeBook")), root)
    return next(iter(children(book, "Codes")), etree.Element("Codes"))


def parsed(raw: bytes, source: str) -> _Element:
    """Return the root of a REFI-QDA document; entities are not resolved, the network is not asked, a DTD is refused."""
    from lxml import etree

    doctype = Fault(source, "", "the file declares a document type", "export it again: REFI-QDA files have none")
    if b"<!DOCTYPE" in raw.replace(b"\0", b""):  # before parsing, in UTF-16 too
        raise InputError([doctype])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError([Fault(source, "", f"not XML: {error}", "export the codebook again")]) from None
    if root.getroottree().docinfo.doctype:
        raise InputError([doctype])
    space, _, name = root.tag.rpartition("}")
    if name not in {"CodeBook", "Project"} or space.lstrip("{") not in NAMESPACES:
        what = f"a file of another kind: its root is {root.tag}"
        raise InputError([Fault(source, f"line {root.sourceline}", what, "export a REFI-QDA codebook (.qdc)")])
    return root


def structure_faults(root: _Element, source: str) -> Iterator[Fault]:
    """Find what the schema cannot see: GUIDs that are none or used twice, members that do not exist, depth."""
    seen: dict[str, str] = {}
    waiting = [(code, 1) for code in children(codes_of(root), "Code")]
    while waiting:
        code, depth = waiting.pop(0)
        place, key = f"line {code.sourceline}", guid_of(code)
        waiting += [(child, depth + 1) for child in children(code, "Code")] if depth < DEEPEST else []
        if depth == DEEPEST:
            yield Fault(source, place, f"codes nested {DEEPEST} deep", "flatten the codebook")
        if not code.get("name", "").strip():
            yield Fault(source, place, "a code without a name", "name it")
        if not GUID.fullmatch(key):
            yield Fault(source, place, f"{code.get('guid')!r} is not a GUID", "export the codebook again")
        elif key in seen:
            yield Fault(source, place, f"the GUID {key} is used twice", f"the other is on {seen[key]}; export it again")
        seen[key] = place
    for group in root.iter("{*}Set"):
        for member in children(group, "MemberCode"):
            key = (member.get("guid") or member.get("targetGUID") or "").strip("{} ").lower()
            if key not in seen:
                what = f"the set {group.get('name')!r} names a code that does not exist: {key}"
                yield Fault(source, f"line {member.sourceline}", what, "export the codebook again")


def left_out(root: _Element, *, sets_of_codes: bool = False) -> Iterator[str]:
    """Yield what a file holds and a themes.yaml has no place for, in plain sentences.

    sets_of_codes: leave out sets that hold no codes; in a project these are sets of sources.
    """
    sets = [
        group.get("name", "") for group in root.iter("{*}Set") if not sets_of_codes or children(group, "MemberCode")
    ]
    if sets:
        yield f"sets: themes.yaml has no sets of codes: {', '.join(sets)}"
    notes = sum(1 for code in codes_of(root).iter("{*}NoteRef"))
    if notes:
        yield f"notes: {notes} references from codes to notes"
    for code in codes_of(root).iter("{*}Code"):
        if code.get("color") and colour_of(code) is None:
            yield f"colour: {code.get('color')!r} of {code.get('name')!r} is no #RRGGBB"
