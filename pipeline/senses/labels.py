"""The sense of every usage, and where it comes from: people's record, curated anchors, completion, or proposal.

Completion carries people's labels to the usages nobody read, for search and quotes; no count rests on it but the
difference estimate (estimate.py), which corrects it by what people labelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.ids import among
from pipeline.senses import completion

ENOUGH = 10  # labelled usages of a term, and
EACH = 2  # of a sense, under which nothing is completed
COLUMNS = ["usage_id", "sense_id", "source", "term_id", "confidence"]
HELD = [
    "term_id", "n_labelled", "n_respondents", "majority", "accuracy", "calibration_error", "confidence_from",
    "n_completed", "n_left", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Points:
    """A term's usages as features (completion.features), in order of usage_id, with whose they are.

    people: usage -> number of the respondent, the same for all terms.
    """

    usage_ids: tuple[str, ...]
    values: np.ndarray
    people: np.ndarray


def points_of(
    usages: pd.DataFrame,
    usage_vectors: pd.DataFrame,
    *,
    responses: pd.DataFrame,
    excerpts: pd.DataFrame,
    excerpt_vectors: pd.DataFrame,
) -> dict[str, Points]:
    """Return features per term, from a usage's vector, that of its whole answer, and the words around it."""
    said = responses[["response_id", "respondent_id", "text"]]
    rows = usages.merge(usage_vectors, on="usage_id").merge(said, on="response_id")
    rows = rows.assign(person=np.unique(rows.respondent_id, return_inverse=True)[1])
    answers = _answer_vectors(excerpts[excerpts.response_id.isin(rows.response_id)], excerpt_vectors)
    found = {}
    for term, mine in rows.sort_values("usage_id").groupby("term_id"):
        around = [
            completion.words_around(text, start, end)
            for text, start, end in zip(mine.text, mine.start, mine.end, strict=True)
        ]
        values = completion.features(
            np.stack(mine.vector.tolist()), np.stack([answers[name] for name in mine.response_id]), around
        )
        found[str(term)] = Points(tuple(mine.usage_id), values, mine.person.to_numpy())
    return found


