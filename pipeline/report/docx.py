"""Word styles of the report, and what pandoc leaves open: page, dates, contents, table looks, repeated header rows.

WordprocessingML as in ECMA-376 part 1, chapter 17. Members of the archive come in and go out as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FONT = "Calibri"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE = {"w": "11906", "h": "16838"}  # A4, in twentieths of a point
MARGINS = {
    "top": "1247",
    "right": "1247",
    "bottom": "1247",
    "left": "1247",
    "header": "624",
    "footer": "624",
    "gutter": "0",
}
# style -> half-points, bold, colour, space before and after in twentieths of a point
SIZES = {
    "Title": (44, True, "1D2329", 0, 120), "Heading1": (31, True, "1D2329", 520, 140),
    "Heading2": (25, True, "1D2329", 360, 100), "Heading3": (21, True, "1D2329", 260, 60),
    "TableCaption": (18, False, "56606A", 240, 80), "ImageCaption": (18, False, "56606A", 60, 280),
    "Compact": (18, False, "1D2329", 20, 20), "BodyText": (21, False, "1D2329", 80, 120),
    "FirstParagraph": (21, False, "1D2329", 80, 120), "TOCHeading": (22, True, "1D2329", 120, 60),
}  # fmt: skip


def with_styles(members: Mapping[str, bytes], added: bytes) -> dict[str, bytes]:
    """Return pandoc's reference document in the report's type, page and colours, with `added` styles."""
    from lxml import etree

    styles = etree.fromstring(members["word/styles.xml"])
    for fonts in styles.iter(f"{W}rFonts"):
        fonts.attrib.clear()
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(f"{W}{kind}", FONT)
    for style in styles.iter(f"{W}style"):
        if style.get(f"{W}styleId") in SIZES:
            _resize(style, *SIZES[str(style.get(f"{W}styleId"))])
    styles.extend(etree.fromstring(added))
    document = etree.fromstring(members["word/document.xml"])
    for section in document.iter(f"{W}sectPr"):
        _page(section)
    return {**members, "word/styles.xml": etree.tostring(styles), "word/document.xml": etree.tostring(document)}


def _resize(style: Any, size: int, bold: bool, colour: str, before: int, after: int) -> None:
    run = _child(style, "rPr")
    for name in ("sz", "szCs", "b", "bCs", "i", "iCs", "color"):
        for old in run.findall(f"{W}{name}"):
            run.remove(old)
    if bold:
        _child(run, "b")
    _child(run, "color").set(f"{W}val", colour)
    _child(run, "sz").set(f"{W}val", str(size))
    paragraph = style.find(f"{W}pPr")
    if paragraph is None:
        from lxml import etree

        paragraph = etree.Element(f"{W}pPr")
        run.addprevious(paragraph)
    for name in ("spacing", "jc"):
        for old in paragraph.findall(f"{W}{name}"):
            paragraph.remove(old)
    spacing = _child(paragraph, "spacing")
    spacing.set(f"{W}before", str(before))
    spacing.set(f"{W}after", str(after))


def _child(parent: Any, name: str) -> Any:
    from lxml import etree

    found = parent.find(f"{W}{name}")
    return etree.SubElement(parent, f"{W}{name}") if found is None else found


def _page(section: Any) -> None:
    for name, values in (("pgSz", PAGE), ("pgMar", MARGINS)):
        place = _child(section, name)
        place.attrib.clear()
        for key, value in values.items():
            place.set(f"{W}{key}", value)


def polished(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a written DOCX with fixed dates, filled contents, tables with rules and rows that stay whole."""
    from lxml import etree

    found = dict(members)
    core = found["docProps/core.xml"].decode("utf-8")
    fixed = re.sub(r"(<dcterms:(\w+)[^>]*>)[^<]*(</dcterms:\2>)", r"\g<1>1980-01-01T00:00:00Z\g<3>", core)
    found["docProps/core.xml"] = fixed.encode("utf-8")
    document = etree.fromstring(found["word/document.xml"])
    _contents(document)
    for table in document.iter(f"{W}tbl"):
        _ruled(table)
    for style in document.iterfind(f".//{W}pPr/{W}numPr/../{W}pStyle"):
        style.set(f"{W}val", "BodyText")
    found["word/document.xml"] = etree.tostring(document, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def _contents(document: Any) -> None:
    """Put the headings into the field of the table of contents, so that it reads before Word updates it."""
    field = next((p for p in document.iter(f"{W}instrText") if (p.text or "").strip().startswith("TOC")), None)
    if field is None:
        return
    place = next(field.iterancestors(f"{W}p"))
    end = next((run for run in place.iter(f"{W}r") if _field(run) == "end"), None)
    for begin in place.iter(f"{W}fldChar"):
        begin.attrib.pop(f"{W}dirty", None)
    last = place
    for level, anchor, text in _headings(document):
        last.addnext(entry := _entry(level, anchor, text))
        last = entry
    if end is not None and last is not place:
        last.append(end)


def _field(run: Any) -> str | None:
    mark = run.find(f"{W}fldChar")
    return None if mark is None else mark.get(f"{W}fldCharType")


def _headings(document: Any) -> list[tuple[int, str, str]]:
    found = []
    for paragraph in document.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val")
        if name in ("Heading1", "Heading2"):
            before = paragraph.getprevious()
            while before is not None and before.tag != f"{W}bookmarkStart":
                before = before.getprevious()
            mark = paragraph.find(f"{W}bookmarkStart") if before is None else before
            anchor = "" if mark is None else mark.get(f"{W}name")
            found.append((int(name[-1]), anchor, "".join(text.text or "" for text in paragraph.iter(f"{W}t"))))
    return found


def _entry(level: int, anchor: str, text: str) -> Any:
    from lxml import etree

    paragraph = etree.Element(f"{W}p")
    _child(_child(paragraph, "pPr"), "pStyle").set(f"{W}val", f"Contents{level}")
    link = etree.SubElement(paragraph, f"{W}hyperlink")
    link.set(f"{W}anchor", anchor)
    words = etree.SubElement(etree.SubElement(link, f"{W}r"), f"{W}t")
    words.text = text
    return paragraph


def _ruled(table: Any) -> None:
    """Give a table hairlines between rows, full width, and a header row that repeats on every page."""
    from lxml import etree

    properties = _child(table, "tblPr")
    for name in ("tblBorders", "tblLook"):
        for old in properties.findall(f"{W}{name}"):
            properties.remove(old)
    borders = etree.SubElement(properties, f"{W}tblBorders")
    for side, size, colour in (("top", "8", "1D2329"), ("bottom", "8", "56606A"), ("insideH", "4", "DFE4E8")):
        rule = etree.SubElement(borders, f"{W}{side}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", colour)):
            rule.set(f"{W}{key}", value)
    for place, row in enumerate(table.findall(f"{W}tr")):
        settings = row.find(f"{W}trPr")
        if settings is None:
            settings = etree.Element(f"{W}trPr")
            row.insert(0, settings)
        if settings.find(f"{W}cantSplit") is None:
            etree.SubElement(settings, f"{W}cantSplit")
        if place == 0:
            for run in row.iter(f"{W}r"):
                _child(_first(run, "rPr"), "b")


def _first(run: Any, name: str) -> Any:
    from lxml import etree

    found = run.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        run.insert(0, found)
    return found
