"""The way of rows of the export into the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipeline.report.charts.base import canvas, scale_of
from pipeline.report.style import GREY, INK
from pipeline.report.words import wrapped
from pipeline.speech import number, phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def flow(frame: pd.DataFrame, *, width: float) -> Figure:
    """Boxes from top to bottom with what is left, beside each what was dropped and why (frames.flow)."""
    step = 0.5 * scale_of(width)
    figure = canvas(width, len(frame) * step + 0.1)
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(frame) - 0.5, -0.5)
    box = {"boxstyle": "round,pad=0.35", "facecolor": "#eef4f9", "edgecolor": "#0072B2", "linewidth": 0.8}
    arrow = {"arrowstyle": "-|>", "color": GREY, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
    for row in frame.reset_index(drop=True).itertuples():
        text = f"{wrapped(row.label, 34, 1)}: {number(row.n_rows)}"
        axes.text(0.27, row.Index, text, ha="center", va="center", color=INK, bbox=box, zorder=3)
        if row.Index:
            axes.annotate("", (0.27, row.Index - 0.3), (0.27, row.Index - 0.72), arrowprops=arrow)
        if row.n_dropped:
            axes.annotate("", (0.55, row.Index - 0.5), (0.27, row.Index - 0.5), arrowprops=arrow)
            why = phrase("{n:,} left out", n=int(row.n_dropped))
            why += f": {row.reason}" if isinstance(row.reason, str) and row.reason else ""
            axes.text(
                0.565, row.Index - 0.5, wrapped(why, 44, 2), ha="left", va="center", color="#555555", fontsize="small"
            )
    return figure
