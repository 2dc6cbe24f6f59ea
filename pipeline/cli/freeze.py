"""sameword freeze: fix what was decided; show it; say what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    from pipeline.study import Study


@click.group(invoke_without_command=True)
@click.pass_context
@study_option
def freeze(context: click.Context, study: Study) -> None:
    """Write codebooks/<study>/freeze.json: every decision of the main round, hashed. Refuses what is incomplete."""
    from pipeline import freeze as rules
    from pipeline.errors import Fault, InputError
    from pipeline.files import write_text

    context.obj = study
    if context.invoked_subcommand:
        return
    texts = _texts(study)
    faults = list(rules.incomplete(study, **texts))
    path = study.codebook_folder / rules.FILE
    if path.exists() and list(_changes(study)):
        faults.append(
            Fault(
                str(path),
                "",
                "the study is frozen already and has changed since",
                "see: sameword freeze diff; move the old file aside to freeze again",
            )
        )
    if faults:
        raise InputError(faults)
    write_text(path, rules.sealed(rules.decisions_of(study, **texts)))
    say(f"frozen: {path}")


@freeze.command()
@click.pass_obj
def show(study: Study) -> None:
    """Print what was frozen."""
    say(_frozen_text(study).rstrip())


@freeze.command()
@click.pass_obj
def diff(study: Study) -> None:
    """List every decision that changed since the freeze."""
    changes = list(_changes(study))
    for key, old, new in changes:
        say(f"{key}: {old} -> {new}")
    if not changes:
        say("nothing changed since the freeze")


def _texts(study: Study) -> dict[str, str]:
    paths = {
        "themes": study.codebook_folder / "themes.yaml",
        "glossary": study.codebook_folder / "glossary.yaml",
        "ledger": study.raw / "assignments.csv",
    }
    return {name: path.read_text(encoding="utf-8") if path.exists() else "" for name, path in paths.items()}


def _frozen_text(study: Study) -> str:
    from pipeline.errors import MissingError
    from pipeline.freeze import FILE, seal_holds

    path = study.codebook_folder / FILE
    if not path.exists():
        raise MissingError(f"{path}: the study is not frozen. Run: make freeze STUDY={study.name}")
    text = path.read_text(encoding="utf-8")
    if not seal_holds(text):
        warn(f"{path}: this file was changed by hand after it was written; its seal does not hold")
    return text


def _changes(study: Study) -> list[tuple[str, Any, Any]]:
    import json

    from pipeline.freeze import decisions_of, differences

    return list(differences(json.loads(_frozen_text(study)), decisions_of(study, **_texts(study))))
