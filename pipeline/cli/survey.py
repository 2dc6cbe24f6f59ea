"""sameword new, ingest, excerpts, leaks: from the export to answers, and the check that no identity went along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipeline.settings import ExportFile
    from pipeline.study import Study
    from pipeline.survey.ingest import Ingested
    from pipeline.survey.recognise import Export


@click.command()
@click.option("--study", "name", envvar="STUDY", required=True, help="Name of the new study.")
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    required=True,
    help="The file downloaded from the survey tool, or a folder of Parquet files.",
)
@click.option("--dictionary", type=click.Path(path_type=Path), help="REDCap's data dictionary of the same project.")
@click.option("--root", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Folder of the studies.")
def new(name: str, export: Path, dictionary: Path | None, root: Path) -> None:
    """Read an export, say what it is, and write codebooks/<study>/survey.yaml to edit. Nothing is written over."""
    import re

    from pipeline.files import write_bytes, write_text
    from pipeline.study import OWN_FILES
    from pipeline.survey.dictionary import draft
    from pipeline.survey.exports import read_grid
    from pipeline.survey.recognise import recognise
    from pipeline.survey.redcap import described, read_dictionary

    target = root / "codebooks" / name / "survey.yaml"
    file = re.sub(r"[^\w.-]+", "-", export.name)
    if file.lower() in OWN_FILES or file.lower().startswith("followup"):  # what the program keeps there by these names
        file = f"export-{file}"
    raw = root / "data" / "raw" / name / file
    _check_new(name, export, target, raw)
    found = recognise(read_grid(export))
    if dictionary:
        found = described(found, read_dictionary(read_grid(dictionary)))
    for part, content in _contents(export).items():
        write_bytes(raw / part, content)
    write_text(target, draft(found, study=name, file=file))
    say(
        f"{export.name}: {found.tool} ({found.why}), {len(found.rows)} rows, {len(found.columns)} columns, "
        f"{found.encoding}"
    )
    if found.tool == "plain":
        warn("  no survey tool was recognised: if one made it, name it with format: in survey.yaml")
    for note in found.notes:
        warn(f"  {note}")
    if found.repaired:
        many = f" and {len(found.repaired) - 5} more" if len(found.repaired) > 5 else ""
        warn(f"  check the letters in {', '.join(found.repaired[:5])}{many}")
    _say_roles(found)
    say(f"wrote {target}; edit it, then: make check-inputs STUDY={name}")


def _check_new(name: str, export: Path, target: Path, raw: Path) -> None:
    """Raise InputError with every reason not to make this study; target, raw: where it and its export would lie."""
    from pipeline.errors import Fault, InputError
    from pipeline.study import NAME

    faults = []
    if not NAME.fullmatch(name):
        faults.append(Fault("STUDY", "", f"{name!r} is not a study name", "use lower-case letters, digits and hyphens"))
    if not export.name:  # EXPORT= with nothing behind it
        what, remedy = "which export to read is not said", f"make new STUDY={name} EXPORT=path/to/export.csv"
        faults.append(Fault("EXPORT", "", what, remedy))
    elif not export.exists():
        faults.append(Fault(str(export), "", "no such file", "name the file downloaded from the survey tool"))
    elif raw.exists() and _contents(raw) != _contents(export):
        what = "another export lies there already"
        faults.append(Fault(str(raw), "", what, "raw data is never written over: rename the file"))
    if target.exists():
        faults.append(Fault(str(target), "", "this study exists already", "choose another name, or edit that file"))
    if faults:
        raise InputError(faults)


def _contents(export: Path) -> dict[str, bytes]:
    """Return what an export holds: its bytes under "", or those of a folder's partitions by their place in it."""
    from pipeline.survey.partitions import files_of

    return {str(path.relative_to(export)).removeprefix("."): path.read_bytes() for path in files_of(export)}


@click.command()
@study_option
def ingest(study: Study) -> None:
    """Read the exports into respondents, items, responses and ratings; list what was left out and why."""
    import csv
    import io

    from pipeline import tables
    from pipeline.errors import InputError
    from pipeline.files import write_text
    from pipeline.lean import give_back
    from pipeline.survey.checks import export_faults
    from pipeline.survey.ingest import log_line

    exports = exports_of(study)
    faults = list(export_faults(study, exports))
    if faults:
        raise InputError(faults)
    _key_is_there(study)
    found = taken_in(study, exports)
    _key_is_the_same(study, found)
    line = log_line(study, found)
    _translations(study, found)
    for name in list(found.tables):  # each is let go when it is written
        tables.write(study.processed, name, found.tables.pop(name))
        give_back()
    for name, frame in (("rejected", found.rejected), ("scrubbed", found.replaced)):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(frame.itertuples(index=False))
        write_text(study.reports / f"{name}.csv", out.getvalue())
    if found.edited:
        listed = "".join(f"{line}\n" for line in ["response_id_before", *found.edited])
        write_text(study.reports / "edited.csv", listed)
        warn(f"  {len(found.edited)} answers handed out before say something else now: see reports, edited.csv")
    else:
        (study.reports / "edited.csv").unlink(missing_ok=True)
    for warning in found.warnings:
        warn(f"  {warning}")
    say(line)


