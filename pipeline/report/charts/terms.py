"""Figures of terms: ranked by ambiguity, senses by group, senses case by case, the map of usages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.charts.base import canvas, interval_rows, name_rows, rows_height, scale_of, side_text
from pipeline.report.given import NOT_SENSES
from pipeline.report.style import COLOURS, GREY, INK, PALE, look
from pipeline.report.words import wrapped
from pipeline.speech import phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TURNS = np.linspace(0.5, 2 * np.pi + 0.5, 12, endpoint=False)  # where a number is tried around its mark


def ambiguity(frame: pd.DataFrame, *, width: float) -> Figure:
    """Terms from most to least ambiguous, with intervals (frames.ambiguity)."""
    figure = canvas(width, rows_height(len(frame), scale=scale_of(width)))
    axes = figure.add_subplot()
    people = frame.basis.eq("people").all()
    y = np.arange(len(frame))
    strong = frame.verdict.isin(["ambiguous", "worth checking"])
    for wanted, colour, marker, label in (
        (strong, COLOURS[0], "o", phrase("ambiguous") if people else phrase("worth checking")),
        (~strong, GREY, "s", phrase("other verdicts")),
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
        phrase("How often two respondents mean different things")
        if people
        else phrase("Other words whose usages differ less")
    )
    if width > 5:
        counts = zip(frame.n_usages, frame.n_respondents, strict=True)
        side_text(axes, [phrase("{usages} usages, {people} resp.", usages=int(u), people=int(r)) for u, r in counts])
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
    style = looks(frame)
    for place, axes in enumerate(panels.flat):
        if place >= len(senses):
            axes.set_visible(False)
            continue
        _share_panel(axes, frame[frame.sense == senses[place]], groups, senses[place], style[senses[place]])
        axes.tick_params(labelbottom=True)
    figure.supxlabel(phrase("Share of respondents who used the term"), fontsize="medium", color="#333333")
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
                fontsize="small",
                color="#555555",
            )
    labels = [
        f"{wrapped(name, 24, 1)} ({base})" if pd.notna(base) else name
        for name, base in zip(groups.group_label, mine.base.astype("Int64").astype(object), strict=True)
    ]
    name_rows(axes, labels)
    axes.axhline(0.5, color=PALE, linewidth=0.8) if len(groups) > 1 else None
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.grid(axis="x")
    axes.set_title(wrapped(sense, 30, 2))


def looks(frame: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return (colour, marker) per sense, the same in every figure of a term."""
    known = frame.drop_duplicates("sense")
    return {
        sense: look(int(rank), other=sense_id in NOT_SENSES)
        for sense, rank, sense_id in zip(known.sense, known["rank"], known.sense_id, strict=True)
    }


def cases(frame: pd.DataFrame, *, width: float) -> Figure:
    """Respondents against senses; the number is how often (frames.cases). For small studies."""
    people = sorted(frame.person.unique())
    senses = frame.sort_values("rank").sense.drop_duplicates().tolist()
    style = looks(frame)
    figure = canvas(width, rows_height(len(senses), lines=2, extra=0.55))
    axes = figure.add_subplot()
    for row, sense in enumerate(senses):
        mine = frame[frame.sense == sense]
        x = [people.index(person) for person in mine.person]
        axes.axhline(row, color=PALE, linewidth=0.8, zorder=0)
        axes.scatter(x, [row] * len(x), s=60, marker=style[sense][1], color=style[sense][0])
        for place, count in zip(x, mine.n_usages, strict=True):
            if count > 1:
                axes.annotate(
                    f"×{count}",
                    (place, row),
                    (0, 6.5),
                    textcoords="offset points",
                    ha="center",
                    fontsize="small",
                    color=INK,
                )
    name_rows(axes, [wrapped(sense, 26, 2) for sense in senses])
    axes.set_ylim(len(senses) - 0.4, -0.75)
    axes.set_xticks(range(len(people)), people, rotation=0 if len(people) <= 16 and width > 6 else 90)
    axes.set_xlim(-0.6, len(people) - 0.4)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    return figure


def usage_map(frame: pd.DataFrame, *, width: float) -> Figure:
    """Usages in the plane of their two main directions, by sense, the quoted ones numbered (frames.usage_map)."""
    share = 0.34 if len(frame) < 40 else 0.5
    figure = canvas(width, max(2.4, width * share))
    axes = figure.add_subplot()
    style = looks(frame)
    for sense, part in frame.groupby("sense", sort=False):
        colour, marker = style[str(sense)]
        axes.plot(
            part.x,
            part.y,
            marker,
            color=colour,
            markersize=5,
            alpha=0.8,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linestyle="none",
            label=f"{wrapped(str(sense), 44, 1)} ({len(part)})",
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.margins(0.07)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(PALE)
    _number(axes, frame[frame.number.notna()], (width * 72 * 0.93, max(2.4, width * share) * 72 * 0.82))
    figure.legend(loc="outside lower center", ncols=2 if width > 5 else 1)
    return figure


def _number(axes: Axes, rows: pd.DataFrame, size: tuple[float, float]) -> None:
    """Write the numbers of quoted usages beside their marks, where they hide no other number and no quoted mark."""
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    spots = (rows[["x", "y"]].to_numpy(dtype=float) - low) / (high - low) * size  # points
    taken = [tuple(spot) for spot in spots]
    for number, spot, x, y in zip(rows.number, spots, rows.x, rows.y, strict=True):
        tries = [spot + 12 * ring * np.array([np.cos(turn), np.sin(turn)]) for ring in (1, 1.7, 2.4) for turn in TURNS]
        free = [place for place in tries if all(abs(place[0] - a) > 11 or abs(place[1] - b) > 9 for a, b in taken)]
        place = free[0] if free else tries[0]
        taken.append(tuple(place))
        axes.annotate(
            str(int(number)),
            (x, y),
            tuple(place - spot),
            textcoords="offset points",
            ha="center",
            va="center",
            color=INK,
            fontsize="small",
            weight="bold",
            zorder=6,
            bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.75},
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 2},
        )
        axes.plot(
            [x], [y], "o", markersize=8, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=0.7, zorder=5
        )
