"""sameword assign, review, collect, record, adjudicate: people's work, from handing out to what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.coding_handing import material_of, note_answers, returned_already, show_plan, write_packets
from pipeline.cli.coding_inputs import collected, described_units, read_ledger, scheme_of, shown_facts
from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    from pipeline.coding.collect import Collected
    from pipeline.coding.server import Desk
    from pipeline.study import Study

MOST_NOTES = 40


@click.command()
@click.option("--plan", "only_plan", is_flag=True, help="Show the plan and write nothing.")
@study_option
def assign(study: Study, only_plan: bool) -> None:
    """Hand out work: extend data/raw/<study>/assignments.csv and write every coder's packet."""
    import pandas as pd

    from pipeline import files
    from pipeline.coding.handing import hand_out
    from pipeline.coding.ledger import ledger_text

    coding = study.survey.coding
    if not coding.coders:
        say("assign: nothing to hand out: survey.yaml names no coders (coding.coders)")
        return
    material, ledger = material_of(study), read_ledger(study)
    fresh = hand_out(material, ledger, coding=coding, done=returned_already(study, ledger, material))
    show_plan(study, material, ledger, fresh)
    if only_plan:
        return
    whole = pd.concat([part for part in (ledger, fresh) if len(part)] or [ledger], ignore_index=True)
    if len(fresh):
        files.write_text(study.raw / "assignments.csv", ledger_text(whole))
        note_answers(study)
    if len(whole):
        write_packets(study, whole, material.units)


@click.command()
@click.option("--coder", required=True, help="Who reviews, as named in survey.yaml.")
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--open/--no-open", "browse", default=True, help="Open the page in the browser.")
@study_option
def review(study: Study, coder: str, port: int, browse: bool) -> None:
    """Serve a coder's page on this machine; every decision goes straight into the coder's journal."""
    from pipeline.coding import packet
    from pipeline.coding.server import Desk
    from pipeline.errors import Fault, InputError, nearest

    ledger = read_ledger(study)
    if coder not in set(ledger.coder_id):
        what = f"no work has been handed out to {coder!r}" if coder else "no coder is named"
        known, remedy = set(ledger.coder_id), f"hand out work first: make assign STUDY={study.name}"
        raise InputError([Fault("CODER", "", what, nearest(coder, known) if known else remedy)])
    units = described_units(study)
    shown = shown_facts(study, units)
    built = packet.build(study, coder, ledger=ledger, units=units, scheme=scheme_of(study), facts=shown)
    desk = Desk.for_coder(study.codings / f"{coder}.jsonl", study=study.name, coder=coder, packet=built)
    _serve(study, desk, f"{study.name}.{coder}", port, browse)


@click.command()
@study_option
def collect(study: Study) -> None:
    """Read everything coders returned into decisions, codings and judgements; list every fault at once."""
    from pipeline import files, tables

    found, gathered = collected(study)
    for name in ("assignments", "decisions", "codings", "judgements"):
        tables.write(study.processed, name, getattr(found, name))
    _propose_units(study, found)
    for note in found.notes[:MOST_NOTES]:
        warn(f"  {note}")
    if len(found.notes) > MOST_NOTES:
        warn(f"  … and {len(found.notes) - MOST_NOTES} more, all in {study.reports / 'collected.txt'}")
    files.write_text(study.reports / "collected.txt", "".join(f"{note}\n" for note in found.notes))
    said = f"{len(found.decisions)} decisions on {len(found.assignments)} assignments from {len(gathered.files)} files"
    say(f"collect: {said}" if len(found.assignments) else "collect: no work has been handed out yet (make assign)")


def _propose_units(study: Study, found: Collected) -> None:
    """Write where most readers would cut answers, in the form of data/raw/<study>/units.csv."""
    from pipeline import files, tables
    from pipeline.coding.splitting import proposed_units

    units = proposed_units(found.assignments, found.decisions, tables.read(study.processed, "excerpts"))
    path = study.reports / "units-proposed.csv"
    if len(units) or path.exists():
        files.write_text(path, units.to_csv(index=False, lineterminator="\n"))
    if len(units):
        say(f"collect: most readers would cut {units.response_id.nunique()} answers: {path}")


@click.command()
@study_option
def record(study: Study) -> None:
    """Say what counts, by the study's rule, and how many respondents show each code."""
    from pipeline import tables
    from pipeline.coding.gather import gather_settled
    from pipeline.coding.prevalence import prevalence_table, sampled_at_different_rates
    from pipeline.coding.record import basis_line, make_record, votes

    coding, survey = study.survey.coding, study.survey
    read = {n: tables.read(study.processed, n) for n in ("assignments", "decisions", "codings", "judgements",
                                                         "excerpts", "responses", "respondents")}  # fmt: skip
    cast = votes(read["assignments"], read["decisions"], codings=read["codings"], judgements=read["judgements"])
    settled = gather_settled(study.codings, study.name)
    made, waiting = make_record(cast, settled, rule=coding.record, coders=coding.coders)
    shares = prevalence_table(
        made, waiting, excerpts=read["excerpts"], responses=read["responses"], respondents=read["respondents"],
        groups=survey.report.groups, codes=sorted(set(read["codings"].code_id)) if coding.record else [],
        small=survey.report.small, cast=cast, p_include=sampled_at_different_rates(read["assignments"]),
    )  # fmt: skip
    for name, frame in {"record": made, "open_units": waiting, "prevalence": shares}.items():
        tables.write(study.processed, name, frame)
    if coding.record is None:
        read_for_nothing = f", though {len(waiting)} units have been read" if len(waiting) else ""
        say(f"record: survey.yaml states no rule (coding: {{record: majority}}), nothing is recorded{read_for_nothing}")
    else:
        say(f"record: {len(made)} values, {len(waiting)} units open. Basis: {basis_line(made) or 'nothing read yet'}")


@click.command()
@click.option("--by", "deciders", multiple=True, help="Who decides; may be given several times.")
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--open/--no-open", "browse", default=True, help="Open the page in the browser.")
@study_option
def adjudicate(study: Study, deciders: tuple[str, ...], port: int, browse: bool) -> None:
    """Settle what readers decided differently: a page with the decisions side by side, a reason for every outcome."""
    from pipeline import tables
    from pipeline.coding import adjudicate as settling
    from pipeline.coding.server import Desk

    rows = {
        n: tables.read(study.processed, n) for n in ("assignments", "decisions", "codings", "judgements", "open_units")
    }
    built = settling.queue(study, rows, units=described_units(study), scheme=scheme_of(study), deciders=deciders)
    if not built["units"]:
        say("adjudicate: nothing to settle; no unit is open")
        return
    desk = Desk.for_settling(study.codings / "adjudication.jsonl", study=study.name, packet=built)
    _serve(study, desk, f"{study.name}.adjudication", port, browse)


def _serve(study: Study, desk: Desk, name: str, port: int, browse: bool) -> None:
    import webbrowser

    from pipeline.coding import page, server
    from pipeline.keys import key_path

    token = server.token_for(key_path(study.name).parent, name)
    wanted = port or server.usual_port(str(study.root.resolve()), name)
    running = server.make_server(desk, page.render, token=token, port=wanted, fallback=not port)
    url = server.address(running, token)
    say(f"Open {url}\nEvery decision is in {desk.book.path} before the page says so. Stop with Ctrl-C.")
    if browse:
        webbrowser.open(url)
    server.serve(running)