def _answer_vectors(excerpts: pd.DataFrame, vectors: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return response_id -> mean vector of the answer's excerpts."""
    rows = excerpts.merge(vectors, on="excerpt_id").sort_values("excerpt_id")
    return {
        str(name): np.mean(np.stack(vectors.tolist()), axis=0) for name, vectors in rows.groupby("response_id").vector
    }


def named_usages(record: pd.DataFrame, assignments: pd.DataFrame, anchors: pd.DataFrame) -> set[str]:
    """Return the usages that people have read, were asked about, or have put into the glossary."""
    handed = set(record.unit_id) | set(assignments[assignments.unit_kind.isin(["usage", "pair"])].unit_id)
    return {usage for unit in handed for usage in str(unit).split("+")} | set(anchors.usage_id)


def of_terms_with(named: set[str], usages: pd.DataFrame) -> pd.DataFrame:
    """Return all usages of terms of which any is named: only to those can people's labels be carried over."""
    return usages[usages.term_id.isin(usages[usages.usage_id.isin(list(named))].term_id)]


def trained_labels(assignments: pd.DataFrame, judgements: pd.DataFrame) -> pd.DataFrame:
    """Return usage_id, sense_id of usages read to teach the machine, where all who read one say the same one sense."""
    read = assignments[(assignments.purpose == "train") & (assignments.unit_kind == "usage")]
    kept = agreed(read, judgements)
    return pd.DataFrame({"usage_id": list(kept), "sense_id": list(kept.values())}, dtype="object")


def agreed(assignments: pd.DataFrame, judgements: pd.DataFrame) -> dict[str, str]:
    """Return usage_id -> sense for usages on which all who read them named the same one sense."""
    read = assignments[assignments.unit_kind == "usage"].merge(judgements, on="assignment_id")
    values = read.groupby("unit_id").value.agg(lambda said: sorted(set(said)))
    one = {str(usage): said[0] for usage, said in values.items() if len(said) == 1}
    return {usage: sense for usage, sense in one.items() if "." in sense and "|" not in sense}


def label_usages(
    usages: pd.DataFrame,
    points: Mapping[str, Points],
    *,
    record: pd.DataFrame,
    trained: pd.DataFrame,
    proposals: pd.DataFrame,
    anchors: pd.DataFrame,
    precision: float = 0.9,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (senses table, completion table).

    record: rows of unit_kind "usage" (value: a sense id, "none" or "cannot_code"); trained: usage_id, sense_id, what
    people said in rounds that teach the machine; proposals: usage_id, sense_id, strength; anchors: usage_id,
    sense_id (curated). A usage with a record keeps only that; then curated; then completed; then proposed.
    """
    mentioned = {*record.unit_id, *anchors.usage_id, *trained.usage_id, *proposals.usage_id}
    mentioned.update(usage for at in points.values() for usage in at.usage_ids)
    usages = usages.loc[among(usages.usage_id, mentioned), ["usage_id", "term_id"]]  # few of millions
    people = record[record.unit_kind == "usage"]
    people = people[among(people.unit_id, set(usages.usage_id))]
    parts = [
        pd.DataFrame({"usage_id": people.unit_id, "sense_id": people.value, "source": "record", "confidence": 1.0})
    ]
    known = set(people.unit_id)
    curated = anchors[anchors.usage_id.isin(usages.usage_id) & ~anchors.usage_id.isin(list(known))]
    parts.append(curated[["usage_id", "sense_id"]].assign(source="curated", confidence=1.0))
    known |= set(curated.usage_id)
    taught = pd.concat([*parts, trained[~trained.usage_id.isin(list(known))][["usage_id", "sense_id"]]])
    completed, held = complete_terms(points, taught, settled=known, precision=precision)
    parts.append(completed)
    known |= set(completed.usage_id)
    proposed = proposals[~proposals.usage_id.isin(list(known))]
    parts.append(
        proposed[["usage_id", "sense_id"]].assign(source="proposed", confidence=proposed.strength.astype("float64"))
    )
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.merge(usages, on="usage_id", how="left")[COLUMNS], held


def complete_terms(
    points: Mapping[str, Points], taught: pd.DataFrame, *, settled: set[str], precision: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return completed usages (usage_id, sense_id, source, confidence), and per term how far that can be trusted.

    settled: usages whose sense stands without the machine. Only usages whose predicted sense is at least as sure as
    the out-of-fold predictions of which `precision` were right are completed; the others are left alone.
    """
    single = taught[~taught.duplicated("usage_id", keep=False)]
    sense_of = {
        str(usage): str(sense)
        for usage, sense in zip(single.usage_id, single.sense_id, strict=True)
        if "." in str(sense)
    }
    found, held = [], []
    for term, mine in points.items():
        labels = {row: sense_of[usage] for row, usage in enumerate(mine.usage_ids) if usage in sense_of}
        if not labels:
            continue
        rest = [row for row, usage in enumerate(mine.usage_ids) if usage not in settled]
        part, row = _completed(term, mine, labels, rest, precision)
        found.append(part)
        held.append(row)
    empty = pd.DataFrame(columns=pd.Index(["usage_id", "sense_id", "source", "confidence"]))
    return pd.concat([part for part in found if len(part)] or [empty]), pd.DataFrame(held, columns=pd.Index(HELD))


def _completed(
    term: str, mine: Points, labels: Mapping[int, str], rest: list[int], precision: float
) -> tuple[pd.DataFrame, dict[str, object]]:
    counts = pd.Series(list(labels.values())).value_counts()
    rows = [row for row, sense in labels.items() if counts[sense] >= EACH]
    senses = [labels[row] for row in rows]
    row: dict[str, object] = dict.fromkeys(HELD)
    row |= {"term_id": term, "n_labelled": len(rows), "n_respondents": len(np.unique(mine.people[rows]))}
    row |= {"n_completed": 0, "n_left": len(rest), "note": ""}
    nothing = pd.DataFrame({"usage_id": [], "sense_id": [], "source": [], "confidence": []})
    if len(rows) < ENOUGH or len(set(senses)) < 2:
        row["note"] = f"nothing is completed: {ENOUGH} labels of two senses, each with {EACH} or more, are needed"
        return nothing, row
    held = completion.held_out(mine.values[rows], senses, mine.people[rows])
    least = held.confidence_for(precision)
    row |= {
        "majority": round(float(counts.max() / len(labels)), 4),
        "accuracy": held.accuracy,
        "calibration_error": held.calibration_error,
        "confidence_from": least,
    }
    if least is None:
        row["note"] = f"nothing is completed: at no confidence are {precision:.0%} of the predictions right"
        return nothing, row
    if not rest:
        row["note"] = "every usage has been read"
        return nothing, row
    sense, sure = completion.complete(mine.values[rows], senses, mine.values[rest])
    part = pd.DataFrame(
        {"usage_id": [mine.usage_ids[k] for k in rest], "sense_id": sense, "source": "completed", "confidence": sure}
    )
    part = part[part.confidence >= least]
    return part, row | {"n_completed": len(part), "n_left": len(rest) - len(part)}
