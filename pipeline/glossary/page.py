"""glossary.html: one self-contained page that reads without JavaScript, and in which no respondent's text is markup."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.glossary.context import PEOPLE
from pipeline.glossary.counts import NOT_SENSES
from pipeline.glossary.source import Source
from pipeline.glossary.views import EntryView, SenseView
from pipeline.speech import message, number, phrase, phrases, spoken
from pipeline.wording import quoted

RELATIONS = {
    "broader": message("Broader"),
    "narrower": message("Narrower"),
    "related": message("Related"),
    "opposite": message("Opposite"),
    "same": message("Same meaning"),
}
SOURCES = {
    "attested": message("attested in this study"), "literature": message("from the literature"),
    "stipulated": message("stipulated here"),
}  # fmt: skip
WORDS = {  # verdicts and statuses, which are also classes of the style
    "defined": message("defined"), "judged": message("judged"), "proposed": message("proposed"),
    "ambiguous": message("ambiguous"), "one sense": message("one sense"), "worth checking": message("worth checking"),
    "one sense is enough": message("one sense is enough"), "too few usages": message("too few usages"),
    "not used": message("not used"),
}  # fmt: skip
TAGS = ("defined", "judged", "proposed", "ambiguous", "one sense", "worth checking")
MARKS = (  # shapes repeat what colour says
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "M-4-4h8v8h-8z",
    "M0-5L5 4H-5z",
    "M0-5.5L5.5 0L0 5.5L-5.5 0z",
    "M0 5L5-4H-5z",
    "M-1.7-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
)
VALUES = 12  # closed questions with more answers than this make no filter


def render(views: Sequence[EntryView], source: Source) -> str:
    """Return the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.glossary"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (environment.loader.get_source(environment, name)[0] for name in ("glossary.css", "glossary.js"))  # type: ignore[union-attr]
    survey = source.study.survey
    filters = _filters(source)
    names = {sense.sense_id: sense.name for entry in views for sense in entry.senses}
    return environment.get_template("glossary.html").render(
        title=survey.title,
        language=spoken(),
        phrase=phrase,
        phrases=phrases,
        in_script={
            "shown": phrase("{{shown}} of {{all}} shown"),
            "terms": [phrases(n, "{{terms}} term", "{{terms}} terms") for n in (1, 2)],
            "usages": [phrases(n, "{{usages}} usage", "{{usages}} usages") for n in (1, 2)],
            "nothing": phrase(": nothing matches; clear the search or the filters"),
        },
        words=WORDS,
        said_in=Markup("") if survey.language == spoken() else Markup(' lang="{}"').format(survey.language),
        version=source.glossary.version,
        synthetic=survey.synthetic,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        entries=views,
        nav=[
            (phrase("Terms"), [entry for entry in views if entry.of_people]),
            (phrase("Proposed by the machine"), [entry for entry in views if not entry.of_people]),
        ],
        meanings=_meanings(views),
        asked=[(name, source.study.question_name(name)) for name in source.study.open_questions()],
        groups=filters,
        people=source.people,
        questions={name: source.study.question_name(name) for name in source.study.open_questions()},
        names=names,
        relations=RELATIONS,
        sources=SOURCES,
        tags=TAGS,
        marks=MARKS,
        number=lambda value: number(value, "g"),
        data_of=lambda row: _data(row, filters),
        said_of=lambda line: said_of(line.sense_id, line.source, names),
        cite=lambda entry, sense: cite(entry, sense, source),
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _filters(source: Source) -> list[dict[str, Any]]:
    """Return the grouping questions one can filter by: name, values, and who belongs to which."""
    people = source.tables["respondents"].set_index("respondent_id")
    found = []
    for question in source.study.survey.report.groups:
        said = people[question].dropna().astype("str") if question in people else pd.Series(dtype="object")
        said = said[said != ""].map(source.study.label)
        values = sorted(set(said))
        if 1 < len(values) <= VALUES:
            found.append({"name": source.study.question_name(question), "values": values, "of": said.to_dict()})
    return found


def _data(row: Any, filters: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the attributes that filters read: the question, and the respondent's groups."""
    parts = [Markup(' data-q="{}"').format(row.question_id)]
    for place, by in enumerate(filters):
        parts.append(Markup(' data-g{}="{}"').format(place, by["of"].get(row.respondent_id, "")))
    return Markup("").join(parts)


def said_of(sense_id: str, source: str, names: Mapping[str, str]) -> str:
    """Return what is known of a usage's sense, and never more than that."""
    said = ", ".join(
        phrase(NOT_SENSES[part]) if part in NOT_SENSES else names.get(part, part) for part in sense_id.split("|")
    )
    if source in PEOPLE:
        return said
    if source == "completed":
        return phrase("not read; the machine says {senses}", senses=said)
    return said if sense_id in names else phrase("not read")


def cite(entry: EntryView, sense: SenseView, source: Source) -> str:
    """Return how to cite one sense: who, the term and sense, the glossary with its version, the IRI."""
    team = ", ".join(source.glossary.editors) or sense.stated.decided_by
    version = sense.stated.version or source.glossary.version
    glossary = phrase("Glossary of {title}, version {version}", title=source.study.survey.title, version=version)
    parts = [team, f"{quoted(entry.label)}, {sense.name}", glossary]
    return ". ".join(part for part in parts if part) + f". {sense.iri}"


def _meanings(views: Sequence[EntryView]) -> list[dict[str, str]]:
    """Return meanings in alphabetical order with the words used for each, those of senses stated the same included."""
    senses = {sense.sense_id: (entry, sense) for entry in views for sense in entry.senses if entry.of_people}
    found = []
    for name, (entry, sense) in senses.items():
        alike = [other for relation, other, _ in sense.related if relation == "same" and other in senses]
        words = [pair for one in (name, *alike) for pair in senses[one][1].surfaces]
        found.append(
            {
                "sense_id": name,
                "name": f"{sense.name} ({entry.label})",
                "words": ", ".join(f"{form} ({n})" for form, n in words),
                "preferred": sense.stated.preferred,
                "deprecated": ", ".join(sense.stated.deprecated),
            }
        )
    return sorted(found, key=lambda row: row["name"].casefold())
