"""What is handed out next: the study's settings turned into units with needs, and those into rows of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.coding import plan, sample
from pipeline.coding.units import EXCERPT, PAIR, USAGE, describe_pairs, minutes
from pipeline.settings import Coding

MOST_DRAWN = 60  # usages of a term that pairs are made of
FEW = 40  # excerpts in a round that trains people and not estimates, where survey.yaml does not say
EVERYONE = ("pilot", "calibrate")  # rounds in which all coders read the same


@dataclass(frozen=True)
class Material:
    """What there is to read.

    teaching: usages chosen where a round trains the machine; watched: ids of watched terms; terms: those of them
    that have senses to choose from.
    """

    units: pd.DataFrame
    respondents: pd.DataFrame
    questions: Sequence[str]
    groups: Sequence[str]
    terms: Sequence[str]
    watched: Sequence[str]
    machine_codings: pd.DataFrame
    teaching: Mapping[str, Sequence[str]] = field(default_factory=dict)  # term -> usages of a training round


def hand_out(material: Material, ledger: pd.DataFrame, *, coding: Coding, done: Collection[str]) -> pd.DataFrame:
    """Return the rows to add to the ledger for the study's current round and purpose; none when all is given out.

    done: assignments that have come back; open work of withdrawn coders is given to others.
    """
    active = [coder for coder in coding.coders if coder not in coding.withdrawn]
    if coding.purpose == "repeat":
        return plan.repeats(ledger, list(done), share=coding.repeat, coders=active, seed=coding.seed)
    mine = ledger[(ledger["round"] == coding.round) & (ledger.purpose == coding.purpose)]
    gone = mine.coder_id.isin(coding.withdrawn) & ~mine.assignment_id.isin(list(done))
    added = ledger
    parts = []
    for kind in (EXCERPT, PAIR if coding.purpose == "develop" else USAGE):
        chosen = _pairs(material, mine, coding) if kind == PAIR else _chosen(material, kind, coding)
        units = _needs(chosen, mine[mine.unit_kind == kind], active, kind, coding)
        rows = plan.extend(
            units, mine[(mine.unit_kind == kind) & ~gone], coders=active,
            round_=coding.round, purpose=coding.purpose, seed=coding.seed,
        )  # fmt: skip
        parts.append(_after(rows, added))
        added = pd.concat([part for part in (ledger, *parts) if len(part)] or [ledger])
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(batch=int(ledger.batch.max()) + 1 if len(ledger) else 1)


def _after(rows: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """Return rows that number each coder's new work after everything that coder already has."""
    last = rows.coder_id.map(standing.groupby("coder_id").position.max()).fillna(0).astype("int64")
    return rows.assign(position=last + rows.groupby("coder_id").cumcount() + 1)


def _chosen(material: Material, kind: str, coding: Coding) -> pd.DataFrame:
    """Return the units of a kind that this round reads, with stratum, place and p_include."""
    units = material.units[material.units.unit_kind == kind].merge(
        material.respondents[["respondent_id", *material.groups]], on="respondent_id", how="left"
    )
    order = {question: index for index, question in enumerate(material.questions)}
    if kind == EXCERPT:
        rare = sample.rare_codes(len(units), material.machine_codings)
        units = units.assign(
            rare=[rare.get(unit, "") for unit in units.unit_id],
            place=[order.get(question, len(order)) for question in units.question_id],
        )
        size = coding.sample if coding.purpose == "estimate" else coding.sample or FEW
        strata = ["question_id", *material.groups, "rare"]
        chosen = sample.choose(units, strata, size=size, seed=coding.seed)
    else:
        parts = []
        size = (
            coding.complete_up_to if coding.purpose == "estimate" else min(coding.sample or FEW, coding.complete_up_to)
        )
        for index, term in enumerate(material.terms):
            mine = units[units.term_id == term].assign(place=index)
            if coding.purpose == "train":  # chosen for the machine's sake: no probability sample, so no p_include
                parts.append(mine[mine.unit_id.isin(material.teaching.get(term, ()))].assign(p_include=float("nan")))
                continue
            parts.append(sample.choose(mine, ["question_id"], size=size, seed=coding.seed))
        chosen = pd.concat(parts) if parts else units.iloc[:0].assign(place=0, p_include=1.0)
        strata = ["term_id", "question_id"]
    joined = ["|".join(map(str, row)) for row in chosen[strata].itertuples(index=False)]
    return chosen.assign(stratum=pd.Series(joined, index=chosen.index, dtype="object"))


def _pairs(material: Material, ledger: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    """Return pairs of usages of a term by different respondents, chosen by lot, for coders who discover senses.

    Every watched term gets the same number; pairs given out before stay and count.
    """
    usages = material.units[material.units.unit_kind == USAGE]
    given = set(ledger[ledger.unit_kind == PAIR].unit_id)
    wanted: list[str] = []
    for term in material.watched:
        mine = usages[usages.term_id == term]
        drawn = sorted(
            zip(mine.unit_id, mine.respondent_id, strict=True), key=lambda u: sample.lot(coding.seed, "draw", u[0])
        )
        drawn = sorted(drawn[:MOST_DRAWN])
        pairs = [f"{a}+{b}" for i, (a, who) in enumerate(drawn) for b, other in drawn[i + 1 :] if who != other]
        standing = [pair for pair in given if pair.split("+")[0] in set(mine.unit_id)]
        fresh = sorted(set(pairs) - given, key=lambda pair: sample.lot(coding.seed, "pair", pair))
        wanted += standing + fresh[: max(0, (coding.sample or FEW) - len(standing))]
    chosen = describe_pairs(wanted, material.units)
    return chosen.assign(stratum=chosen.term_id.astype("object"), place=0, p_include=1.0)


def _needs(units: pd.DataFrame, ledger: pd.DataFrame, active: Sequence[str], kind: str, coding: Coding) -> pd.DataFrame:
    """Add how many people read each unit."""
    if coding.purpose in EVERYONE:
        return units.assign(need=len(active))
    if kind in (USAGE, PAIR):
        return units.assign(need=coding.overlap.usages)
    overlap = coding.overlap
    need = plan.overlap_needs(units, ledger, share=overlap.share, coders=overlap.coders, seed=coding.seed)
    return units.assign(need=need)


def loads(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return, per coder, excerpts, usages and estimated minutes of these rows."""
    texts = units.set_index(["unit_kind", "unit_id"]).text
    keys = pd.MultiIndex.from_frame(rows[["unit_kind", "unit_id"]])
    spent = [minutes(text) for text in texts.reindex(keys).fillna("")]
    counted = rows.assign(minutes=spent, excerpts=rows.unit_kind == EXCERPT, usages=rows.unit_kind != EXCERPT)
    return counted.groupby("coder_id")[["excerpts", "usages", "minutes"]].sum().round().astype("int64")
