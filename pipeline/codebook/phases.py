"""Where a codebook stands: develop -> pilot -> frozen -> main. What each phase allows, and what comes next."""

from __future__ import annotations

import pandas as pd

from pipeline.codebook.themes import Themes

NEXT = {
    "develop": "Coders code openly and propose codes (survey.yaml, coding.purpose: develop). Then: phase: pilot",
    "pilot": "Coders try the codebook (coding.purpose: pilot); changes are logged with reasons. Then: phase: frozen",
    "frozen": "Nothing changes any more. Run: make freeze; hand out the main round. Then: phase: main",
    "main": "A change now opens a new round (coding.round) and lists what must be coded again.",
}
PURPOSES = {
    "develop": {"develop"},
    "pilot": {"develop", "pilot", "calibrate"},
    "frozen": {"calibrate", "estimate", "train", "repeat"},
    "main": {"calibrate", "estimate", "train", "repeat"},
}


def mismatch(themes: Themes, purpose: str) -> str:
    """Return what is wrong with handing out work of a purpose in this phase, or nothing; a phase is never required."""
    if themes.phase is None or purpose in PURPOSES[themes.phase]:
        return ""
    return f"work of purpose {purpose!r} while the codebook is in phase {themes.phase!r}"


def people_first(themes: Themes, assignments: pd.DataFrame, decisions: pd.DataFrame) -> str:
    """Return why the machine's own proposals of codes stay hidden, or nothing.

    While a codebook is developed, what a machine sees must not steer what people see: proposals wait until the open
    coding (purpose develop) of every coder has come back.
    """
    if themes.phase != "develop":
        return ""
    given = assignments[(assignments.purpose == "develop") & (assignments.unit_kind == "excerpt")]
    if given.empty:
        return "the codebook is being developed, and no open coding has been handed out yet"
    waiting = given[~given.assignment_id.isin(decisions.assignment_id)]
    if waiting.empty:
        return ""
    counts = waiting.groupby("coder_id").size()
    return "open coding has not come back yet: " + ", ".join(f"{coder} ({n})" for coder, n in counts.items())
