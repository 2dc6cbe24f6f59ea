"""survey.yaml -> a frozen `Study`: what was asked, what each column is, what the team decided (see settings.py)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import Any

from pipeline import yamlfile
from pipeline.errors import Fault, InputError, nearest
from pipeline.settings import Column, Survey
from pipeline.speech import nearest_language

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
OWN_FILES = ("answers.csv", "asked.csv", "assignments.csv", "codings", "translations.csv", "units.csv", "withdrawn.csv")


class Study:
    """A survey.yaml that has been checked, and the folders of its study."""

    def __init__(self, root: Path, name: str, survey: Survey) -> None:
        self.root, self.name, self.survey = root, name, survey

    @property
    def synthetic(self) -> bool:
        """Whether the study's respondents are invented."""
        return self.survey.synthetic

    @property
    def respondents_language(self) -> str:
        """The language in which the program speaks to respondents: that of the survey, if it can, or the report's."""
        return nearest_language(self.survey.language, self.survey.report.language)

    @cached_property
    def codebook_folder(self) -> Path:
        """Written by people, in git."""
        return self.root / "codebooks" / self.name

    @cached_property
    def raw(self) -> Path:
        """Exports as downloaded; codings/ below it holds coders' work."""
        return self.root / "data" / "raw" / self.name

    @cached_property
    def codings(self) -> Path:
        """Files that came back from coders."""
        return self.raw / "codings"

    @cached_property
    def processed(self) -> Path:
        """Rebuildable tables."""
        return self.root / "data" / "processed" / self.name

    @cached_property
    def reports(self) -> Path:
        """What people read."""
        return self.root / "reports" / self.name

    def columns(self, *roles: str) -> dict[str, Column]:
        """Return the export's columns that have one of these roles, in the order of survey.yaml."""
        return {name: column for name, column in self.survey.columns.items() if column.role in roles}

    def question_of(self, column: str) -> str:
        """Return the question_id a column answers."""
        return self.survey.columns[column].question or column

    def open_questions(self) -> list[str]:
        """Return the ids of open questions in the order of survey.yaml."""
        return list(dict.fromkeys(self.question_of(name) for name in self.columns("open")))

    def question_text(self, question_id: str) -> str:
        """Return the question as the respondent saw it, or its id where the file does not say."""
        question = self.survey.questions.get(question_id)
        return question.text if question else question_id

    def question_name(self, question_id: str, longest: int = 58) -> str:
        """Return a question's label, or where it has none its text, cut to a length in characters that fits."""
        label, text = self.label(question_id), self.question_text(question_id)
        return label if label != question_id else shorten(text, longest, placeholder="…")

    def label(self, name: str) -> str:
        """Return how an id, factor or level is written for people."""
        return self.survey.labels.get(name, name)

    def items_explained(self, question_id: str, item_id: str | None) -> dict[str, list[str]]:
        """Return, per rating question that an open answer explains, the item_ids it speaks of.

        An answer about item {task: he} explains the ratings of every item whose
        factors agree with it: {task: he, source: imagenet} and so on.
        """
        question = self.survey.questions.get(question_id)
        mine = self.survey.items.get(item_id or "", {})
        found: dict[str, list[str]] = {}
        for rated in question.explains if question else ():
            asked = [c.item for n, c in self.columns("rating").items() if self.question_of(n) == rated and c.item]
            found[rated] = [
                item
                for item in dict.fromkeys(asked)
                if all(self.survey.items.get(item, {}).get(factor) == level for factor, level in mine.items())
            ]
        return found


def load_study(root: Path, name: str) -> Study:
    """Read codebooks/<name>/survey.yaml; raise InputError with every fault in it."""
    if not NAME.fullmatch(name):
        raise InputError(
            [Fault("STUDY", "", f"{name!r} is not a study name", "use lower-case letters, digits and hyphens")]
        )
    path = root / "codebooks" / name / "survey.yaml"
    content = yamlfile.load(path)
    survey = yamlfile.validate(Survey, content, path)
    faults = list(_cross_faults(survey, content, path, name))
    if faults:
        raise InputError(faults)
    return Study(root, name, survey)


def _cross_faults(survey: Survey, content: Any, path: Path, name: str) -> Iterator[Fault]:
    """Find references inside survey.yaml that point nowhere."""

    def fault(location: yamlfile.Location, what: str, remedy: str) -> Fault:
        return Fault(str(path), yamlfile.place_of(content, location), what, remedy)

    if survey.study != name:
        yield fault(["study"], f"the file says {survey.study!r}, its folder {name!r}", "make them the same")
    if not survey.exports:
        yield fault(["exports"], "no export is named", "name the file you downloaded, under data/raw/<study>/")
    for number, export in enumerate(survey.exports):
        if export.file in OWN_FILES:
            what = f"under the name {export.file} the program keeps a file of its own"
            yield fault(["exports", number, "file"], what, "rename the export")
    if not any(column.role == "open" for column in survey.columns.values()):
        remedy = "give the columns that hold people's own words the role open"
        yield fault(["columns"], "no column has the role 'open'", remedy)
    for location, value, known, what in _references(survey):
        if value not in known:
            yield fault(location, f"{what} {value!r}", nearest(value, known))


def _references(survey: Survey) -> Iterator[tuple[list[str | int], str, Collection[str], str]]:
    """List every name that must occur elsewhere: where it stands, the name, what is known, what is wrong if not."""
    asked = {column.question or key for key, column in survey.columns.items()}
    rated = {column.question or key for key, column in survey.columns.items() if column.role == "rating"}
    for key, column in survey.columns.items():
        if column.item:
            yield ["columns", key, "item"], column.item, survey.items, "unknown item"
        if column.role == "translation":
            opened = {name for name, other in survey.columns.items() if other.role == "open"}
            yield ["columns", key, "of"], str(column.of), opened, "no open column"
    for key, question in survey.questions.items():
        yield ["questions", key], key, asked, "no column answers question"
        for target in question.explains:
            yield ["questions", key, "explains"], target, rated, "not a rating question:"
    for key in ("groups", "randomised"):
        for position, group in enumerate(getattr(survey.report, key)):
            yield ["report", key, position], group, asked, "unknown question"
    for position, one in enumerate(survey.plan.comparisons):
        yield ["plan", "comparisons", position, "by"], one.by, asked, "unknown question"