def _key_is_there(study: Study) -> None:
    """Raise InputError where answers were handed out and the key is gone: a new one would give everybody other ids."""
    from pipeline.errors import Fault, InputError
    from pipeline.keys import VARIABLE, key_path

    path = key_path(study.name)
    if not study.synthetic and (study.raw / "answers.csv").exists() and not path.exists():
        remedy = (
            f"put the key back there, or say with ${VARIABLE} where it is; if it was destroyed so that nobody can be"
        )
        remedy += " found again, the tables stay as they are and the export is not read any more"
        raise InputError(
            [Fault(str(path), "", "the key is gone under which answers were handed out to coders", remedy)]
        )


def _key_is_the_same(study: Study, found: Ingested) -> None:
    """Raise InputError where no answer that was handed out is known: coders' work would be about nobody."""
    from pipeline.errors import Fault, InputError
    from pipeline.keys import key_path
    from pipeline.survey.handed import read_handed

    handed = study.raw / "answers.csv"
    if study.synthetic or not handed.exists():
        return
    before = read_handed(handed.read_text(encoding="utf-8"))
    if len(before) >= 5 and before.keys().isdisjoint({*found.tables["responses"].response_id, *found.edited}):
        what = f"none of the {len(before)} answers handed out to coders is in the exports under this key"
        remedy = "it is another study's key, or the exports are: put back those with which answers were handed out"
        raise InputError([Fault(str(key_path(study.name)), "", what, remedy)])


def _translations(study: Study, found: Ingested) -> None:
    """List the answers that wait for a translation."""
    from pipeline.files import write_text
    from pipeline.survey.translated import FILE, to_translate

    listed = study.reports / "to-translate.csv"
    waiting = to_translate(study, found.tables["responses"], found.tables["translations"])
    if waiting:
        write_text(listed, waiting)
        warn(f"  answers in other languages wait for a translation: fill in {listed} and save it as {study.raw / FILE}")
    else:
        listed.unlink(missing_ok=True)


@click.command()
@study_option
def excerpts(study: Study) -> None:
    """Cut answers into the excerpts coders read: whole answers, sentences, or units cut by hand (coding.unitise).

    Units cut by hand are in data/raw/<study>/units.csv: response_id, start, end. With unitise: coder, coders mark spans
    of whole answers on their page.
    """
    from pipeline import tables
    from pipeline.language import load_language
    from pipeline.survey.excerpts import make_excerpts, read_units, split_share

    sentences = study.survey.coding.unitise == "sentence"
    nlp = load_language(study.survey.language, study.survey.spacy.pipeline) if sentences else None
    responses, cut = tables.read(study.processed, "responses"), study.raw / "units.csv"
    units = {}
    if study.survey.coding.unitise == "manual":
        if not cut.exists():
            warn(f"  {cut}: not there yet, so every answer is one unit (columns: response_id, start, end)")
        else:
            units = read_units(cut.read_text(encoding="utf-8"), responses, file=str(cut))
    found = make_excerpts(responses, nlp=nlp, units=units)
    tables.write(study.processed, "excerpts", found)
    several, answers = split_share(found)
    say(f"excerpts: {len(found)}; {several} of {answers} answers are cut into several")


