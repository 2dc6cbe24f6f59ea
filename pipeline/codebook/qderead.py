"""The document of a .qdpx, whichever tool wrote it -> a project, and what of it was left out.

GUIDs are compared without braces and case, elements by their local names. What the schema cannot see is checked:
GUIDs used twice, references to nothing, positions outside the text, and positions that miss the quote beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.codebook.project import Case, Coded, Memo, Project, Source, Value
from pipeline.codebook.qdacodes import Found, themes_in
from pipeline.codebook.qdaxml import children, guid_of, is_codable, left_out, parsed, plain_guid, structure_faults
from pipeline.codebook.qdetext import positions, text_of_source
from pipeline.errors import Fault, InputError

if TYPE_CHECKING:
    from lxml.etree import _Element

NOBODY = "unknown"  # codings without a user
OTHER = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")


def project_in(
    raw: bytes, texts: Mapping[str, bytes], *, source: str, known: Mapping[str, str]
) -> tuple[Project, list[str]]:
    """Return the project in a document and what was left out. texts: the archive's other members by file name.

    known: GUID -> id of this study's themes, codes, responses. Raises InputError with every fault.
    """
    root = parsed(raw, source)
    if not root.tag.endswith("}Project"):
        raise InputError([Fault(source, "line 1", "a codebook, no project", "export the whole project (.qdpx)")])
    faults = [*structure_faults(root, source), *_reference_faults(root, source)]
    reader = _Reader(root, texts, source, known, faults)
    found = reader.project()
    if faults:
        raise InputError(faults)
    return found, [*left_out(root, sets_of_codes=True), *_not_read(root), *reader.notes]


class _Reader:
    """What is known of a document while it is read."""

    def __init__(
        self, root: _Element, texts: Mapping[str, bytes], source: str, known: Mapping[str, str], faults: list[Fault]
    ) -> None:
        self.root, self.texts, self.source, self.known, self.faults = root, texts, source, known, faults
        self.notes: list[str] = []
        self.found = Found((), {}) if faults else themes_in(root, known)
        self.users = {guid_of(one): one.get("name") or one.get("id") or guid_of(one) for one in self.all("User")}
        self.variables = {guid_of(one): one.get("name", "") for one in self.all("Variable")}
        self.kinds = {one.get("name", ""): one.get("typeOfVariable", "Text") for one in self.all("Variable")}
        self.memos = {guid_of(one): one for one in self.all("Note")}

    def all(self, name: str) -> Iterator[_Element]:
        """Yield every element of a local name."""
        return self.root.iter(f"{{*}}{name}")

    def project(self) -> Project:
        """Return the project; what is wrong goes to the faults."""
        sources = tuple(self.text_source(one) for one in self.all("TextSource"))
        texts = {one.key for one in sources}
        cases = tuple(
            Case(
                one.get("name") or guid_of(one),
                self.values(one),
                tuple(k for ref in children(one, "SourceRef") if (k := self.key(_target(ref))) in texts),
            )
            for one in self.all("Case")
        )
        sets = {
            one.get("name", ""): tuple(
                k for ref in children(one, "MemberSource") if (k := self.key(_target(ref))) in texts
            )
            for one in self.all("Set")
            if children(one, "MemberSource")
        }
        notes = tuple(self.memo_text(_target(ref)) for ref in children(self.root, "NoteRef"))
        kinds = {name: kind if kind in ("Boolean", "Float") else "Text" for name, kind in self.kinds.items()}
        return Project(
            self.root.get("name", ""), self.found.themes, tuple(sorted(self.users.values())), kinds, cases, sources,
            sets, notes,
        )  # fmt: skip

    def key(self, guid: str) -> str:
        """Return the id this study gave a GUID, or the GUID."""
        return self.known.get(guid, guid)

    def text_source(self, element: _Element) -> Source:
        """Return an answer with its codings."""
        text = text_of_source(element, self.texts, source=self.source, faults=self.faults)
        selections = children(element, "PlainTextSelection")
        move = positions(element, selections, text, self.faults, self.notes, source=self.source)
        codings: list[Coded] = []
        memos: list[Memo] = []
        for holder in [*selections, element]:
            place = (0, len(text.lf)) if holder is element else move(holder)
            if place is None or place[0] == place[1]:
                continue
            codings += self.codings(holder, *place)
            for ref in children(holder, "NoteRef"):
                note = self.memos.get(_target(ref))
                if note is not None:
                    memos.append(Memo(*place, self.user(note), self.memo_text(guid_of(note)), _when(note)))
        name = element.get("name") or guid_of(element)
        return Source(
            self.key(guid_of(element)), name, text.lf, tuple(sorted(set(codings), key=_order)),
            tuple(sorted(memos, key=_order)), self.values(element),
        )  # fmt: skip

    def codings(self, holder: _Element, start: int, end: int) -> Iterator[Coded]:
        """Yield the codings of a selection; a theme that cannot be applied is no code."""
        for coding in children(holder, "Coding"):
            for ref in children(coding, "CodeRef"):
                code = self.found.codes.get(_target(ref))
                if code is None and not self.faults:
                    self.notes.append(f"line {coding.sourceline}: a coding with a code that cannot be applied")
                elif code is not None:
                    yield Coded(start, end, code, self.user(coding), _when(coding))
            if children(coding, "NoteRef"):
                self.notes.append(f"line {coding.sourceline}: a note on a coding (notes on texts are read)")

    def user(self, element: _Element) -> str:
        """Return who made something."""
        return self.users.get(plain_guid(element.get("creatingUser")), NOBODY)

    def memo_text(self, guid: str) -> str:
        """Return the text of a note."""
        note = self.memos.get(guid)
        if note is None:
            return ""
        return text_of_source(note, self.texts, source=self.source, faults=self.faults).lf

    def values(self, element: _Element) -> dict[str, Value]:
        """Return the values of variables; a variable without a value is left out."""
        found: dict[str, Value] = {}
        for holder in children(element, "VariableValue"):
            names = [self.variables.get(_target(ref), "") for ref in children(holder, "VariableRef")]
            for one in holder:
                kind = str(one.tag).rpartition("}")[2]
                if names and kind.endswith("Value") and (one.text is not None or kind == "TextValue"):
                    value = self.value(one, kind, names[0])
                    if value is not None:
                        found[names[0]] = value
        return found

    def value(self, element: _Element, kind: str, name: str) -> Value | None:
        """Return one value in the type that its variable is kept in."""
        text = element.text or ""
        if kind == "BooleanValue":
            return text.strip().lower() in ("true", "1")
        if kind != "FloatValue":
            return text
        try:
            return float(text)
        except ValueError:
            what = f"{text!r} is no number (variable {name!r})"
            self.faults.append(Fault(self.source, f"line {element.sourceline}", what, "export the project again"))
            return None


def _order(one: Coded | Memo) -> tuple[str, ...]:
    last = (one.code_id, one.coder) if isinstance(one, Coded) else (one.coder, one.text)
    return (f"{one.start:012}", f"{one.end:012}", *last, one.when or "")


def _when(element: _Element) -> str | None:
    return element.get("creationDateTime") or None


def _target(element: _Element) -> str:
    return plain_guid(element.get("targetGUID"))


def _reference_faults(root: _Element, source: str) -> Iterator[Fault]:
    """Find GUIDs used twice, and references to nothing. A user and a code of one GUID (seen) are told apart by kind."""
    seen: dict[tuple[str, str], int] = {}
    named = set()
    for one in root.iter("{*}*"):
        kind = str(one.tag).rpartition("}")[2]
        if one.get("guid") is None:
            continue
        key = (kind, guid_of(one))
        if key in seen and kind != "Code":  # `structure_faults` has looked at codes
            what = f"the GUID {key[1]} is used twice"
            yield Fault(source, f"line {one.sourceline}", what, f"the other is on line {seen[key]}; export it again")
        seen[key] = one.sourceline or 0
        named.add(key[1])
    for one in root.iter("{*}*"):
        for name in ("targetGUID", "creatingUser", "modifyingUser"):
            given = one.get(name)
            if given is not None and plain_guid(given) not in named:
                what = f"{str(one.tag).rpartition('}')[2]} names {plain_guid(given)}, which is not in the file"
                yield Fault(source, f"line {one.sourceline}", what, "export the project again")


def _not_read(root: _Element) -> Iterator[str]:
    for name in OTHER:
        if count := sum(1 for _ in root.iter(f"{{*}}{name}")):
            yield f"sources: {count} × {name}: only texts are read"
    for name, what in (("Link", "links"), ("Graph", "graphs"), ("SelectionRef", "selections tied to a case")):
        if count := sum(1 for _ in root.iter(f"{{*}}{name}")):
            yield f"{what}: {count} left out"
    for code in root.iter("{*}Code"):
        if not is_codable(code) and children(code, "NoteRef"):
            yield f"notes: a note on {code.get('name')!r}"
    described = sum(1 for one in root.iter("{*}Description") if one.getparent() is not None and _is_other(one))
    if described:
        yield f"descriptions: {described} of things that are no codes"


def _is_other(description: _Element) -> bool:
    parent = description.getparent()
    return parent is not None and not str(parent.tag).endswith("}Code")
