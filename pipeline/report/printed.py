r"""The codebook alone, to print and for a paper's appendix: HTML, DOCX, PDF, and a LaTeX table (\input{codebook})."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.glossary.latex import escaped
from pipeline.report import render
from pipeline.report.words import Markdown, slug
from pipeline.speech import message, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.codebook.themes import Themes
    from pipeline.study import Study

HEADERS = (message("Code"), message("Definition"), message("Include; exclude"), message("Example"))
COLUMNS = (r"p{0.16\linewidth}", r"p{0.3\linewidth}", r"p{0.24\linewidth}", r"p{0.2\linewidth}")


def printed(study: Study, book: Themes, folder: Path) -> dict[str, bytes]:
    """Return codebook.html, codebook.docx, codebook.pdf and codebook.tex; nothing where there are no themes."""
    if not book.codes:
        return {}
    text = render.markdown(_content(book), "codebook-print.md.jinja")
    files = render.render(study, text, folder, name="codebook")
    return {**files, "codebook.tex": as_latex(book).encode("utf-8")}


def _content(book: Themes) -> dict[str, Any]:
    themes = [
        {
            "name": theme.name,
            "anchor": Markdown(f"theme-{slug(theme.id)}"),
            "definition": theme.definition,
            "codes": [
                {
                    "id": code.id, "name": code.name, "anchor": Markdown(f"code-{slug(code.id)}"),
                    "definition": code.definition,
                    "include": code.include, "exclude": code.exclude, "status": code.status,
                    "positive": code.examples.positive, "negative": code.examples.negative, "rules": len(code.rules),
                }
                for code in theme.codes
            ],
        }
        for theme in book.themes
    ]  # fmt: skip
    codes = [code for code in book.codes if code.status != "retired"]
    return {"version": book.version, "phase": book.phase, "themes": themes, "n_codes": len(codes)}


def as_latex(book: Themes) -> str:
    """Return the codebook as a longtable: code, definition, include and exclude, an example."""
    heads = " & ".join(rf"\textbf{{{escaped(phrase(name))}}}" for name in HEADERS)
    lines = [
        f"% Written by sameword report; codebook version {escaped(book.version)}. Needs: \\usepackage{{longtable}}",
        rf"\begin{{longtable}}{{{''.join(COLUMNS)}}}",
        rf"\hline {heads} \\ \hline \endhead",
    ]
    for theme in book.themes:
        lines.append(rf"\multicolumn{{4}}{{l}}{{\textit{{{escaped(theme.name)}}}}} \\")
        for code in theme.codes:
            if code.status == "retired":
                continue
            bounds = [code.include, phrase("Not: {words}", words=code.exclude) if code.exclude else ""]
            cells = [
                code.name,
                code.definition,
                "; ".join(filter(None, bounds)),
                next(iter(code.examples.positive), ""),
            ]
            lines.append(" & ".join(map(escaped, cells)) + r" \\")
    return "\n".join([*lines, r"\hline", r"\end{longtable}", ""])
