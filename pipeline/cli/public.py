"""sameword public: the report that may leave the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.common import say, study_option, warn

if TYPE_CHECKING:
    from pipeline.study import Study


@click.command()
@study_option
def public(study: Study) -> None:
    """Write reports/<study>/public: quotes only of those who agreed, small groups masked, nobody shown singly."""
    from dataclasses import replace

    from pipeline.cli.report import given_of
    from pipeline.compute import on_this_machine
    from pipeline.glossary import exports, source
    from pipeline.glossary.curated import load_glossary
    from pipeline.glossary.entries import entry_table
    from pipeline.report import catalogue, draw, publication, render, save
    from pipeline.report.content import content
    from pipeline.report.paraphrases import paraphrased
    from pipeline.report.public import public_study, public_tables, singled_out
    from pipeline.speech import speaking

    shown = public_study(study)
    given = given_of(shown, {*catalogue.READS, *publication.READS, *source.READS}, vectors=True)
    before = paraphrased(given.tables, study.survey.report.paraphrases, str(study.codebook_folder / "survey.yaml"))
    tables, notes = public_tables(before, minimum=study.survey.privacy.minimum_cell)
    given = replace(given, study=shown, tables=tables)
    options = draw.Options(draw.FORMATS, draw.width_of(None), draw.style_of(shown))
    with speaking(study.survey.report.language):
        draw.draw_all(given, catalogue.charts(given), options, check=False, partly=False, each=on_this_machine())
        captions = save.load_json(shown.reports / "figures" / draw.CAPTIONS)
        publication.write_tables(given)
        found = content(given, captions)
        publication.write_paper(given, found, render.markdown(found, "methods.md.jinja"))
        render.write(shown.reports, render.render(shown, render.markdown(found), shown.reports))
    curated = load_glossary(study.codebook_folder / "glossary.yaml")
    entries = entry_table(curated, **{name: tables[name] for name in ("terms", "senses", "usages", "responses")})
    exports.write_all(shown.reports, entries, source.Source(shown, curated, tables))
    for note in notes:
        say(f"  {note}")
    alone = singled_out(before["respondents"], study.survey.report.groups)
    if alone:
        warn(f"  {alone}")
    say(f"public: {shown.reports / 'report.html'}")
