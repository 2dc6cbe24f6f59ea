"""Figures of senses against ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.charts.base import canvas, name_rows, rows_height, scale_of, side_text
from pipeline.report.charts.terms import looks
from pipeline.report.style import INK
from pipeline.report.words import wrapped
from pipeline.speech import message, phrase
from pipeline.wording import quoted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ORDERS = (
    ("n_concordant", message("same order"), "#0072B2"),
    ("n_tied", message("tied in one"), "#d0d0d0"),
    ("n_discordant", message("opposite order"), "#E69F00"),
)


def sense_ratings(frame: pd.DataFrame, *, width: float) -> Figure:
    """How often each rating was given beside an answer that uses a sense, one panel a rating (frames.sense_ratings)."""
    panels = list(dict.fromkeys(zip(frame.term, frame.rating, strict=True)))
    counts = [frame[(frame.term == t) & (frame.rating == r)].sense.nunique() for t, r in panels]
    heights = [rows_height(count, lines=2, extra=0.5, least=0.9) for count in counts]
    figure = canvas(width, (sum(heights) + 0.3) * scale_of(width))
    axes_of = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    bar = 0.6  # of a row
    for axes, (term, rating) in zip(axes_of, panels, strict=True):
        part = frame[(frame.term == term) & (frame.rating == rating)]
        levels = np.arange(part.low.iloc[0], part.high.iloc[0] + 1)
        senses = list(dict.fromkeys(part.sense))
        biggest = part.n.max()
        style = looks(part)
        for row, sense in enumerate(senses):
            mine = part[part.sense == sense].set_index("value").n.reindex(levels, fill_value=0)
            axes.bar(levels, -bar * mine / biggest, width=0.7, bottom=row + 0.38, color=style[sense][0])
            for level, count in mine.items():
                if count:
                    axes.text(
                        level,
                        row + 0.35 - bar * count / biggest,
                        str(count),
                        ha="center",
                        va="bottom",
                        fontsize="small",
                        color=INK,
                    )
        name_rows(axes, [wrapped(sense, 30, 2) for sense in senses])
        axes.set_ylim(len(senses) - 0.5, -0.75)
        axes.set_xticks(levels, [f"{level:g}" for level in levels])
        axes.set_title(wrapped(f"{rating} · {quoted(term)}", 60 if width > 5 else 24, 2))
        people = [part[part.sense == sense].n_respondents.iloc[0] for sense in senses]
        side_text(axes, [phrase("{n} resp.", n=int(n)) for n in people])
    axes_of[-1].set_xlabel(phrase("Rating given (number of ratings above the bar)"))
    return figure


def orders(frame: pd.DataFrame, *, width: float) -> Figure:
    """Pairs of items in the same, a tied or the opposite order in two ratings, by sense (frames.orders)."""
    figure = canvas(width, rows_height(len(frame), lines=2, extra=0.9, scale=scale_of(width)))
    axes = figure.add_subplot()
    left = np.zeros(len(frame))
    total = frame[[name for name, _, _ in ORDERS]].sum(axis=1).to_numpy(dtype=float)
    for name, label, colour in ORDERS:
        part = frame[name].to_numpy(dtype=float)
        axes.barh(range(len(frame)), part, left=left, color=colour, height=0.62, label=phrase(label), edgecolor="white")
        for row, (start, size) in enumerate(zip(left, part, strict=True)):
            if size and size / total.max() > 0.03:
                axes.text(
                    start + size / 2,
                    row,
                    f"{size:g}",
                    ha="center",
                    va="center",
                    fontsize="small",
                    color="white" if colour == "#0072B2" else INK,
                )
        left += part
    single = frame.term.nunique() == 1
    names = [s if single else f"{t}: {s}" for t, s in zip(frame.term, frame.sense, strict=True)]
    name_rows(axes, [wrapped(name, 30, 2) for name in names])
    axes.set_xlabel(phrase("Pairs of items"))
    side_text(axes, [phrase("{n} resp.", n=int(n)) for n in frame.n_respondents])
    figure.legend(loc="outside upper left", ncols=3)
    return figure
