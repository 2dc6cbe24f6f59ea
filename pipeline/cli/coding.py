"""sameword assign, review, collect, record, adjudicate: people's work, from handing out to what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import progress, say, study_option, warn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from pipeline.coding.collect import Collected
    from pipeline.coding.gather import Foreign, Gathered, Projects
    from pipeline.coding.habits import Labels, Read
    from pipeline.coding.handing import Material
    from pipeline.coding.labels import Inventory
    from pipeline.coding.packet import Scheme
    from pipeline.coding.packets import Sheet
    from pipeline.coding.server import Desk
    from pipeline.coding.shown import Facts
    from pipeline.study import Study

MOST_NOTES = 40
TAUGHT = 20  # usages a term that a training round reads, where survey.yaml does not say


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
    material, ledger = _material(study), _ledger(study)
    fresh = hand_out(material, ledger, coding=coding, done=_done(study, ledger, material))
    _show_plan(study, material, ledger, fresh)
    if only_plan:
        return
    whole = pd.concat([part for part in (ledger, fresh) if len(part)] or [ledger], ignore_index=True)
    if len(fresh):
        files.write_text(study.raw / "assignments.csv", ledger_text(whole))
        _note_answers(study)
    if len(whole):
        _write_packets(study, whole, material.units)


def _note_answers(study: Study) -> None:
    """Note which answers have been handed out, by digest, so that ingest knows one that is edited later."""
    from pipeline import files, tables
    from pipeline.survey.handed import handed_text, read_handed

    path = study.raw / "answers.csv"
    known = read_handed(path.read_text(encoding="utf-8")) if path.exists() else {}
    files.write_text(path, handed_text(known, tables.read(study.processed, "responses")))


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

    ledger = _ledger(study)
    if coder not in set(ledger.coder_id):
        what = f"no work has been handed out to {coder!r}" if coder else "no coder is named"
        raise InputError([Fault("CODER", "", what, nearest(coder, set(ledger.coder_id)) or "run: make assign")])
    units = _units(study)
    shown = _facts(study, units)
    built = packet.build(study, coder, ledger=ledger, units=units, scheme=_scheme(study), facts=shown)
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
    for note in found.notes[:MOST_NOTES]:
        warn(f"  {note}")
    if len(found.notes) > MOST_NOTES:
        warn(f"  … and {len(found.notes) - MOST_NOTES} more, all in {study.reports / 'collected.txt'}")
    files.write_text(study.reports / "collected.txt", "".join(f"{note}\n" for note in found.notes))
    said = f"{len(found.decisions)} decisions on {len(found.assignments)} assignments from {len(gathered.files)} files"
    say(f"collect: {said}" if len(found.assignments) else "collect: no work has been handed out yet (make assign)")


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
        say("record: survey.yaml states no rule (coding.record), so nothing is recorded")
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
    built = settling.queue(study, rows, units=_units(study), scheme=_scheme(study), deciders=deciders)
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


def _units(study: Study) -> pd.DataFrame:
    from pipeline import tables
    from pipeline.coding.units import describe

    excerpts, usages, responses = (tables.read(study.processed, n) for n in ("excerpts", "usages", "responses"))
    return describe(excerpts, usages, responses=responses)


def _facts(study: Study, units: pd.DataFrame) -> Facts:
    """Return what coders may see beside the texts; empty unless survey.yaml's show_to_coders says otherwise."""
    from pipeline import tables
    from pipeline.coding.shown import facts

    if not study.survey.coding.show_to_coders:
        return {}
    read = {name: tables.read(study.processed, name) for name in ("respondents", "ratings", "machine_codings")}
    return facts(study, units, **read)


def _ledger(study: Study) -> pd.DataFrame:
    from pipeline.coding.ledger import empty_ledger, parse_ledger

    path = study.raw / "assignments.csv"
    return parse_ledger(path.read_text(encoding="utf-8"), str(path)) if path.exists() else empty_ledger()


def _glossary(study: Study) -> tuple[str, pd.DataFrame]:
    from pipeline.glossary.curated import inventory, load_glossary

    found = load_glossary(study.codebook_folder / "glossary.yaml")
    return found.version, inventory(found)


def _themes(study: Study) -> Any:
    from pipeline.codebook.themes import load_themes

    return load_themes(study.codebook_folder / "themes.yaml")


