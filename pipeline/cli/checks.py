"""sameword check-inputs: every fault of every input, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option
from pipeline.cli.outlook import lacking

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.errors import Fault
    from pipeline.study import Study


@click.command()
@study_option
def check_inputs(study: Study) -> None:
    """Hold survey.yaml, the exports, themes.yaml, glossary.yaml, the plan and the returned files against each other."""
    from pipeline.errors import InputError

    faults = [
        fault
        for check in (_exports, _themes, _glossary, _plan, _returned, _followup)
        for fault in _faults_of(check, study)
    ]
    if faults:
        raise InputError(faults)
    say(f"check-inputs: {study.name} is sound")
    for line in lacking(study):
        say(f"  still to do: {line}")


def _faults_of(check: Callable[[Study], list[Fault]], study: Study) -> list[Fault]:
    from pipeline.errors import Fault, InputError, MissingError

    try:
        return check(study)
    except InputError as error:
        return list(error.faults)
    except MissingError as error:
        return [Fault(str(error), "", "missing", "see there")]


def _exports(study: Study) -> list[Fault]:
    from pipeline.cli.survey import exports_of
    from pipeline.survey.checks import export_faults

    return list(export_faults(study, exports_of(study)))


def _themes(study: Study) -> list[Fault]:
    from pipeline.codebook import changelog, phases
    from pipeline.codebook.themes import load_themes
    from pipeline.errors import Fault

    themes, log = load_themes(study.codebook_folder / "themes.yaml"), study.codebook_folder / changelog.FILE
    found = changelog.log_faults(changelog.load_log(log), log)
    if what := phases.mismatch(themes, study.survey.coding.purpose):
        remedy = "change coding.purpose, or phase in themes.yaml once people have decided so"
        found.append(Fault(str(study.codebook_folder / "survey.yaml"), "key coding.purpose", what, remedy))
    return found


def _glossary(study: Study) -> list[Fault]:
    from pipeline.glossary.curated import load_glossary

    load_glossary(study.codebook_folder / "glossary.yaml")
    return []


def _plan(study: Study) -> list[Fault]:
    """Return the faults of freeze.json and deviations.jsonl, where the study is frozen."""
    from pipeline.cli.freeze import plan_of

    plan_of(study)
    return []


def _followup(study: Study) -> list[Fault]:
    """Return the faults of what respondents answered when they were asked again."""
    from pipeline import tables

    if not all(tables.path_of(study.processed, name).exists() for name in ("responses", "excerpts", "usages")):
        return []
    from pipeline.cli.asking import answered

    answered(study)
    return []


def _returned(study: Study) -> list[Fault]:
    """Return the faults of what coders sent back, once the answers have been read in."""
    from pipeline import tables

    if not all(tables.path_of(study.processed, name).exists() for name in ("responses", "excerpts", "usages")):
        return []
    from pipeline.cli.coding_inputs import collected

    collected(study)
    return []
