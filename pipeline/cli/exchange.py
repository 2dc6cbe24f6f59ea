"""sameword codebook export, import, import-keywords: the codebook to and from other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.codebook.themes import Theme
    from pipeline.study import Study

MOST = (
    50_000  # answers in the project that every report brings along: tools that open one give up long before a million
)
TABLES = {".xlsx": "atlasti", ".csv": "taguette", ".tsv": "taguette", ".txt": "qualcoder"}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--tool",
    type=click.Choice(["atlasti", "maxqda", "taguette", "qualcoder"]),
    help="Whose habits a table follows. Default: atlasti for .xlsx, taguette for .csv, qualcoder for .txt.",
)
@click.pass_obj
def export(study: Study, file: Path, tool: str | None) -> None:
    """Write the codebook, or the whole project, for another tool.

    The name says the form: .qdc is the codebook as REFI-QDA, .qdpx the whole study with answers, codings of every
    coder, cases and memos; ATLAS.ti, MAXQDA, NVivo, QualCoder and others read them. .xlsx and .csv are the codebook as
    a table, .txt is QualCoder's list of codes. What a form has no place for is said.
    """
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml").themes
    left_out = _written(study, file, themes, tool)
    say(f"written: {file}")
    for loss in left_out:
        warn(f"left out: {loss}")


def write_exchange(study: Study, themes: Sequence[Theme]) -> None:
    """Write the codebook and the project to reports/<study>/exchange/, with a list of what they leave out.

    A study whose codings name codes the codebook does not have goes without; why is said.
    """
    from pipeline.errors import InputError
    from pipeline.files import write_text

    folder, left_out = study.reports / "exchange", []
    for suffix in (".qdc", ".qdpx") if themes else ():
        file = folder / f"{study.name}{suffix}"
        try:
            left_out += [f"{file.name}: {loss}" for loss in _written(study, file, themes, None, most=MOST)]
        except InputError as error:
            file.unlink(missing_ok=True)
            left_out += [f"{file.name} was not written: {fault.what}" for fault in error.faults]
            warn(f"{file.name} was not written: {error.faults[0].what}")
    if themes:
        write_text(folder / "left-out.txt", "".join(f"{line}\n" for line in left_out))


def _written(
    study: Study, file: Path, themes: Sequence[Theme], tool: str | None, *, most: int | None = None
) -> list[str]:
    """Write the file in the form its name says, and return what was left out.

    most: of a study with more answers than that, a project holds those that people read.
    """
    from pipeline import tables
    from pipeline.codebook import project, qdpx, refi, tablebooks
    from pipeline.errors import Fault, InputError

    suffix = file.suffix.lower()
    if suffix == ".qdc":
        refi.write_qdc(file, themes, study=study.name)
        return refi.losses(themes)
    if suffix == ".qdpx":
        read, left_out = {name: tables.read(study.processed, name) for name in project.READS}, []
        if most is not None and (n := len(read["responses"])) > most:
            read = project.read_by_people(read)
            unread = n - len(read["responses"])
            said = f"answers: {unread:,} that nobody has read; all are in: sameword codebook export {file.name}"
            left_out = [said] if unread else []
        qdpx.write_qdpx(file, project.project_of(study.name, themes, read), study=study.name)
        return [*left_out, *refi.losses(themes), *project.losses(read)]
    if suffix in TABLES:
        tablebooks.write_book(file, themes, tool=tool or TABLES[suffix])
        return tablebooks.table_losses(themes, tool or TABLES[suffix])
    what = f"a {suffix or 'nameless'} file is no form of a codebook"
    raise InputError([Fault(str(file), "", what, "end its name in .qdc, .qdpx, .xlsx, .csv or .txt")])


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write; printed otherwise.")
@click.pass_obj
def import_book(study: Study, file: Path, out: Path | None) -> None:
    """Make themes.yaml from another tool's codebook (.qdc, .xlsx, .csv, .txt) or project (.qdpx).

    Codes this study exported itself keep their ids; others get one made from their name. What is left out is said.
    Codings come in another way: put the .qdpx into data/raw/<study>/codings/ and run make report.
    """
    from pipeline.codebook.themes import load_themes
    from pipeline.codebook.written import as_yaml

    here = load_themes(study.codebook_folder / "themes.yaml")
    themes, left_out = _read(study, file, here.themes)
    for loss in left_out:
        warn(f"left out: {loss}")
    _give(as_yaml(here.version, themes, comment=f"From {file.name}."), out)


def _read(study: Study, file: Path, here: Sequence[Theme]) -> tuple[Sequence[Theme], Sequence[str]]:
    from pipeline.codebook import qdpx, refi, tablebooks

    known = refi.known_ids(here, study=study.name)
    if file.suffix.lower() == ".qdpx":
        project = qdpx.read_qdpx(file, known=known)
        return project.project.themes, project.left_out
    if file.suffix.lower() in TABLES:
        given = tablebooks.read_book(file, known=tablebooks.known_names(here))
        return given.themes, given.left_out
    given = refi.read_qdc(file, known=known)
    return given.themes, given.left_out


@click.command("import-keywords")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--question", "questions", multiple=True, metavar="KEY=ID", help="A key of the list and its question id.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write; printed otherwise.")
def import_keywords(file: Path, questions: tuple[str, ...], out: Path | None) -> None:
    """Make themes.yaml from a keyword list.

    The list is JSON, {question: {code: [keywords]}}. A keyword is a regular expression that begins where a word begins.
    """
    from pipeline.codebook.keywords import from_keywords
    from pipeline.codebook.themes import decoded
    from pipeline.codebook.written import as_yaml

    themes = from_keywords(
        decoded(file.read_bytes(), str(file)), source=str(file), questions=dict(map(_pair, questions))
    )
    _give(as_yaml("1", themes, comment=f"From {file.name}. Each keyword begins where a word begins."), out)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise click.BadParameter(f"{text!r} is not KEY=ID", param_hint="--question")
    return key, value


def _give(text: str, out: Path | None) -> None:
    """Print a file's text, or write it where nothing stands yet: what people wrote is never overwritten."""
    from pipeline.errors import Fault, InputError
    from pipeline.files import write_text

    if out is None:
        return say(text.rstrip("\n"))
    if out.exists():
        raise InputError([Fault(str(out), "", "there is a file already", "move it aside, or give --out another name")])
    write_text(out, text)
    return say(f"written: {out}")
