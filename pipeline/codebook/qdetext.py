"""Texts and positions of a .qdpx: BOM, line ends, and which way of counting them a tool had.

The standard counts code points, the first is 0, the end is exclusive. Tools differ on files with CR LF: some count
a line end as two characters, some as one. Where selections carry their quote, the quotes say which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.codebook.qdaxml import children, guid_of
from pipeline.errors import Fault

if TYPE_CHECKING:
    from lxml.etree import _Element

Place = tuple[int, int] | None
SCHEMES = ("internal://", "relative://", "absolute://")


@dataclass(frozen=True)
class Text:
    """A text as the file has it, and with LF alone."""

    raw: str

    @property
    def lf(self) -> str:
        """Return the text with LF as its only line end."""
        return self.raw.replace("\r\n", "\n").replace("\r", "\n")

    def to_lf(self, position: int) -> int:
        """Return where a position in the file is in the text with LF alone."""
        return len(self.raw[:position].replace("\r\n", "\n"))


def text_of_source(element: _Element, texts: Mapping[str, bytes], *, source: str, faults: list[Fault]) -> Text:
    """Return the text of a source or note, from inside the document or from the archive."""
    place, again = f"line {element.sourceline}", "export the project again"
    inside = children(element, "PlainTextContent")
    if inside:
        return Text("".join(one.text or "" for one in inside))
    path = element.get("plainTextPath") or ""
    if not path:
        if not str(element.tag).endswith("}Note"):
            what = f"{element.get('name') or guid_of(element)!r} has no plain text"
            faults.append(Fault(source, place, what, again))
        return Text("")
    scheme = next((scheme for scheme in SCHEMES if path.lower().startswith(scheme)), "")
    if scheme not in ("internal://", ""):
        faults.append(Fault(source, place, f"the text is outside the archive: {path}", "export it with its sources"))
        return Text("")
    content = texts.get(path[len(scheme) :].rpartition("/")[2].lower())
    if content is None:
        faults.append(Fault(source, place, f"the text {path} is not in the archive", again))
        return Text("")
    try:
        return Text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        faults.append(Fault(source, path, f"byte {error.start} is not UTF-8", again))
        return Text("")


def positions(
    element: _Element,
    selections: Sequence[_Element],
    text: Text,
    faults: list[Fault],
    notes: list[str],
    *,
    source: str,
) -> Callable[[_Element], Place]:
    """Return a function that gives the place of a selection in the text with LF alone; faults where it has none.

    A selection named after its words shows whether the positions fit; tools that name it otherwise show nothing.
    """
    given = {id(one): _place(one, faults, source) for one in selections}
    as_file = {key: (text.to_lf(p[0]), text.to_lf(p[1])) if p else None for key, p in given.items()}
    found = as_file
    if "\r\n" in text.raw:
        fits = [sum(_quoted(one, text.lf, way[id(one)]) == 1 for one in selections) for way in (as_file, given)]
        if fits[1] > fits[0]:
            found = given
            notes.append(f"{element.get('name')!r}: positions count a line end as one character; read so")
    limit = len(text.lf) if found is given else len(text.raw)
    for one in selections:
        place, plain = f"line {one.sourceline}", given[id(one)]
        if plain is not None and not 0 <= plain[0] <= plain[1] <= limit:
            what = f"{plain[0]}-{plain[1]} is not inside the text (0-{limit})"
            faults.append(Fault(source, place, what, "export the project again"))
            found[id(one)] = None
        elif plain is not None and plain[0] == plain[1]:
            notes.append(f"{place}: a selection without any text")
        elif plain is not None and (at := found[id(one)]) is not None and _quoted(one, text.lf, at) == -1:
            there = text.lf[at[0] : at[1]]
            what = f"the words at {plain[0]}-{plain[1]} are {there[:40]!r}, not {one.get('name', '')[:40]!r}"
            faults.append(Fault(source, place, what, "the positions are shifted: export with LF line ends"))
    return lambda one: found[id(one)]


def _place(element: _Element, faults: list[Fault], source: str) -> Place:
    try:
        return int(element.get("startPosition", "")), int(element.get("endPosition", ""))
    except ValueError:
        what = "a selection without whole numbers for start and end"
        faults.append(Fault(source, f"line {element.sourceline}", what, "export the project again"))
        return None


def _quoted(element: _Element, text: str, place: Place) -> int:
    """Return 1 where the name begins the words at a place, -1 where those words stand elsewhere, else 0."""
    quote = " ".join((element.get("name") or "").removesuffix("...").removesuffix("…").split())
    if place is None or len(quote) < 3:
        return 0
    if " ".join(text[slice(*place)].split()).startswith(quote):
        return 1
    return -1 if quote in " ".join(text.split()) else 0
