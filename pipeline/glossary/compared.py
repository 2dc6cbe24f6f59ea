"""A comparison of senses in words: Markdown, changes first, every count with its base."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.glossary.compare import APART, CHANGE, DIFFERENCE, EFFECT
from pipeline.ids import term_id


def slug(name: str) -> str:
    """Return a side's name as part of a file name."""
    return term_id(name) or "x"


def as_text(table: pd.DataFrame, a: str, b: str, notes: Sequence[str]) -> str:
    """Return the comparison as Markdown, changes first, each with its counts and bases."""
    lines = [f"# Senses: {a} and {b}", "", *[f"{note}\n" for note in notes]]
    for kind, rows in table.groupby("of", sort=False):
        lines += [f"## {TITLES[str(kind)]}", ""]
        lines += [f"| term | sense | {a} | {b} | difference | direction | note |", "|---|---|---|---|---|---|---|"]
        for row in rows.to_dict("records"):
            counts = [f"{row[f'n_{x}']} of {row[f'base_{x}']}" if not pd.isna(row[f"n_{x}"]) else "–" for x in "ab"]
            found = "–" if pd.isna(row["difference"]) else f"{row['difference']:+.2f}".replace("-", "−")
            if not pd.isna(row["ci_low"]):
                found += f" [{row['ci_low']:+.2f}, {row['ci_high']:+.2f}]".replace("-", "−")
            name = str(row["name"]).replace("|", "\\|")
            cells = (row["term_id"], name, *counts, found, row["direction"] or "–", row["note"] or "")
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        lines.append("")
    return "\n".join(lines)


TITLES = {
    CHANGE: "Change: the same respondents on both sides",
    EFFECT: "Effect: chance decided who belongs where",
    DIFFERENCE: "Difference: different respondents; it may have many causes",
    APART: "Not compared",
}
