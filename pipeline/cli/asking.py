"""sameword planned, ask, authors, instrument: what was promised, and the people asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd

    from pipeline.asking.followup import Asked
    from pipeline.study import Study


@click.command()
@study_option
def planned(study: Study) -> None:
    """Test the comparisons that survey.yaml planned, moving whole respondents; nothing else is tested."""
    from pipeline import tables
    from pipeline.asking.planned import planned_table, promised
    from pipeline.cli.freeze import plan_of
    from pipeline.coding.units import owners

    names = ("respondents", "responses", "excerpts", "usages", "record", "open_units")
    read = {name: tables.read(study.processed, name) for name in names}
    plan = study.survey.plan
    frozen = promised(plan_of(study)["frozen"])
    known = {one.id for one in frozen}
    found = planned_table(
        frozen,
        [one for one in plan.comparisons if one.id not in known],
        record=read["record"],
        open_units=read["open_units"],
        units=owners(read["excerpts"], read["usages"], responses=read["responses"]),
        respondents=read["respondents"],
        small=is_small(study, len(read["respondents"])),
        permutations=plan.permutations,
        seed=plan.seed,
    )
    tables.write(study.processed, "planned", found)
    say(f"planned: {len(found)} comparisons, {int(found.p.notna().sum())} tested" if len(found) else "planned: none")


def is_small(study: Study, n_respondents: int) -> bool:
    """Whether the study speaks in counts and cases, without tests and intervals."""
    return study.survey.coding.approach == "reflexive" or n_respondents < study.survey.report.small


@click.command()
@study_option
def ask(study: Study) -> None:
    """Write the follow-up survey: what respondents meant, as Qualtrics TXT, LimeSurvey TSV and an HTML form each."""
    import pandas as pd

    from pipeline import files
    from pipeline.asking.followup import asked_text

    asked, fresh = asked_of(study)
    whole = pd.concat([asked, fresh], ignore_index=True) if len(asked) else fresh
    if len(fresh):
        files.write_text(study.raw / ASKED, asked_text(whole))
    made, names = form_of(study, whole), tokens_of(study)
    _write_forms(study, made, names)
    lost = len(set(made.people) - set(names))
    unreached = f"; {lost} have no id in the export" if lost else ""
    say(f"ask: {len(whole)} usages of {len(made.people)} respondents in {study.reports / 'ask'}{unreached}")


ASKED = "asked.csv"


def asked_of(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what respondents were asked about so far, and what is to be added."""
    from pipeline.asking.followup import choose
    from pipeline.cli.freeze import frozen_of

    asked = already_asked(study)
    senses = frozen_of(study)["inventory"]["senses"]
    watched = {term: senses[term] for term in watched_ids(study) if term in senses}
    chosen = study.survey.asking
    return asked, choose(sampled(study), asked, watched, most=chosen.usages, seed=chosen.seed)


def already_asked(study: Study) -> pd.DataFrame:
    """Return the rows of asked.csv; none where nobody was asked."""
    from pipeline.asking.followup import empty_asked, parse_asked

    path = study.raw / ASKED
    return parse_asked(path.read_text(encoding="utf-8"), str(path)) if path.exists() else empty_asked()


def watched_ids(study: Study) -> list[str]:
    """Return the ids of watched terms in the order of survey.yaml."""
    from pipeline.ids import term_id

    return [term_id(term.term) for term in study.survey.terms.watch]


def sampled(study: Study) -> pd.DataFrame:
    """Return the usages of the estimation sample with their answers: the only ones that authors are asked about."""
    from pipeline.cli.freeze import ledger_of

    work, units = ledger_of(study), units_of(study)
    mine = work[(work.unit_kind == "usage") & (work.purpose == "estimate")].unit_id
    return units[units.unit_id.isin(mine)].reset_index(drop=True)


def units_of(study: Study, usage_ids: Collection[str] | None = None) -> pd.DataFrame:
    """Return every excerpt and usage with its answer and span; or these usages alone."""
    from pipeline import tables
    from pipeline.coding.units import describe

    excerpts, usages, responses = (tables.read(study.processed, n) for n in ("excerpts", "usages", "responses"))
    if usage_ids is not None:
        excerpts, usages = excerpts.iloc[:0], usages[usages.usage_id.isin(list(usage_ids))]
    return describe(excerpts, usages, responses=responses)


