"""Figures of coders: agreement per code and term, agreement between each two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.charts.base import canvas, cells, interval_rows, name_rows, rows_height, scale_of, side_text
from pipeline.report.style import COLOURS, GREY
from pipeline.report.words import wrapped
from pipeline.speech import number, phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {"overall": (COLOURS[0], "D"), "code": (COLOURS[0], "o"), "term": (COLOURS[4], "s")}


def agreement(frame: pd.DataFrame, *, width: float, thresholds: tuple[float, float] = (0.667, 0.8)) -> Figure:
    """Krippendorff's alpha of every code and term with intervals; undefined values say so (frames.agreement)."""
    figure = canvas(width, rows_height(len(frame), extra=0.7, scale=scale_of(width)))
    axes = figure.add_subplot()
    frame = frame.reset_index(drop=True)
    for kind, (colour, marker) in KINDS.items():
        part = frame[(frame.kind == kind) & frame.value.notna()]
        interval_rows(axes, part, value="value", y=part.index, colour=colour, marker=marker)
    name_rows(axes, [wrapped(label, 34, 1) for label in frame.label])
    low = float(np.nanmin([0.0, *frame.value, *frame.ci_low]))
    axes.set_xlim(low - 0.03, 1.03)
    for row in frame[frame.value.isna()].itertuples():
        axes.text(0.01, row.Index, phrase("undefined"), va="center", fontsize="small", style="italic", color=GREY)
    for threshold in thresholds:
        axes.axvline(threshold, color=GREY, linewidth=0.7, linestyle=(0, (3, 2)), zorder=0)
        axes.text(threshold, -0.72, number(threshold, "g"), ha="center", va="bottom", fontsize="small", color="#555555")
    axes.set_xlabel(phrase("Krippendorff's alpha"))
    axes.grid(axis="x")
    positive = [_units(row.n_positive, row.n_units) for row in frame.itertuples()]
    if width > 5:
        side_text(axes, positive)
    return figure


def _units(n_positive: float | None, n_units: int) -> str:
    if n_positive is None or pd.isna(n_positive):
        return phrase("{n} units", n=int(n_units))
    return phrase("{n} of {base} units", n=int(n_positive), base=int(n_units))


def coders(frame: pd.DataFrame, *, width: float) -> Figure:
    """Alpha over all codes between each two coders, with the units they share (frames.coders)."""
    names = sorted({*frame.coder_a, *frame.coder_b})
    matrix = np.full((len(names), len(names)), np.nan)
    texts = np.full((len(names), len(names)), "", dtype=object)
    for row in frame.itertuples():
        a, b = sorted((names.index(row.coder_a), names.index(row.coder_b)))
        matrix[b, a] = row.value if pd.notna(row.value) else np.nan
        texts[b, a] = f"{number(row.value, '.2f')}\n{phrase('{n} units', n=int(row.n_units))}"
    size = max(1.3, 0.5 * len(names))
    figure = canvas(width, size + 0.5)
    axes = figure.add_subplot(figure.add_gridspec(1, 2, width_ratios=[1, max(0.01, (width - 1) / (1.7 * size) - 1)])[0])
    cells(axes, matrix[1:, :-1], texts=texts[1:, :-1], most=1.0)
    axes.set_yticks(np.arange(len(names) - 1) + 0.5, names[1:])
    axes.set_xticks(np.arange(len(names) - 1) + 0.5, names[:-1])
    return figure
