"""sameword supplement: what goes beside a paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import git
from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    from pipeline.report.supplement import Version
    from pipeline.study import Study

CODEBOOK = ("themes.yaml", "themes-changes.yaml", "glossary.yaml")
READS = ("assignments", "codings", "decisions", "excerpts", "judgements", "ratings", "record", "respondents",
         "responses", "usages")  # fmt: skip


@click.command()
@click.option("--blind", is_flag=True, help="For blind review: coders numbered, names left out.")
@study_option
def supplement(study: Study, blind: bool) -> None:
    """Write reports/<study>/supplement.zip: anonymised data, codebook and its history, decisions, versions."""
    from pipeline.cli.report import given_of
    from pipeline.files import write_bytes
    from pipeline.report import supplement as making
    from pipeline.report.packed import repacked

    given = given_of(study, READS, every=True)
    codebook = {name: study.codebook_folder / name for name in CODEBOOK}
    program = {path.name: path for path in (study.root / "LICENSE", study.root / "CITATION.cff",
                                            study.reports / "manifest.json")}  # fmt: skip
    made = making.files(
        given,
        codebook={name: path.read_bytes() for name, path in codebook.items() if path.exists()},
        history=_history(study),
        program={name: path.read_bytes() for name, path in program.items() if path.exists()},
        blind=blind,
    )
    path = study.reports / ("supplement-blind.zip" if blind else "supplement.zip")
    write_bytes(path, repacked(made))
    say(f"supplement: {path}, {len(made)} files")


def _history(study: Study) -> list[Version]:
    """Return every committed state of the codebook's files, oldest first; none where there is no git or no history."""
    from pipeline.report.supplement import Version

    found = []
    for name in CODEBOOK:
        path = Path("codebooks", study.name, name).as_posix()
        log = git.said(study.root, "log", "--reverse", "--format=%H%x1f%as%x1f%s", "--", path)
        for line in log.decode("utf-8", "replace").splitlines():
            commit, date, subject = line.split("\x1f", 2)
            content = git.said(study.root, "show", "--end-of-options", f"{commit}:./{path}")
            if content:
                found.append(Version(name, commit, date, subject, content))
    return found
