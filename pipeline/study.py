"""survey.yaml -> a frozen `Study`: what was asked, what each column is, what the team decided.

Unknown keys are refused. Defaults are the ones the report states, so
a study that says nothing still knows what was done to it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline import yamlfile
from pipeline.errors import Fault, InputError, nearest
from pipeline.speech import ENGLISH, languages, nearest_language

Role = Literal[
    "respondent_id", "occasion", "metadata", "status", "finished", "consent", "quote_consent", "language",
    "open", "translation", "single_choice", "multiple_choice", "rating", "other_text", "identifying", "ignored",
]  # fmt: skip
Purpose = Literal["develop", "pilot", "calibrate", "estimate", "train", "repeat"]
Section = Literal[
    "terms", "proposals", "ratings", "themes", "topics", "agreement", "planned", "authors", "undecided", "respondents",
    "methods", "codebook", "senses",
]  # fmt: skip
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class Settings(BaseModel):
    """Base of every part of survey.yaml: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


OWN_FILES = ("answers.csv", "asked.csv", "assignments.csv", "codings", "translations.csv", "units.csv", "withdrawn.csv")


class ExportFile(Settings):
    """One file downloaded from the survey tool, under data/raw/<study>/."""

    file: str
    wave: str = "1"
    format: str | None = None  # overrides what the content says: qualtrics, limesurvey, …
    header_rows: int | None = Field(default=None, ge=0, le=5)
    skip_rows: int | None = Field(default=None, ge=0)  # titles and remarks above the header; empty = as the file looks
    encoding: str | None = None
    sheet: str | None = None
    join: str | None = None  # this file says more about people of another file: its column with their id
    to: str | None = None  # the column of the other files that holds the same id


class Column(Settings):
    """What one column of the export is."""

    role: Role
    question: str | None = None  # question_id; default is the column's own name
    item: str | None = None  # item_id, where the question is asked about an item
    option: str | None = None  # the choice a multiple-choice column stands for
    of: str | None = None  # the open column that a translation is of
    translator: str | None = None  # who translated: a person, a service, or one checked by the other
    language: str | None = None  # of the translation
    keep: bool = False  # an identifying column is dropped unless kept here by name
    note: str | None = None  # evidence written by `make new`; never read

    @model_validator(mode="after")
    def _translations_say_of_what_and_by_whom(self) -> Column:
        if self.role == "translation" and not (self.of and self.translator):
            raise ValueError("a translation says which open column it is of (of:) and who translated (translator:)")
        return self


class Question(Settings):
    """One survey item as the respondent saw it."""

    text: str
    explains: tuple[str, ...] = ()  # rating questions that an open answer explains
    scale: tuple[float, float] | None = None
    level: Literal["nominal", "ordinal", "interval", "ratio"] = "ordinal"
    options: tuple[str, ...] = ()
    codes: dict[str, str] = {}  # what a tool's codes in the cells mean ("1": Nurse); compared without case

    @field_validator("codes", mode="before")
    @classmethod
    def _codes_are_texts(cls, value: Any) -> Any:
        """Take 1: Nurse for "1": Nurse, as people write it."""
        return {str(key).lower(): label for key, label in value.items()} if isinstance(value, dict) else value

    def meaning(self, cell: str) -> str:
        """Return what a cell says: the label of its code, or the cell where it is no code."""
        return self.codes.get(cell.lower(), cell)


class Rows(Settings):
    """Which rows of the export count."""

    consent: tuple[str, ...] = ()  # values of the consent column that mean yes; empty = all but blanks and refusals
    keep_previews: bool = False
    keep_unfinished: bool = False
    keep_duplicates: bool = False
    repeated: Literal["refuse", "first", "last"] = "refuse"  # rows of one person and occasion that contradict


class Term(Settings):
    """A word to watch with the forms that count as it."""

    term: str
    forms: tuple[str, ...] = ()


