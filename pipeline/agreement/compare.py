"""The same codings under several tools' definitions of agreement, side by side, and why the numbers differ.

They differ in the unit (an answer or a character), in what counts as read (everything, what somebody coded, what both
coded), in what chance is taken to give, and in what a missing decision is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.agreement import alpha as alphas
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.measure import NO_VARIATION, Measure, undefined
from pipeline.agreement.segments import Segments
from pipeline.agreement.spans import unitizing_alpha
from pipeline.coding.sheets import Sheet

COLUMNS = ["code", "coders", "where", "definition", "value", "n", "why"]
WHY = {
    "answers both coded, alpha": "this program's: an answer is one unit, and one that a coder gave no code at all is "
    "not taken to be read",
    "all answers, alpha": "an answer that a coder gave no code counts as read without it: missing is "
    "treated as absent",
    "all answers, Cohen's kappa": "chance from each coder's own share, so coders who differ in how often they use "
    "the code are not held against it",
    "all characters, percent": "NVivo's agreement: most characters carry no code for anyone, so it is high by "
    "itself",
    "all characters, Cohen's kappa": "NVivo's kappa: a character is the unit, so long passages weigh more, and where "
    "the marks begin and end counts as disagreement",
    "all characters, alpha": "as ATLAS.ti's alpha of one code: characters, chance from both coders' joint share",
    "coded characters only, QualCoder's kappa": "characters that nobody coded are left out, the two chances are "
    "multiplied; so it follows the overlap below and not a kappa",
    "coded characters only, overlap": "Jaccard: characters both coded among those that either coded; no chance term",
    "marked words, alpha-u": "spans as wholes against placing them anywhere (Krippendorff 1995)",
    "as printed by NVivo": "NVivo writes 1 where neither coder used the code: no disagreement was possible",
}  # fmt: skip


def compare(segments: Segments) -> pd.DataFrame:
    """Return one row per code, pair of coders and definition that the file allows (COLUMNS)."""
    rows = []
    for first, second in combinations(sorted(set(segments.rows.coder)), 2):
        pair = segments.rows[segments.rows.coder.isin([first, second])]
        for code in sorted(set(pair.code)):
            found = [*_answers(segments, pair, code, first, second), *_characters(segments, pair, code, first, second)]
            rows += [(code, f"{first} and {second}", "all documents", *one) for one in found]
    return _table(rows)


def _table(rows: Sequence[tuple[str, str, str, str, Measure, int]]) -> pd.DataFrame:
    named = [
        (code, coders, where, name, measure.value, n, measure.note or WHY[name])
        for code, coders, where, name, measure, n in rows
    ]
    return pd.DataFrame(named, columns=pd.Index(COLUMNS))


def _answers(
    segments: Segments, pair: pd.DataFrame, code: str, first: str, second: str
) -> Iterator[tuple[str, Measure, int]]:
    """Yield the definitions whose unit is a document."""
    every = sorted(set(segments.sizes) | set(segments.rows.document))
    coded = {coder: set(pair[pair.coder == coder].document) for coder in (first, second)}
    given = {coder: set(pair[(pair.coder == coder) & (pair.code == code)].document) for coder in (first, second)}
    both = [document for document in every if document in coded[first] & coded[second]]
    for name, documents in (("answers both coded, alpha", both), ("all answers, alpha", every)):
        ratings = np.array([[float(d in given[coder]) for d in documents] for coder in (first, second)])
        yield name, alphas.alpha(ratings, "nominal", domain=[0, 1]), len(documents)
    yield "all answers, Cohen's kappa", chance.cohen(ratings, domain=[0, 1]), len(every)


def _characters(
    segments: Segments, pair: pd.DataFrame, code: str, first: str, second: str
) -> Iterator[tuple[str, Measure, int]]:
    """Yield the definitions whose unit is a character, where the file has positions."""
    mine = pair[(pair.code == code)].dropna(subset=["start", "end"])
    if len(mine) < (pair.code == code).sum() or mine.empty:
        return
    ends = segments.rows.dropna(subset=["end"]).groupby("document").end.max()
    sizes = {document: segments.sizes.get(document, int(end)) for document, end in ends.items()} | segments.sizes
    begins, length = {}, 0
    for document in sorted(sizes):
        begins[document] = length
        length += sizes[document]
    masks = np.zeros((2, length), dtype=bool)
    for row in mine.itertuples():
        place = begins[row.document]
        masks[[first, second].index(row.coder), place + int(row.start) : place + int(row.end)] = True
    both, one, other = (int(part.sum()) for part in (masks[0] & masks[1], masks[0] & ~masks[1], ~masks[0] & masks[1]))
    if len(segments.sizes) >= len(begins):  # only with the texts do we know how much nobody coded
        yield from of_cells(both, one, other, length - both - one - other)
        yield "marked words, alpha-u", unitizing_alpha([[_runs(mask) for mask in masks]], length), length
    yield from coded_only(both, one, other)


def of_cells(both: float, one: float, other: float, neither: float) -> Iterator[tuple[str, Measure, int]]:
    """Yield percent, kappa and alpha of two coders' characters: both coded, only one, only the other, neither."""
    n = both + one + other + neither
    agreed, shares = (both + neither) / n, ((both + one) / n, (both + other) / n)
    expected = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    yield "all characters, percent", Measure(agreed), round(n)
    kappa = undefined(NO_VARIATION) if abs(1 - expected) < 1e-12 else Measure((agreed - expected) / (1 - expected))
    yield "all characters, Cohen's kappa", kappa, round(n)
    value = bootstrap.binary_alpha(np.array([2 * (one + other)]), np.array([2 * both + one + other]), np.array(2 * n))[
        0
    ]
    yield "all characters, alpha", undefined(NO_VARIATION) if np.isnan(value) else Measure(float(value)), round(n)


