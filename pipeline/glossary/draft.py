"""Draft entries for terms the glossary does not have: groups the machine proposes, to be named and defined by people.

A draft counts for nothing. Respondents' words stand only in its comments, which `adopt` leaves behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from pipeline.glossary.curated import Glossary
from pipeline.glossary.model import UNNAMED
from pipeline.ids import term_id

ANCHORS = 3  # usages, of as many respondents, that a sense hangs on
QUOTES = 3
HEAD = """\
Drafts for the glossary of {study}. Written anew by every `sameword glossary draft`; nothing here counts.
A group stands together in embedding space: it may be a sense, a topic, or a habit of writing. Read before you name.
`sameword glossary adopt TERM` copies one entry (without these comments) into codebooks/{study}/glossary.yaml. There:
give every sense a name; define it by genus (the kind of thing) and differentia (what sets it apart), so that the
definition can stand in a quote in place of the word; say how to tell it from its neighbour; delete what is no sense.
Comments may hold respondents' words: this file stays out of git."""
TEMPLATE = (
    "genus", "differentia", "scope_note", "preferred", "tell", "measurement", "counter_example", "dissent",
    "decided_by", "decided_on",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """One term's draft: the entry as plain data, and what its comments say, by the place of the sense."""

    term_id: str
    entry: Mapping[str, Any]
    about: str
    comments: tuple[str, ...]


def undecided(
    glossary: Glossary, *, terms: pd.DataFrame, evidence: pd.DataFrame, wanted: tuple[str, ...] = ()
) -> list[str]:
    """Return the term_ids to draft: wanted ones, or watched terms and those worth checking that have no entry."""
    if wanted:
        return list(wanted)
    known = {term_id(entry.term) for entry in glossary.entries}
    joined = terms.merge(evidence[["term_id", "verdict", "score"]], on="term_id", how="left")
    joined = joined[~joined.term_id.isin(list(known))]
    joined = joined[(joined.role == "watched") | (joined.verdict == "worth checking")]
    joined = joined.assign(first=joined.role != "watched")
    return joined.sort_values(["first", "score", "term_id"], ascending=[True, False, True]).term_id.tolist()


def drafts(
    wanted: list[str],
    glossary: Glossary,
    *,
    terms: pd.DataFrame,
    senses: pd.DataFrame,
    proposals: pd.DataFrame,
    evidence: pd.DataFrame,
    sense_words: pd.DataFrame,
    usages: pd.DataFrame,
    responses: pd.DataFrame,
) -> list[Draft]:
    """Return a draft per term_id: senses of people where they judged, else the machine's groups, with anchors."""
    labels = terms.set_index("term_id").label
    where = usages.merge(responses[["response_id", "respondent_id", "text", "text_digest"]], on="response_id")
    words = {sense: part.sort_values("rank").word.tolist() for sense, part in sense_words.groupby("sense_id")}
    said = evidence.set_index("term_id").reason.to_dict()
    found = []
    for term in wanted:
        mine = where[where.term_id == term]
        named = {name: sense.name for name, (_, sense) in glossary.senses.items() if name.startswith(f"{term}.")}
        given = senses[(senses.source == "record") & senses.sense_id.isin(list(named))] if named else proposals
        several = given.groupby("usage_id").sense_id.transform("count")  # a usage with two senses shows neither well
        strength = given.confidence / several if named else given.strength
        groups = mine.merge(given[["usage_id", "sense_id"]].assign(strength=strength), on="usage_id")
        parts = {sense: _central(groups[groups.sense_id == sense]) for sense in named or sorted(set(groups.sense_id))}
        found.append(
            Draft(
                term,
                _entry(str(labels.get(term, term)), named, parts),
                f"{len(mine)} usages by {mine.respondent_id.nunique()} respondents. {said.get(term) or ''}".strip(),
                tuple(_comment(part, words.get(sense, [])) for sense, part in parts.items()),
            )
        )
    return found


def _entry(label: str, named: Mapping[str, str], parts: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return an entry: the senses people gave with anchors, or the machine's groups with the template to fill in."""
    if named:
        made = [
            {"id": sense.partition(".")[2], "name": named[sense], "anchors": _anchors(part)}
            for sense, part in parts.items()
        ]
        return {"term": label, "senses": made}
    made = [
        {
            "id": f"sense-{number}",
            "name": f"{UNNAMED} ({number})",
            **dict.fromkeys(TEMPLATE, ""),
            "anchors": _anchors(part),
        }
        for number, part in enumerate(parts.values(), 1)
    ]
    return {"term": label, "status": "draft", "senses": made}


def _central(part: pd.DataFrame) -> pd.DataFrame:
    """Return a group's usages, the most central first, one respondent after the other."""
    part = part.sort_values(["strength", "usage_id"], ascending=[False, True])
    return part.assign(turn=part.groupby("respondent_id").cumcount()).sort_values(
        ["turn", "strength", "usage_id"], ascending=[True, False, True]
    )


def _anchors(part: pd.DataFrame) -> list[dict[str, str]]:
    first = part[part.turn == 0].head(ANCHORS)
    return [{"usage": usage, "digest": digest} for usage, digest in zip(first.usage_id, first.text_digest, strict=True)]


def _comment(part: pd.DataFrame, words: list[str]) -> str:
    lines = [f"{len(part)} usages by {part.respondent_id.nunique()} respondents"]
    if words:
        lines[0] += "; words around them: " + ", ".join(words[:8])
    for row in part.head(QUOTES).itertuples():
        before, after = " ".join(row.text[: row.start].split()), " ".join(row.text[row.end :].split())
        lines.append(f"“{before[-80:]} [{row.text[row.start : row.end]}] {after[:80]}”")
    return "\n".join(lines)


def as_yaml(found: list[Draft], *, study: str) -> str:
    """Return the text of glossary-draft.yaml."""
    entries = []
    for draft in found:
        entry = CommentedMap(draft.entry)
        entry["senses"] = [CommentedMap(sense) for sense in draft.entry["senses"]]
        for sense, comment in zip(entry["senses"], draft.comments, strict=True):
            sense.yaml_set_start_comment(_printable(comment), indent=6)
        entry.yaml_set_start_comment(_printable(draft.about), indent=2)
        entries.append(entry)
    content = CommentedMap({"entries": entries})
    content.yaml_set_start_comment(HEAD.format(study=study))
    out = StringIO()
    writer().dump(content, out)
    return out.getvalue()


def writer() -> YAML:
    """Return the one way in which this room writes YAML: no wrapped lines, lists indented as in the shipped files."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width, yaml.allow_unicode, yaml.preserve_quotes = 4096, True, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _printable(text: str) -> str:
    """Return text that a YAML comment can hold: no line ends but LF, nothing YAML calls unprintable."""
    lines = ["".join(mark if mark.isprintable() else " " for mark in line) for line in text.split("\n")]
    return "\n".join(lines)
