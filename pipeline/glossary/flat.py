"""The glossary as flat text: a row per sense, and Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pipeline.cells import inert
from pipeline.glossary.views import EntryView

HEADER = (
    "term_id", "sense_id", "name", "definition", "preferred", "deprecated", "tell", "scope_note", "status", "rests_on",
    "n_respondents", "base", "n_usages", "words", "iri",
)  # fmt: skip


def rows(views: Sequence[EntryView]) -> list[tuple[object, ...]]:
    """Return one row per sense under HEADER."""
    return [
        (
            entry.term_id,
            sense.sense_id,
            sense.name,
            sense.definition,
            sense.stated.preferred,
            ", ".join(sense.stated.deprecated),
            sense.stated.tell,
            sense.stated.scope_note,
            sense.status,
            sense.rests_on,
            sense.n_respondents,
            sense.base,
            sense.n_usages,
            ", ".join(sense.words),
            sense.iri,
        )
        for entry in views
        for sense in entry.senses
    ]


def as_csv(views: Sequence[EntryView]) -> str:
    """Return one row per sense; cells that a spreadsheet would run as a formula get an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([[inert(cell) for cell in row] for row in rows(views)])
    return out.getvalue()


def as_markdown(views: Sequence[EntryView], title: str) -> str:
    """Return the glossary as Markdown, without quotes."""
    lines = [f"# Glossary: {title}", ""]
    for entry in views:
        lines += [f"## {entry.label} ({entry.verdict})", "", entry.summary, ""]
        for sense in entry.senses:
            said = sense.definition or "Not yet defined."
            used = f"{sense.n_respondents} of {sense.base} respondents." if sense.base else f"{sense.n_usages} usages."
            lines.append(f"- **{sense.name}** ({sense.status}). {said} {used}")
        lines.append("")
    return "\n".join(lines)
