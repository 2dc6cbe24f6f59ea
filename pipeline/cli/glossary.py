"""sameword glossary: the terms, their senses, and what each rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.study import Study

TABLES = ("terms", "senses", "ambiguity", "shares", "sense_words", "usages", "responses", "respondents", "agreement")


@click.group(invoke_without_command=True)
@click.pass_context
@study_option
def glossary(context: click.Context, study: Study) -> None:
    """Write the glossary: entries as a table, and as a page, CSV and Markdown under reports/."""
    from pipeline import tables
    from pipeline.glossary import entries, exports
    from pipeline.glossary.curated import load_glossary

    context.obj = study
    if context.invoked_subcommand:
        return
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
    say(f"glossary: {len(table)} senses of {len(views)} terms")


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
