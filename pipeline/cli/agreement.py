"""sameword agreement: how far the coders agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    from pipeline.study import Study

TABLES = ("assignments", "decisions", "codings", "judgements", "excerpts", "usages", "responses", "respondents")


@click.group(invoke_without_command=True)
@click.pass_context
@study_option
def agreement(context: click.Context, study: Study) -> None:
    """Measure agreement per code, overall, per pair, per term, with intervals by respondent."""
    from pipeline import tables
    from pipeline.agreement.report import Settings, agreement_table

    context.obj = study
    if context.invoked_subcommand:
        return
    stated = study.survey.agreement
    found = agreement_table(
        {name: tables.read(study.processed, name) for name in TABLES},
        codes=_codes(study),
        groups=study.survey.report.groups,
        settings=Settings(resamples=stated.resamples, seed=stated.seed),
    )
    tables.write(study.processed, "agreement", found)
    say(f"agreement: {len(found)} coefficients")


def _codes(study: Study) -> list[str]:
    path = study.codebook_folder / "themes.yaml"
    if not path.exists():
        return []
    from pipeline.codebook.themes import load_themes

    return [code.id for code in load_themes(path).codes]
