"""The glossary as TBX version 3 (ISO 30042:2019), dialect TBX-Basic, style DCA: for terminology databases.

A concept entry per sense; the wording to prefer, the term itself and what is deprecated are its terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.cells import ILLEGAL
from pipeline.glossary.curated import Glossary, sense_id
from pipeline.glossary.model import Entry, Sense
from pipeline.study import Study

NAMESPACE = "urn:iso:std:iso:30042:ed-2"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
PREFERRED, ADMITTED, DEPRECATED = (f"{word}Term-admn-sts" for word in ("preferred", "admitted", "deprecated"))


def as_tbx(glossary: Glossary, study: Study) -> bytes:
    """Return the glossary as TBX; a glossary without senses has no TBX, which demands at least one concept."""
    from lxml import etree

    if not glossary.senses:
        return b""
    root = etree.Element(f"{{{NAMESPACE}}}tbx", nsmap={None: NAMESPACE}, type="TBX-Basic", style="dca")
    root.set(LANGUAGE, study.survey.language)
    described = _under(_under(root, "tbxHeader"), "fileDesc")
    _under(_under(described, "titleStmt"), "title", f"Glossary: {study.survey.title}")
    _under(_under(described, "sourceDesc"), "p", f"Sameword, study {study.name}, glossary version {glossary.version}")
    body = _under(_under(root, "text"), "body")
    for entry, sense in glossary.senses.values():
        _concept(body, entry, sense, glossary, study)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def xml_id(sense: str) -> str:
    """Return a sense's id as an XML name: words of any script and hyphens, begun with a letter."""
    return "c-" + "".join(mark if mark.isalnum() or mark in "._-" else "_" for mark in sense)


def _concept(body: Any, entry: Entry, sense: Sense, glossary: Glossary, study: Study) -> None:
    concept = _under(body, "conceptEntry", id=xml_id(sense_id(entry, sense)))
    iri = glossary.iri_of(sense_id(entry, sense), study.name)
    if iri.startswith(("http://", "https://")):
        _under(concept, "xref", iri, type="externalCrossReference", target=iri)
    else:
        _under(concept, "note", f"IRI: {iri}")
    for relation, others in sense.relations.items():
        for other in others:
            _under(concept, "ref", f"{relation}: {other}", type="crossReference", target=xml_id(other))
    if sense.decided_by:
        group = _under(concept, "transacGrp")
        _under(group, "transac", "origination", type="transactionType")
        _under(group, "transacNote", sense.decided_by, type="responsibility")
        if _is_date(sense.decided_on):
            _under(group, "date", sense.decided_on)
    section = _under(concept, "langSec")
    section.set(LANGUAGE, study.survey.language)
    if sense.wording:
        group = _under(section, "descripGrp")
        _under(group, "descrip", sense.wording, type="definition")
        for reference in sense.references:
            _under(group, "admin", reference, type="source")
    for note in _notes(sense):
        _under(section, "note", note)
    for label, status in _terms(entry, sense):
        term = _under(section, "termSec")
        _under(term, "term", label)
        _under(term, "termNote", status, type="administrativeStatus")


def _terms(entry: Entry, sense: Sense) -> Iterator[tuple[str, str]]:
    """Yield terms with their status, each once."""
    ranked = [(sense.preferred, PREFERRED), (entry.term, ADMITTED), *((word, DEPRECATED) for word in sense.deprecated)]
    seen = set()
    for label, status in ranked:
        if label and label not in seen:
            seen.add(label)
            yield label, status


def _notes(sense: Sense) -> Iterator[str]:
    for name, text in (
        ("Sense", sense.name),
        ("Scope", sense.scope_note),
        ("How to tell", sense.tell),
        ("How to measure", sense.measurement),
        ("Counter-example", sense.counter_example),
        ("Dissent", sense.dissent),
        ("Change", sense.change_note),
    ):
        if text:
            yield f"{name}: {text}"


def _is_date(text: str) -> bool:
    import datetime as dt

    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _under(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    from lxml import etree

    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    if text:
        node.text = ILLEGAL.sub("\ufffd", text)
    return node
