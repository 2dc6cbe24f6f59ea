"""The agreement table as a paper takes it over: LaTeX (booktabs), CSV and DOCX with the same rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.glossary.latex import escaped
from pipeline.report import agreed
from pipeline.report.given import Given
from pipeline.report.markdown import pipe_table
from pipeline.report.words import Markdown
from pipeline.speech import message, phrase

CAPTION = message("Agreement between coders per code and per word")
LABEL = "tab:agreement"
PLACE = re.compile(r"^\[(.*)\]\{#[\w:.-]+\}$")
OWN = str.maketrans({"−": "$-$", "–": "--", "’": "'", "“": "``", "”": "''"})


def plain(cell: Any) -> str:
    """Return a cell's text without the marks that make it bold or a place to link to."""
    if not hasattr(cell, "__html__"):
        return str(cell)
    text = PLACE.sub(r"\1", str(cell))
    return re.sub(r"\\([^\w\s]|_)", r"\1", text.removeprefix("**").removesuffix("**"))


def note(given: Given) -> str:
    """Return what stands under the table: level, distance, interval, thresholds."""
    low, high = given.study.survey.agreement.thresholds
    stated = given.study.survey.agreement
    verdicts = phrase(
        "Verdict by the interval’s lower bound: firm at {high:g}, tentative at {low:g} or above.", low=low, high=high
    )
    said = phrase(
        "Krippendorff’s alpha, nominal per code; all codes together: sets of codes, MASI distance. 95 % percentile "
        "intervals from {resamples:,} bootstrap resamples of respondents (seed {seed}). With it: units that carry the "
        "code for anyone.",
        resamples=stated.resamples,
        seed=stated.seed,
    )
    return f"{said} {verdicts}" if "Verdict" in agreed.agreement_rows(given)[0] else said


def shown(given: Given) -> tuple[list[str], list[list[str]]]:
    """Return headers and rows as text."""
    headers, rows = agreed.agreement_rows(given)
    return headers, [[plain(cell) for cell in row] for row in rows]


def as_frame(given: Given) -> pd.DataFrame:
    """Return the rows as a table."""
    headers, rows = shown(given)
    return pd.DataFrame(rows, columns=pd.Index(headers))


def as_latex(given: Given) -> str:
    r"""Return a table environment; read it with \input{agreement} and \usepackage{booktabs}."""
    headers, rows = shown(given)
    align = "".join("l" if name in agreed.LEFT else "r" for name in headers)
    return "\n".join(
        [
            "% Written by sameword report; needs \\usepackage{booktabs}.",
            r"\begin{table}",
            rf"\caption{{{_tex(phrase(CAPTION))}}}\label{{{LABEL}}}",
            rf"\begin{{tabular}}{{{align}}}",
            r"\toprule",
            _line([phrase(name) for name in headers]),
            r"\midrule",
            *map(_line, rows),
            r"\bottomrule",
            r"\end{tabular}",
            rf"\par\smallskip\footnotesize {_tex(note(given))}",
            r"\end{table}",
            "",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return " & ".join(map(_tex, cells)) + r" \\"


def _tex(text: str) -> str:
    """Return text for LaTeX; a no-break blank stays one, minus sign, dashes and quotes are LaTeX's own."""
    return "~".join(escaped(part) for part in text.split("\u00a0")).translate(OWN)


def as_markdown(given: Given) -> Markdown:
    """Return the table as Markdown, for DOCX."""
    _, rows = agreed.agreement_rows(given)
    section = agreed.section(given)
    body = pipe_table(
        section["agreement_headers"],
        rows,
        align=section["agreement_align"],
        widths=section["agreement_widths"],
        caption=phrase(CAPTION),
    )
    return Markdown(f"{body}\n\n{note(given)}\n")
