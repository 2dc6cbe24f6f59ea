"""What survey.yaml may say: every setting with its default, as docs/settings.md lists them.

Unknown keys are refused. Defaults are the ones the report states, so that a study which says nothing still knows what
was done to it. The remark behind a setting is its description in docs/settings.md.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.speech import ENGLISH, languages

MINILM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
Role = Literal[
    "respondent_id", "occasion", "metadata", "status", "finished", "consent", "quote_consent", "language",
    "open", "translation", "single_choice", "multiple_choice", "rating", "other_text", "identifying", "ignored",
]  # fmt: skip
Approach = Literal["coding-reliability", "content-analysis", "codebook", "negotiated", "reflexive"]
Unit = Literal["response", "sentence", "manual", "coder"]
Rule = Literal["single", "unanimous", "majority", "negotiated", "adjudicated"]
Beside = Literal["ratings", "group", "machine", "other_answers"]
Purpose = Literal["develop", "pilot", "calibrate", "estimate", "train", "repeat"]
Section = Literal[
    "terms", "proposals", "ratings", "themes", "topics", "agreement", "planned", "authors", "undecided", "respondents",
    "methods", "codebook", "senses",
]  # fmt: skip


class Settings(BaseModel):
    """Base of every part of survey.yaml: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportFile(Settings):
    """One file downloaded from the survey tool, under data/raw/<study>/."""

    file: str  # its name, without spaces
    wave: str = "1"  # which time this is asked
    format: str | None = None  # overrides what the content says: qualtrics, limesurvey, …
    header_rows: int | None = Field(default=None, ge=0, le=5)  # lines before the answers; empty = as the tool has them
    skip_rows: int | None = Field(default=None, ge=0)  # titles and remarks above the header; empty = as the file looks
    encoding: str | None = None  # utf-8, utf-16, cp1252, …; empty = as the bytes look
    sheet: str | None = None  # of a workbook; empty = the first that is not hidden
    join: str | None = None  # this file says more about people of another file: its column with their id
    to: str | None = None  # the column of the other files that holds the same id


class Column(Settings):
    """What one column of the export is."""

    role: Role  # what the pipeline does with it
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

    text: str  # as it was asked
    explains: tuple[str, ...] = ()  # rating questions that an open answer explains
    scale: tuple[float, float] | None = None  # the lowest and the highest answer of a rating
    level: Literal["nominal", "ordinal", "interval", "ratio"] = "ordinal"  # what a rating's numbers may be used for
    options: tuple[str, ...] = ()  # of a choice, in order; lowest first where the level is ordinal
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
    keep_previews: bool = False  # also previews, tests and spam
    keep_unfinished: bool = False  # also people who stopped before the end
    keep_duplicates: bool = False  # also the same answers sent again
    repeated: Literal["refuse", "first", "last"] = "refuse"  # rows of one person and occasion that contradict


class Term(Settings):
    """A word to watch with the forms that count as it."""

    term: str  # as the report names it
    forms: tuple[str, ...] = ()  # spellings that count as it; empty = every form of its lemma


