"""Every fault of the exports against the data dictionary, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.errors import Fault, nearest
from pipeline.study import ExportFile, Study
from pipeline.survey.recognise import Export


def export_faults(study: Study, exports: Sequence[tuple[ExportFile, Export]]) -> Iterator[Fault]:
    """Yield columns that survey.yaml names and no export has, columns nobody described, and ratings off the scale."""
    where = str(study.codebook_folder / "survey.yaml")
    known = list(dict.fromkeys(name for _, export in exports for name in export.names))
    for name in study.survey.columns:
        if name not in known:
            yield Fault(where, f"key columns.{name}", f"the export has no column {name!r}", nearest(name, known))
    for name in known:
        if name not in study.survey.columns:
            yield Fault(
                where,
                "key columns",
                f"the export's column {name!r} is not described",
                f"add it, for example:  {name}: {{role: ignored}}",
            )
    for stated, export in exports:
        yield from _rating_faults(study, stated, export)


def _rating_faults(study: Study, stated: ExportFile, export: Export) -> Iterator[Fault]:
    for name in study.columns("rating"):
        question = study.survey.questions.get(study.question_of(name))
        if not question or not question.scale or name not in export.names:
            continue
        low, high = question.scale
        for number, cell in enumerate(export.column(name), export.header_rows + 1):
            text = cell.strip()
            if not text or text in question.options:
                continue
            try:
                fits = low <= float(text.replace(",", ".")) <= high
            except ValueError:
                fits = False
            if not fits:
                yield Fault(
                    str(study.raw / stated.file),
                    f"record {number}, column {name}",
                    f"a rating outside the scale {low:g} to {high:g}",
                    "correct scale: or options: in survey.yaml, or give the column another role",
                )
