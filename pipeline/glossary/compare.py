"""Two waves, two groups or two studies: which senses grew, shrank or appeared, and how surely.

"Change" is said only of the same respondents, "effect" only where survey.yaml says that chance decided who belongs
where; anything else is a difference. Shares are compared under one inventory: a sense that the two sides define
differently, or that only one side could choose, is listed and not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.errors import Fault, InputError, nearest
from pipeline.glossary.curated import Glossary
from pipeline.glossary.differences import independent, paired

CHANGE, EFFECT, DIFFERENCE, APART = "change", "effect", "difference", "not compared"
NOT_SENSES = ("none", "cannot_code")
COLUMNS = [
    "term_id", "sense_id", "name", "of", "n_a", "base_a", "n_b", "base_b", "difference", "ci_low", "ci_high",
    "direction", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One of two sides: its name, people's labels (respondent_id, term_id, sense_id), and its senses' wordings."""

    name: str
    labels: pd.DataFrame
    senses: Mapping[str, tuple[str, str]]  # sense_id -> name, definition


def side(name: str, glossary: Glossary, senses: pd.DataFrame, usages: pd.DataFrame, responses: pd.DataFrame) -> Side:
    """Return a side from a study's tables; only what people judged enters. responses: those of this side."""
    judged = senses[senses.source == "record"][["usage_id", "term_id", "sense_id"]]
    labels = judged.merge(usages[["usage_id", "response_id"]], on="usage_id")
    labels = labels.merge(responses[["response_id", "respondent_id"]], on="response_id")
    known = {sense: (stated.name, stated.wording) for sense, (_, stated) in glossary.senses.items()}
    return Side(name, labels[["respondent_id", "term_id", "sense_id"]].drop_duplicates(), known)