def _scheme(study: Study) -> Scheme:
    from pipeline import tables
    from pipeline.coding.packet import Scheme, term_rows, theme_rows

    themes, (version, senses) = _themes(study), _glossary(study)
    terms = tables.read(study.processed, "terms")
    return Scheme(f"themes {themes.version}, glossary {version}", theme_rows(themes.themes), term_rows(senses, terms))


def _inventory(study: Study) -> Inventory:
    from pipeline.coding.labels import inventory

    themes, (_, senses) = _themes(study), _glossary(study)
    codes = [(code.id, code.name, code.status, theme.id) for theme in themes.themes for code in theme.codes]
    labels = _labels(study)
    clean = {**themes.clean, **labels.clean}
    return inventory(codes, senses, clean=clean, version=themes.version, as_written=labels.as_written)


def _labels(study: Study) -> Labels:
    from pipeline.coding.habits import load_labels

    return load_labels(study.codebook_folder / "labels.yaml")


def _foreign(study: Study, units: pd.DataFrame, ledger: pd.DataFrame) -> Foreign:
    """Return the reader of files that are no packets, by the study's labels.yaml."""
    from pipeline.coding.habits import mapping_for, read_mapped

    labels, excerpts = _labels(study), units[units.unit_kind == "excerpt"]
    saved = _saved(ledger)

    def read(name: str, sheets: Sequence[Sheet]) -> Read | None:
        mapped = mapping_for(labels, name)
        if mapped is None:
            return None
        return read_mapped(sheets, mapped, labels=labels, excerpts=excerpts, saved=saved)

    return read


def _saved(ledger: pd.DataFrame) -> dict[str, str]:
    own = ledger[ledger.unit_kind == "excerpt"]
    return dict(zip(own.coder_id + "/" + own.unit_id, own.assignment_id, strict=True))


def _projects(study: Study, units: pd.DataFrame, ledger: pd.DataFrame) -> Projects:
    """Return the reader of REFI-QDA projects: codes and answers this study exported are known by their ids."""
    from pipeline.codebook.qdacodes import guid, known_ids
    from pipeline.codebook.qdpx import read_qdpx
    from pipeline.coding.habits import mapping_for
    from pipeline.coding.projects import read_project

    labels, themes, excerpts = _labels(study), _themes(study), units[units.unit_kind == "excerpt"]
    answers = {guid(study.name, "source", key): key for key in excerpts.response_id}
    known = known_ids(themes.themes, study=study.name) | answers

    def read(path: Path) -> Read:
        given, mapped = read_qdpx(path, known=known), mapping_for(labels, path.name)
        return read_project(
            path.name, given.project, excerpts=excerpts, saved=_saved(ledger), codes={c.id for c in themes.codes},
            blank=mapped.blank if mapped else "unseen", left_out=given.left_out,
        )  # fmt: skip

    return read


def _material(study: Study) -> Material:
    from pipeline import tables
    from pipeline.coding.handing import Material

    watched = tables.read(study.processed, "terms").query("role == 'watched'").term_id
    named = set(_glossary(study)[1].term_id)
    respondents = tables.read(study.processed, "respondents")
    return Material(
        _units(study), respondents, study.open_questions(),
        [group for group in study.survey.report.groups if group in respondents],
        [term for term in watched if term in named], list(watched), tables.read(study.processed, "machine_codings"),
        _teaching(study) if study.survey.coding.purpose == "train" else {},
    )  # fmt: skip


def _teaching(study: Study) -> dict[str, list[str]]:
    """Return, per term, the usages of the training round, chosen by what came back so far."""
    from pipeline import tables
    from pipeline.cli.senses import answer_vectors
    from pipeline.senses import labels, teaching

    names = ("usages", "usage_vectors", "excerpts", "excerpt_vectors", "responses")
    read = {name: tables.read(study.processed, name) for name in names}
    points = labels.points_of(
        read["usages"], read["usage_vectors"], responses=read["responses"], answers=answer_vectors(read)
    )
    ledger, found = _ledger(study), collected(study)[0]
    given = ledger[(ledger.unit_kind == "usage") & (ledger.purpose == "train")]
    usages = found.assignments[found.assignments.unit_kind == "usage"]
    open_ = set(usages[~usages.assignment_id.isin(found.decisions.assignment_id)].unit_id)
    return teaching.to_read(
        points,
        labels.agreed(found.assignments, found.judgements),
        given=set(given.unit_id),
        back=set(usages.unit_id) - open_,
        total=study.survey.coding.sample or TAUGHT,
    )


