"""Every fault of the exports against the data dictionary, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

from pipeline.errors import Fault, nearest
from pipeline.settings import ExportFile
from pipeline.study import Study
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
        yield from _doubled_faults(study, stated, export)


def _doubled_faults(study: Study, stated: ExportFile, export: Export) -> Iterator[Fault]:
    """Yield columns that answer one question about one item, where a row has both: only one could be kept.

    That several columns answer a question is right where each row fills one of them (a language each, a wave each).
    """
    for role in ("open", "rating"):
        slots: dict[tuple[str, str | None], list[str]] = {}
        for name, column in study.columns(role).items():
            if name in export.names:
                slots.setdefault((study.question_of(name), column.item), []).append(name)
        for (question, item), names in slots.items():
            for one, other in combinations(names, 2):
                pairs = zip(export.column(one), export.column(other), strict=True)
                both = (number for number, cells in enumerate(pairs) if all(cell.strip() for cell in cells))
                for number in islice(both, 1):
                    about = f" about item {item}" if item else ""
                    yield Fault(
                        str(study.raw / stated.file),
                        f"record {number + export.header_rows + 1}, columns {one} and {other}",
                        f"both answer question {question}{about}, and only one answer could be kept",
                        "tell them apart in survey.yaml with item: (or question:), or give one the role ignored",
                    )


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
