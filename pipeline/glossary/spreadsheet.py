"""The glossary as a spreadsheet: senses, every usage in context, and what each column means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline import workbook
from pipeline.glossary.flat import HEADER, rows
from pipeline.glossary.page import said_of
from pipeline.glossary.source import Source
from pipeline.glossary.views import EntryView

WIDTHS = (14, 22, 28, 50, 24, 24, 40, 30, 10, 30, 12, 8, 9, 34, 44)
LINES = ("term", "left", "word", "right", "sense", "respondent", "question", "usage_id")


def as_xlsx(views: Sequence[EntryView], source: Source) -> bytes:
    """Return the workbook: sheets Senses, Usages and Read me."""
    from openpyxl import Workbook

    book = Workbook()
    senses = book.active
    assert senses is not None
    senses.title = "Senses"
    workbook.fill(senses, HEADER, rows(views), WIDTHS)
    workbook.fill(book.create_sheet("Usages"), LINES, _lines(views, source), (14, 48, 14, 48, 32, 12, 24, 22))
    about = [
        (source.study.survey.title, f"glossary version {source.glossary.version}"),
        ("n_respondents", "respondents with at least one usage that people judged to have the sense"),
        ("base", "respondents whose use of the term could be coded; 0 where nobody judged"),
        ("status", "defined: by the team; judged: by people, not yet defined; proposed: by the machine, no finding"),
        ("words", "words around the usages of a group that the machine proposes"),
    ]
    if source.study.synthetic:
        about.insert(1, ("Synthetic example", "the respondents are invented; nothing here is a finding"))
    workbook.fill(book.create_sheet("Read me"), ("column", "meaning"), about, (28, 90))
    return workbook.as_bytes(book, compress=False)


def _lines(views: Sequence[EntryView], source: Source) -> list[tuple[str, ...]]:
    people: Mapping[str, str] = source.people
    names = {sense.sense_id: sense.name for entry in views for sense in entry.senses}
    return [
        (
            entry.label,
            line.left,
            line.keyword,
            line.right,
            said_of(line.sense_id, line.source, names),
            people[line.respondent_id],
            source.study.question_name(line.question_id),
            line.usage_id,
        )
        for entry in views
        for line in entry.rows
    ]
