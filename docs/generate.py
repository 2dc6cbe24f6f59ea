"""Write the pages that can drift: tables, commands, settings, Make targets. `--check` says which are out of date."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from docs.settings import settings_page
from pipeline.cli import COMMANDS, main
from pipeline.tables import ALL

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"


def tables_page() -> str:
    """Return docs/tables.md from the schemas."""
    lines = ["# Tables", "", "Generated from `pipeline/tables.py` by `docs/generate.py`. Parquet files under "
             "`data/processed/<study>/`. Keys in bold.", ""]  # fmt: skip
    for table in ALL:
        lines += [
            f"## {table.name}",
            "",
            f"{table.about[0].upper()}{table.about[1:]}. Made by `sameword {table.stage}`.",
            "",
        ]
        lines += ["| column | type |", "|---|---|"]
        lines += [f"| **{name}** | {kind} |" for name, kind in table.key.items()]
        lines += [f"| {name} | {kind} |" for name, kind in table.columns.items()]
        lines += [f"| one per closed question or factor | {table.more} |"] if table.more else []
        lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """Return docs/commands.md from the commands' own help."""
    lines = ["# Commands", "", "Generated from `sameword --help` by `docs/generate.py`.", ""]
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        if command is None or not command.help:
            raise SystemExit(f"the command {name} has no help")
        lines += _help_of(command, f"sameword {name}")
    return "\n".join(lines)


def _help_of(command: click.Command, path: str) -> list[str]:
    parent = click.Context(main, help_option_names=["-h", "--help"])  # as the running command has it
    context = click.Context(command, parent=parent, info_name=path, max_content_width=100, terminal_width=100)
    lines = [f"## {path}", "", "```", command.get_help(context), "```", ""]
    for name, part in sorted(getattr(command, "commands", {}).items()):
        lines += _help_of(part, f"{path} {name}")
    return lines


def targets() -> dict[str, str]:
    """Return the Makefile's documented targets."""
    text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z][a-z-]*):.*## (.*)$", text, re.M))


def pages() -> dict[Path, str]:
    """Return every generated page with its content."""
    return {
        DOCS / "tables.md": tables_page(),
        DOCS / "commands.md": commands_page(),
        DOCS / "settings.md": settings_page(),
    }


if __name__ == "__main__":
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        sys.exit("\n".join(f"{path.name} is out of date: run python docs/generate.py" for path in stale))
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
