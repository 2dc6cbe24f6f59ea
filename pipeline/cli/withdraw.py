"""sameword withdraw: a respondent takes back their part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study


@click.command()
@click.argument("respondent")
@study_option
def withdraw(study: Study, respondent: str) -> None:
    """Remove RESPONDENT (the survey tool's id, or p_…) from tables, packets, caches, journals and returned files.

    A pseudonym and the date stay in data/raw/<study>/withdrawn.csv, so that later exports leave the person out too.
    """
    import datetime

    from pipeline import files
    from pipeline.cli.survey import exports_of
    from pipeline.keys import study_key
    from pipeline.survey import withdrawal
    from pipeline.survey.people import name_people
    from pipeline.survey.rows import rows_of, stated_id

    rows = rows_of(study, exports_of(study))
    name_people(rows, study_key(study))
    mine = withdrawal.rows_of_person(rows, respondent)
    person = mine[0].respondent
    stated = {part for row in mine for part in stated_id(row)}
    ids = withdrawal.traces(person, stated, *_now(study))
    note = study.raw / "withdrawn.csv"
    before = note.read_text(encoding="utf-8") if note.exists() else ",".join(withdrawal.NOTE) + "\n"
    files.write_text(note, withdrawal.noted(before, person, datetime.date.today().isoformat()))
    for path in _written_by_people(study):
        _strip(path, ids)
    _handed_out(study, ids)
    _clear(study)
    for row in mine:
        record = row.number + 1 + row.places.export.header_rows
        warn(f"  {study.raw / row.file}, record {record}: still in the export; delete it at the survey tool, or there")
    warn("  if any of these files were committed, git's history still holds them: sameword leaks looks there too")
    say(
        f"withdraw: {person} is noted in {note}; make report STUDY={study.name} makes everything again without them, "
        f"make assign STUDY={study.name} the packets"
    )


def _now(study: Study) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables that lead from a person to their units, and the ledger, as they are."""
    from pipeline import tables
    from pipeline.coding.ledger import empty_ledger, parse_ledger

    read = {
        name: tables.read(study.processed, name)
        if tables.path_of(study.processed, name).exists()
        else tables.empty(name)
        for name in ("responses", "excerpts", "usages")
    }
    ledger = study.raw / "assignments.csv"
    known = parse_ledger(ledger.read_text(encoding="utf-8"), str(ledger)) if ledger.exists() else empty_ledger()
    if len(known) and read["responses"].empty:
        from pipeline.errors import MissingError

        raise MissingError(
            f"{study.processed}: the tables that say which work is about this person are not there. "
            f"Run: make report STUDY={study.name}"
        )
    return read, known


def _written_by_people(study: Study) -> list[Path]:
    """Return ledgers, journals and returned files, not the exports."""
    exports = {one.file for one in study.survey.exports} | set(study.survey.asking.files) | {"withdrawn.csv"}
    ledgers = [path for path in sorted(study.raw.glob("*")) if path.suffix in (".csv", ".jsonl")]
    returned = sorted(study.codings.rglob("*")) if study.codings.is_dir() else []
    return [path for path in [*ledgers, *returned] if path.is_file() and path.name not in exports]


def _strip(path: Path, ids: set[str]) -> None:
    from pipeline import files
    from pipeline.survey import withdrawal
    from pipeline.survey.decoding import settle
    from pipeline.survey.leaks import holds
    from pipeline.survey.workbooks import without_sheet_rows

    if not holds(path, ids):
        return
    content, gone = path.read_bytes(), 0
    if path.suffix == ".xlsx":
        content, gone = without_sheet_rows(content, lambda cells: withdrawal.about(cells, ids))
    elif path.suffix in (".jsonl", ".csv", ".tsv", ".txt"):
        decoding = settle([content], None, str(path))
        text = content.decode(decoding.codec, decoding.errors)
        strip = withdrawal.without_lines if path.suffix == ".jsonl" else withdrawal.without_rows
        text, gone = strip(text, ids)
        content = text.encode("utf-8")
    if gone:
        files.write_bytes(path, content)
        say(f"  {path}: {gone} line{'s' if gone > 1 else ''} removed")
    if holds(path, ids):
        warn(f"  {path}: speaks of this person in a way this command cannot take out; remove it by hand")


def _handed_out(study: Study, ids: set[str]) -> None:
    """Remove packets that hold the person, and list them: copies are with their coders."""
    from pipeline.survey.leaks import holds

    folders = [study.reports / "packets", study.reports / "exchange"]
    for path in sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*")):
        if path.is_file() and holds(path, ids):
            path.unlink()
            who = (
                f" (packets go to {', '.join(study.survey.privacy.packets_to)})"
                if study.survey.privacy.packets_to
                else ""
            )
            warn(f"  {path}: was handed out and removed here; ask its holder to delete the copy{who}")


def _clear(study: Study) -> None:
    """Remove tables, vector cache and report, which can be made again; packets of others stay."""
    import shutil

    shutil.rmtree(study.processed, ignore_errors=True)
    for path in sorted(study.reports.glob("*")) if study.reports.is_dir() else []:
        if path.name not in ("packets", "exchange"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
