"""sameword codebook diff: what changed between two versions of the codebook."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    git = shutil.which("git")
    if git is None:
        raise MissingError(f"{name}: no such file, and git is not installed to look for a revision of that name")
    found = subprocess.run(  # noqa: S603 - no shell, and what is asked for cannot be read as an option
        [git, "-C", str(study.root), "show", "--end-of-options", f"{name}:{inside}"], capture_output=True, check=False
    )
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