def form_of(study: Study, asked: pd.DataFrame) -> Asked:
    """Return the follow-up as it stands in asked.csv."""
    from pipeline.asking.followup import build
    from pipeline.glossary.curated import inventory, load_glossary
    from pipeline.speech import speaking

    with speaking(study.respondents_language):
        return build(
            asked,
            units_of(study, asked.usage_id),
            inventory(load_glossary(study.codebook_folder / "glossary.yaml")),
            title=study.survey.title,
            colleagues=study.survey.asking.colleagues,
            questions={q: study.question_text(q) for q in study.open_questions()},
            language=study.survey.language,
        )


def tokens_of(study: Study) -> dict[str, str]:
    """Return respondent_id -> the survey tool's own id."""
    from pipeline.cli.survey import exports_of
    from pipeline.keys import study_key
    from pipeline.survey.tokens import tokens

    return tokens(study, exports_of(study), study_key(study))


def _write_forms(study: Study, made: Asked, names: dict[str, str]) -> None:
    from pipeline import files
    from pipeline.asking import contacts, limesurvey, page, qualtrics
    from pipeline.speech import speaking

    folder = study.reports / "ask"
    people = {names[who]: values for who, values in made.people.items() if who in names}
    files.write_text(folder / "qualtrics.txt", qualtrics.write(made.form))
    files.write_text(folder / "qualtrics-contacts.csv", contacts.qualtrics(made.form, people))
    files.write_text(folder / "limesurvey.txt", limesurvey.write(made.form))
    files.write_text(folder / "limesurvey-participants.csv", contacts.limesurvey(made.form, people))
    files.write_text(folder / "README.txt", contacts.read_me(made.form, study.name))
    with speaking(study.respondents_language):
        for token, values in people.items():
            text = page.render(made.form, token, values, name=f"{study.name}.followup")
            files.write_text(folder / "forms" / f"{page.file_name(token)}.html", text)


@click.command()
@study_option
def authors(study: Study) -> None:
    """Read the follow-up's answers; hold coders, record and completed labels against what authors meant."""
    from pipeline import tables
    from pipeline.asking import accuracy
    from pipeline.asking.authors import response

    found = answered(study)
    names = ("assignments", "decisions", "judgements", "record", "senses")
    said = accuracy.said_by(*(tables.read(study.processed, name) for name in names))
    chosen = study.survey.agreement
    small = is_small(study, len(tables.read(study.processed, "respondents")))
    tables.write(study.processed, "authors", found)
    tables.write(
        study.processed,
        "accuracy",
        accuracy.accuracy_table(found, said, small=small, resamples=chosen.resamples, seed=chosen.seed),
    )
    tables.write(
        study.processed,
        "confidence",
        accuracy.confidence_table(found, small=small, resamples=chosen.resamples, seed=chosen.seed),
    )
    counts = response(found)
    if not counts["asked"]:
        say("authors: nobody has been asked (make ask)")
        return
    about = f"about {counts['usages_answered']} of {counts['usages_asked']} usages"
    say(f"authors: {counts['answered']} of {counts['asked']} respondents answered, {about}")


def answered(study: Study) -> pd.DataFrame:
    """Return the table of authors from every file that survey.yaml names; raise InputError with every fault."""
    from pipeline.asking.authors import authors_table, contradictions
    from pipeline.asking.returned import read_answers
    from pipeline.errors import InputError
    from pipeline.survey.exports import read_grid
    from pipeline.survey.recognise import recognise

    asked = already_asked(study)
    form = form_of(study, asked).form
    files = [path for name in study.survey.asking.files for path in returned_files(study, name)]
    answers, faults = [], []
    for path in files:
        export = recognise(read_grid(path))
        found = read_answers(form, export.names, export.rows, str(path))
        faults += contradictions(found, form, str(path))
        answers += found
    who = {token: person for person, token in tokens_of(study).items()} if answers else {}
    units = units_of(study, asked.usage_id)
    digests = dict(zip(units.unit_id, units.digest, strict=True))
    table, more = authors_table(
        asked, answers, form=form, respondent_of=who, digests=digests, file=", ".join(map(str, files))
    )
    if faults or more:
        raise InputError([*faults, *more])
    return table


def returned_files(study: Study, name: str) -> list[Path]:
    """Return the files that a name in survey.yaml stands for: itself, or all that fit a pattern like followup/*.csv."""
    return sorted(study.raw.glob(name)) if "*" in name else [study.raw / name]
