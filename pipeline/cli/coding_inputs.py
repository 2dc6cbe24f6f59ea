"""What the commands about people's work read: units, ledger, codebook, senses, and everything that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from pipeline.coding.collect import Collected
    from pipeline.coding.gather import Foreign, Gathered, Projects
    from pipeline.coding.habits import Labels, Read
    from pipeline.coding.labels import Inventory
    from pipeline.coding.packet import Scheme
    from pipeline.coding.sheets import Sheet
    from pipeline.coding.shown import Facts
    from pipeline.study import Study


def described_units(study: Study, *, handed: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return excerpts and usages with their answers, questions and people (units.COLUMNS).

    handed: the ledger, where only units in it are wanted; a large study's other usages are millions of marked answers.
    """
    from pipeline import tables
    from pipeline.coding.units import describe

    excerpts, usages, responses = (tables.read(study.processed, n) for n in ("excerpts", "usages", "responses"))
    if handed is not None:
        parts = {part for unit in set(handed.unit_id) for part in str(unit).split("+")}
        usages = usages[usages.usage_id.isin(parts)]
        if not _others_may_come(study):
            excerpts = excerpts[excerpts.excerpt_id.isin(parts)]
    return describe(excerpts, usages, responses=responses)


def _others_may_come(study: Study) -> bool:
    """Say whether files may come back that name excerpts nobody handed out: other tools' projects, mapped sheets."""
    from pipeline.coding.gather import PROJECTS

    labels = study.codebook_folder / "labels.yaml"
    return labels.exists() or any(path.suffix.lower() in PROJECTS for path in study.codings.glob("*"))


def shown_facts(study: Study, units: pd.DataFrame) -> Facts:
    """Return what coders may see beside the texts: translations, and what survey.yaml's show_to_coders names."""
    from pipeline import tables
    from pipeline.coding.shown import facts

    translations = tables.read(study.processed, "translations")
    if not study.survey.coding.show_to_coders and translations.empty:
        return {}
    read = {name: tables.read(study.processed, name) for name in ("respondents", "ratings", "machine_codings")}
    return facts(study, units, translations=translations, **read)


def read_ledger(study: Study) -> pd.DataFrame:
    """Return the work handed out so far."""
    from pipeline.coding.ledger import empty_ledger, parse_ledger

    path = study.raw / "assignments.csv"
    return parse_ledger(path.read_text(encoding="utf-8"), str(path)) if path.exists() else empty_ledger()


def senses_of(study: Study) -> tuple[str, pd.DataFrame]:
    """Return the version of glossary.yaml and its senses."""
    from pipeline.glossary.curated import inventory, load_glossary

    found = load_glossary(study.codebook_folder / "glossary.yaml")
    return found.version, inventory(found)


def themes_of(study: Study) -> Any:
    """Return themes.yaml."""
    from pipeline.codebook.themes import load_themes

    return load_themes(study.codebook_folder / "themes.yaml")


def scheme_of(study: Study) -> Scheme:
    """Return what coders choose from."""
    from pipeline import tables
    from pipeline.coding.packet import Scheme, term_rows, theme_rows
    from pipeline.glossary.curated import anchors, load_glossary

    themes, (version, senses) = themes_of(study), senses_of(study)
    terms = tables.read(study.processed, "terms")
    glossary = load_glossary(study.codebook_folder / "glossary.yaml")
    shown = anchors(glossary).groupby("sense_id").usage_id.agg(list).to_dict()
    said = f"themes {themes.version}, glossary {version}"
    return Scheme(said, theme_rows(themes.themes), term_rows(senses, terms), shown)


def _inventory(study: Study) -> Inventory:
    from pipeline.coding.labels import inventory

    themes, (_, senses) = themes_of(study), senses_of(study)
    codes = [(code.id, code.name, code.status, theme.id) for theme in themes.themes for code in theme.codes]
    labels = _labels(study)
    clean = {**themes.clean, **labels.clean}
    return inventory(codes, senses, clean=clean, version=themes.version, as_written=labels.as_written)


def _labels(study: Study) -> Labels:
    from pipeline.coding.habits import load_labels

    return load_labels(study.codebook_folder / "labels.yaml")


def _foreign(study: Study, units: pd.DataFrame, ledger: pd.DataFrame) -> Foreign:
    """Return the reader of files that are no packets, by the study's labels.yaml."""
    from pipeline.coding.habits import mapping_for, read_mapped

    labels, excerpts = _labels(study), units[units.unit_kind == "excerpt"]
    saved = _saved(ledger)

    def read(name: str, sheets: Sequence[Sheet]) -> Read | None:
        mapped = mapping_for(labels, name)
        if mapped is None:
            return None
        return read_mapped(sheets, mapped, labels=labels, excerpts=excerpts, saved=saved)

    return read


def _saved(ledger: pd.DataFrame) -> dict[str, str]:
    own = ledger[ledger.unit_kind == "excerpt"]
    return dict(zip(own.coder_id + "/" + own.unit_id, own.assignment_id, strict=True))


def _projects(study: Study, units: pd.DataFrame, ledger: pd.DataFrame) -> Projects:
    """Return the reader of REFI-QDA projects: codes and answers this study exported are known by their ids."""
    from pipeline.codebook.qdacodes import guid, known_ids
    from pipeline.codebook.qdpx import read_qdpx
    from pipeline.coding.habits import mapping_for
    from pipeline.coding.projects import read_project

    labels, themes, excerpts = _labels(study), themes_of(study), units[units.unit_kind == "excerpt"]
    answers = {guid(study.name, "source", key): key for key in excerpts.response_id}
    known = known_ids(themes.themes, study=study.name) | answers

    def read(path: Path) -> Read:
        given, mapped = read_qdpx(path, known=known), mapping_for(labels, path.name)
        return read_project(
            path.name, given.project, excerpts=excerpts, saved=_saved(ledger), codes={c.id for c in themes.codes},
            blank=mapped.blank if mapped else "unseen", left_out=given.left_out,
        )  # fmt: skip

    return read


def collected(study: Study) -> tuple[Collected, Gathered]:
    """Return what came back, checked, and how it was read; raise InputError with every fault."""
    import pandas as pd

    from pipeline.coding.collect import collect as join
    from pipeline.coding.collect import folded
    from pipeline.coding.gather import gather
    from pipeline.coding.habits import imported
    from pipeline.coding.units import describe_pairs

    ledger = read_ledger(study)
    units = described_units(study, handed=ledger)
    gathered = gather(
        study.codings, study.name, foreign=_foreign(study, units, ledger), projects=_projects(study, units, ledger)
    )
    extra = imported(gathered.work, ledger)
    whole = pd.concat([part for part in (ledger, extra) if len(part)] or [ledger], ignore_index=True)
    pairs = describe_pairs(whole[whole.unit_kind == "pair"].unit_id, units)
    found = join(gathered.rows, whole, units=pd.concat([units, pairs]), said=_inventory(study), faults=gathered.faults)
    if len(extra):
        found.notes.insert(0, f"{len(extra)} decisions were not handed out here; they came in through labels.yaml")
    found.notes[:0] = folded(gathered.notes)
    return found, gathered
