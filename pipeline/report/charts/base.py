"""What figures share: an empty canvas of the right size, label widths, dot-and-interval rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.report.style import GREY, INK
from pipeline.speech import ENGLISH, number, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.2  # inches a row of labels needs at 7.5 points


def canvas(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, laid out so that labels fit."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def settled(figure: Figure) -> Figure:
    """Lay the figure out, round where things stand and keep it: the layout's solver is not exact to the last digit."""
    _speak(figure)
    figure.draw_without_rendering()
    for axes in figure.axes:
        left, bottom, width, height = (round(float(value), 4) for value in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    figure.set_layout_engine(None)  # not "none", which is an engine too: with one, savefig draws everything twice
    return figure


def _speak(figure: Figure) -> None:
    """Write the numbers along the axes with the marks of the language spoken."""
    from matplotlib.ticker import FuncFormatter, ScalarFormatter

    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        plain = axis.get_major_formatter()
        if spoken() != ENGLISH and isinstance(plain, ScalarFormatter):
            places = axis.get_majorticklocs()
            digits = max((len(f"{place:.6g}".partition(".")[2]) for place in places), default=0)
            axis.set_major_formatter(FuncFormatter(lambda value, _, digits=digits: number(value, f".{digits}f")))


def rows_height(n_rows: int, *, lines: int = 1, extra: float = 0.75, least: float = 1.3, scale: float = 1.0) -> float:
    """Return the height in inches of a chart with so many labelled rows."""
    return max(least, (n_rows * ROW * (1 + 0.62 * (lines - 1)) + extra) * scale)


def scale_of(width: float) -> float:
    """Return by how much type grows on slides (as in `style.styled`)."""
    return width / 7.2 if width > 8 else 1.0


def interval_rows(
    axes: Axes, frame: pd.DataFrame, *, value: str, y: Any, colour: str, marker: str = "o", **more: Any
) -> None:
    """Draw one point per row with its interval where there is one; points without an interval are hollow."""
    values = frame[value].to_numpy(dtype=float)
    low, high = frame.ci_low.to_numpy(dtype=float), frame.ci_high.to_numpy(dtype=float)
    known = ~(np.isnan(low) | np.isnan(high))
    places = np.asarray(y, dtype=float)
    axes.hlines(places[known], low[known], high[known], color=colour, linewidth=1.4, alpha=0.75)
    for part, fill in ((known, colour), (~known, "white")):
        if part.any():
            axes.plot(values[part], places[part], marker, color=colour, markerfacecolor=fill, linestyle="none", **more)
            more.pop("label", None)


def name_rows(axes: Axes, labels: list[str]) -> None:
    """Label rows 0, 1, 2 … from the top down."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def side_text(axes: Axes, texts: list[str], *, heading: str = "") -> None:
    """Write a column of grey text right of the axes, one per row."""
    transform = axes.get_yaxis_transform()
    for row, text in enumerate(texts):
        axes.text(1.02, row, text, transform=transform, va="center", ha="left", fontsize="small", color="#555555")
    if heading:
        axes.text(1.02, -0.85, heading, transform=transform, va="center", ha="left", fontsize="small", color=GREY)


def readable_on(area: Any) -> str:
    """Return black or white, whichever contrasts more with a colour (WCAG 2.2); one of them has 4.5 at least."""
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(area))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "white" if float(linear @ [0.2126, 0.7152, 0.0722]) < 0.179 else "black"


def cells(axes: Axes, matrix: np.ndarray, *, texts: np.ndarray | None = None, most: float | None = None) -> None:
    """Draw a matrix as a heatmap in blues; text is black or white, as reads better; missing cells stay white."""
    top = float(np.nanmax(matrix)) if matrix.size and not np.isnan(matrix).all() else 1.0
    mesh = axes.pcolormesh(matrix, cmap="Blues", vmin=0, vmax=most or top or 1.0, edgecolor="white", linewidth=1.0)
    axes.set_ylim(matrix.shape[0], 0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    for (row, column), value in np.ndenumerate(matrix):
        text = "" if np.isnan(value) else (f"{value:g}" if texts is None else str(texts[row, column]))
        colour = INK if np.isnan(value) else readable_on(mesh.to_rgba(value))
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize="small", color=colour)
