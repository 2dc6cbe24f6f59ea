r"""The glossary as LaTeX for a paper's appendix: \input{glossary}, labels to refer to each sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.glossary.views import EntryView, SenseView


SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def escaped(text: str) -> str:
    """Return text that LaTeX sets as it stands, on one line."""
    return "".join(SPECIAL.get(mark, mark) for mark in " ".join(text.split()))


def as_latex(views: Sequence[EntryView], *, version: str) -> str:
    """Return the team's entries as nested description lists, definitions with counts and their base; no quotes."""
    lines = [f"% Written by sameword glossary; glossary version {escaped(version)}.", r"\begin{description}"]
    for entry in views:
        if not entry.of_people:
            continue
        lines.append(rf"\item[{{{escaped(entry.label)}}}] {escaped(entry.stated.frame)}")
        lines.append(r"\begin{description}")
        lines += [_sense(sense) for sense in entry.senses]
        lines.append(r"\end{description}")
    lines.append(r"\end{description}")
    return "\n".join(lines if len(lines) > 3 else [lines[0], "% No sense has been named yet."]) + "\n"


def _sense(sense: SenseView) -> str:
    label = re.sub(r"[^A-Za-z0-9.-]", "-", sense.sense_id)
    parts = [escaped(sense.definition) or r"\emph{Not yet defined.}"]
    if sense.stated.preferred:
        parts.append(rf"Better say \emph{{{escaped(sense.stated.preferred)}}}.")
    if sense.stated.tell:
        parts.append(rf"How to tell: {escaped(sense.stated.tell)}")
    if sense.base:
        parts.append(f"Used so by {sense.n_respondents} of {sense.base} respondents.")
    return rf"\item[{{{escaped(sense.name)}}}]\label{{sw:{label}}} " + " ".join(parts)
