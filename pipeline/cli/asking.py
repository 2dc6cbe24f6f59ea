"""sameword planned, ask, authors, instrument: what was promised, and the people asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    from pipeline.study import Study


@click.command()
@study_option
def planned(study: Study) -> None:
    """Test the comparisons that survey.yaml planned, moving whole respondents; nothing else is tested."""
    from pipeline import tables
    from pipeline.asking.planned import planned_table
    from pipeline.coding.units import describe

    names = ("respondents", "responses", "excerpts", "usages", "record", "open_units")
    read = {name: tables.read(study.processed, name) for name in names}
    plan = study.survey.plan
    found = planned_table(
        plan.comparisons,
        record=read["record"],
        open_units=read["open_units"],
        units=describe(read["excerpts"], read["usages"], responses=read["responses"])[
            ["unit_kind", "unit_id", "respondent_id", "term_id"]
        ],
        respondents=read["respondents"],
        small=len(read["respondents"]) < study.survey.report.small,
        permutations=plan.permutations,
        seed=plan.seed,
    )
    tables.write(study.processed, "planned", found)
    say(f"planned: {len(found)} comparisons, {int(found.p.notna().sum())} tested" if len(found) else "planned: none")
