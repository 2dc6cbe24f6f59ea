"""What respondents say they meant: the answers to the follow-up, joined to the usages they were asked about.

An author's answer is kept apart from coders' decisions to the end: it enters no agreement and no record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.asking.followup import FORGOTTEN, NONE
from pipeline.asking.form import Form
from pipeline.asking.returned import Answer
from pipeline.errors import Fault
from pipeline.tables import SCHEMAS

ANSWERED, BLANK, SILENT, CHANGED = "answered", "left blank", "did not return", "text has changed"
NOT_MEANT = {"A0": NONE, "X0": FORGOTTEN}


def authors_table(
    asked: pd.DataFrame,
    answers: Sequence[Answer],
    *,
    form: Form,
    respondent_of: Mapping[str, str],
    digests: Mapping[str, str],
    file: str,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the table `authors`, a row per usage that somebody was asked about, and what is wrong with the answers.

    asked: rows of asked.csv; respondent_of: token -> respondent_id; digests: usage_id -> digest of the text as it is
    now. An answer about a text that has changed since is kept out, and said.
    """
    known = set(asked.respondent_id)
    faults = [
        Fault(file, answer.place, f"nobody was asked under the token {answer.token!r}", "correct or leave out the row")
        for answer in answers
        if respondent_of.get(answer.token) not in known
    ]
    faults += _again(answers, file)
    back = {respondent_of[answer.token]: answer for answer in answers if respondent_of.get(answer.token) in known}
    rows = [_row(row, back.get(row.respondent_id), digests) for row in asked.itertuples()]
    return pd.DataFrame(rows, columns=pd.Index(list(SCHEMAS["authors"].types))), faults


def _again(answers: Sequence[Answer], file: str) -> list[Fault]:
    tokens = [answer.token for answer in answers]
    twice = sorted({token for token in tokens if tokens.count(token) > 1})
    return [Fault(file, "", f"two files hold answers under the token {token!r}", "keep one") for token in twice]


def _row(row: Any, answer: Answer | None, digests: Mapping[str, str]) -> dict[str, object]:
    slot, senses = str(row.slot), str(row.senses).split("|")
    found: dict[str, object] = {
        "usage_id": row.usage_id, "respondent_id": row.respondent_id, "term_id": row.term_id, "slot": slot,
        "state": SILENT, "value": None, "expected": None,
    }  # fmt: skip
    if answer is None:
        return found
    if digests.get(row.usage_id) != row.digest:
        return {**found, "state": CHANGED}
    meant = [_sense(code, senses) for code in answer.chosen.get(f"{slot}s", ())]
    share = answer.chosen.get(f"{slot}n", ())
    expected = int(share[0][1:]) / 10 if share else None
    value = "|".join(sorted(meant)) if meant else None
    return {**found, "state": ANSWERED if meant else BLANK, "value": value, "expected": expected}


def _sense(code: str, senses: Sequence[str]) -> str:
    return NOT_MEANT[code] if code in NOT_MEANT else senses[int(code[1:]) - 1]


def contradictions(answers: Sequence[Answer], form: Form, file: str) -> list[Fault]:
    """Find answers that name a choice which excludes others beside another, and numbers given twice."""
    faults = []
    for answer in answers:
        for question in form.questions:
            picked = answer.chosen.get(question.code, ())
            alone = [choice.text for choice in question.choices if choice.alone and choice.code in picked]
            if (alone and len(picked) > 1) or (question.kind == "one" and len(picked) > 1):
                what = (
                    f"{question.code} says {alone[0]!r} beside another" if alone else f"{question.code} has two answers"
                )
                faults.append(Fault(file, answer.place, what, "keep one of the two, or blank the question"))
    return faults


def response(authors: pd.DataFrame) -> dict[str, int]:
    """Return how many respondents were asked and how many answered anything, and the same for usages."""
    back = authors[authors.state == ANSWERED]
    return {
        "asked": authors.respondent_id.nunique(), "answered": back.respondent_id.nunique(),
        "usages_asked": len(authors), "usages_answered": len(back),
        "several": int(back.value.str.contains("|", regex=False).sum()), "none": int((back.value == NONE).sum()),
        "forgotten": int((back.value == FORGOTTEN).sum()),
    }  # fmt: skip
