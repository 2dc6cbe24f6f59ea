"""sameword codebook propose, and what the report says of the codebook: joined from its tables and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.codebook.facts import Facts
    from pipeline.study import Study


@click.command()
@click.pass_obj
def propose(study: Study) -> None:
    """Print the codes that emergent topics propose, to copy into themes.yaml.

    Proposed are topics whose excerpts go without any code more often than others. While the codebook is being developed
    they stay hidden until the open coding of every coder has come back.
    """
    from pipeline.codebook.covering import as_theme
    from pipeline.codebook.themes import load_themes
    from pipeline.codebook.written import as_yaml

    found, hidden = uncovered(study)
    if hidden:
        return say(f"proposed codes stay hidden: {hidden}")
    theme = as_theme(found)
    if theme is None:
        return say("no topic goes without codes more often than excerpts do in all")
    version = load_themes(study.codebook_folder / "themes.yaml").version
    return say(as_yaml(version, [theme], comment="Proposed codes: name and define those you keep.").rstrip())


def uncovered(study: Study) -> tuple[pd.DataFrame, str]:
    """Return topics held against the record, or against rules before anyone has coded, and why they stay hidden."""
    import pandas as pd

    from pipeline.codebook.covering import covering
    from pipeline.codebook.phases import people_first
    from pipeline.codebook.quality import human_codes
    from pipeline.codebook.themes import load_themes

    names = ("topics", "topic_words", "machine_codings", "assignments", "decisions")
    read = {name: made(study, name) for name in names}
    human, rules = human_codes(record_of(study)), read["machine_codings"].query("source == 'rule'")
    people = with_questions(study, "respondent_id")
    pairs = [(excerpt, code) for excerpt, codes in human.items() for code in codes]
    found = covering(
        read["topics"],
        read["topic_words"],
        pd.DataFrame(pairs, columns=pd.Index(["excerpt_id", "code_id"])) if human else rules,
        read=human or set(people.excerpt_id),
        respondents=dict(zip(people.excerpt_id, people.respondent_id, strict=True)),
    )
    themes = load_themes(study.codebook_folder / "themes.yaml")
    return found, people_first(themes, read["assignments"], read["decisions"])


def book_facts(study: Study) -> Facts:
    """Return what the report says of the codebook; tables that are not made yet are empty."""
    from pipeline.codebook import changelog
    from pipeline.codebook.facts import Facts
    from pipeline.codebook.themes import load_themes

    themes = load_themes(study.codebook_folder / "themes.yaml")
    names = ("rule_quality", "classifiers", "codings", "decisions")
    read = {name: made(study, name) for name in names}
    log = changelog.load_log(study.codebook_folder / changelog.FILE)
    topics, hidden = uncovered(study)
    return Facts(
        themes, read["rule_quality"], read["classifiers"], topics, hidden,
        changelog.stale(log, read["codings"], read["decisions"], version=themes.version), log.versions,
        study.survey.suggestions.precision,
    )  # fmt: skip


def made(study: Study, name: str) -> pd.DataFrame:
    """Return a table, empty where no stage has made it yet."""
    from pipeline import tables

    made = tables.path_of(study.processed, name).exists()
    return tables.read(study.processed, name) if made else tables.empty(name)


def with_questions(study: Study, *more: str) -> pd.DataFrame:
    """Return excerpts with question_id, item_id and further columns of their responses."""
    from pipeline import tables

    responses = tables.read(study.processed, "responses")[["response_id", "question_id", "item_id", *more]]
    return tables.read(study.processed, "excerpts").merge(responses, on="response_id")


def record_of(study: Study) -> pd.DataFrame:
    """Return what people decided; nothing where nobody has coded yet."""
    return made(study, "record")
