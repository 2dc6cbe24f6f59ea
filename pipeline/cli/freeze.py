"""sameword freeze: fix what was decided; show it; say what changed since, and why."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import OnStudy, say, study_option, warn

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.asking.freeze import Scheme
    from pipeline.study import Study

DAY = click.option("--date", "day", default=None, metavar="YYYY-MM-DD", help="The day it was decided. Default: today.")


@click.group(cls=OnStudy, invoke_without_command=True)
@click.pass_context
@DAY
@study_option
def freeze(context: click.Context, study: Study, day: str | None) -> None:
    """Write codebooks/<study>/freeze.json: every decision of the main round, hashed. Refuses what is incomplete."""
    from pipeline.asking import freeze as rules
    from pipeline.errors import Fault, InputError
    from pipeline.files import write_text

    context.obj = study
    if context.invoked_subcommand:
        return
    scheme, ledger = scheme_of(study), ledger_of(study)
    faults = list(rules.incomplete(study, scheme, ledger))
    path = study.codebook_folder / rules.FILE
    if path.exists():
        if not faults and not changes_of(study):
            say(f"nothing changed since the freeze: {path}")
            return
        remedy = "see: sameword freeze diff; say why with: sameword freeze deviate --reason …"
        faults.append(Fault(str(path), "", "the study is frozen already and has changed since", remedy))
    if faults:
        raise InputError(faults)
    already = _decisions_in(study, ledger)
    write_text(path, rules.sealed(rules.decisions_of(study, scheme, ledger), day or _today(), already))
    say(f"frozen: {path}")
    if already:
        warn(
            f"  {already} decisions of the main round had come in before: the report says so, it is no preregistration"
        )


def _decisions_in(study: Study, ledger: pd.DataFrame) -> int | None:
    """Return how many decisions of the main round have come back; None where answers are not read in yet."""
    from pipeline import tables
    from pipeline.cli.coding_inputs import collected

    if not any(path.name != "adjudication.jsonl" for path in study.codings.glob("[!.~]*")):
        return 0
    if not all(tables.path_of(study.processed, name).exists() for name in ("responses", "excerpts", "usages")):
        return None
    main_round = set(ledger.assignment_id[ledger.purpose == "estimate"])
    return int(collected(study)[0].decisions.assignment_id.isin(main_round).sum())


@freeze.command()
@click.option("--plain", is_flag=True, help="As a text to paste into a registry, instead of JSON.")
@click.pass_obj
def show(study: Study, plain: bool) -> None:
    """Print what was frozen."""
    import json

    from pipeline.asking.registration import registration

    frozen = frozen_of(study)
    say((registration(frozen) if plain else json.dumps(frozen, indent=2, ensure_ascii=False)).rstrip())


@freeze.command()
@click.pass_obj
def diff(study: Study) -> None:
    """List every decision that changed since the freeze."""
    from pipeline.asking.deviations import shown

    changes = changes_of(study)
    for key, old, new in changes:
        say(f"{key}: {shown(old)} -> {shown(new)}")
    if not changes:
        say("nothing changed since the freeze")


@freeze.command()
@click.option("--reason", required=True, help="Why the plan was left.")
@DAY
@click.pass_obj
def deviate(study: Study, reason: str, day: str | None) -> None:
    """Note a departure from the plan in codebooks/<study>/deviations.jsonl: the day, why, and what differs."""
    from pipeline.asking.deviations import FILE, entry, parse
    from pipeline.files import write_text

    path = study.codebook_folder / FILE
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parse(text, str(path))
    changes = changes_of(study)
    write_text(path, text + entry(day or _today(), reason, changes))
    say(f"noted in {path}: {len(changes)} decisions differ from the plan")


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def scheme_of(study: Study) -> Scheme:
    """Return the codebook and the inventory as they are now."""
    from pipeline.asking.freeze import Scheme
    from pipeline.codebook.themes import load_themes
    from pipeline.glossary.curated import inventory, load_glossary
    from pipeline.ids import digest
    from pipeline.report.given import code_table

    path = study.codebook_folder / "themes.yaml"
    found = load_themes(path) if path.exists() else None
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    return Scheme(
        found.version if found else "",
        digest(path.read_bytes()) if found else "",
        code_table(found.themes if found else ()),
        curated.version,
        curated.sha256,
        inventory(curated),
    )


def ledger_of(study: Study) -> pd.DataFrame:
    """Return the work handed out."""
    from pipeline.coding.ledger import empty_ledger, parse_ledger

    path = study.raw / "assignments.csv"
    return parse_ledger(path.read_text(encoding="utf-8"), str(path)) if path.exists() else empty_ledger()


def frozen_of(study: Study) -> dict[str, Any]:
    """Return freeze.json; raise MissingError where the study is not frozen."""
    import json

    from pipeline.asking.freeze import FILE, FORMAT, seal_holds
    from pipeline.errors import Fault, InputError, MissingError

    path = study.codebook_folder / FILE
    if not path.exists():
        raise MissingError(f"{path}: the study is not frozen. Run: make freeze STUDY={study.name}")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise KeyError
    except (ValueError, KeyError, TypeError):
        raise InputError([Fault(str(path), "", "not a freeze.json", "restore it from version control")]) from None
    if not seal_holds(found):
        warn(f"{path}: this file was changed by hand after it was written; its seal does not hold")
    return found


def changes_of(study: Study) -> list[tuple[str, Any, Any]]:
    """Return every decision that is no longer as it was frozen."""
    from pipeline.asking.freeze import decisions_of, differences

    return list(differences(frozen_of(study), decisions_of(study, scheme_of(study), ledger_of(study))))


def plan_of(study: Study) -> dict[str, Any]:
    """Return the frozen plan and what differs from it, for the report; nothing where the study is not frozen."""
    from pipeline.asking.deviations import FILE, deviations, parse
    from pipeline.asking.freeze import FILE as FROZEN

    if not (study.codebook_folder / FROZEN).exists():
        return {"frozen": None, "deviations": ()}
    path = study.codebook_folder / FILE
    said = parse(path.read_text(encoding="utf-8"), str(path)) if path.exists() else []
    return {"frozen": frozen_of(study), "deviations": tuple(deviations(said, changes_of(study)))}
