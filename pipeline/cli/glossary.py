"""sameword glossary: the terms, their senses, and what each rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import Stage, say, study_option, warn

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study

TABLES = (
    "terms", "senses", "ambiguity", "shares", "sense_words", "usages", "usage_vectors", "responses", "respondents",
    "agreement",
)  # fmt: skip
DRAFT, CHECKS = "glossary-draft.yaml", "glossary-checks.csv"


@click.group(cls=Stage, default="write")
def glossary() -> None:
    """Write the glossary; draft entries, adopt them."""


@glossary.command()
@study_option
def write(study: Study) -> None:
    """Write the glossary: entries as a table, and as a page, CSV and Markdown under reports/ (the default)."""
    from pipeline import tables
    from pipeline.glossary import entries, exports
    from pipeline.glossary.checks import checks
    from pipeline.glossary.curated import load_glossary

    read = {name: tables.read(study.processed, name) for name in TABLES}
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    table = entries.entry_table(
        curated, terms=read["terms"], senses=read["senses"], usages=read["usages"], responses=read["responses"]
    )
    questions = {name: study.label(name) for name in study.open_questions()}
    views = entries.sense_views(
        table,
        curated,
        senses=read["senses"],
        usages=read["usages"],
        responses=read["responses"],
        shares=read["shares"],
        sense_words=read["sense_words"],
        questions=questions,
    )
    shown = [_shown(study, term, senses, read) for term, senses in views.items()]
    survey = study.survey
    tables.write(study.processed, "glossary", table)
    exports.write_csv(study.reports / "glossary.csv", views)
    exports.write_markdown(study.reports / "glossary.md", survey.title, shown)
    exports.write_html(
        study.reports / "glossary.html",
        title=survey.title,
        version=curated.version,
        language=survey.language,
        synthetic=study.synthetic,
        entries=shown,
    )
    found = checks(
        curated,
        vectors=read["usage_vectors"],
        **{name: read[name] for name in ("terms", "senses", "usages", "responses")},
    )
    exports.write_checks(study.reports / CHECKS, found)
    say(f"glossary: {len(table)} senses of {len(views)} terms")
    for kind, count in found.kind.value_counts(sort=False).items():
        warn(f"  {kind}: {count}, see {study.reports / CHECKS}")


@glossary.command()
@study_option
@click.option("--term", "wanted", multiple=True, help="Draft these terms; default: all that have no entry and should.")
def draft(study: Study, wanted: tuple[str, ...]) -> None:
    """Propose entries for undecided terms in reports/<study>/glossary-draft.yaml."""
    from pipeline import tables
    from pipeline.files import write_text
    from pipeline.glossary import draft as drafting
    from pipeline.glossary.curated import load_glossary

    names = ("terms", "senses", "proposals", "evidence", "sense_words", "usages", "responses")
    read = {name: tables.read(study.processed, name) for name in names}
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    chosen = drafting.undecided(curated, terms=read["terms"], evidence=read["evidence"], wanted=wanted)
    found = drafting.drafts(chosen, curated, **read)
    write_text(study.reports / DRAFT, drafting.as_yaml(found, study=study.name))
    say(f"glossary draft: {study.reports / DRAFT}: {', '.join(one.term_id for one in found) or 'no term is undecided'}")


@glossary.command()
@click.argument("term")
@study_option
def adopt(study: Study, term: str) -> None:
    """Copy the draft of TERM into codebooks/<study>/glossary.yaml; nothing that is written there is changed."""
    from pipeline import yamlfile
    from pipeline.files import write_text
    from pipeline.glossary import adopt as adopting
    from pipeline.glossary.curated import load_glossary

    path = study.codebook_folder / "glossary.yaml"
    load_glossary(path)  # a file with faults is not written to
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    drafts = yamlfile.load(study.reports / DRAFT, made_by=f"sameword glossary draft --study {study.name}")["entries"]
    text, added = adopting.adopted(before, drafts, term, path=path)
    write_text(path, text)
    say(f"{path}: added {'; '.join(added)}. Now name and define; raise its version when you are done.")


def _shown(study: Study, term: str, senses: list[Any], read: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Return what the page says of one term."""
    from pipeline.pnumbers import p_numbers

    people = p_numbers(read["respondents"], read["responses"])
    label = read["terms"].set_index("term_id").label.get(term, term)
    rows = read["ambiguity"][read["ambiguity"].term_id == term]
    verdict, summary = "not used", "Nobody used this term in the answers."
    if len(rows):
        row = rows.iloc[0]
        verdict = row.verdict
        summary = f"{row.n_usages} usages by {row.n_respondents} respondents. {row.reason[0].upper()}{row.reason[1:]}."
        for sense in senses:
            summary = summary.replace(f"{sense.sense_id} ", f"{sense.name} ")
    return {
        "term_id": term,
        "label": label,
        "verdict": verdict,
        "summary": summary,
        "agreement": _agreement(term, read),
        "senses": [_with_groups(study, sense, people) for sense in senses],
    }


def _agreement(term: str, read: dict[str, pd.DataFrame]) -> str:
    rows = read["agreement"]
    rows = rows[(rows.scope == f"term:{term}") & (rows.coefficient == "alpha")]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    if row.value != row.value or row.value is None:
        return f"Agreement of coders on its senses: {row.note}."
    interval = f" [{row.ci_low:.2f}, {row.ci_high:.2f}]" if row.ci_low == row.ci_low and row.ci_low is not None else ""
    basis = f"{row.n_units} usages, {row.n_coders} coders"
    return f"Agreement of coders on its senses: alpha {row.value:.2f}{interval}, {basis}."


def _with_groups(study: Study, sense: Any, people: dict[str, str]) -> dict[str, Any]:
    by_group: dict[str, list[tuple[str, int, int]]] = {}
    for question, value, n, base in sense.groups:
        by_group.setdefault(study.label(question), []).append((study.label(value), n, base))
    shown = {name: getattr(sense, name) for name in sense.__dataclass_fields__}
    quotes = [replace(quote, respondent=people[quote.respondent]) for quote in sense.quotes]
    return {**shown, "by_group": list(by_group.items()), "quotes": quotes}
