"""sameword codebook diff, log, review: how the codebook changes, why, and what coders say about it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import git
from pipeline.cli.common import say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.codebook.themes import Themes
    from pipeline.study import Study


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.pass_obj
def diff(study: Study, old: str, new: str | None) -> None:
    """Say what changed between two codebooks.

    Names the codes that were added, renamed, merged, split, redefined or retired from OLD to NEW, and those whose
    codings were therefore made under words that no longer hold. OLD and NEW are files or git revisions of this
    study's themes.yaml; NEW is the file as it stands where not given.
    """
    from pipeline.codebook.changes import compare, stale_codes
    from pipeline.codebook.themes import load_themes

    now = load_themes(study.codebook_folder / "themes.yaml") if new is None else _version(study, new)
    before = _version(study, old)
    changes = compare(before, now)
    for change in changes:
        say(str(change))
    if not changes:
        say("nothing changed")
    if stale := stale_codes(changes):
        say(f"codings made under an older definition: {', '.join(stale)}")
        if before.version == now.version:
            warn(f"both say version {now.version!r}: raise it, or nobody can tell which definition a coder had")
        _say_stale(study, stale, now.version)


@click.command()
@click.argument("old")
@click.pass_obj
def log(study: Study, old: str) -> None:
    """Write what changed since OLD into the codebook's change log, for people to add the reasons.

    OLD is a file or a git revision. The log is codebooks/<study>/themes-changes.yaml; reasons that stand there stay.
    After the freeze, what must be coded again goes to reports/<study>/code-again.csv.
    """
    from pipeline.codebook import changelog
    from pipeline.codebook.themes import load_themes
    from pipeline.files import write_text

    now, path = load_themes(study.codebook_folder / "themes.yaml"), study.codebook_folder / changelog.FILE
    made = changelog.logged(changelog.load_log(path), _version(study, old), now)
    write_text(path, changelog.as_text(made))
    say(f"written: {path}; {changelog.open_reasons(made)} changes wait for a reason")
    again = sorted({code for entry in made.versions for code in entry.code_again if entry.after == now.version})
    if again and now.phase in changelog.FROZEN:
        _code_again(study, again, now.version)


def _code_again(study: Study, codes: Sequence[str], version: str) -> None:
    """Say what must be coded again after a change that came after the freeze, and list it."""
    from pipeline import tables
    from pipeline.codebook.changes import to_code_again
    from pipeline.files import write_text

    names = ("assignments", "decisions", "codings")
    if not all(tables.path_of(study.processed, name).exists() for name in names):
        return
    found = to_code_again(codes, version=version, **{name: tables.read(study.processed, name) for name in names})
    path = study.reports / "code-again.csv"
    write_text(path, found.to_csv(index=False, lineterminator="\n"))
    warn(
        f"the codebook changed after the freeze: give the next work a new round (survey.yaml, coding.round). "
        f"{found.unit_id.nunique()} excerpts must be coded again: {path}"
    )


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file to write as well.")
@click.pass_obj
def review(study: Study, out: Path | None) -> None:
    """Gather what coders say about the codebook: codes they miss, unclear definitions, memos."""
    from pipeline import tables
    from pipeline.codebook import changelog, phases
    from pipeline.codebook.review import in_words, remarks
    from pipeline.codebook.themes import load_themes
    from pipeline.files import write_text

    themes = load_themes(study.codebook_folder / "themes.yaml")
    names = ("assignments", "decisions", "codings", "excerpts")
    found = remarks({name: tables.read(study.processed, name) for name in names}, themes.codes)
    say(f"codebook version {themes.version}, phase {themes.phase or 'not stated'}: {len(found)} remarks")
    for line in in_words(found):
        say(line)
    if themes.phase:
        say(f"\n{phases.NEXT[themes.phase]}")
    if waiting := changelog.open_reasons(changelog.load_log(study.codebook_folder / changelog.FILE)):
        warn(f"{waiting} changes in {changelog.FILE} wait for a reason")
    if out is not None:
        write_text(out, found.to_csv(index=False, lineterminator="\n"))


def _say_stale(study: Study, codes: Sequence[str], version: str) -> None:
    """Say how many codings that have come back were made under another version, where any have."""
    from pipeline import tables
    from pipeline.codebook.changes import stale_codings

    if not all(tables.path_of(study.processed, name).exists() for name in ("codings", "decisions")):
        return
    codings, decisions = (tables.read(study.processed, name) for name in ("codings", "decisions"))
    for row in stale_codings(codes, codings, decisions, version=version).itertuples():
        if row.n_stale or row.n_unknown:
            say(f"  {row.code_id}: {row.n_stale} to read again, {row.n_unknown} more do not say their version")


def _version(study: Study, name: str) -> Themes:
    """Return the codebook in a file or, where there is no such file, at a git revision."""
    from pipeline.codebook.themes import load_themes
    from pipeline.errors import InputError, MissingError

    if Path(name).is_file():
        return load_themes(Path(name))
    inside = f"./codebooks/{study.name}/themes.yaml"
    if not git.installed():
        raise MissingError(f"{name}: no such file, and git is not installed to look for a revision of that name")
    found = git.asked(study.root, "show", "--end-of-options", f"{name}:{inside}")
    if found.returncode:
        said = found.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise MissingError(f"{name}: neither a file nor a git revision that holds {inside}: {said}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "themes.yaml")
        path.write_bytes(found.stdout)
        try:
            return load_themes(path)
        except InputError as error:
            raise InputError(replace(fault, file=f"{name}:{inside}") for fault in error.faults) from None
