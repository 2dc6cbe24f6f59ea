"""Copying a draft into glossary.yaml: what is there keeps its words, comments and order; only what lacks is added."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from pipeline.errors import Fault, InputError, nearest
from pipeline.glossary.curated import parsed
from pipeline.glossary.draft import writer
from pipeline.ids import term_id

NEW = """\
# The team's glossary. Only people write here.
version: "1"
entries: []
"""
COMMENT = re.compile(r"(?:^|\s)#.*")


def adopted(before: str, drafts: Sequence[Mapping[str, Any]], term: str, *, path: Path) -> tuple[str, list[str]]:
    """Return the text of glossary.yaml with the draft of `term` in it, and what was added, in words.

    before: its text, already found to be without faults, or "" where there is no file.

    A term without an entry gets the draft as its last entry. A term with one gets the senses it lacks, and
    for senses it has the keys they lack; nothing that is written there is changed. Raises InputError
    when there is no such draft, or when nothing would be added.
    """
    found = next((draft for draft in drafts if term in (draft["term"], term_id(draft["term"]))), None)
    if found is None:
        known = [term_id(draft["term"]) for draft in drafts]
        remedy = f"{nearest(term, known)} Or draft it: sameword glossary draft --term {term}"
        raise InputError([Fault("TERM", "", f"there is no draft of {term!r}", remedy)])
    content = writer().load(before or NEW)
    if content.get("entries") is None:
        content["entries"] = CommentedSeq()
    added = _merge(content["entries"], found)
    if not added:
        what = f"{path} has all of the draft of {term!r}"
        raise InputError([Fault("TERM", "", what, "edit it there; adopting changes nothing that is written")])
    yaml = _like(before)
    out = StringIO()
    yaml.dump(content, out)
    text = out.getvalue()
    parsed(writer().load(text), path)
    lost = [line.strip() for line in COMMENT.findall(before) if line.strip() not in text]
    if lost:
        raise ValueError(f"{path}: comments would be lost: {lost[:3]}")
    return text, added


def _merge(entries: CommentedSeq, draft: Mapping[str, Any]) -> list[str]:
    mine = next((entry for entry in entries if term_id(str(entry["term"])) == term_id(draft["term"])), None)
    if mine is None:
        if not entries:
            entries.fa.set_block_style()
        entries.append(_block(draft))
        return [f"entry {draft['term']!r} with {len(draft['senses'])} senses to name"]
    added = []
    if mine.get("senses") is None:
        mine["senses"] = CommentedSeq()
    known = {str(sense["id"]): sense for sense in mine["senses"]}
    for sense in draft["senses"]:
        there = known.get(sense["id"])
        if there is None:
            mine["senses"].append(_block(sense))
            added.append(f"sense {sense['id']!r}")
            continue
        for key, value in sense.items():
            if value and not there.get(key):
                _put(there, key, value)
                added.append(f"{key} of sense {sense['id']!r}")
    return added


def _put(mapping: CommentedMap, key: str, value: list[Any]) -> None:
    """Add a list to a mapping so that blank lines and comments after the mapping stay after it.

    ruamel.yaml keeps them with the last key: what follows that key's own line moves behind the list's last item.
    """
    last = list(mapping)[-1] if mapping else None
    mapping[key] = node = _block(value)
    kept = mapping.ca.items.get(last)
    token = kept[2] if kept else None
    if token is None or mapping.fa.flow_style():
        return
    own, _, after = token.value.partition("\n")
    if isinstance(mapping[last], FoldedScalarString | LiteralScalarString):  # these end their line themselves
        own, after = "", token.value
    if after or not own:
        node.ca.items[len(node) - 1] = [_token(f"\n{after}"), None, None, None]
        mapping.ca.items[last][2] = _token(f"{own}\n", token.start_mark.column) if own else None


def _token(text: str, column: int = 0) -> CommentToken:
    return CommentToken(text, CommentMark(column), None)


def _block(value: Any) -> Any:
    """Return plain data as YAML nodes; anchors, one a line."""
    if isinstance(value, Mapping):
        node = CommentedMap({key: _block(part) for key, part in value.items()})
        if set(node) == {"usage", "digest"}:
            node.fa.set_flow_style()
        return node
    if isinstance(value, list | tuple):
        return CommentedSeq([_block(part) for part in value])
    return str(value) if isinstance(value, str) else value


def _like(before: str) -> Any:
    """Return a writer that indents lists as the file does."""
    yaml = writer()
    item = re.search(r"^entries:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( *)-", before, re.M)
    if item:
        yaml.indent(mapping=2, sequence=len(item[1]) + 2, offset=len(item[1]))
    return yaml
