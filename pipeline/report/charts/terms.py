"""Figures of terms: ranked by ambiguity, senses by group, senses case by case, the map of usages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.charts.base import canvas, interval_rows, name_rows, rows_height, scale_of, side_text
from pipeline.report.style import COLOURS, GREY, INK, PALE, colours_of
from pipeline.report.words import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def ambiguity(frame: pd.DataFrame, *, width: float) -> Figure:
    """Terms from most to least ambiguous, with intervals (frames.ambiguity)."""
    figure = canvas(width, rows_height(len(frame), scale=scale_of(width)))
    axes = figure.add_subplot()
    people = frame.basis.eq("people").all()
    y = np.arange(len(frame))
    strong = frame.verdict.isin(["ambiguous", "worth checking"])
    for wanted, colour, marker, label in (
        (strong, COLOURS[0], "o", "ambiguous" if people else "worth checking"),
        (~strong, GREY, "s", "other verdicts"),
    ):
        if wanted.any():
            part = frame[wanted.to_numpy()]
            interval_rows(axes, part, value="score", y=y[wanted], colour=colour, marker=marker, label=label)
    name_rows(axes, [wrapped(label, 28, 1) for label in frame.label])
    reference = frame.role.eq("reference").tolist()
    for tick, plain in zip(axes.get_yticklabels(), reference, strict=True):
        tick.set_fontstyle("italic" if plain else "normal")
    axes.set_xlim(left=min(0.0, float(np.nanmin(frame[["score", "ci_low"]].to_numpy(dtype=float)))))
    axes.grid(axis="x")
    axes.set_xlabel(
        "How often two respondents mean different things" if people else "Separation of groups of usages (machine)"
    )
    if width > 5:
        side_text(axes, [f"{u} usages, {r} resp." for u, r in zip(frame.n_usages, frame.n_respondents, strict=True)])
    if strong.any() and (~strong).any():
        figure.legend(loc="outside upper left", ncols=2)
    return figure


def shares(frame: pd.DataFrame, *, width: float) -> Figure:
    """Share of respondents who use a term in each sense, one panel a sense, one row a group (frames.shares)."""
    senses = list(dict.fromkeys(frame.sense))
    groups = frame[["by", "group_label"]].drop_duplicates().reset_index(drop=True)
    columns = max(1, min(len(senses), 3 if width > 5 else 1))
    rows = -(-len(senses) // columns)
    height = rows_height(len(groups), extra=0.72, least=1.2) * rows * scale_of(width)
    figure = canvas(width, height)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    style = colours_of(senses)
    for place, axes in enumerate(panels.flat):
        if place >= len(senses):
            axes.set_visible(False)
            continue
        _share_panel(axes, frame[frame.sense == senses[place]], groups, senses[place], style[senses[place]])
        axes.tick_params(labelbottom=True)
    figure.supxlabel("Share of respondents who used the term", fontsize="medium", color="#333333")
    return figure


def _share_panel(axes: Axes, mine: pd.DataFrame, groups: pd.DataFrame, sense: str, style: tuple[str, str]) -> None:
    mine = groups.merge(mine, on=["by", "group_label"], how="left")
    interval_rows(axes, mine, value="share", y=np.arange(len(groups)), colour=style[0], marker=style[1])
    for row, (n, base, share, low) in enumerate(
        zip(mine.n_respondents, mine.base, mine.share, mine.ci_low, strict=True)
    ):
        if pd.isna(low) and pd.notna(base):
            left = share > 0.6
            axes.annotate(
                f"{n:g} of {base:g}",
                (share, row),
                (-6 if left else 6, 0),
                textcoords="offset points",
                va="center",
                ha="right" if left else "left",
                fontsize="x-small",
                color="#555555",
            )
    labels = [
        f"{wrapped(name, 24, 1)} ({base})" if base == base else name
        for name, base in zip(groups.group_label, mine.base.astype("Int64").astype(object), strict=True)
    ]
    name_rows(axes, labels)
    axes.axhline(0.5, color=PALE, linewidth=0.8) if len(groups) > 1 else None
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.grid(axis="x")
    axes.set_title(wrapped(sense, 30, 2))


def cases(frame: pd.DataFrame, *, width: float) -> Figure:
    """Respondents against senses; the number is how often (frames.cases). For small studies."""
    people = sorted(frame.person.unique())
    senses = list(dict.fromkeys(frame.sort_values("person").sense)) if "rank" not in frame else list(frame.sense)
    style = colours_of(senses)
    figure = canvas(width, rows_height(len(senses), lines=2, extra=0.55))
    axes = figure.add_subplot()
    for row, sense in enumerate(senses):
        mine = frame[frame.sense == sense]
        x = [people.index(person) for person in mine.person]
        axes.axhline(row, color=PALE, linewidth=0.8, zorder=0)
        axes.scatter(x, [row] * len(x), s=95, marker=style[sense][1], color=style[sense][0])
        for place, count in zip(x, mine.n_usages, strict=True):
            axes.text(
                place, row, str(count), ha="center", va="center", fontsize="x-small", color="white", weight="bold"
            )
    name_rows(axes, [wrapped(sense, 26, 2) for sense in senses])
    axes.set_xticks(range(len(people)), people, rotation=0 if len(people) <= 16 or width > 6 else 90)
    axes.set_xlim(-0.6, len(people) - 0.4)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    return figure


def usage_map(frame: pd.DataFrame, *, width: float) -> Figure:
    """Usages in the plane of their two main directions, by sense, the quoted ones numbered (frames.usage_map)."""
    figure = canvas(width, min(width * 0.62, 4.6 * scale_of(width)))
    axes = figure.add_subplot()
    style = colours_of(list(dict.fromkeys(frame.sense)))
    for sense, part in frame.groupby("sense", sort=False):
        colour, marker = style[str(sense)]
        axes.plot(
            part.x,
            part.y,
            marker,
            color=colour,
            markersize=5,
            alpha=0.75,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linestyle="none",
            label=f"{wrapped(str(sense), 34, 1)} ({len(part)})",
        )
    if "number" in frame:
        for row in frame[frame.number.notna()].itertuples():
            axes.plot(
                [row.x],
                [row.y],
                style[row.sense][1],
                color=style[row.sense][0],
                markersize=11,
                markeredgecolor=INK,
                markeredgewidth=0.7,
            )
            axes.text(
                row.x,
                row.y,
                str(int(row.number)),
                ha="center",
                va="center_baseline",
                fontsize="x-small",
                color="white",
                weight="bold",
                zorder=5,
            )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.margins(0.06)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(PALE)
    figure.legend(loc="outside lower center", ncols=2 if width > 5 else 1)
    return figure
