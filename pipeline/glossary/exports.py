"""The glossary in the formats people use, written beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cells import inert
from pipeline.files import write_bytes, write_text
from pipeline.glossary import flat, latex, page, sheet, skos, spreadsheet, tbx
from pipeline.glossary.source import Source
from pipeline.glossary.views import entry_views
from pipeline.speech import ENGLISH, speaking

if TYPE_CHECKING:
    import pandas as pd


def formats(entries: pd.DataFrame, source: Source) -> dict[str, str | bytes]:
    """Return every file of the glossary by name: its text, or its bytes. entries: the table of entries.

    The page speaks the report's language; what other programs read is in English.
    """
    language = source.study.survey.report.language
    views = entry_views(entries, source)
    with speaking(language):
        html = page.render(views if language == ENGLISH else entry_views(entries, source), source)
    survey, version = source.study.survey, source.glossary.version
    page_of_definitions = sheet.chosen(views)
    with speaking(source.study.respondents_language):
        definitions = {
            "definitions.html": sheet.as_html(
                page_of_definitions, title=survey.title, language=survey.language, version=version
            ),
            "definitions.txt": sheet.as_text(page_of_definitions),
        }
    return {
        "glossary.html": html,
        "glossary.csv": flat.as_csv(views),
        "glossary.md": flat.as_markdown(views, survey.title),
        "glossary.tex": latex.as_latex(views, version=version),
        "glossary.xlsx": spreadsheet.as_xlsx(views, source),
        "glossary.ttl": skos.as_turtle(source.glossary, source.study),
        "glossary.tbx": tbx.as_tbx(source.glossary, source.study),
        **definitions,
    }


def write_all(folder: Path, entries: pd.DataFrame, source: Source) -> None:
    """Write every format; one that has nothing to say (TBX without senses) is removed."""
    for name, content in formats(entries, source).items():
        if isinstance(content, str):
            write_text(folder / name, content)
        elif content:
            write_bytes(folder / name, content)
        else:
            (folder / name).unlink(missing_ok=True)


def write_table(path: Path, found: pd.DataFrame) -> None:
    """Write a table as CSV; cells that look like formulas are made inert."""
    write_text(path, found.map(inert).to_csv(index=False, lineterminator="\n"))
