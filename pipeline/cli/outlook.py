"""What a study still lacks, and what its team could do next: said after check-inputs and at the end of make report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.study import Study

TABLES = {".csv", ".tsv", ".xlsx", ".ods", ".parquet"}


def lacking(study: Study) -> list[str]:
    """Return what people have not written yet, in the order in which it is needed; empty where all is there."""
    return [*_dictionary(study), *unnamed(study), *_team(study)]


def next_steps(study: Study) -> list[str]:
    """Return what to do after a report: what is lacking, and where the coders' work stands."""
    return [*lacking(study), *_work(study)]


def _dictionary(study: Study) -> Iterator[str]:
    survey, where = study.survey, study.codebook_folder
    if unread := _unread(study):
        yield (
            f"{', '.join(unread)}: in {study.raw}, and not read. For late answers add it to survey.yaml, exports: "
            f"[…, {{file: {unread[0]}}}]; rows that are in both count once"
        )
    if not (where / "themes.yaml").exists():
        yield f"no codes to apply: write {where / 'themes.yaml'} (docs/codebook.md shows one)"
    if not survey.terms.watch:
        yield "no word is watched, so none is handed out: survey.yaml, terms: {watch: [word, another word]}"


def _unread(study: Study) -> list[str]:
    """Return tables that lie beside the exports and that survey.yaml does not name."""
    from pipeline.study import OWN_FILES

    named = {one.file for one in study.survey.exports} | set(study.survey.asking.files)
    return sorted(
        path.name
        for path in study.raw.glob("[!.~]*")
        if path.suffix.lower() in TABLES
        and path.name not in named
        and path.name.lower() not in OWN_FILES
        and not path.name.lower().startswith("followup")
    )


def unnamed(study: Study) -> Iterator[str]:
    """Yield watched terms that cannot be handed out, because no senses are written or they are drafts."""
    from pipeline.glossary.curated import load_glossary
    from pipeline.ids import term_id

    glossary = load_glossary(study.codebook_folder / "glossary.yaml")
    written = {term_id(entry.term) for entry in glossary.entries if entry.senses}
    watched = {term_id(term.term): term.term for term in study.survey.terms.watch}
    if missing := [term for key, term in watched.items() if key not in written]:
        yield (
            f"{', '.join(missing)}: watched, without senses to choose from. After make report: sameword glossary draft "
            f"--study {study.name}, then adopt TERM, or write them in {study.codebook_folder / 'glossary.yaml'}"
        )
    if drafts := [term for key, term in watched.items() if key in glossary.drafts & written]:
        yield (
            f"{', '.join(drafts)}: the senses are drafts, which coders do not see. Name and define them in "
            f"{study.codebook_folder / 'glossary.yaml'}, then delete the line 'status: draft'"
        )


def _team(study: Study) -> Iterator[str]:
    coding = study.survey.coding
    if not coding.coders:
        yield "nobody codes: survey.yaml, coding: {coders: [anna, ben]}, then make assign"
    if coding.record is None:
        yield (
            "no rule says which decisions count, so nothing will be recorded: survey.yaml, coding: {record: majority} "
            "(or single, unanimous, negotiated, adjudicated)"
        )


def _work(study: Study) -> Iterator[str]:
    from pipeline import tables

    given, back = (tables.read(study.processed, name) for name in ("assignments", "decisions"))
    if given.empty:
        if study.survey.coding.coders:
            yield f"no work has been handed out: make assign STUDY={study.name}"
        return
    done = given.assignment_id.isin(back.assignment_id)
    if not done.all():
        waiting = given.coder_id[~done].value_counts().sort_index()
        who = ", ".join(f"{coder} {count}" for coder, count in waiting.items())
        yield f"{len(waiting)} coders have texts left ({who}): what they send goes to {study.codings}"
    open_units = tables.read(study.processed, "open_units")
    differ = int(open_units.reason.str.contains("differ").sum())
    if differ:
        yield f"{differ} units on which coders differ: make adjudicate STUDY={study.name}"