class Terms(Settings):
    """Which words are looked at."""

    watch: tuple[Term, ...] = ()
    reference: tuple[Term, ...] = ()  # words thought to have one meaning, to compare with
    ignore: tuple[str, ...] = ()
    min_respondents: int | None = Field(default=None, ge=1)  # default grows with the study
    max_terms: int = Field(default=200, ge=1)

    @field_validator("watch", "reference", mode="before")
    @classmethod
    def _bare_words(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [{"term": part} if isinstance(part, str) else part for part in value]
        return value


class Overlap(Settings):
    """How many coders read the same excerpt."""

    share: float = Field(default=0.3, ge=0, le=1)  # share of excerpts read by `coders` people
    coders: int = Field(default=2, ge=1)
    usages: int = Field(default=2, ge=1)  # people who label each sampled usage


class Coding(Settings):
    """How people code."""

    coders: tuple[str, ...] = ()
    approach: Literal["coding-reliability", "content-analysis", "codebook", "negotiated", "reflexive"] = "codebook"
    positionality: str = ""  # who the researchers are to what they study; opens the report of a reflexive study
    unitise: Literal["response", "sentence", "manual", "coder"] = "response"
    round: str = "1"
    purpose: Purpose = "estimate"
    overlap: Overlap = Overlap()
    record: Literal["single", "unanimous", "majority", "negotiated", "adjudicated"] | None = None
    complete_up_to: int = Field(default=300, ge=1)  # usages of a term labelled completely
    show_to_coders: tuple[Literal["ratings", "group", "machine", "other_answers"], ...] = ()
    withdrawn: tuple[str, ...] = ()  # coders whose open work may be given to others
    sample: int | None = Field(default=None, ge=1)  # excerpts handed out in this round; empty = all (40 in a pilot)
    repeat: float = Field(default=0.1, gt=0, le=1)  # share of own work read again in a round of purpose repeat
    adjudicators: Literal["named", "masked"] = "masked"  # whether the page that settles disagreements names coders
    seed: int = 1


class Agreement(Settings):
    """How agreement is measured."""

    resamples: int = Field(default=2000, ge=100)
    thresholds: tuple[float, float] = (0.667, 0.8)
    seed: int = 1


class Senses(Settings):
    """How senses are proposed."""

    max_senses: int = Field(default=6, ge=2, le=12)
    usages_per_respondent: int = Field(default=3, ge=1)
    usages_per_term: int = Field(default=10_000, ge=100)  # of more, as many are drawn: the machine reads those alone
    resamples: int = Field(default=200, ge=20)
    precision: float = Field(default=0.9, gt=0.5, lt=1)  # share of completed labels that must be right, out of fold
    seed: int = 1


class Encoder(Settings):
    """Which sentence encoder, pinned by the digest of its weights."""

    name: str = "sentence-transformers/all-MiniLM-L6-v2"
    path: str | None = None
    sha256: str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    dtype: Literal["float32", "bfloat16"] = "float32"  # bfloat16: faster where the processor knows it, other vectors
    languages: tuple[str, ...] = ()  # languages the encoder reads (en, de, …); empty = those it is known for

    @property
    def identity(self) -> dict[str, str]:
        """What vectors depend on, besides the text."""
        said = {"name": self.name, "sha256": self.sha256}
        return said if self.dtype == "float32" else said | {"dtype": self.dtype}

    @property
    def weights(self) -> str:
        """The name under which vectors are cached: the weights' digest, and the numbers they are computed with."""
        return self.sha256 if self.dtype == "float32" else f"{self.sha256} {self.dtype}"


class Language(Settings):
    """How text is split into words; a trained spaCy pipeline is a choice."""

    pipeline: str | None = None  # e.g. en_core_web_sm; blank pipeline of the study's language otherwise


class Topics(Settings):
    """How emergent topics are found."""

    method: Literal["kmeans", "agglomerative", "hdbscan", "off"] = "kmeans"
    n_topics: int | None = Field(default=None, ge=2)
    seed: int = 1


class Suggestions(Settings):
    """When the machine may suggest a code, once people have coded."""

    precision: float = Field(default=0.7, ge=0.5, lt=1)  # lower bound, on respondents not learnt from
    seed: int = 1


class Privacy(Settings):
    """What must not leave the export."""

    names: tuple[str, ...] = ()  # names to replace in free text
    words: tuple[
        str, ...
    ] = ()  # dropped values that are also words (a first name Julia): the leak check passes them by
    regions: tuple[str, ...] = ()  # countries whose phone numbers are written without +: DE, US; empty = by language
    scrub: bool = True
    person_entities: bool = False  # needs a trained spaCy pipeline
    ethics_approval: str | None = None
    consent_version: str | None = None
    retain_until: str | None = None
    packets_to: tuple[str, ...] = ()
    minimum_cell: int = Field(default=5, ge=2)
    data_licence: str | None = None  # of the anonymised data in the supplement, e.g. CC-BY-4.0

    @field_validator("regions")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not re.fullmatch("[A-Z]{2}", one) for one in value):
            raise ValueError("countries are named by two capitals (ISO 3166): DE, US")
        return value


