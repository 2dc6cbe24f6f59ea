"""A whole coded study as other tools see it: users, cases, texts, codings. Made from tables, or read from a .qdpx."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.codebook.themes import Theme
from pipeline.ids import among

CONSENSUS = "consensus"
READS = ("respondents", "ratings", "responses", "excerpts", "assignments", "decisions", "codings", "record")
Value = str | float | bool


@dataclass(frozen=True, order=True)
class Coded:
    """One code that one coder gave to text[start:end] (code points)."""

    start: int
    end: int
    code_id: str
    coder: str
    when: str | None = None


@dataclass(frozen=True, order=True)
class Memo:
    """What a coder noted about text[start:end]."""

    start: int
    end: int
    coder: str
    text: str
    when: str | None = None


@dataclass(frozen=True)
class Source:
    """One answer with everything coded in it; key is the response_id, or the GUID where another tool made it."""

    key: str
    name: str
    text: str
    codings: tuple[Coded, ...] = ()
    memos: tuple[Memo, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def marks(self) -> tuple[Coded | Memo, ...]:
        """Return everything that marks a part of the text."""
        return (*self.codings, *self.memos)


@dataclass(frozen=True)
class Case:
    """One respondent with the values of variables and the keys of their sources."""

    name: str
    values: Mapping[str, Value]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """A study; sets are questions with the keys of their sources."""

    name: str
    themes: tuple[Theme, ...]
    users: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)  # name -> Text, Boolean, Float
    cases: tuple[Case, ...] = ()
    sources: tuple[Source, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # memos on the study as a whole


def project_of(name: str, themes: Sequence[Theme], tables: Mapping[str, pd.DataFrame]) -> Project:
    """Return a study as a project.

    tables: respondents, ratings, responses, excerpts, assignments, decisions, codings, record. Codings are those of
    every coder; what the record holds is coded by the user "consensus". Machine codings are no one's and stay out.
    """
    coded, memos = _by_response(tables)
    responses = tables["responses"].sort_values("response_id", kind="stable")
    sources = tuple(
        Source(
            row.response_id,
            " ".join(filter(None, (row.respondent_id, row.question_id, _text(row.item_id)))),
            row.text,
            tuple(sorted(coded.get(row.response_id, ()))),
            tuple(sorted(memos.get(row.response_id, ()))),
            {k: v for k in ("question_id", "item_id", "wave") if (v := _text(getattr(row, k)))},
        )
        for row in responses.itertuples()
    )
    cases = tuple(_cases(tables["respondents"], tables["ratings"], responses))
    values = [*(case.values for case in cases), *(source.values for source in sources)]
    variables = {key: _kind(value) for found in values for key, value in found.items()}
    users = {one.coder for source in sources for one in source.marks}
    sets = responses.groupby("question_id").response_id.agg(tuple).to_dict()
    return Project(
        name, tuple(themes), tuple(sorted(users | set(_coders(tables)))), variables, cases, sources,
        {str(question): found for question, found in sets.items()},
    )  # fmt: skip


def read_by_people(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables with the answers alone of which people read an excerpt, and with those who gave them."""
    work, record = tables["assignments"], tables["record"]
    done = work[(work.unit_kind == "excerpt") & work.assignment_id.isin(tables["decisions"].assignment_id)]
    units = {*done.unit_id, *record.unit_id[record.unit_kind == "excerpt"]}
    excerpts, responses = tables["excerpts"], tables["responses"]
    excerpts = excerpts[among(excerpts.excerpt_id, units)]
    responses = responses[among(responses.response_id, set(excerpts.response_id))]
    kept = {"excerpts": excerpts, "responses": responses}
    for name in ("respondents", "ratings"):
        kept[name] = tables[name][among(tables[name].respondent_id, set(responses.respondent_id))]
    return {**tables, **kept}


def losses(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield, in plain sentences, what of a study's tables a project file has no slot for."""
    decisions, record = tables["decisions"], tables["record"]
    work = tables["assignments"].set_index("assignment_id").unit_kind
    excerpts = decisions[decisions.assignment_id.map(work) == "excerpt"]
    for state, count in excerpts[excerpts.state != "coded"].state.value_counts().sort_index().items():
        yield f"decisions: {count} × {str(state).replace('_', ' ')}: a text without codings looks like one nobody read"
    if others := int((decisions.assignment_id.map(work) != "excerpt").sum()):
        yield f"decisions: {others} about usages of words and pairs of them: senses are not codes of a text"
    if versions := sorted(set(excerpts.codebook_version.dropna())):
        yield f"versions: decisions were made under codebook {', '.join(versions)}; times per decision are left out too"
    mine = record[record.unit_kind == "excerpt"]
    if len(mine):
        bases = ", ".join(f"{n} {basis}" for basis, n in mine.basis.value_counts().sort_index().items())
        yield f"record: what counts is coded by {CONSENSUS!r}; its basis ({bases}) and the reasons are left out"


def _by_response(tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, set[Coded]], dict[str, set[Memo]]]:
    """Return response_id -> codings and memos, with places in the whole answer."""
    excerpts = {row.excerpt_id: row for row in tables["excerpts"].itertuples()}
    work = tables["assignments"].query("unit_kind == 'excerpt'")
    done = work.merge(tables["decisions"], on="assignment_id")
    coded: dict[str, set[Coded]] = {}
    memos: dict[str, set[Memo]] = {}
    for row in done.merge(tables["codings"], on="assignment_id").itertuples():
        if (found := excerpts.get(row.unit_id)) is not None:
            span = (found.start, found.end) if pd.isna(row.start) else (found.start + row.start, found.start + row.end)
            one = Coded(int(span[0]), int(span[1]), row.code_id, row.coder_id, _text(row.decided_at) or None)
            coded.setdefault(found.response_id, set()).add(one)
    for row in done[done.memo.notna()].itertuples():
        if (found := excerpts.get(row.unit_id)) is not None:
            note = Memo(int(found.start), int(found.end), row.coder_id, row.memo, _text(row.decided_at) or None)
            memos.setdefault(found.response_id, set()).add(note)
    for row in tables["record"].query("unit_kind == 'excerpt'").itertuples():
        found = excerpts.get(row.unit_id)
        if found is not None and row.value not in ("no_code", "cannot_code"):
            one = Coded(int(found.start), int(found.end), row.value, CONSENSUS, _text(row.decided_at) or None)
            coded.setdefault(found.response_id, set()).add(one)
    return coded, memos


def _cases(respondents: pd.DataFrame, ratings: pd.DataFrame, responses: pd.DataFrame) -> Iterator[Case]:
    given = responses.groupby("respondent_id").response_id.agg(tuple).to_dict()
    rated: dict[str, dict[str, Value]] = {}
    for row in ratings.sort_values(["question_id", "item_id", "wave"], kind="stable").itertuples():
        if pd.notna(row.value):
            rated.setdefault(row.respondent_id, {})[" ".join(filter(None, (row.question_id, row.item_id)))] = row.value
    for facts in respondents.sort_values("respondent_id", kind="stable").to_dict("records"):
        person = str(facts.pop("respondent_id"))
        values = {str(key): value for key, value in facts.items() if value is not None and value == value}
        yield Case(person, {**values, **rated.get(person, {})}, given.get(person, ()))


def _coders(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    work = tables["assignments"]
    done = work[work.assignment_id.isin(tables["decisions"].assignment_id) & (work.unit_kind == "excerpt")]
    yield from map(str, done.coder_id)


def _kind(value: Value) -> str:
    return "Boolean" if isinstance(value, bool) else "Float" if isinstance(value, float) else "Text"


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) or pd.isna(value) else str(value)
