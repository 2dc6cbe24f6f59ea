"""sameword figures, report, manifest: what people read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import looked_at, progress, say, study_option, warn
from pipeline.cli.outlook import next_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from pipeline.report.given import Given
    from pipeline.study import Study


@click.command()
@study_option
@click.option("--only", multiple=True, metavar="NAME", help="Draw these figures only, e.g. ambiguity or usage-map.")
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(["pdf", "svg", "png"]), help="Default: all three."
)
@click.option("--width", default=None, help="one-column, two-column, slide, acm-column, ieee-column, nature-column.")
@click.option("--check", is_flag=True, help="Write nothing; say whether the figures are those the tables give.")
def figures(study: Study, only: tuple[str, ...], formats: tuple[str, ...], width: str | None, check: bool) -> None:
    """Draw the figures as PDF, SVG and PNG, with captions."""
    from pipeline.compute import on_this_machine
    from pipeline.report import catalogue, draw
    from pipeline.speech import speaking

    given = given_of(study, catalogue.READS, vectors=True)
    found = catalogue.chosen(catalogue.charts(given), only)
    options = draw.Options(formats or draw.FORMATS, draw.width_of(width), draw.style_of(study))
    with progress("figures", len(found)) as tick, speaking(study.survey.report.language):
        done = draw.draw_all(
            given, found, options, check=check, partly=bool(only or formats or width), tick=tick, each=on_this_machine()
        )
    for line in done.differences:
        warn(line)
    say(f"figures: {done.said()}")
    if check and done.differences:
        raise SystemExit(1)


def given_of(study: Study, names: Iterable[str], *, every: bool = False, vectors: bool = False) -> Given:
    """Return what the report and the figures are made from: the study, these tables, codes and senses.

    every: all usages of terms that are very frequent, too. vectors: those of usages, not only which usages have one.
    """
    from pipeline import parts, tables
    from pipeline.cli.bookfacts import book_facts
    from pipeline.cli.freeze import plan_of
    from pipeline.glossary.curated import inventory, load_glossary
    from pipeline.report.given import Given, code_table

    def read(name: str) -> pd.DataFrame:
        if name == "usage_vectors":
            return parts.whole(study.processed, name, ["usage_id", "vector"] if vectors else ["usage_id"])
        return looked_at(study) if name == "usages" and not every else tables.read(study.processed, name)

    curated, book = study.codebook_folder / "glossary.yaml", book_facts(study)
    return Given(
        study,
        {name: read(name) for name in names},
        codes=code_table(book.themes.themes),
        inventory=inventory(load_glossary(curated)),
        book=book,
        **plan_of(study),
    )


@click.command()
@study_option
@click.option("--check-manuscript", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Write nothing; say which numbers in a LaTeX file are not those of the tables.")  # fmt: skip
def report(study: Study, check_manuscript: Path | None) -> None:
    """Write the report as HTML, DOCX and PDF, the tables behind it as CSV, and what a paper takes over."""
    from pipeline.cli.exchange import write_exchange
    from pipeline.report import draw, printed, publication, render, save
    from pipeline.report.content import content
    from pipeline.speech import speaking

    given = given_of(study, publication.READS)
    if check_manuscript:
        _check(given, check_manuscript)
        return
    captions = save.load_json(study.reports / "figures" / draw.CAPTIONS)
    with progress("report", 2) as tick, speaking(study.survey.report.language):
        found = content(given, captions)
        tick(1)
        with render.rendering(study, render.markdown(found), study.reports) as made:
            publication.write_tables(given)
            publication.write_paper(given, found, render.markdown(found, "methods.md.jinja"))
            render.write(study.reports, printed.printed(study, given.book.themes, study.reports))
            write_exchange(study, given.book.themes.themes)
            render.write(study.reports, made())
        tick(1)
    say(f"report: {study.reports / 'report.html'}, .docx, .pdf")


def _check(given: Given, manuscript: Path) -> None:
    from pipeline.report import paper

    stale = paper.stale(manuscript.read_text(encoding="utf-8"), paper.numbers(given))
    for line in stale:
        warn(f"{manuscript}: {line}")
    say(f"{manuscript}: {'every number is current' if not stale else f'{len(stale)} to mend'}")
    if stale:
        raise SystemExit(1)


@click.command()
@study_option
def manifest(study: Study) -> None:
    """Write manifest.json: digests of inputs, codebooks, tables and outputs, versions, seeds."""
    from functools import partial

    from pipeline.keys import fingerprint
    from pipeline.report import manifest as covering
    from pipeline.report import save

    found = {
        kind: {
            p: d
            for folder in folders
            for p, d in save.digests(folder, study.root, partial(covering.wanted, kind)).items()
        }
        for kind, folders in covering.parts_of(study).items()
    }
    save.save_json(study.reports / "manifest.json", covering.manifest(study, found, key=fingerprint(study)))
    say(f"manifest: {sum(map(len, found.values()))} files")
    for line in next_steps(study):
        say(f"  next: {line}")
