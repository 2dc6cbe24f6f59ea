"""Coding by rule, part by part: a rule looks at one excerpt at a time, so parts may be read anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from pipeline.codebook.rules import HITS, RuleMatcher, hits_by
from pipeline.codebook.themes import Code
from pipeline.compute import Each, Tick, here, silent

ROWS = 5_000  # excerpts in a part: about a second with a thousand rules


class Rules(NamedTuple):
    """A codebook and the language its rules are read in; equal ones are compiled once per process."""

    codes: tuple[Code, ...]
    language: str
    trained: str | None = None


def scattered_hits(excerpts: pd.DataFrame, rules: Rules, *, each: Each = here, advance: Tick = silent) -> pd.DataFrame:
    """Return what `rules.rule_hits` returns, in the same order, computed where `each` says.

    advance hears how many more parts are done.
    """
    columns = [name for name in ("excerpt_id", "text", "question_id", "item_id") if name in excerpts]
    parts = [(excerpts[columns].iloc[i : i + ROWS], rules) for i in range(0, len(excerpts), ROWS)]
    found = [part for part in each(_hits, parts, advance) if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame([], columns=pd.Index(HITS))


def _hits(part: tuple[pd.DataFrame, Rules]) -> pd.DataFrame:
    excerpts, rules = part
    return hits_by(_matcher(tuple(code.model_dump_json() for code in rules.codes), *rules[1:]), excerpts)


@lru_cache(maxsize=2)
def _matcher(codes: Sequence[str], language: str, trained: str | None) -> RuleMatcher:
    from pipeline.language import load_language

    return RuleMatcher([Code.model_validate_json(code) for code in codes], load_language(language, trained))
