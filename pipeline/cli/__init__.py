"""The command `sameword`. Commands are loaded when asked for, so that help answers at once."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from pipeline import __version__
from pipeline.errors import SamewordError

# Matrices here are small: a second thread of numpy's BLAS waits longer than it works (`code`: 16 s for 8 s), and Make
# runs two stages at a time. The encoder has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Arrow's own pool keeps what was freed: a fifth of the memory of `ingest` at 500 MB.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

# name -> (module of pipeline.cli, one line for help, section)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "new": ("survey", "Read an export and write a survey.yaml to edit.", "Start"),
    "check-inputs": ("checks", "Hold every input against the data dictionary; list all faults.", "Start"),
    "ingest": ("survey", "Export and data dictionary -> respondents, responses, ratings.", "Stages"),
    "excerpts": ("survey", "Responses -> excerpts, the units coders read.", "Stages"),
    "terms": ("terms", "Responses -> terms and their usages.", "Stages"),
    "encode": ("encoder", "Texts and usages -> vectors, in one forward pass.", "Stages"),
    "code": ("codebook", "Themes and excerpts -> machine codings.", "Stages"),
    "topics": ("codebook", "Excerpts -> emergent topics the codebook may miss.", "Stages"),
    "proposals": ("senses", "Usage vectors -> proposed senses with evidence.", "Stages"),
    "assign": ("coding", "Hand out work: extend the plan, write the packets.", "People"),
    "review": ("coding", "Serve a coder's page on this machine.", "People"),
    "adjudicate": ("coding", "Settle disagreements on the record.", "People"),
    "freeze": ("freeze", "Fix what was decided before the main round; say what changed.", "People"),
    "ask": ("asking", "Ask respondents what they meant: a follow-up survey in three formats.", "People"),
    "instrument": ("instrument", "Rating items that rest on an ambiguous word -> one item per sense.", "People"),
    "collect": ("coding", "Returned files -> decisions, codings, judgements.", "Stages"),
    "record": ("coding", "Decisions -> what counts, by the study's rule.", "Stages"),
    "agreement": ("agreement", "Decisions -> agreement with intervals.", "Stages"),
    "senses": ("senses", "Record and vectors -> senses, ambiguity, shares, glossary entries.", "Stages"),
    "planned": ("asking", "Record and plan -> the comparisons that were planned.", "Stages"),
    "authors": ("asking", "Answers to the follow-up -> what authors meant, against coders.", "Stages"),
    "glossary": ("glossary", "Glossary entries -> pages and files in every format; draft and adopt entries.", "Stages"),
    "figures": ("report", "Tables -> figures as PDF, SVG and PNG.", "Stages"),
    "report": ("report", "Tables and figures -> report in HTML, PDF, DOCX.", "Stages"),
    "public": ("public", "What may leave the team: consented quotes, small groups masked.", "Privacy"),
    "supplement": ("supplement", "What goes beside a paper: anonymised data, codebook history, decisions.", "Privacy"),
    "manifest": ("report", "Hashes of everything the report rests on.", "Stages"),
    "withdraw": ("withdraw", "Remove a respondent from tables, packets, caches and journals.", "Privacy"),
    "leaks": ("survey", "Look for dropped or scrubbed values in every output.", "Privacy"),
    "kwic": ("terms", "Show a term in context.", "Look"),
    "facets": ("terms", "Show what a term is said of and in which respect.", "Look"),
    "codebook": ("codebook", "Show, compare and exchange the thematic codebook.", "Look"),
}  # fmt: skip


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write help from the table, without importing anything."""
        for section in dict.fromkeys(section for _, _, section in COMMANDS.values()):
            rows = [(name, text) for name, (_, text, where) in COMMANDS.items() if where == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Run a command line: this process's own in the warm process of the Make that started it, if there is one."""
        if args is None and os.environ.get("SAMEWORD_WARM"):
            from pipeline.cli.warm import elsewhere

            status = elsewhere(sys.argv[1:])
            if status is not None:
                sys.exit(status)
        return super().main(args, *more, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn expected errors into text and exit status 1, in this one place."""
        try:
            return super().invoke(ctx)
        except SamewordError as error:
            click.echo(f"sameword {ctx.invoked_subcommand or ''}: {error}".replace(" :", ":"), err=True)
            sys.exit(1)
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            sys.stderr.close()
            sys.exit(1)
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""  # a full disk says so while writing, without a name
            click.echo(f"sameword {ctx.invoked_subcommand or ''}: {error.strerror or error}{where}", err=True)
            sys.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sameword")
def main() -> None:
    """Find the words people mean differently in survey answers."""