def parted(
    responses: pd.DataFrame, people: pd.DataFrame, by: str, values: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the responses of each of two sides: a wave each, or those of people who gave each answer.

    Raises InputError naming the answers there are.
    """
    if by == "wave":
        of = responses.wave.astype("str")
    elif by in people and by not in ("respondent_id", "quote_ok"):
        of = responses.respondent_id.map(people.set_index("respondent_id")[by]).fillna("").astype("str")
    else:
        closed = [name for name in people if name not in ("respondent_id", "wave", "quote_ok")]
        raise InputError([Fault("--groups", "", f"{by!r} is no closed question of this study", nearest(by, closed))])
    known = sorted(set(of) - {""})
    wrong = [value for value in values if value not in known]
    if wrong:
        option = "--waves" if by == "wave" else "--groups"
        what = f"is not a value of {by!r}"
        raise InputError([Fault(option, "", f"{one!r} {what}", nearest(one, known)) for one in wrong])
    return responses[of == values[0]], responses[of == values[1]]


def compare(a: Side, b: Side, *, randomised: bool, small: int) -> pd.DataFrame:
    """Return a row per sense and kind of statement, in the inventory's order.

    of: change (people on both sides who used the term codably on both), effect or difference (everybody); what could
    not be compared comes last. No interval
    under `small` respondents on a side, nor for everybody where some stand on both sides.
    """
    rows = list(_unequal(a, b))
    skipped = {row["sense_id"] for row in rows}
    for sense in [name for name in a.senses if name in b.senses and name not in skipped]:
        rows += _statements(sense, a, b, EFFECT if randomised else DIFFERENCE, small)
    order = {name: place for place, name in enumerate([*a.senses, *b.senses])}
    kinds = [CHANGE, EFFECT, DIFFERENCE, APART]
    rows.sort(key=lambda row: (kinds.index(str(row["of"])), order[str(row["sense_id"])]))
    found = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    return found.astype(dict.fromkeys(("n_a", "base_a", "n_b", "base_b"), "Int64"))  # counts stay whole beside gaps


def _unequal(a: Side, b: Side) -> Iterator[dict[str, object]]:
    for name in dict.fromkeys([*a.senses, *b.senses]):
        one, other = a.senses.get(name), b.senses.get(name)
        if one and other and one[1] == other[1]:
            continue
        absent = f"not in the inventory of {(a if other else b).name}"
        note = "the two sides define it differently" if one and other else absent
        known = one or other
        assert known is not None
        yield {
            **dict.fromkeys(COLUMNS), "term_id": name.partition(".")[0], "sense_id": name, "name": known[0],
            "of": APART, "direction": "", "note": note,
        }  # fmt: skip


def _users(side_: Side, sense: str) -> tuple[set[str], set[str]]:
    """Return who used the sense, and who used its term codably."""
    term = sense.partition(".")[0]
    mine = side_.labels[(side_.labels.term_id == term) & ~side_.labels.sense_id.isin(NOT_SENSES)]
    return set(mine[mine.sense_id == sense].respondent_id), set(mine.respondent_id)


def _statements(sense: str, a: Side, b: Side, said: str, small: int) -> Iterator[dict[str, object]]:
    (in_a, all_a), (in_b, all_b) = _users(a, sense), _users(b, sense)
    same = all_a & all_b
    base = {"term_id": sense.partition(".")[0], "sense_id": sense, "name": a.senses[sense][0]}
    if same:
        counts = (len(in_a & in_b & same), len((in_a - in_b) & same), len((in_b - in_a) & same))
        limits = paired(*counts, len(same) - sum(counts)) if len(same) >= small else None
        yield {**base, "of": CHANGE, **_row(len(in_a & same), len(same), len(in_b & same), len(same), limits, small)}
    overlap = bool(same)
    enough = min(len(all_a), len(all_b)) >= small and not overlap
    limits = independent(len(in_a), len(all_a), len(in_b), len(all_b)) if enough else None
    row = _row(len(in_a), len(all_a), len(in_b), len(all_b), limits, small)
    if overlap:
        row["note"] = f"{len(same)} respondents stand on both sides: see the change among them"
    yield {**base, "of": DIFFERENCE if overlap else said, **row}


def _row(
    n_a: int, base_a: int, n_b: int, base_b: int, limits: tuple[float, float] | None, small: int
) -> dict[str, object]:
    low, high = limits or (None, None)
    defined = bool(base_a and base_b) and min(base_a, base_b) >= small
    return {
        "n_a": n_a, "base_a": base_a, "n_b": n_b, "base_b": base_b,
        "difference": round(n_b / base_b - n_a / base_a, 4) if defined else None, "ci_low": low, "ci_high": high,
        "direction": direction(n_a, n_b, limits),
        "note": "" if limits else f"fewer than {small} respondents on a side: counts only",
    }  # fmt: skip


def direction(n_a: int, n_b: int, limits: tuple[float, float] | None) -> str:
    """Return grew, shrank, appeared, disappeared or no difference shown; nothing where there is no interval."""
    if limits is None:
        return ""
    if limits[0] > 0:
        return "appeared" if n_a == 0 else "grew"
    if limits[1] < 0:
        return "disappeared" if n_b == 0 else "shrank"
    return "no difference shown"


def blindness(
    assignments: pd.DataFrame, usages: pd.DataFrame, a: set[str], b: set[str], *, shown: Sequence[str] = ()
) -> str:
    """Say whether readers could tell the two sides of one study apart by their work. a, b: response_ids of each side.

    Readers see no wave; who reads both sides in one round cannot know it from the round either.
    """
    work = assignments[assignments.unit_kind == "usage"].merge(
        usages[["usage_id", "response_id"]], left_on="unit_id", right_on="usage_id"
    )
    rounds_a, rounds_b = (set(work[work.response_id.isin(list(part))]["round"]) for part in (a, b))
    if "group" in shown:
        return "Readers saw the respondents’ groups beside the text (coding.show_to_coders)."
    if not rounds_a or not rounds_b:
        return "One side has not been read."
    if rounds_a == rounds_b:
        return "Readers met both sides in the same rounds, and were not told which was which."
    return "The two sides were read in different rounds: readers may have known which was which."