class Comparison(Settings):
    """One comparison stated before looking: respondents of one group against others, in a sense or a code."""

    id: str
    hypothesis: str
    sense: str | None = None  # as in glossary.yaml, with its term: similar.visual
    code: str | None = None  # as in themes.yaml
    by: str  # the closed question whose answers form the groups
    group: tuple[str, ...] = Field(min_length=1)
    against: tuple[str, ...] = ()  # empty = everybody else who answered that question

    @model_validator(mode="after")
    def _one_measure(self) -> Comparison:
        if (self.sense is None) == (self.code is None):
            raise ValueError("a comparison has exactly one of sense and code")
        if set(self.group) & set(self.against):
            raise ValueError("a value stands on both sides of the comparison")
        return self


class Plan(Settings):
    """What was decided before the main round; `make freeze` hashes it."""

    comparisons: tuple[Comparison, ...] = ()
    exploratory: bool = False  # true says that nothing is planned, and that this is meant
    level: float = Field(default=0.05, gt=0, lt=1)
    permutations: int = Field(default=9999, ge=99)
    seed: int = 1

    @field_validator("comparisons")
    @classmethod
    def _named_once(cls, value: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
        if len({one.id for one in value}) < len(value):
            raise ValueError("two comparisons have the same id")
        return value


class Asking(Settings):
    """How respondents are asked what they meant."""

    usages: int = Field(default=4, ge=1, le=12)  # usages a respondent is asked about, at most
    files: tuple[str, ...] = ()  # exports of the follow-up survey, under data/raw/<study>/
    colleagues: str = ""  # whom authors are asked to think of; empty = people who work on the same things
    seed: int = 1


class Report(Settings):
    """What the report shows."""

    language: str = ENGLISH  # of what the program itself says; quotes, names and definitions stay as they are
    groups: tuple[str, ...] = ()  # closed questions whose answers form groups
    small: int = Field(default=30, ge=1)  # below this many respondents: counts and cases, no percentages
    quotes: Literal["all", "consented", "none"] = "all"
    sections: tuple[Section, ...] = ()  # empty = all that apply; "in brief" is always there
    figures: tuple[str, ...] = ()  # empty = all that apply
    randomised: tuple[str, ...] = ()  # closed questions whose answer chance decided
    paraphrases: dict[str, str] = {}  # response_id -> what `make public` prints in place of that answer's words

    @field_validator("language")
    @classmethod
    def _spoken(cls, value: str) -> str:
        if value not in languages():
            raise ValueError(f"the program does not speak {value!r}; it speaks {', '.join(languages())}")
        return value


class Compute(Settings):
    """Where work runs: on this machine, or on a Dask cluster."""

    scheduler: str | None = None  # e.g. tcp://10.0.0.5:8786; $SAMEWORD_SCHEDULER goes before it


class Survey(Settings):
    """The whole of survey.yaml."""

    study: str
    title: str
    about: str = ""
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")  # BCP 47: en, de, pt-BR
    detect_language: bool = True  # where the export has no column with the role language
    synthetic: bool = False
    exports: tuple[ExportFile, ...]
    columns: dict[str, Column]
    questions: dict[str, Question] = {}
    items: dict[str, dict[str, str]] = {}  # item_id -> factor -> level
    labels: dict[str, str] = {}  # how ids, factors and levels are written in the report
    rows: Rows = Rows()
    terms: Terms = Terms()
    coding: Coding = Coding()
    agreement: Agreement = Agreement()
    senses: Senses = Senses()
    encoder: Encoder = Encoder()
    spacy: Language = Language()
    topics: Topics = Topics()
    suggestions: Suggestions = Suggestions()
    privacy: Privacy = Privacy()
    plan: Plan = Plan()
    asking: Asking = Asking()
    report: Report = Report()
    compute: Compute = Compute()

    @model_validator(mode="before")
    @classmethod
    def _no_topics_in_reflexive_studies(cls, value: Any) -> Any:
        """Themes of a reflexive study are made by people: topics of the machine only where they are asked for."""
        if not isinstance(value, dict) or not isinstance(value.get("coding"), dict):
            return value
        topics = value.get("topics") or {}
        if value["coding"].get("approach") == "reflexive" and isinstance(topics, dict) and "method" not in topics:
            return {**value, "topics": {**topics, "method": "off"}}
        return value

    @model_validator(mode="before")
    @classmethod
    def _numbers_as_names(cls, value: Any) -> Any:
        """YAML reads an unquoted 2019 or `yes` as no text; item levels and labels are always text."""
        if isinstance(value, dict):
            for key in ("items", "labels"):
                if isinstance(value.get(key), dict):
                    value = {**value, key: _as_text(value[key])}
        return value


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _as_text(inner) for key, inner in value.items()}
    return value if isinstance(value, str) else str(value)


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
