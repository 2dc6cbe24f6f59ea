"""Figures of codes: prevalence, co-occurrence, topics against codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.charts.base import canvas, cells, interval_rows, name_rows, rows_height, scale_of
from pipeline.report.style import colours_of
from pipeline.report.words import wrapped
from pipeline.speech import phrase

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANELS = 5  # that fit beside each other in two columns of a journal


def prevalence(frame: pd.DataFrame, *, width: float) -> Figure:
    """Share of respondents with a code, one row a code, one panel a question or group (frames.prevalence)."""
    columns = list(dict.fromkeys(frame.column))
    codes = frame[["code", "theme"]].drop_duplicates("code").reset_index(drop=True)
    down = -(-len(columns) // (PANELS if width > 5 else 2))
    across = -(-len(columns) // down)  # rows of the same length, or nearly
    figure = canvas(width, rows_height(len(codes), extra=0.6) * down * scale_of(width))
    panels = figure.subplots(down, across, squeeze=False, sharey=True, sharex=True)
    style = colours_of(list(dict.fromkeys(codes.theme)))
    for place, axes in enumerate(panels.flat):
        if place >= len(columns):
            axes.set_visible(False)
            continue
        mine = codes.merge(frame[frame.column == columns[place]], on=["code", "theme"], how="left")
        for theme in style:
            part = mine[mine.theme == theme]
            interval_rows(axes, part, value="share", y=part.index, colour=style[theme][0], marker=style[theme][1])
        name_rows(axes, [wrapped(code, 30, 1) for code in codes.code])
        axes.set_xlim(-0.04, 1.04)
        axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
        axes.tick_params(labelbottom=True)
        axes.grid(True)
        base = mine.base.dropna()
        many = f"{int(base.min())}" if base.nunique() < 2 else f"{int(base.min())}–{int(base.max())}"
        named = wrapped(columns[place], 14 if across > 4 else 17 if across > 2 else 22, 3)
        title = axes.set_title(f"{named}\nn = {many}" if len(base) else named)
        title.set_fontsize(title.get_fontsize() * (0.9 if across > 4 else 1))
    return figure


def co_occurrence(frame: pd.DataFrame, *, width: float) -> Figure:
    """Excerpts that carry two codes at once; the diagonal is the code itself (frames.co_occurrence)."""
    names = frame.drop_duplicates("a").sort_values("a").code_a.tolist()
    place = {name: i for i, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for row in frame.itertuples():
        a, b = place[row.code_a], place[row.code_b]
        if b <= a:
            matrix[a, b] = row.n_excerpts
    size = 0.27 * len(names) * scale_of(width)
    figure = canvas(width, max(2.0, size + 1.5))
    axes = figure.add_subplot()
    beside = matrix.copy()
    np.fill_diagonal(beside, np.nan)
    cells(axes, matrix, most=float(np.nanmax(beside)) * 1.4 if not np.isnan(beside).all() else None)
    axes.set_yticks(np.arange(len(names)) + 0.5, [wrapped(name, 32, 1) for name in names])
    axes.set_xticks(
        np.arange(len(names)) + 0.5,
        [wrapped(name, 24, 1) for name in names],
        rotation=45,
        ha="right",
        rotation_mode="anchor",
    )
    return figure


def topics_codes(frame: pd.DataFrame, *, width: float) -> Figure:
    """Emergent topics against codes, excerpts in common (frames.topics_codes)."""
    topics = list(dict.fromkeys(frame.topic))
    codes = list(dict.fromkeys(frame.sort_values("code", kind="stable").code))
    matrix = frame.pivot_table(index="topic", columns="code", values="n_excerpts", aggfunc="sum", sort=False)
    codes = list(dict.fromkeys(frame.code))
    values = matrix.reindex(index=topics, columns=codes).to_numpy(dtype=float)
    figure = canvas(width, rows_height(len(topics), lines=1, extra=1.7, scale=scale_of(width)) + 0.1 * len(topics))
    axes = figure.add_subplot()
    cells(axes, values)
    axes.set_yticks(np.arange(len(topics)) + 0.5, [wrapped(topic, 36, 1) for topic in topics])
    axes.set_xticks(
        np.arange(len(codes)) + 0.5,
        [wrapped(code, 34, 1) for code in codes],
        rotation=45,
        ha="right",
        rotation_mode="anchor",
    )
    return figure


def prevalence_counts(frame: pd.DataFrame, *, width: float) -> Figure:
    """Respondents with a code out of those asked and coded, in counts: for small studies (frames.prevalence)."""
    codes, columns = list(dict.fromkeys(frame.code)), list(dict.fromkeys(frame.column))
    values = np.full((len(codes), len(columns)), np.nan)
    texts = np.full(values.shape, "", dtype=object)
    for row in frame.itertuples():
        place = codes.index(row.code), columns.index(row.column)
        values[place] = row.n_respondents / row.base
        texts[place] = phrase("{count} of {base}", count=int(row.n_respondents), base=int(row.base))
    figure = canvas(width, rows_height(len(codes), extra=0.7, scale=scale_of(width)) + 0.05 * len(codes))
    axes = figure.add_subplot()
    cells(axes, values, texts=texts, most=1.0)
    axes.set_yticks(np.arange(len(codes)) + 0.5, [wrapped(code, 30, 1) for code in codes])
    axes.set_xticks(np.arange(len(columns)) + 0.5, [wrapped(column, 16, 2) for column in columns])
    axes.xaxis.tick_top()
    return figure
