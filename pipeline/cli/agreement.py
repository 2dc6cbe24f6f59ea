"""sameword agreement: how far the coders agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import OnStudy, say, study_option

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study

TABLES = (
    "assignments", "decisions", "codings", "judgements", "record", "excerpts", "usages", "responses", "respondents",
    "machine_codings", "ratings",
)  # fmt: skip


@click.group(cls=OnStudy, invoke_without_command=True)
@click.pass_context
@study_option
def agreement(context: click.Context, study: Study) -> None:
    """Measure agreement per code, overall, per pair, per term, with intervals by respondent."""
    from pipeline import tables
    from pipeline.agreement.disagreements import disagreement_tables
    from pipeline.agreement.report import Settings, agreement_table, unit_context

    context.obj = study
    if context.invoked_subcommand:
        return
    if study.survey.coding.approach == "reflexive":
        for name in ("agreement", "confusions", "disagreements", "code_use"):
            tables.write(study.processed, name, tables.empty(name))
        say("agreement: not computed; the study's approach is reflexive")
        return
    stated = study.survey.agreement
    codes, codebook, inventory = _frames(study)
    levels = {name: question.level for name, question in study.survey.questions.items()}
    read = {name: tables.read(study.processed, name) for name in TABLES}
    groups = study.survey.report.groups
    settings = Settings(stated.resamples, stated.seed, codebook, inventory, levels)
    found = agreement_table(read, codes=codes, groups=groups, settings=settings)
    tables.write(study.processed, "agreement", found)
    where = unit_context(read, groups)
    differ = disagreement_tables(read, where, codes=codes, codebook=codebook, inventory=inventory)
    for name, frame in differ.items():
        tables.write(study.processed, name, frame)
    say(f"agreement: {len(found)} coefficients, {len(differ['disagreements'])} units on which coders differ")


def _frames(study: Study) -> tuple[list[str], str, str]:
    """Return the codebook's codes, its version, and that of the sense inventory."""
    from pipeline.codebook.themes import load_themes
    from pipeline.glossary.curated import load_glossary

    path = study.codebook_folder / "themes.yaml"
    themes = load_themes(path) if path.exists() else None
    inventory = load_glossary(study.codebook_folder / "glossary.yaml").version
    return ([code.id for code in themes.codes], themes.version, inventory) if themes else ([], "", inventory)


@agreement.command()
@click.option("--units", default=100, show_default=True, help="Excerpts read by two or more coders.")
@click.option("--respondents", default=50, show_default=True, help="Respondents they come from.")
@click.option("--prevalence", default=0.2, show_default=True, help="Share of excerpts that carry the code.")
@click.option("--alpha", default=0.8, show_default=True, help="Agreement you expect.")
@click.option("--coders", default=2, show_default=True, help="Coders per excerpt.")
@click.option("--seed", default=1, show_default=True)
def plan(units: int, respondents: int, prevalence: float, alpha: float, coders: int, seed: int) -> None:
    """Say how wide the interval of a code's alpha will be, before anybody codes."""
    from pipeline.agreement.plan import expect

    for n in (units // 2, units, units * 2):
        found = expect(
            n_units=n, n_respondents=min(n, respondents), prevalence=prevalence, alpha=alpha, coders=coders, seed=seed
        )
        if found.width is None:
            say(f"{n} excerpts: no interval; the code would be too rare")
        else:
            say(
                f"{n} excerpts: alpha {alpha:.2f} with a 95 % interval about {found.width:.2f} wide "
                f"(covers {found.coverage:.0%} of the time; no interval in {found.no_interval:.0%} of studies)"
            )


@agreement.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the table as CSV.")
def compare(files: tuple[Path, ...], out: Path | None) -> None:
    """Recompute agreement from other tools' exports, and say why their numbers differ.

    FILES: a REFI-QDA project (.qdpx) of QualCoder, NVivo, ATLAS.ti or MAXQDA; or tables (.csv, .xlsx) of coded
    segments, such as Taguette's highlights or ATLAS.ti's quotations, one file per coder where no column names them; or
    NVivo's coding comparison.
    """
    from pipeline.agreement.compare import summary

    found, notes = _compared(files)
    for note in notes:
        say(f"  {note}")
    if out is not None:
        from pipeline.report.save import save_csv

        save_csv(out, found)
    say(summary(found))


def _compared(files: tuple[Path, ...]) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    from pipeline.agreement import compare as comparing
    from pipeline.agreement import segments
    from pipeline.codebook.qdpx import read_qdpx
    from pipeline.coding import sheets

    parts, notes, pages = [], [], []
    for path in files:
        if path.suffix.lower() == ".qdpx":
            given = read_qdpx(path)
            one = segments.from_project(given.project)
            parts.append(comparing.compare(one))
            notes += [*given.left_out, *one.notes]
        else:
            pages += sheets.read_workbook(path) if path.suffix.lower() == ".xlsx" else sheets.read_csv(path)
    parts += [comparing.compare_nvivo(sheet) for sheet in pages if segments.is_comparison(sheet)]
    rest = [sheet for sheet in pages if not segments.is_comparison(sheet)]
    if rest:
        one = segments.from_sheets(rest)
        parts.append(comparing.compare(one))
        notes += one.notes
    return pd.concat(parts, ignore_index=True), notes
