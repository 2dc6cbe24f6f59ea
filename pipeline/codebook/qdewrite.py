"""A project -> the document of a .qdpx (project.qde), valid against the standard's schema, and its text files.

REFI-QDA standard 1.5, namespace urn:QDA-XML:project:1.0. Positions are code points of the text file, the end is
exclusive. Text files have LF alone, so that no tool counts a line end as two; positions are moved with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.codebook.project import Case, Project, Source, Value
from pipeline.codebook.qdacodes import NOT_XML, add_codes, guid, unwritable
from pipeline.errors import Fault, InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE = "urn:QDA-XML:project:1.0"
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
LONGEST_NAME = 60


def as_qde(project: Project, *, study: str, origin: str = "Sameword") -> tuple[bytes, dict[str, bytes]]:
    """Return the bytes of project.qde and of the files under sources/ by name. Raises InputError with every fault."""
    from lxml import etree

    faults = [*unwritable(project.themes), *_faults(project)]
    if faults:
        raise InputError(faults)
    root = etree.Element(f"{{{SPACE}}}Project", nsmap={None: SPACE}, name=project.name, origin=origin)
    made = _Writer(root, study)
    made.users(project.users)
    add_codes(made.add(root, "CodeBook"), project.themes, study=study, space=SPACE)
    made.variables(project.variables)
    made.cases(project.cases, project.variables)
    made.sources(project.sources, project.variables)
    made.notes(project.notes)
    made.sets(project.sets)
    for number in range(len(project.notes)):
        made.add(root, "NoteRef", targetGUID=made.guid("note", f"study/{number}"))
    etree.indent(root)
    files = {f"{made.guid('text', one.key)}.txt": lf(one.text).encode("utf-8") for one in project.sources}
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n", files


def lf(text: str) -> str:
    """Return a text with LF as its only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Writer:
    """The document in the making. Containers are never empty: the schema wants them filled or absent."""

    def __init__(self, root: _Element, study: str) -> None:
        self.root, self.study = root, study
        self.waiting: list[tuple[str, str, str, str | None]] = []  # memos met in sources: guid, coder, text, when

    def guid(self, kind: str, key: str) -> str:
        return guid(self.study, kind, key)

    def add(self, parent: _Element, name: str, /, text: str | None = None, **attributes: str | None) -> _Element:
        from lxml import etree

        given = {key: value for key, value in attributes.items() if value is not None}
        found = etree.SubElement(parent, f"{{{SPACE}}}{name}", given)
        found.text = text
        return found

    def users(self, users: tuple[str, ...]) -> None:
        holder = self.add(self.root, "Users") if users else None
        for name in users if holder is not None else ():
            self.add(holder, "User", guid=self.guid("user", name), name=name, id=name)

    def variables(self, variables: Mapping[str, str]) -> None:
        holder = self.add(self.root, "Variables") if variables else None
        for name, kind in variables.items() if holder is not None else ():
            self.add(holder, "Variable", guid=self.guid("variable", name), name=name, typeOfVariable=kind)

    def values(self, parent: _Element, values: Mapping[str, Value], variables: Mapping[str, str]) -> None:
        for name in variables:
            if name in values:
                holder = self.add(parent, "VariableValue")
                self.add(holder, "VariableRef", targetGUID=self.guid("variable", name))
                self.add(holder, f"{variables[name]}Value", written(values[name], variables[name]))

    def cases(self, cases: tuple[Case, ...], variables: Mapping[str, str]) -> None:
        holder = self.add(self.root, "Cases") if cases else None
        for case in cases if holder is not None else ():
            found = self.add(holder, "Case", guid=self.guid("case", case.name), name=case.name)
            self.values(found, case.values, variables)
            for key in case.sources:
                self.add(found, "SourceRef", targetGUID=self.guid("source", key))

    def sources(self, sources: tuple[Source, ...], variables: Mapping[str, str]) -> None:
        holder = self.add(self.root, "Sources") if sources else None
        for source in sources if holder is not None else ():
            path = f"internal://{self.guid('text', source.key)}.txt"
            found = self.add(
                holder, "TextSource", guid=self.guid("source", source.key), name=source.name, plainTextPath=path
            )
            for start, end in sorted({(one.start, one.end) for one in source.marks}):
                self.selection(found, source, start, end)
            self.values(found, source.values, variables)

    def selection(self, parent: _Element, source: Source, start: int, end: int) -> None:
        key = f"{source.key}/{start}/{end}"
        place = [str(len(lf(source.text[:position]))) for position in (start, end)]
        quote = NOT_XML.sub(" ", " ".join(source.text[start:end].split()))[:LONGEST_NAME]
        found = self.add(
            parent, "PlainTextSelection", guid=self.guid("selection", key), name=quote,
            startPosition=place[0], endPosition=place[1],
        )  # fmt: skip
        for one in source.codings:
            if (one.start, one.end) == (start, end):
                mine = self.guid("coding", f"{key}/{one.code_id}/{one.coder}")
                user = self.guid("user", one.coder)
                coding = self.add(found, "Coding", guid=mine, creatingUser=user, creationDateTime=_when(one.when))
                self.add(coding, "CodeRef", targetGUID=self.guid("code", one.code_id))
        for number, memo in enumerate(source.memos):
            if (memo.start, memo.end) == (start, end):
                mine = self.guid("note", f"{key}/{number}")
                self.waiting.append((mine, memo.coder, memo.text, _when(memo.when)))
                self.add(found, "NoteRef", targetGUID=mine)

    def notes(self, notes: tuple[str, ...]) -> None:
        about = [(self.guid("note", f"study/{number}"), None, text, None) for number, text in enumerate(notes)]
        holder = self.add(self.root, "Notes") if about or self.waiting else None
        for key, coder, text, when in [*self.waiting, *about] if holder is not None else ():
            user = self.guid("user", coder) if coder else None
            note = self.add(
                holder, "Note", guid=key, name="memo" if coder else "about the study", creatingUser=user,
                creationDateTime=when,
            )  # fmt: skip
            self.add(note, "PlainTextContent", NOT_XML.sub("\ufffd", lf(text)))

    def sets(self, sets: Mapping[str, tuple[str, ...]]) -> None:
        holder = self.add(self.root, "Sets") if sets else None
        for name, keys in sets.items() if holder is not None else ():
            found = self.add(holder, "Set", guid=self.guid("set", name), name=name)
            for key in keys:
                self.add(found, "MemberSource", targetGUID=self.guid("source", key))


def written(value: Value, kind: str) -> str:
    """Return a value as the schema wants it: true and false, decimals without exponent."""
    if kind == "Boolean":
        return "true" if value else "false"
    return NOT_XML.sub("\ufffd", str(value)) if kind == "Text" else f"{float(value):.12f}".rstrip("0").rstrip(".")


def _when(text: str | None) -> str | None:
    return text if text and WHEN.fullmatch(text) else None


def _faults(project: Project) -> Iterator[Fault]:
    codes = {code.id for theme in project.themes for code in theme.codes}
    unknown = sorted({one.code_id for source in project.sources for one in source.codings} - codes)
    for code in unknown:
        remedy = "keep codes that were used, with status: retired"
        yield Fault("themes.yaml", "", f"codings name the code {code!r}, which the codebook does not have", remedy)
    for source in project.sources:
        for one in source.marks:
            if not 0 <= one.start < one.end <= len(source.text):
                what = f"{one.start}-{one.end} is no part of the answer (0-{len(source.text)})"
                yield Fault(source.key, "", what, "run the stages again")
