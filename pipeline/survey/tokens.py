"""The survey tool's own id of each respondent, read from the export again when people are asked once more.

Tables hold pseudonyms only. The way back is the export and the study's key; what comes out of here goes into the
survey tool or to the respondent, never into a table, a report or the repository.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import Fault, InputError
from pipeline.ids import keyed_id
from pipeline.settings import ExportFile
from pipeline.study import Study
from pipeline.survey.recognise import Export
from pipeline.survey.rows import rows_of, stated_id


def tokens(study: Study, exports: Sequence[tuple[ExportFile, Export]], key: bytes) -> dict[str, str]:
    """Return respondent_id -> the tool's id. Raises InputError where the export has none: nobody can be found again."""
    if not study.columns("respondent_id"):
        what = "no column has the role respondent_id, so that nobody can be asked again"
        raise InputError([Fault(str(study.codebook_folder / "survey.yaml"), "key columns", what, "name the tool's id")])
    found: dict[str, str] = {}
    for row in rows_of(study, exports):
        stated = stated_id(row)
        if stated:
            found.setdefault(keyed_id(key, "p", *stated), " ".join(filter(None, stated)))
    return found
