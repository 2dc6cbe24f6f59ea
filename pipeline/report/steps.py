"""What people have still to write and to do: facts, which the terminal and the report each put into words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """One thing to do. kind: codes, watch, senses, drafts, coders, record; hand_out, left, differ.

    words: the terms it is about; n: units; by: open work per coder.
    """

    kind: str
    words: tuple[str, ...] = ()
    n: int = 0
    by: Mapping[str, int] = field(default_factory=dict)


def to_write(
    study: Study, *, coded: bool, watched: Mapping[str, str], written: Collection[str], drafts: Collection[str] = ()
) -> Iterator[Step]:
    """Yield what people have not written yet, in the order in which it is needed.

    coded: whether there are codes; watched: term_id -> word; written, drafts: the terms with senses, and those of
    them whose senses are drafts.
    """
    coding = study.survey.coding
    if not coded:
        yield Step("codes")
    if not study.survey.terms.watch:
        yield Step("watch")
    if missing := tuple(word for term, word in watched.items() if term not in written):
        yield Step("senses", missing)
    if unnamed := tuple(word for term, word in watched.items() if term in written and term in drafts):
        yield Step("drafts", unnamed)
    if not coding.coders:
        yield Step("coders")
    if coding.record is None:
        yield Step("record")


def to_do(assignments: pd.DataFrame, decisions: pd.DataFrame, open_units: pd.DataFrame) -> Iterator[Step]:
    """Yield what coders and the team have to do with the work handed out."""
    if assignments.empty:
        yield Step("hand_out")
        return
    waiting = assignments.coder_id[~assignments.assignment_id.isin(decisions.assignment_id)]
    if len(waiting):
        yield Step("left", n=len(waiting), by=waiting.value_counts().sort_index().to_dict())
    differ = int(open_units.reason.astype("str").str.contains("differ").sum())
    if differ:
        yield Step("differ", n=differ)