@click.command()
@study_option
def leaks(study: Study) -> None:
    """Look for every dropped or scrubbed value of the export in everything the study made; fail if one is found."""
    from pipeline.errors import Fault, InputError
    from pipeline.survey.ingest import dropped
    from pipeline.survey.leaks import Wanted, find_in_history, find_leaks
    from pipeline.survey.opened import tracked

    exports = exports_of(study)
    columns = dropped(study, exports)
    secrets = columns.keys() | taken_in(study, exports).secrets
    passed = {*study.survey.coding.coders, *study.survey.privacy.words}
    found = find_leaks([study.processed, study.reports, study.codebook_folder], secrets, passed)
    faults = []
    paths = [f"codebooks/{study.name}", f"reports/{study.name}", f"data/processed/{study.name}"]
    before = find_in_history(study.root, paths, secrets, passed)
    if before and not found:
        remedy = "take it out of the history (git filter-repo) before anyone else gets the repository"
        what = f"{_leaked(before, columns)}, in earlier commits"
        faults.append(Fault("git history of " + ", ".join(paths), "", what, remedy))
    raw = [f"data/raw/{study.name}/{one.file}" for one in study.survey.exports]
    for path in [] if study.synthetic else tracked(study.root, raw):
        warn(f"  {path}: the export itself is in git, with everything this study drops from it")
    remedy = (
        "list names under privacy.names (they are then replaced in answers), words that are only also somebody's name "
        "under privacy.words; then make clean report"
    )
    faults += [Fault(path, "", _leaked(values, columns), remedy) for path, values in found.items()]
    if faults:
        raise InputError(faults)
    wanted = Wanted(secrets, passed)
    more = f" ({wanted.n_passed} more are ordinary words or short numbers and were not looked for)"
    say(
        f"leaks: none of {wanted.n_wanted} dropped or scrubbed values found in any output"
        + more * bool(wanted.n_passed)
    )


def _leaked(values: Collection[str], columns: Mapping[str, tuple[str, int]]) -> str:
    """Return how many values were found and where the export has them, never the values."""
    places = sorted({columns[value] for value in values if value in columns}, key=lambda place: place[1])
    said = [f"record {number}, column {name}" for name, number in places[:5]]
    said += ["answers, where it was scrubbed"] * any(value not in columns for value in values)
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    return f"{len(values)} dropped or scrubbed value{'s' * (len(values) > 1)} of the export ({'; '.join(said)}{more})"


def taken_in(study: Study, exports: Sequence[tuple[ExportFile, Export]]) -> Ingested:
    """Return the exports as tables, knowing what was handed out to coders and who has withdrawn.

    The exports' rows are emptied as they are read: a large survey is held once.
    """
    from pipeline.keys import study_key
    from pipeline.language import load_language
    from pipeline.survey.handed import read_handed
    from pipeline.survey.ingest import ingest as take_in
    from pipeline.survey.translated import FILE, add_translations
    from pipeline.survey.withdrawal import withdrawn

    privacy, trained = study.survey.privacy, study.survey.spacy.pipeline
    nlp = load_language(study.survey.language, trained) if privacy.person_entities and trained else None
    handed, gone = study.raw / "answers.csv", study.raw / "withdrawn.csv"
    found = take_in(
        study,
        exports,
        study_key(study),
        read_handed(handed.read_text(encoding="utf-8")) if handed.exists() else {},
        withdrawn(gone.read_text(encoding="utf-8")) if gone.exists() else (),
        nlp,
        let_go=True,
    )
    told = study.raw / FILE
    if told.exists():
        add_translations(found.tables, found.secrets, told.read_bytes(), study, file=str(told))
    return found


def exports_of(study: Study) -> list[tuple[ExportFile, Export]]:
    """Return the study's exports, read and recognised."""
    from pipeline.survey.exports import read_grid
    from pipeline.survey.joins import joined
    from pipeline.survey.recognise import recognise

    pairs = [
        (stated, recognise(read_grid(study.raw / stated.file, encoding=stated.encoding, sheet=stated.sheet), stated))
        for stated in study.survey.exports
    ]
    exports, notes = joined(pairs)
    for note in notes:
        say(f"  {note}")
    return exports


def _say_roles(export: Export) -> None:
    from collections import Counter

    from pipeline.survey.roles import guess_roles

    guesses = guess_roles(export)
    for role, count in Counter(guess.role for guess in guesses.values()).most_common():
        say(f"  {count:4} {role}")
    for column in export.columns:
        if guesses[column.name].role == "consent":
            _say_consent(export, column.name)
    labels = dict.fromkeys(column.label for column in export.columns if guesses[column.name].role == "open")
    for label in labels:
        say(f"  open: {label[:100]}")
    if not labels:
        warn("  no column looks like people's own words: give those that hold them the role open")


def _say_consent(export: Export, name: str) -> None:
    """Say which answers to a question for consent are taken as a yes."""
    from collections import Counter

    from pipeline.survey.rows import means_yes

    for cell, count in Counter(cell.strip() for cell in export.column(name)).most_common(6):
        taken = "counts" if means_yes(cell, set()) else "left out"
        say(f"  consent in {name}: {cell[:60] or '(blank)'!r} {taken} ({count} rows)")
    say("  another reading is stated in survey.yaml, for example  rows: {consent: ['I agree']}")
