"""What the report says of the codebook beside the codings: its phase, rules, classifiers, topics, changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from pipeline.codebook.changelog import Entry
from pipeline.codebook.themes import EMPTY, Themes


@dataclass(frozen=True)
class Facts:
    """The codebook, tables about it (rule_quality, classifiers, covering, stale), and its change log."""

    themes: Themes = EMPTY
    quality: pd.DataFrame = field(default_factory=pd.DataFrame)
    classifiers: pd.DataFrame = field(default_factory=pd.DataFrame)
    topics: pd.DataFrame = field(default_factory=pd.DataFrame)  # from covering.covering
    hidden: str = ""  # why proposed codes are not shown
    stale: pd.DataFrame = field(default_factory=pd.DataFrame)  # from changelog.stale
    log: tuple[Entry, ...] = ()
    precision: float = 0.7
