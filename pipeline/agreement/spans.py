"""Unitizing alpha: do coders who mark spans mark the same ones? For studies in which coders choose the words.

Source: K. Krippendorff, On the reliability of unitizing continuous data, Sociological Methodology 25 (1995); Content
Analysis, 2nd edition (2004), pp. 251-256. One code at a time; the continuum is everything both coders read, end to end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline.agreement.measure import NO_PAIRS, NO_VARIATION, Measure, undefined
from pipeline.agreement.rows import Row, row
from pipeline.agreement.units import DECIDED, Units

Span = tuple[int, int]  # begin and end (not included) on the continuum
LEVEL = "spans in characters, excerpts end to end"


def unitizing_alpha(codes: Sequence[Sequence[Sequence[Span]]], length: int) -> Measure:
    """Return alpha-u over several codes: 1 minus the ratio of their summed disagreements.

    codes: per code, per coder, spans on a continuum of this length (from 0); spans of one coder and code do not
    overlap. Undefined where nobody marked anything.
    """
    observed = sum(observed_disagreement(coders, length) for coders in codes)
    expected = sum(expected_disagreement(coders, length) for coders in codes)
    return Measure(1 - observed / expected) if expected > 0 else undefined(NO_VARIATION)


def observed_disagreement(coders: Sequence[Sequence[Span]], length: int) -> float:
    """Return D_o of one code: over pairs of coders, squared differences of spans that meet, squared lengths of others.

    Two spans that share a position differ by (begin - begin)^2 + (end - end)^2; a span that lies wholly in the other
    coder's gap differs by its length squared.
    """
    total = 0.0
    for one, other in combinations(coders, 2):
        meet = [(a, b) for a in one for b in other if a[0] < b[1] and b[0] < a[1]]
        total += sum((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for a, b in meet)
        for mine, theirs in ((one, 0), (other, 1)):
            met = {pair[theirs] for pair in meet}
            total += sum((end - begin) ** 2 for begin, end in mine if (begin, end) not in met)
    m = len(coders)
    return 2 * total / (m * (m - 1) * length**2)


def expected_disagreement(coders: Sequence[Sequence[Span]], length: int) -> float:
    """Return D_e of one code: what all ways of placing the marked spans and the gaps would give on average."""
    spans = np.array([end - begin for mine in coders for begin, end in mine], dtype=float)
    gaps = np.array([gap for mine in coders for gap in _gaps(mine, length)], dtype=float)
    if len(spans) == 0:
        return 0.0
    meeting = (len(spans) - 1) / 3 * (2 * spans**3 - 3 * spans**2 + spans)
    inside = np.maximum(gaps[None, :] - spans[:, None] + 1, 0).sum(1) * spans**2
    m = len(coders)
    ways = m * length * (m * length - 1) - (spans * (spans - 1)).sum()
    return float(2 / length * (meeting + inside).sum() / ways)


def _gaps(spans: Sequence[Span], length: int) -> Iterator[int]:
    """Yield the lengths of what lies between the spans of one coder, before the first and after the last."""
    place = 0
    for begin, end in sorted(spans):
        if begin > place:
            yield begin - place
        place = max(place, end)
    if length > place:
        yield length - place


def span_rows(
    rows: pd.DataFrame, codings: pd.DataFrame, excerpts: pd.DataFrame, respondent_of: pd.Series
) -> Iterator[Row]:
    """Yield alpha-u per pair of coders and code, and over all codes, where coders marked spans.

    rows: decisions about excerpts; excerpts: excerpt_id, start, end. A code given without a span stands for the whole
    excerpt. The level says where the continuum comes from.
    """
    marked = codings[codings.assignment_id.isin(rows.assignment_id)]
    if marked.start.notna().sum() == 0:
        return
    sizes = dict(zip(excerpts.excerpt_id, excerpts.end - excerpts.start, strict=True))
    read = rows[rows.state.isin(DECIDED) & rows.unit_id.isin(list(sizes))]
    for first, second in combinations(sorted(set(read.coder_id)), 2):
        mine = read[read.coder_id.isin([first, second])]
        shared = sorted(unit for unit, n in mine.groupby("unit_id").coder_id.nunique().items() if n == 2)
        scope = f"spans / pair:{first}|{second}"
        units = Units((first, second), tuple(shared), tuple(respondent_of.loc[shared]) if shared else (), ())
        if not shared:
            yield row(scope, "alpha-u", LEVEL, undefined(NO_PAIRS), units)
            continue
        begins, length = _laid_out(shared, sizes)
        given = marked.merge(mine[["assignment_id", "coder_id", "unit_id"]], on="assignment_id")
        given = given[given.unit_id.isin(shared)]
        codes = {
            code: [_placed(part[part.coder_id == coder], begins, sizes) for coder in (first, second)]
            for code, part in given.groupby("code_id", sort=True)
        }
        yield row(scope, "alpha-u", LEVEL, unitizing_alpha(list(codes.values()), length), units)
        for code, coders in codes.items():
            value, spans = unitizing_alpha([coders], length), sum(map(len, coders))
            yield row(f"{scope} / code:{code}", "alpha-u", LEVEL, value, units, positive=spans)


def _laid_out(units: Sequence[str], sizes: dict[str, int]) -> tuple[dict[str, int], int]:
    """Return where each excerpt begins on the continuum, and the continuum's length."""
    begins, place = {}, 0
    for unit in units:
        begins[unit] = place
        place += int(sizes[unit])
    return begins, place


def _placed(given: pd.DataFrame, begins: dict[str, int], sizes: dict[str, int]) -> list[Span]:
    found = []
    for unit, start, end in zip(given.unit_id, given.start, given.end, strict=True):
        whole = pd.isna(start) or pd.isna(end)
        begin, stop = (0, int(sizes[unit])) if whole else (int(start), int(end))
        found.append((begins[unit] + begin, begins[unit] + stop))
    return sorted(found)
