"""Where coders would cut an answer: how many answers each of them split, and the units most of their readers want."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd


def read_and_split(assignments: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return coder_id, n_split, n_read: the excerpts each coder decided on, and those of them the coder cut."""
    work = assignments[assignments.unit_kind == "excerpt"]
    read = work.merge(decisions[["assignment_id", "splits"]], on="assignment_id")
    found = read.groupby("coder_id").splits.agg(n_split="count", n_read="size").reset_index()
    return found[["coder_id", "n_split", "n_read"]]


def proposed_units(assignments: pd.DataFrame, decisions: pd.DataFrame, excerpts: pd.DataFrame) -> pd.DataFrame:
    """Return response_id, start, end of answers that most of their readers cut, for data/raw/<study>/units.csv.

    A cut counts where more than half of those who decided on the excerpt made it at the same place. start and end are
    code points into the answer.
    """
    work = assignments[assignments.unit_kind == "excerpt"].merge(decisions, on="assignment_id")
    rows = []
    known = excerpts.set_index("excerpt_id")
    for name, read in work.groupby("unit_id"):
        if name not in known.index:
            continue
        cuts = pd.Series([int(place) for said in read.splits.dropna() for place in said.split()], dtype="int64")
        counts = cuts.value_counts()
        places = sorted(counts[counts * 2 > len(read)].index)
        whole = known.loc[name]
        ends = [0, *places, int(whole.end - whole.start)]
        if places:
            rows += [
                (whole.response_id, int(whole.start) + start, int(whole.start) + end) for start, end in pairwise(ends)
            ]
    return pd.DataFrame(sorted(rows), columns=pd.Index(["response_id", "start", "end"]))