def coded_only(both: float, one: float, other: float) -> Iterator[tuple[str, Measure, int]]:
    """Yield QualCoder's kappa and the overlap: characters that somebody coded.

    QualCoder 3 (report_compare_coder_file.py): agreement both/n, chance P(yes) * P(no) in place of their sum.
    """
    n = both + one + other
    if n == 0:
        return
    yes = (both + one) / n * (both + other) / n
    no = other / n * one / n
    yield (
        "coded characters only, QualCoder's kappa",
        Measure((both / n - yes * no) / (1 - yes * no)) if (yes * no < 1) else undefined(NO_VARIATION),
        round(n),
    )
    yield "coded characters only, overlap", Measure(both / n), round(n)


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the spans of a mask over characters."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def compare_nvivo(sheet: Sheet) -> pd.DataFrame:
    """Return what an NVivo coding comparison allows: its own kappa, and the same shares under other definitions."""
    named = {column.strip().casefold(): column for column in sheet.columns}
    rows: list[tuple[str, str, str, str, Measure, int]] = []
    for _, row in sheet.rows:
        cell = {name: row.get(column, "").strip() for name, column in named.items()}
        both, one, other = (_share(cell.get(name, "")) for name in COMPARED)
        code = cell.get("code") or cell.get("node") or ""
        if both is None or one is None or other is None or not code:
            continue
        printed = _share(cell["kappa"])
        where = cell.get("file") or cell.get("source") or ""
        size = _share(cell.get("file size", "").split(" ")[0].replace(",", "")) or 100
        both, one, other = (part / 100 * size for part in (both, one, other))
        found = [
            ("as printed by NVivo", undefined("not a number") if printed is None else Measure(printed), round(size))
        ]
        found += [*of_cells(both, one, other, size - both - one - other), *coded_only(both, one, other)]
        rows += [(code, "A and B", where, *one) for one in found]
    return _table(rows)


COMPARED = ("a and b (%)", "a and not b (%)", "b and not a (%)")


def _share(text: str) -> float | None:
    try:
        return float(text.rstrip("% ").replace(",", "."))
    except ValueError:
        return None


def summary(found: pd.DataFrame) -> str:
    """Return the comparison in words: values per code and pair, and once what each definition does."""
    if found.empty:
        return "nothing to compare: one coder only, or no codings"
    lines = []
    for (code, coders, where), part in found.groupby(["code", "coders", "where"], sort=False):
        lines.append(f"{code}, {coders}, {where or 'all documents'}")
        for row in part.itertuples():
            value = "undefined" if pd.isna(row.value) else f"{row.value:.3f}"
            lines.append(f"  {value:>9}  {row.definition} (n = {row.n:,})")
    lines.append("Why they differ")
    used = list(dict.fromkeys(found.definition))
    lines += [f"  {name}: {WHY[name]}" for name in used]
    return "\n".join(lines)
