"""Figures printed in grey: numbers stand out from what is under them, neighbours from each other; shape helps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.report import style
from tests.report.test_figures import drawn, given_of

READABLE = 4.5  # contrast, WCAG 2.2, 1.4.3
APART = 10  # steps of CIE lightness between areas that touch


def light(colour) -> float:
    """Return the relative luminance of a colour, which is all that grey keeps."""
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def lightness(colour) -> float:
    y = light(colour)
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def contrast(one, other) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def under(figure):
    """Yield (text, its colour, the colour of the cell or bar under its middle)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import QuadMesh

    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    for axes in figure.axes:
        areas = [(patch.get_window_extent(renderer), patch.get_facecolor()) for patch in axes.patches]
        for mesh in (child for child in axes.get_children() if isinstance(child, QuadMesh)):
            corners = axes.transData.transform(mesh.get_coordinates().reshape(-1, 2)).reshape(
                mesh.get_coordinates().shape
            )
            colours = mesh.to_rgba(mesh.get_array()).reshape(-1, 4)
            columns = corners.shape[1] - 1
            for cell, colour in enumerate(colours):
                row, column = divmod(cell, columns)
                (x0, y0), (x1, y1) = corners[row, column], corners[row + 1, column + 1]
                areas.append((_box(x0, y0, x1, y1), colour))
        for text in axes.texts:
            if text.get_text().strip():
                x, y = text.get_window_extent(renderer).get_points().mean(0)
                found = [colour for box, colour in areas if box.contains(x, y)]
                if found:
                    yield text.get_text(), text.get_color(), found[-1]


def _box(x0, y0, x1, y1):
    from matplotlib.transforms import Bbox

    return Bbox.from_extents(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


@pytest.mark.parametrize("name", ["co-occurrence", "topics-codes", "coders", "orders"])
def test_numbers_can_be_read_on_their_cells_in_grey(large, name):
    found = list(under(drawn(given_of(large), name)[1]))
    assert len(found) > 2
    poor = [(text, round(contrast(ink, area), 1)) for text, ink, area in found if contrast(ink, area) < READABLE]
    assert poor == []


def test_bars_that_touch_differ_in_grey(large):
    figure = drawn(given_of(large), "orders")[1]
    for axes in (axes for axes in figure.axes if axes.patches):
        bars = sorted(
            (bar for bar in axes.patches if bar.get_width()), key=lambda bar: (round(bar.get_y(), 3), bar.get_x())
        )
        touching = [(one, two) for one, two in pairwise(bars) if round(one.get_y(), 3) == round(two.get_y(), 3)]
        assert touching
        assert all(
            abs(lightness(one.get_facecolor()) - lightness(two.get_facecolor())) >= APART for one, two in touching
        )


def test_colours_that_are_one_grey_have_shapes_of_their_own():
    pairs = [
        (one, two)
        for one, a in enumerate(style.COLOURS)
        for two, b in enumerate(style.COLOURS)
        if one < two and abs(lightness(a) - lightness(b)) < APART
    ]
    assert pairs, "some of these colours are alike in grey; shape has to tell them apart"
    assert all(style.MARKERS[one] != style.MARKERS[two] for one, two in pairs)


def test_the_check_can_fail(large):
    figure = drawn(given_of(large), "co-occurrence")[1]
    for text in figure.axes[0].texts:
        text.set_color("white")
    assert any(contrast(ink, area) < READABLE for _, ink, area in under(figure))
