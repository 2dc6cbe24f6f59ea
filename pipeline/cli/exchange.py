"""sameword codebook export, import, import-keywords: the codebook to and from other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, warn

if TYPE_CHECKING:
    from pipeline.study import Study


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_qdc(study: Study, file: Path) -> None:
    """Write the codebook as REFI-QDA (.qdc).

    This is what ATLAS.ti, MAXQDA, NVivo, QualCoder and others read. What the format has no place for is said.
    """
    from pipeline.codebook.refi import losses, write_qdc
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml").themes
    write_qdc(file, themes, study=study.name)
    say(f"written: {file}")
    for loss in losses(themes):
        warn(f"left out: {loss}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file to write; printed otherwise.")
@click.pass_obj
def import_qdc(study: Study, file: Path, out: Path | None) -> None:
    """Make themes.yaml from REFI-QDA (.qdc).

    Codes this study exported itself keep their ids; others get one made from their name. What is left out is said.
    """
    from pipeline.codebook.refi import known_ids, read_qdc
    from pipeline.codebook.themes import load_themes
    from pipeline.codebook.written import as_yaml

    here = load_themes(study.codebook_folder / "themes.yaml")
    given = read_qdc(file, known=known_ids(here.themes, study=study.name))
    for loss in given.left_out:
        warn(f"left out: {loss}")
    _give(as_yaml(here.version, given.themes, comment=f"From {file.name}."), out)


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
