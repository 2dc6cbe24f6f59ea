"""sameword instrument: from the glossary to the next wave's rating items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.asking.instrument import Instrument
    from pipeline.study import Study


@click.command()
@click.option("--randomise", is_flag=True, help="Show definitions to half of the people, by lot, and none to the rest.")
@click.option("--wave", default="2", show_default=True, help="Name of the wave that comes back.")
@click.option("--effect", is_flag=True, help="Write nothing; say what the definitions did to ratings that came back.")
@study_option
def instrument(study: Study, randomise: bool, wave: str, effect: bool) -> None:
    """Rewrite rating items that rest on an ambiguous word: one per sense, with the glossary's definitions."""
    from pipeline.asking.instrument import build
    from pipeline.glossary.curated import inventory, load_glossary
    from pipeline.speech import speaking

    if effect:
        _say_effect(study)
        return
    senses = inventory(load_glossary(study.codebook_folder / "glossary.yaml"))
    with speaking(study.respondents_language):
        made = build(study, senses, judged_of(study), randomised=randomise)
    for name, why in made.left_out:
        warn(f"  no item for “{name}”: {why}")
    if not made.items:
        why = "see above" if made.left_out else "no rating question holds a watched word with senses"
        say(f"instrument: nothing is rewritten: {why}")
        return
    with speaking(study.respondents_language):
        _write(study, made, senses, randomise, wave)
    say(f"instrument: {len(made.items)} items in {study.reports / 'instrument'}; what survey.yaml needs: columns.yaml")


def _say_effect(study: Study) -> None:
    from pipeline import tables
    from pipeline.asking.effect import as_text, effect_table

    ratings, people = (tables.read(study.processed, name) for name in ("ratings", "respondents"))
    chosen = study.survey.agreement
    found = effect_table(ratings, people, resamples=chosen.resamples, seed=chosen.seed)
    say(as_text(found) or "instrument: no wave has come back in which definitions were shown by lot")


def judged_of(study: Study) -> pd.DataFrame:
    """Return usages with a sense of the record: sense_id, respondent_id, question_id."""
    from pipeline import tables

    record, usages, responses = (tables.read(study.processed, name) for name in ("record", "usages", "responses"))
    mine = record[record.unit_kind == "usage"].rename(columns={"unit_id": "usage_id", "value": "sense_id"})
    joined = mine.merge(usages[["usage_id", "response_id"]], on="usage_id")
    return joined.merge(responses[["response_id", "respondent_id", "question_id"]], on="response_id")


def _write(study: Study, made: Instrument, senses: pd.DataFrame, randomise: bool, wave: str) -> None:
    from pipeline import files, tables
    from pipeline.asking import contacts, limesurvey, page, qualtrics
    from pipeline.asking.instrument import ARM, DEFINED, arm_of, fragment, values_of
    from pipeline.cli.asking import tokens_of

    folder, seed = study.reports / "instrument", study.survey.asking.seed
    counted = set(tables.read(study.processed, "respondents").respondent_id)  # nobody who refused is asked again
    reached = sorted(token for person, token in tokens_of(study).items() if person in counted)
    arms = {token: arm_of(token, seed) if randomise else DEFINED for token in reached}
    people = {token: values_of(made, senses, arm) for token, arm in arms.items()}
    files.write_text(folder / "qualtrics.txt", qualtrics.write(made.form))
    files.write_text(folder / "limesurvey.txt", limesurvey.write(made.form))
    files.write_text(folder / "qualtrics-contacts.csv", contacts.qualtrics(made.form, people))
    files.write_text(folder / "limesurvey-participants.csv", contacts.limesurvey(made.form, people))
    told = contacts.instrument_read_me(made.form, study.name, wave, randomised=randomise)
    files.write_text(folder / "README.txt", told)
    files.write_text(folder / "columns.yaml", fragment(study, made, f"wave{wave}.csv", wave))
    for token, arm in arms.items():
        constants = {ARM: arm} if randomise else {}
        text = page.render(made.form, token, people[token], name=f"{study.name}.wave{wave}", constants=constants)
        files.write_text(folder / "forms" / f"{page.file_name(token)}.html", text)
