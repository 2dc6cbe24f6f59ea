"""Colours, markers and sizes of figures: colour-blind safe, readable in grey, in the widths journals ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STYLE = Path(__file__).parent / "figures.mplstyle"
# Okabe & Ito 2008, in an order that keeps neighbours apart in grey too; shapes repeat what colour says.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
GREY, PALE, INK = "#8a8a8a", "#e4e4e4", "#222222"
WIDTHS = {  # inches
    "one-column": 3.5,
    "two-column": 7.0,
    "slide": 10.0,
    "acm-column": 3.33,
    "acm-text": 7.0,
    "ieee-column": 3.5,
    "ieee-text": 7.16,
    "nature-column": 3.5,
    "nature-text": 7.2,
}
DEFAULT_WIDTH = "two-column"
LAYOUT = {"figure.autolayout": False, "figure.constrained_layout.use": False}  # figures are laid out once, by `settled`


@contextmanager
def styled(override: Path | None = None, *, width: float = WIDTHS[DEFAULT_WIDTH]) -> Iterator[None]:
    """Draw in the house style, then the study's own style where it has one; slides get larger type."""
    import matplotlib
    import matplotlib.style

    scale = width / 7.2 if width > 8 else 1.0
    sheets: list[str] = [str(STYLE), *([str(override)] if override else [])]
    with matplotlib.style.context(["default", *sheets]):
        matplotlib.rcParams.update(LAYOUT)
        for key in (
            "font.size",
            "axes.titlesize",
            "axes.labelsize",
            "xtick.labelsize",
            "ytick.labelsize",
            "legend.fontsize",
        ):
            size = matplotlib.rcParams[key]
            matplotlib.rcParams[key] = size * scale if isinstance(size, int | float) else size
        yield


def look(rank: int, *, other: bool = False) -> tuple[str, str]:
    """Return (colour, marker) of a term's sense by its place in the inventory; grey crosses for what is no sense."""
    return (GREY, "X") if other else (COLOURS[rank % len(COLOURS)], MARKERS[rank % len(MARKERS)])


def colours_of(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return (colour, marker) per name in the order given: the same names look the same in every figure."""
    return {name: (COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, name in enumerate(names)}