def collected(study: Study) -> tuple[Collected, Gathered]:
    """Return what came back, checked, and how it was read; raise InputError with every fault."""
    import pandas as pd

    from pipeline.coding.collect import collect as join
    from pipeline.coding.collect import folded
    from pipeline.coding.gather import gather
    from pipeline.coding.habits import imported
    from pipeline.coding.units import describe_pairs

    ledger, units = _ledger(study), _units(study)
    gathered = gather(
        study.codings, study.name, foreign=_foreign(study, units, ledger), projects=_projects(study, units, ledger)
    )
    extra = imported(gathered.work, ledger)
    whole = pd.concat([part for part in (ledger, extra) if len(part)] or [ledger], ignore_index=True)
    pairs = describe_pairs(whole[whole.unit_kind == "pair"].unit_id, units)
    found = join(gathered.rows, whole, units=pd.concat([units, pairs]), said=_inventory(study), faults=gathered.faults)
    if len(extra):
        found.notes.insert(0, f"{len(extra)} decisions were not handed out here; they came in through labels.yaml")
    found.notes[:0] = folded(gathered.notes)
    return found, gathered


def _done(study: Study, ledger: pd.DataFrame, material: Material) -> set[str]:
    """Return the assignments that came back; needed only where work may change hands or be repeated."""
    coding = study.survey.coding
    if ledger.empty or not (coding.withdrawn or coding.purpose == "repeat"):
        return set()
    return set(collected(study)[0].decisions.assignment_id)


def _show_plan(study: Study, material: Material, ledger: pd.DataFrame, fresh: pd.DataFrame) -> None:
    from pipeline.coding.handing import loads
    from pipeline.coding.plan import pair_matrix

    waiting = [term.term for term in study.survey.terms.watch]
    if len(waiting) > len(material.terms):
        say(f"assign: {len(waiting) - len(material.terms)} watched terms have no senses in glossary.yaml yet and wait")
    if fresh.empty:
        say("assign: nothing new to hand out; every unit has its readers")
        return
    import pandas as pd

    whole = pd.concat([part for part in (ledger, fresh) if len(part)], ignore_index=True)
    coders = sorted(set(whole.coder_id))
    say("New work\n" + loads(fresh, material.units).to_string())
    say("\nUnits that two coders both read (diagonal: units read)\n" + pair_matrix(whole, coders).to_string())
    _show_width(study, material, whole)


def _show_width(study: Study, material: Material, whole: pd.DataFrame) -> None:
    """Say how wide the interval of a code's agreement will be, for a code in a fifth of excerpts."""
    from pipeline.agreement.plan import expect

    excerpts = whole[(whole.unit_kind == "excerpt") & (whole.purpose == study.survey.coding.purpose)]
    shared = excerpts.groupby("unit_id").coder_id.nunique()
    shared = shared[shared > 1]
    if shared.empty:
        say("\nNo excerpt is read by two people, so agreement cannot be measured.")
        return
    people = material.units[material.units.unit_id.isin(shared.index)].respondent_id.nunique()
    found = expect(n_units=len(shared), n_respondents=people, prevalence=0.2, alpha=0.8, studies=60, resamples=200)
    width = (
        "no interval can be given: too few" if found.width is None else f"95 % interval about {found.width:.2f} wide"
    )
    read = f"{len(shared)} excerpts of {people} respondents are read twice"
    say(f"\n{read}: for a code in 20 % of them with alpha .80, {width}.")


def _write_packets(study: Study, whole: pd.DataFrame, units: pd.DataFrame) -> None:
    from pipeline import files
    from pipeline.coding import packet, page
    from pipeline.coding.packets import write_workbook

    shown = _facts(study, units)
    coders, scheme, folder = sorted(set(whole.coder_id)), _scheme(study), study.reports / "packets"
    with progress("writing packets", len(coders)) as advance:
        for coder in coders:
            built = packet.build(study, coder, ledger=whole, units=units, scheme=scheme, facts=shown)
            files.write_text(folder / f"{coder}.html", page.render(built))
            write_workbook(folder / f"{coder}.xlsx", built)
            advance(1)
    say(f"assign: {len(whole)} assignments; packets of {', '.join(coders)} in {folder}")
