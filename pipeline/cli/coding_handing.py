"""Handing out: what there is to read, the plan shown before it is written, and the coders' packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.coding_inputs import collected, described_units, read_ledger, scheme_of, shown_facts
from pipeline.cli.common import progress, say
from pipeline.cli.outlook import unnamed

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.coding.handing import Material
    from pipeline.study import Study

TAUGHT = 20  # usages a term that a training round reads, where survey.yaml does not say


def material_of(study: Study) -> Material:
    """Return everything that could be handed out."""
    from pipeline import tables
    from pipeline.coding.handing import Material
    from pipeline.glossary.curated import inventory, load_glossary

    watched = tables.read(study.processed, "terms").query("role == 'watched'").term_id
    glossary = load_glossary(study.codebook_folder / "glossary.yaml")
    named = set(inventory(glossary).term_id) - glossary.drafts
    respondents = tables.read(study.processed, "respondents")
    return Material(
        described_units(study), respondents, study.open_questions(),
        [group for group in study.survey.report.groups if group in respondents],
        [term for term in watched if term in named], list(watched), tables.read(study.processed, "machine_codings"),
        _teaching(study) if study.survey.coding.purpose == "train" else {},
    )  # fmt: skip


def _teaching(study: Study) -> dict[str, list[str]]:
    """Return, per term, the usages of the training round, chosen by what came back so far."""
    from pipeline import tables
    from pipeline.cli.senses import AROUND
    from pipeline.senses import labels, teaching

    around = {name: tables.read(study.processed, name) for name in AROUND}
    points = labels.points_of(tables.read(study.processed, "usages"), **around)
    ledger, found = read_ledger(study), collected(study)[0]
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


def returned_already(study: Study, ledger: pd.DataFrame, material: Material) -> set[str]:
    """Return the assignments that came back; needed only where work may change hands or be repeated."""
    coding = study.survey.coding
    if ledger.empty or not (coding.withdrawn or coding.purpose == "repeat"):
        return set()
    return set(collected(study)[0].decisions.assignment_id)


def show_plan(study: Study, material: Material, ledger: pd.DataFrame, fresh: pd.DataFrame) -> None:
    """Print the loads, the pair matrix and the expected width of the interval."""
    from pipeline.coding.handing import loads
    from pipeline.coding.plan import pair_matrix

    for line in unnamed(study):
        say(f"assign: {line}")
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


def write_packets(study: Study, whole: pd.DataFrame, units: pd.DataFrame) -> None:
    """Write every coder's page and spreadsheet."""
    from pipeline import files
    from pipeline.coding import packet, page
    from pipeline.coding.packets import write_workbook

    shown = shown_facts(study, units)
    units = units.astype({name: object for name in units if units[name].dtype == "string"})  # read row by row below
    answers = packet.answers_of(study, units)
    coders, scheme, folder = sorted(set(whole.coder_id)), scheme_of(study), study.reports / "packets"
    with progress("writing packets", len(coders)) as advance:
        for coder in coders:
            built = packet.build(study, coder, ledger=whole, units=units, scheme=scheme, facts=shown, answers=answers)
            files.write_text(folder / f"{coder}.html", page.render(built))
            write_workbook(folder / f"{coder}.xlsx", built)
            advance(1)
    say(f"assign: {len(whole)} assignments; packets of {', '.join(coders)} in {folder}")


def note_answers(study: Study) -> None:
    """Note which answers have been handed out, by digest, so that ingest knows one that is edited later."""
    from pipeline import files, tables
    from pipeline.survey.handed import handed_text, read_handed

    path = study.raw / "answers.csv"
    known = read_handed(path.read_text(encoding="utf-8")) if path.exists() else {}
    files.write_text(path, handed_text(known, tables.read(study.processed, "responses")))
