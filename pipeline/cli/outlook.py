"""What a study still lacks, and what its team could do next: said after check-inputs and at the end of make report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.report.steps import Step
    from pipeline.study import Study

TABLES = {".csv", ".tsv", ".xlsx", ".ods", ".parquet"}
SAID = {
    "codes": "no codes to apply: write {book}/themes.yaml (docs/codebook.md shows one)",
    "watch": "no word is watched, so none is handed out: survey.yaml, terms: {{watch: [word, another word]}}",
    "senses": "{words}: watched, without senses to choose from. After make report: sameword glossary draft "
    "--study {study}, then adopt TERM, or write them in {book}/glossary.yaml",
    "drafts": "{words}: the senses are drafts, which coders do not see. Name and define them in "
    "{book}/glossary.yaml, then delete the line 'status: draft'",
    "coders": "nobody codes: survey.yaml, coding: {{coders: [anna, ben]}}, then make assign",
    "record": "no rule says which decisions count, so nothing will be recorded: survey.yaml, coding: "
    "{{record: majority}} (or single, unanimous, negotiated, adjudicated)",
    "hand_out": "no work has been handed out: make assign STUDY={study}",
    "left": "{n_coders} coders have texts left ({who}): what they send goes to {codings}",
    "differ": "{n} units on which coders differ: make adjudicate STUDY={study}",
}


def lacking(study: Study) -> list[str]:
    """Return what people have not written yet, in the order in which it is needed; empty where all is there."""
    return [*_unread_exports(study), *(_written_out(step, study) for step in _to_write(study))]


def next_steps(study: Study) -> list[str]:
    """Return what to do after a report: what is lacking, and where the coders' work stands."""
    from pipeline import tables
    from pipeline.report.steps import to_do

    work = to_do(*(tables.read(study.processed, name) for name in ("assignments", "decisions", "open_units")))
    shown = [step for step in work if step.kind != "hand_out" or study.survey.coding.coders]
    return [*lacking(study), *(_written_out(step, study) for step in shown)]


def unnamed(study: Study) -> list[str]:
    """Return what is to be said of watched terms that cannot be handed out: no senses are written, or drafts."""
    return [_written_out(step, study) for step in _to_write(study) if step.kind in ("senses", "drafts")]


def _to_write(study: Study) -> Iterator[Step]:
    from pipeline.glossary.curated import load_glossary
    from pipeline.ids import term_id
    from pipeline.report.steps import to_write

    glossary = load_glossary(study.codebook_folder / "glossary.yaml")
    return to_write(
        study,
        coded=(study.codebook_folder / "themes.yaml").exists(),
        watched={term_id(term.term): term.term for term in study.survey.terms.watch},
        written={term_id(entry.term) for entry in glossary.entries if entry.senses},
        drafts=glossary.drafts,
    )


def _written_out(step: Step, study: Study) -> str:
    """Return a step as a line for the terminal."""
    return SAID[step.kind].format(
        words=", ".join(step.words),
        study=study.name,
        book=study.codebook_folder,
        codings=study.codings,
        n=step.n,
        n_coders=len(step.by),
        who=", ".join(f"{coder} {count}" for coder, count in step.by.items()),
    )


def _unread_exports(study: Study) -> Iterator[str]:
    if unread := _unread(study):
        yield (
            f"{', '.join(unread)}: in {study.raw}, and not read. For late answers add it to survey.yaml, exports: "
            f"[…, {{file: {unread[0]}}}]; rows that are in both count once"
        )


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
