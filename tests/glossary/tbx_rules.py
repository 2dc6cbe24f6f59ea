"""The rules of TBX that a glossary can break, stated from ISO 30042:2019 and the public definition of TBX-Basic."""

from __future__ import annotations

import re

from lxml import etree

TBX = "{urn:iso:std:iso:30042:ed-2}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
AUXILIARY = "(?:(?:descrip|descripGrp|admin|adminGrp|transacGrp|note|ref|xref) )*"
CONTENT = {  # element -> its children in order, each followed by a blank
    "tbx": "tbxHeader text ",
    "tbxHeader": "fileDesc (?:encodingDesc )?(?:revisionDesc )?",
    "fileDesc": "(?:titleStmt )?(?:publicationStmt )?(?:sourceDesc )+",
    "titleStmt": "title (?:note )*",
    "sourceDesc": "(?:p )+",
    "text": "body (?:back )?",
    "body": "(?:conceptEntry )+",
    "conceptEntry": f"{AUXILIARY}(?:langSec )+",
    "langSec": f"{AUXILIARY}(?:termSec )+",
    "termSec": f"term (?:(?:termNote|termNoteGrp) )*{AUXILIARY}",
    "descripGrp": "descrip (?:(?:descripNote|admin|adminGrp|transacGrp|note|ref|xref) )*",
    "transacGrp": "transac (?:(?:transacNote|date|note|ref|xref) )*",
}
LEAVES = {"title", "p", "term", "termNote", "descrip", "admin", "note", "ref", "xref", "transac", "transacNote", "date"}
NEEDS = {"tbx": {"type", "style", LANG}, "langSec": {LANG}, "xref": {"type", "target"}}
TYPED = {"descrip", "admin", "termNote", "ref", "xref", "transac", "transacNote"}
LEVELS = {  # data category -> where TBX-Basic lets it stand
    ("descrip", "definition"): {"conceptEntry", "langSec"},
    ("admin", "source"): {"conceptEntry", "langSec", "termSec"},
    ("termNote", "administrativeStatus"): {"termSec"},
    ("ref", "crossReference"): {"conceptEntry", "termSec"},
    ("xref", "externalCrossReference"): {"conceptEntry", "langSec", "termSec"},
    ("transac", "transactionType"): {"conceptEntry", "langSec", "termSec"},
    ("transacNote", "responsibility"): {"conceptEntry", "langSec", "termSec"},
}
VALUES = {
    "administrativeStatus": {f"{word}Term-admn-sts" for word in ("preferred", "admitted", "deprecated", "superseded")},
    "transactionType": {"origination", "modification"},
}


def broken(content: bytes) -> list[str]:
    """Return the rules that a TBX file breaks."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    faults = []
    if root.tag != f"{TBX}tbx" or root.get("type") != "TBX-Basic" or root.get("style") != "dca":
        faults.append("root: a tbx element of dialect TBX-Basic, style dca")
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    faults += [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    faults += [f"id {name} is no XML name" for name in ids if not re.fullmatch(r"[^\W\d][\w.-]*", name)]
    for node in root.iter():
        faults += list(_of(node, set(ids)))
    return faults


def _of(node, ids):
    name = etree.QName(node).localname
    if not node.tag.startswith(TBX) or (name not in CONTENT and name not in LEAVES):
        yield f"{node.tag}: no element of TBX"
        return
    children = "".join(f"{etree.QName(child).localname} " for child in node)
    if not re.fullmatch(CONTENT.get(name, ""), children):
        yield f"{name}: {children or 'no children'}"
    missing = NEEDS.get(name, set()) | ({"type"} if name in TYPED else set())
    yield from (f"{name}: no {attribute}" for attribute in missing if not node.get(attribute))
    if name in CONTENT and (node.text or "").strip():
        yield f"{name}: text where only elements may stand"
    if name == "term" and not (node.text or "").strip():
        yield "term: empty"
    target = node.get("target")
    if target and not re.match("https?://.+", target) and target not in ids:
        yield f"{name}: target {target} is nowhere"
    if name == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", node.text or ""):
        yield "date: not a date"
    yield from _category(node, name)


def _category(node, name):
    kind = node.get("type")
    if name not in TYPED or not kind:
        return
    if (name, kind) not in LEVELS:
        yield f"{name}: {kind} is no category of TBX-Basic"
        return
    level = node.getparent()
    while etree.QName(level).localname.endswith("Grp"):
        level = level.getparent()
    if etree.QName(level).localname not in LEVELS[name, kind]:
        yield f"{name}: {kind} may not stand in {etree.QName(level).localname}"
    if kind in VALUES and node.text not in VALUES[kind]:
        yield f"{kind}: {node.text}"
