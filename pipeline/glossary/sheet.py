"""A definition sheet to put in front of the next survey: one page, the words with the meanings the team gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.glossary.views import EntryView
from pipeline.speech import phrase, spoken
from pipeline.wording import listed_first

LINES, CHARACTERS = 44, 76  # what an A4 page holds in the sheet's type
HEAD, NAME = 2.5, 1.3  # lines that a term and the name of a sense take with the space around them


@dataclass(frozen=True)
class Sheet:
    """Entries that fit a page, with defined senses only, and the terms that did not fit."""

    entries: tuple[EntryView, ...]
    left_out: tuple[str, ...]


def chosen(views: Sequence[EntryView]) -> Sheet:
    """Return what stands on the sheet: terms with definitions, ambiguous ones first, as many as a page holds."""
    defined = [entry for entry in views if any(sense.definition for sense in entry.senses)]
    ranked = sorted(defined, key=lambda entry: entry.verdict != "ambiguous")
    kept: list[EntryView] = []
    room = float(LINES)
    for entry in ranked:
        need = HEAD + _height(entry.stated.frame)
        need += sum(
            1 + _height(f"{sense.definition} {sense.stated.tell}") for sense in entry.senses if sense.definition
        )
        if need <= room:
            kept.append(entry)
            room -= need
    return Sheet(tuple(kept), tuple(entry.label for entry in ranked if entry not in kept))


def _height(text: str) -> int:
    return -(-len(text) // CHARACTERS)


def as_text(sheet: Sheet) -> str:
    """Return the sheet as plain text, to paste into a survey tool."""
    lines = [phrase("In this survey, these words mean:"), ""]
    for entry in sheet.entries:
        lines.append(entry.label.upper())
        if entry.stated.frame:
            said = phrase("Please say it whole: {frame}.", frame=entry.stated.frame)
            lines.append(f"  {said}".replace("..", "."))
        for sense in entry.senses:
            if sense.definition:
                lines.append(f"  {sense.stated.preferred or sense.name}: {sense.definition}")
        lines.append("")
    return "\n".join(lines if sheet.entries else [phrase("No sense has been defined yet."), ""])


def as_html(sheet: Sheet, *, title: str, language: str, version: str) -> str:
    """Return the sheet as a page of A4 to print or attach. language: of title, words and definitions."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.glossary"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"phrase": phrase, "listed_first": listed_first}
    return environment.get_template("sheet.html").render(
        entries=sheet.entries,
        left_out=sheet.left_out,
        title=title,
        language=spoken(),
        theirs="" if language == spoken() else language,
        version=version,
    )
