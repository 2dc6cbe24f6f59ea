"""What commands share: the study they run on, progress, and one way to speak."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study

_WAITING = "{}: another run of this stage is at work on this study; waiting for it"


def study_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument `study`, read and checked from codebooks/<name>/survey.yaml."""

    @click.option(
        "--study",
        "name",
        envvar="STUDY",
        default="transfer-learning",
        show_default=True,
        help="Name of the study: its folder under codebooks/.",
    )
    @click.option(
        "--root",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(),
        show_default=".",
        help="Folder that holds codebooks/, data/ and reports/.",
    )
    @functools.wraps(command)
    def with_study(*args: Any, name: str, root: Path, **options: Any) -> Any:
        from pipeline.cli import COMMANDS
        from pipeline.study import load_study

        context = click.get_current_context()
        parent = context.parent
        inner = isinstance(parent.command, Stage) and parent.command.default == context.info_name if parent else False
        stage = (parent.info_name if parent and inner else context.info_name) or ""
        if COMMANDS.get(stage, ("", "", ""))[2] != "Stages":
            return command(*args, study=load_study(root, name), **options)
        click.echo(f"{stage} …", err=True)  # each may take seconds: say at once what is going on
        study = load_study(root, name)
        from pipeline.files import alone

        with alone(study.root / "data" / ".locks" / f"{study.name}-{stage}", lambda: warn(_WAITING.format(stage))):
            return command(*args, study=study, **options)

    return with_study


class OnStudy(click.Group):
    """A group that takes --study and --root itself, also where they stand behind the name of one of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put --study and --root, with their values, before everything else."""
        first: list[str] = []
        rest: list[str] = []
        words = iter(args)
        for word in words:
            name, equals, _ = word.partition("=")
            if word == "--":
                rest += [word, *words]
            elif name in ("--study", "--root"):
                value = [] if equals else [value for value in [next(words, None)] if value is not None]
                (first if equals or value else rest).extend([word, *value])
            else:
                rest.append(word)
        return super().parse_args(ctx, [*first, *rest])


class Stage(click.Group):
    """A stage that has commands of its own: without one of their names, its default command runs."""

    def __init__(self, *args: Any, default: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command's name first, unless a command or help is asked for."""
        first = args[0] if args else ""
        if first not in self.commands and first not in ctx.help_option_names:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def say(text: str) -> None:
    """Print a line of result."""
    click.echo(text)


def warn(text: str) -> None:
    """Print a line a person should read, on standard error."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a step that may take a while; yields a function to call with the number of units done since the last call.

    On a terminal this is a bar with time left; elsewhere one line at the start.
    """
    if not sys.stderr.isatty():
        if label != click.get_current_context().info_name:  # the stage has said its own name already
            click.echo(f"{label} …", err=True)
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


def looked_at(study: Study) -> pd.DataFrame:
    """Return the usages that the machine looks at: all, but of terms with more than senses.usages_per_term those drawn.

    Those that people have judged or put into the glossary are among them.
    """
    from pipeline import parts, tables

    terms = tables.read(study.processed, "terms")
    frequent = terms.term_id[terms.n_usages > study.survey.senses.usages_per_term].tolist()
    if not frequent:
        return tables.read(study.processed, "usages")
    import pandas as pd

    senses = tables.path_of(study.processed, "senses")
    kept = set(parts.Vectors(study.processed, "usage_vectors").ids())
    if senses.exists():
        kept |= set(parts.whole(study.processed, "senses", ["usage_id"]).usage_id)
    rare = set(terms.term_id) - set(frequent)
    found = [parts.where(study.processed, "usages", *among) for among in (("usage_id", kept), ("term_id", rare))]
    return pd.concat(found).drop_duplicates("usage_id").sort_values("usage_id", ignore_index=True)
