"""sameword glossary: the terms, their senses, and what each rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import Stage, looked_at, say, study_option, warn

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.glossary.compare import Side
    from pipeline.glossary.curated import Glossary
    from pipeline.study import Study

DRAFT, CHECKS = "glossary-draft.yaml", "glossary-checks.csv"


@click.group(cls=Stage, default="write")
def glossary() -> None:
    """Write the glossary; draft entries, adopt them."""


@glossary.command()
@study_option
def write(study: Study) -> None:
    """Write the glossary in every format under reports/ (the default)."""
    from pipeline import parts, tables
    from pipeline.glossary import exports
    from pipeline.glossary.checks import checks
    from pipeline.glossary.curated import load_glossary
    from pipeline.glossary.entries import entry_table
    from pipeline.glossary.source import READS, Source

    read = {name: tables.read(study.processed, name) for name in READS if name not in ("usages", "usage_vectors")}
    read["usages"] = looked_at(study)
    read["usage_vectors"] = parts.whole(study.processed, "usage_vectors", ["usage_id", "vector"])
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    known = {name: read[name] for name in ("terms", "senses", "usages", "responses")}
    entries = entry_table(curated, **known)  # in the order of glossary.yaml, which the table does not keep
    source = Source(study, curated, read)
    exports.write_all(study.reports, entries, source)
    found = checks(curated, vectors=read["usage_vectors"], **known)
    exports.write_table(study.reports / CHECKS, found)
    say(f"glossary: {len(entries)} senses of {entries.term_id.nunique()} terms")
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


@glossary.command()
@study_option
@click.option("--waves", nargs=2, metavar="A B", help="Two waves of this study.")
@click.option("--groups", nargs=3, metavar="QUESTION A B", help="Two answers to a closed question.")
@click.option("--other", metavar="STUDY", help="Another study with the same senses.")
def compare(
    study: Study, waves: tuple[str, str] | None, groups: tuple[str, str, str] | None, other: str | None
) -> None:
    """Show which senses grew, shrank or appeared between two waves, groups or studies, and how surely."""
    from pipeline.files import write_text
    from pipeline.glossary import compare as comparing
    from pipeline.glossary import compared, exports

    sides, notes, randomised = _sides(study, waves, groups, other)
    small = study.survey.report.small
    table = comparing.compare(*sides, randomised=randomised, small=small)
    a, b = sides[0].name, sides[1].name
    text = compared.as_text(table, a, b, notes)
    name = f"glossary-compare-{compared.slug(a)}-{compared.slug(b)}"
    write_text(study.reports / f"{name}.md", text)
    exports.write_table(study.reports / f"{name}.csv", table)
    say(text)
    say(f"{study.reports / name}.md, .csv")


def _sides(
    study: Study, waves: tuple[str, str] | None, groups: tuple[str, str, str] | None, other: str | None
) -> tuple[tuple[Side, Side], list[str], bool]:
    """Return the two sides that the options name, what to say about them, and whether chance made them."""
    from pipeline.glossary import compare as comparing

    if sum(map(bool, (waves, groups, other))) != 1:
        raise click.UsageError("name two sides: --waves A B, --groups QUESTION A B, or --other STUDY")
    if other:
        from pipeline.study import load_study

        both = (study, load_study(study.root, other))
        sides = tuple(comparing.side(one.name, *_judged(one)) for one in both)
        return (sides[0], sides[1]), ["Two studies: other people, asked and coded at other times."], False
    curated, senses, usages, responses = _judged(study)
    by, values = ("wave", waves) if waves else (groups[0], groups[1:]) if groups else ("", ())
    parts = comparing.parted(responses, _people(study), by, values)
    names = [f"wave {value}" if waves else value for value in values]
    made = tuple(comparing.side(name, curated, senses, usages, part) for name, part in zip(names, parts, strict=True))
    from pipeline import tables

    blind = comparing.blindness(
        tables.read(study.processed, "assignments"),
        usages,
        *(set(part.response_id) for part in parts),
        shown=study.survey.coding.show_to_coders,
    )
    return (made[0], made[1]), [blind], by in study.survey.report.randomised


def _judged(study: Study) -> tuple[Glossary, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    from pipeline import tables
    from pipeline.glossary.curated import load_glossary

    read = [tables.read(study.processed, name) for name in ("senses", "usages", "responses")]
    return load_glossary(study.codebook_folder / "glossary.yaml"), read[0], read[1], read[2]


def _people(study: Study) -> pd.DataFrame:
    from pipeline import tables

    return tables.read(study.processed, "respondents")
