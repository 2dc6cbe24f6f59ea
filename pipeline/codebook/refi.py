"""REFI-QDA codebooks (.qdc): written so that other tools read them, read as other tools write them.

REFI-QDA standard 1.5, namespace urn:QDA-XML:codebook:1.0. Themes are codes that cannot be applied
(isCodable false), their codes nested inside. The format holds a name, a colour and one text per code; definition,
include, exclude and examples are sections of that text, in a form that is read back. What it has no
slot for is named by `losses`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.codebook.qdacodes import add_codes, known_ids, themes_in, unwritable
from pipeline.codebook.qdaxml import NAMESPACE, left_out, parsed, structure_faults
from pipeline.codebook.themes import Theme
from pipeline.errors import Fault, InputError
from pipeline.files import write_bytes

__all__ = ["Given", "as_qdc", "from_qdc", "known_ids", "losses", "read_qdc", "write_qdc"]
LARGEST = 50_000_000  # bytes; a codebook of a thousand codes is under one million


def write_qdc(path: Path, themes: Sequence[Theme], *, study: str, origin: str = "Sameword") -> None:
    """Write a .qdc file; see `as_qdc`."""
    write_bytes(path, as_qdc(themes, study=study, origin=origin))


def as_qdc(themes: Sequence[Theme], *, study: str, origin: str = "Sameword") -> bytes:
    """Return the bytes of a .qdc file, valid against the standard's schema: UTF-8, LF, no BOM.

    Raises InputError where there is nothing to write (the schema wants at least one code) or a text holds what
    XML cannot carry.
    """
    from lxml import etree

    faults = list(unwritable(themes))
    if faults:
        raise InputError(faults)
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE}, origin=origin)
    add_codes(root, themes, study=study, space=NAMESPACE)
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
    return Given(themes_in(root, known or {}).themes, tuple(left_out(root)))