class Terms(Settings):
    """Which words are looked at."""

    watch: tuple[Term, ...] = ()  # words whose usages people judge
    reference: tuple[Term, ...] = ()  # words thought to have one meaning, to compare with
    ignore: tuple[str, ...] = ()  # words that are never proposed
    min_respondents: int | None = Field(default=None, ge=1)  # default grows with the study
    max_terms: int = Field(default=200, ge=1)  # of the most frequent candidates

    @field_validator("watch", "reference", mode="before")
    @classmethod
    def _bare_words(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [{"term": part} if isinstance(part, str) else part for part in value]
        return value


class Overlap(Settings):
    """How many coders read the same excerpt."""

    share: float = Field(default=0.3, ge=0, le=1)  # share of excerpts read by `coders` people
    coders: int = Field(default=2, ge=1)  # readers of each excerpt that several read
    usages: int = Field(default=2, ge=1)  # people who label each sampled usage


class Coding(Settings):
    """How people code."""

    coders: tuple[str, ...] = ()  # short names; each gets a packet
    approach: Approach = "codebook"  # shapes the page and the report, docs/agreement.md
    positionality: str = ""  # who the researchers are to what they study; opens the report of a reflexive study
    unitise: Unit = "response"  # what a coder reads at a time; manual: from units.csv
    round: str = "1"  # a name for what is handed out next
    purpose: Purpose = "estimate"  # what this round is for; only estimate enters counts
    overlap: Overlap = Overlap()  # how many read the same
    record: Rule | None = None  # what counts where coders differ; make freeze asks for it
    complete_up_to: int = Field(default=300, ge=1)  # usages of a term labelled completely
    show_to_coders: tuple[Beside, ...] = ()  # beside the text; empty = nothing
    withdrawn: tuple[str, ...] = ()  # coders whose open work may be given to others
    sample: int | None = Field(default=None, ge=1)  # excerpts handed out in this round; empty = all (40 in a pilot)
    repeat: float = Field(default=0.1, gt=0, le=1)  # share of own work read again in a round of purpose repeat
    adjudicators: Literal["named", "masked"] = "masked"  # whether the page that settles disagreements names coders
    seed: int = 1  # of samples and of who reads what


class Agreement(Settings):
    """How agreement is measured."""

    resamples: int = Field(default=2000, ge=100)  # of respondents, for intervals
    thresholds: tuple[float, float] = (0.667, 0.8)  # lower bounds for tentative and for reliable
    seed: int = 1  # of the resamples


class Senses(Settings):
    """How senses are proposed."""

    max_senses: int = Field(default=6, ge=2, le=12)  # groups of a term, at most
    usages_per_respondent: int = Field(default=3, ge=1)  # that weigh in
    usages_per_term: int = Field(default=10_000, ge=100)  # of more, as many are drawn: the machine reads those alone
    resamples: int = Field(default=200, ge=20)  # of respondents, for the score's interval
    precision: float = Field(default=0.9, gt=0.5, lt=1)  # share of completed labels that must be right, out of fold
    seed: int = 1  # of groups and resamples


class Encoder(Settings):
    """Which sentence encoder, pinned by the digest of its weights."""

    name: str = "sentence-transformers/all-MiniLM-L6-v2"  # a sentence-transformers model
    path: str | None = None  # its folder; empty = package, cache or hub
    sha256: str = MINILM  # of its weights; others are refused
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"  # auto: a graphics processor if there is one
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

    method: Literal["kmeans", "agglomerative", "hdbscan", "off"] = "kmeans"  # hdbscan leaves answers out
    n_topics: int | None = Field(default=None, ge=2)  # empty = by the study's size
    seed: int = 1  # of the clustering


class Suggestions(Settings):
    """When the machine may suggest a code, once people have coded."""

    precision: float = Field(default=0.7, ge=0.5, lt=1)  # lower bound, on respondents not learnt from
    seed: int = 1  # of the folds


class Privacy(Settings):
    """What must not leave the export."""

    names: tuple[str, ...] = ()  # names to replace in free text
    words: tuple[
        str, ...
    ] = ()  # dropped values that are also words (a first name Julia): the leak check passes them by
    regions: tuple[str, ...] = ()  # countries whose phone numbers are written without +: DE, US; empty = by language
    scrub: bool = True  # false leaves addresses and numbers in the text
    person_entities: bool = False  # needs a trained spaCy pipeline
    ethics_approval: str | None = None  # stated in the report
    consent_version: str | None = None  # stated in the report
    retain_until: str | None = None  # a date, stated in the report
    packets_to: tuple[str, ...] = ()  # who may get packets, stated in the report
    minimum_cell: int = Field(default=5, ge=2)  # respondents; fewer are masked by make public
    data_licence: str | None = None  # of the anonymised data in the supplement, e.g. CC-BY-4.0

    @field_validator("regions")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not re.fullmatch("[A-Z]{2}", one) for one in value):
            raise ValueError("countries are named by two capitals (ISO 3166): DE, US")
        return value


class Comparison(Settings):
    """One comparison stated before looking: respondents of one group against others, in a sense or a code."""

    id: str  # a short name
    hypothesis: str  # the sentence that the report repeats
    sense: str | None = None  # as in glossary.yaml, with its term: similar.visual
    code: str | None = None  # as in themes.yaml
    by: str  # the closed question whose answers form the groups
    group: tuple[str, ...] = Field(min_length=1)  # answers of the one side
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

    comparisons: tuple[Comparison, ...] = ()  # tested as one family (Holm)
    exploratory: bool = False  # true says that nothing is planned, and that this is meant
    level: float = Field(default=0.05, gt=0, lt=1)  # of the family
    permutations: int = Field(default=9999, ge=99)  # of whole respondents
    seed: int = 1  # of the permutations

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
    seed: int = 1  # of the choice of usages


class Report(Settings):
    """What the report shows."""

    language: str = ENGLISH  # of what the program itself says; quotes, names and definitions stay as they are
    groups: tuple[str, ...] = ()  # closed questions whose answers form groups
    small: int = Field(default=30, ge=1)  # below this many respondents: counts and cases, no percentages
    quotes: Literal["all", "consented", "none"] = "all"  # all, of those who agreed to be quoted, or none
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

    study: str  # the folder's name
    title: str  # heads the report
    about: str = ""  # a paragraph for the report's first page
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")  # BCP 47: en, de, pt-BR
    detect_language: bool = True  # where the export has no column with the role language
    synthetic: bool = False  # true says that no respondent is real
    exports: tuple[ExportFile, ...]  # the files downloaded from the survey tool
    columns: dict[str, Column]  # by the export's header
    questions: dict[str, Question] = {}  # by question_id
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
