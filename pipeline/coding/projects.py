"""Codings made in another tool (a REFI-QDA project) -> returned rows, one per coder and excerpt.

A text without codings is not known to have been read: it counts as not seen, unless labels.yaml says for this file that
blank means no_code. Codings by the user "consensus" are this study's own record coming back, and stay out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.codebook.project import CONSENSUS, Coded, Project, Source
from pipeline.coding.habits import PURPOSE, ROUND, Read
from pipeline.coding.plan import assignment_id
from pipeline.coding.returned import Row
from pipeline.coding.units import EXCERPT, text_digest
from pipeline.errors import Fault

Span = tuple[int, int]


@dataclass(frozen=True)
class _Excerpt:
    unit_id: str
    start: int
    end: int


def read_project(
    file: str,
    project: Project,
    *,
    excerpts: pd.DataFrame,
    saved: Mapping[str, str],
    codes: Collection[str],
    blank: str = "unseen",
    left_out: Sequence[str] = (),
) -> Read:
    """Return the rows of a project.

    excerpts: described units (units.COLUMNS) of kind excerpt; saved: assignments by "coder/excerpt"; codes: ids of this
    study's codes (others are looked up by name); blank: what an
    excerpt without codings means in a text that the coder coded somewhere. Texts that are no answers of this study
    are faults; a source is known by its id or by its words.
    """
    found = Read([], [], [], [f"{file}: left out: {loss}" for loss in left_out])
    names = {c.id: c.id if c.id in codes else c.name for theme in project.themes for c in theme.codes}
    by_answer = _by_answer(excerpts)
    known = {text_digest(text): key for key, (text, _) in by_answer.items()}
    for source in project.sources:
        mine = [one for one in source.codings if one.coder != CONSENSUS]
        if not mine and not source.memos:
            continue
        key = source.key if source.key in by_answer else known.get(text_digest(source.text))
        if key is None or not _same(source, by_answer[key][0]):
            what = "the text was changed" if source.key in by_answer else "the text is no answer of this study"
            found.faults.append(Fault(file, source.name, what, "code the texts as they were exported"))
            continue
        for row in _rows(file, source, mine, by_answer[key], names, saved, blank, found.notes):
            found.rows.append(row[1])
            found.work.append((row[0], row[2]))
    if any(one.coder == CONSENSUS for source in project.sources for one in source.codings):
        found.notes.append(f"{file}: codings by {CONSENSUS!r} are the study's record, and are not read back")
    return found


def _by_answer(excerpts: pd.DataFrame) -> dict[str, tuple[str, list[_Excerpt]]]:
    found: dict[str, tuple[str, list[_Excerpt]]] = {}
    for row in excerpts.sort_values(["response_id", "start"], kind="stable").itertuples():
        _, mine = found.setdefault(str(row.response_id), (str(row.answer), []))
        mine.append(_Excerpt(str(row.unit_id), int(row.start), int(row.end)))
    return found


def _same(source: Source, answer: str) -> bool:
    return source.text == answer.replace("\r\n", "\n").replace("\r", "\n") or text_digest(source.text) == text_digest(
        answer
    )


def _rows(
    file: str,
    source: Source,
    codings: Sequence[Coded],
    answer: tuple[str, list[_Excerpt]],
    names: Mapping[str, str],
    saved: Mapping[str, str],
    blank: str,
    notes: list[str],
) -> Iterator[tuple[str, Row, str]]:
    """Yield (coder, row, excerpt) for one answer."""
    text, excerpts = answer
    exact = source.text == text
    people = sorted({one.coder for one in codings} | {memo.coder for memo in source.memos} - {CONSENSUS})
    for coder in people:
        given: dict[str, dict[str, Span | None]] = {}
        times: dict[str, str] = {}
        memos: dict[str, list[str]] = {}
        for one in (c for c in codings if c.coder == coder):
            home = _home(one.start, one.end, excerpts)
            if one.end > home.end or one.start < home.start:
                notes.append(f"{file}, {source.name}: a coding reaches over several excerpts; kept where most of it is")
            whole = not exact or (one.start <= home.start and one.end >= home.end)
            span = None if whole else (max(one.start, home.start) - home.start, min(one.end, home.end) - home.start)
            given.setdefault(home.unit_id, {}).setdefault(one.code_id, span)
            times[home.unit_id] = max(times.get(home.unit_id, ""), one.when or "")
        for memo in (m for m in source.memos if m.coder == coder):
            memos.setdefault(_home(memo.start, memo.end, excerpts).unit_id, []).append(memo.text)
        for excerpt in excerpts:
            codes = given.get(excerpt.unit_id, {})
            if not codes and not (blank == "no_code" and given):
                if excerpt.unit_id in memos:
                    notes.append(f"{file}, {source.name}: a memo by {coder} on words without a code is left out")
                continue
            key = saved.get(f"{coder}/{excerpt.unit_id}")
            key = key or assignment_id(coder, EXCERPT, excerpt.unit_id, ROUND, PURPOSE)
            labels = tuple(names.get(code, code) for code in codes)
            yield coder, Row(
                file, source.name, key, "coded" if codes else "no_code", labels, tuple(codes.values()),
                decided_at=times.get(excerpt.unit_id) or None, memo="\n".join(memos.get(excerpt.unit_id, ())),
            ), excerpt.unit_id  # fmt: skip


def _home(start: int, end: int, excerpts: Sequence[_Excerpt]) -> _Excerpt:
    """Return the excerpt that holds most of a place; the first of equals."""
    return max(excerpts, key=lambda one: (min(end, one.end) - max(start, one.start), -one.start))
