from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from pipeline.errors import InputError
from pipeline.report import catalogue, draw, frames, save, style
from pipeline.report.given import Given
from tests.report.fake import fake

SVG = draw.Options(formats=("svg",))
WHOLE = {"ambiguity", "sense-ratings", "orders", "prevalence", "co-occurrence", "agreement", "coders", "flow"}


def given_of(made) -> Given:
    return Given(made.study, made.tables)


def drawn(given, name, width=7.0):
    chart = next(chart for chart in catalogue.charts(given) if chart.name == name)
    frame = chart.frame()
    with style.styled(width=width):
        return frame, chart.figure(frame, width=width)


def test_every_figure_is_drawn_from_its_table(large):
    given = given_of(large)
    done = draw.draw_all(given, catalogue.charts(given), draw.Options(formats=("svg",)))
    assert set(done.drawn) >= WHOLE | {"shares-similar", "usage-map-similar", "topics-codes"}
    captions = save.load_json(large.study.reports / "figures" / draw.CAPTIONS)
    assert set(captions) == set(done.drawn)
    assert all(said["title"] and said["caption"] and said["alt"] for said in captions.values())
    assert "Called ambiguous: domain and similar" in captions["ambiguity"]["alt"]


def test_a_small_study_has_cases_in_place_of_shares(small):
    names = {chart.name for chart in catalogue.charts(given_of(small))}
    assert "cases-similar" in names
    assert not {"shares-similar", "topics-codes"} & names


def test_a_study_nobody_coded_still_has_figures(bare):
    given = given_of(bare)
    done = draw.draw_all(given, catalogue.charts(given), draw.Options(formats=("svg",)))
    assert {"ambiguity", "flow", "usage-map-similar"} <= set(done.drawn)
    said = save.load_json(bare.study.reports / "figures" / draw.CAPTIONS)
    assert said["ambiguity"]["caption"].startswith("Proposed by the machine")
    assert said["usage-map-similar"]["caption"].startswith("Proposed by the machine")


@pytest.mark.parametrize("kind", save.FORMATS)
def test_the_same_table_gives_the_same_bytes(large, kind):
    given = given_of(large)
    made = [save.figure_bytes(drawn(given, "usage-map-similar")[1], kind, title="x") for _ in range(2)]
    assert made[0] == made[1]
    assert not re.search(rb"20[0-9]{2}-[01][0-9]-[0-3][0-9]T", made[0])


def test_a_figure_is_drawn_once_per_format_whatever_the_study_sets(large, tmp_path, monkeypatch):
    own = tmp_path / "figures.mplstyle"
    own.write_text("figure.constrained_layout.use: True\n")
    chart = catalogue.chosen(catalogue.charts(given_of(large)), ("coders",))[0]
    frame, times = chart.frame(), []
    with style.styled(own):
        figure = chart.figure(frame, width=7.0)
        before = [axes.get_position().bounds for axes in figure.axes]
        plain = Figure.draw
        monkeypatch.setattr(Figure, "draw", lambda self, renderer: times.append(renderer) or plain(self, renderer))
        for kind in save.FORMATS:
            save.figure_bytes(figure, kind)
    assert len(times) == len(save.FORMATS)
    assert [axes.get_position().bounds for axes in figure.axes] == before


def test_row_order_does_not_matter(large):
    given = given_of(large)
    turned = {name: table.iloc[::-1].reset_index(drop=True) for name, table in large.tables.items()}
    other = replace(given, tables=turned)
    for chart, same in zip(catalogue.charts(given), catalogue.charts(other), strict=True):
        assert chart.name == same.name
        pd.testing.assert_frame_equal(chart.frame(), same.frame())


def test_check_says_which_figures_are_stale(large, tmp_path):
    made = fake(tmp_path, n=15)
    given = given_of(made)
    only = catalogue.chosen(catalogue.charts(given), ("flow",))
    options = draw.Options(formats=("svg",))
    draw.draw_all(given, only, options)
    assert draw.draw_all(given, only, options, check=True).differences == []
    changed = made.tables["flow"].assign(n_rows=lambda frame: frame.n_rows + 1)
    stale = Given(made.study, {**made.tables, "flow": changed})
    found = draw.draw_all(stale, catalogue.chosen(catalogue.charts(stale), ("flow",)), options, check=True)
    assert found.differences == ["flow.svg: not what the tables give now; draw it again with: make figures"]


def test_only_what_has_changed_is_drawn_again(tmp_path):
    made = fake(tmp_path, n=15)
    folder, again = made.study.reports / "figures", []

    def redrawn(tables, options=SVG):
        def each(function, parts, tick):
            again.append(len(parts))
            return [function(part) for part in parts]

        given = Given(made.study, tables)
        draw.draw_all(given, catalogue.chosen(catalogue.charts(given), ("flow", "coders")), options, each=each)
        return {path.name: path.read_bytes() for path in folder.glob("*.svg")}

    first = redrawn(made.tables)
    assert len(first) == 2 and redrawn(made.tables) == first
    changed = {**made.tables, "flow": made.tables["flow"].assign(n_rows=lambda frame: frame.n_rows + 1)}
    second = redrawn(changed)
    assert second["flow.svg"] != first["flow.svg"] and second["coders.svg"] == first["coders.svg"]
    (folder / "coders.svg").write_text("touched by hand")
    assert redrawn(changed) == second
    sheet = tmp_path / "own.mplstyle"
    sheet.write_text("font.size: 13")
    styled = draw.Options(formats=("svg",), style=sheet)
    third = redrawn(changed, styled)
    sheet.write_text("font.size: 5")
    assert third != second and redrawn(changed, styled) != third
    assert again == [2, 0, 1, 1, 2, 2]


def test_figures_of_earlier_runs_go(tmp_path):
    made = fake(tmp_path, n=15)
    given = given_of(made)
    folder = made.study.reports / "figures"
    folder.mkdir(parents=True)
    (folder / "old.png").write_bytes(b"x")
    draw.draw_all(given, catalogue.chosen(catalogue.charts(given), ("flow",)), draw.Options(formats=("svg",)))
    assert not (folder / "old.png").exists()


def test_unknown_names_and_widths_are_refused_with_the_nearest(large):
    with pytest.raises(InputError, match="did you mean 'agreement'"):
        catalogue.chosen(catalogue.charts(given_of(large)), ("agrement",))
    with pytest.raises(InputError, match="did you mean 'acm-column'"):
        draw.width_of("acm-colum")
    assert draw.width_of("ieee-column") == 3.5


def test_people_keep_their_numbers_when_late_answers_come(large):
    given = given_of(large)
    known = given.people
    late = large.tables["respondents"].iloc[[0]].assign(respondent_id="r_00000late")
    answer = (
        large.tables["responses"].iloc[[0]].assign(respondent_id="r_00000late", response_id="a_late", export_row=10_000)
    )
    more = Given(large.study, {
        **large.tables, "respondents": pd.concat([late, large.tables["respondents"]]),
        "responses": pd.concat([answer, large.tables["responses"]]),
    })  # fmt: skip
    assert {person: more.people[person] for person in known} == known


def test_senses_nobody_in_a_group_uses_are_zero(large):
    frame = frames.shares(given_of(large), "similar")
    assert len(frame) == frame.group_label.nunique() * 3
    assert frame.share.between(0, 1).all()


def luminance(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


# Machado, Oliveira & Fernandes 2009, severity 1.0, linear RGB
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_stay_apart_for_the_colour_blind(kind):
    seen = [lab(np.clip(np.array(BLINDNESS[kind]) @ luminance(colour), 0, 1)) for colour in style.COLOURS]
    apart = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :]]
    assert min(apart) > 9  # CIE 1976 differences; 2.3 is just noticeable
    assert len(set(style.MARKERS)) == len(style.COLOURS)  # and shape says the same again


def lab(linear: np.ndarray) -> np.ndarray:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = matrix @ linear / [0.9505, 1.0, 1.089]
    f = lambda t: np.cbrt(t) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29  # noqa: E731
    return np.array([116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))])


def ticks_not_drawn(axes):
    for axis in (axes.xaxis, axes.yaxis):
        shown = axis.get_tick_params().get("labelbottom", True) and axis.get_tick_params().get("labelleft", True)
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not shown or not low - 1e-9 <= tick.get_loc() <= high + 1e-9 or not axes.axison:
                yield from (tick.label1, tick.label2)


def overlaps(figure) -> list[tuple[str, str]]:
    """Return pairs of texts of a figure that touch, and texts that leave it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    unseen = {id(text) for axes in figure.axes if not axes.get_visible() for text in axes.findobj(Text)}
    unseen |= {id(text) for axes in figure.axes for text in ticks_not_drawn(axes)}
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in texts
        if id(text) not in unseen and not text.get_rotation() % 90
    ]
    page = figure.bbox
    found = [
        (name, "the edge")
        for name, box in boxes
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]
    for i, (name, box) in enumerate(boxes):
        for other, second in boxes[i + 1 :]:
            if (
                min(box.x1, second.x1) - max(box.x0, second.x0) > 1
                and min(box.y1, second.y1) - max(box.y0, second.y0) > 2
            ):
                found.append((name, other))
    return found


SLOW = [
    pytest.param(*case, marks=pytest.mark.slow)
    for case in (("small", 3.5), ("bare", 3.5), ("small", 10.0), ("large", 10.0))
]


@pytest.mark.parametrize(("study", "width"), [("large", 7.0), ("small", 7.0), ("large", 3.5), *SLOW])
def test_no_labels_overlap(study, width, request):
    given = given_of(request.getfixturevalue(study))
    found = {}
    for chart in catalogue.charts(given):
        frame = chart.frame()
        if not frame.empty:
            with style.styled(width=width):
                found[chart.name] = overlaps(chart.figure(frame, width=width))
    assert {name: pairs for name, pairs in found.items() if pairs} == {}


@pytest.mark.parametrize("many", [2, 57])  # 5 and 60 terms
def test_the_ranking_holds_few_and_many_terms(tmp_path, many):
    made = fake(tmp_path, n=40, coders=False, many_terms=many)
    ranked = made.tables["evidence"].assign(verdict="worth checking")
    frame, figure = drawn(Given(made.study, {**made.tables, "evidence": ranked}), "ambiguity")
    assert len(frame) == many + 3
    assert overlaps(figure) == []


def test_the_check_on_labels_can_fail(large):
    figure = drawn(given_of(large), "flow")[1]
    figure.text(0.5, 0.5, "one")
    figure.text(0.5, 0.5, "two")
    assert ("one", "two") in overlaps(figure)


def test_svg_carries_its_letters(large):
    svg = save.figure_bytes(drawn(given_of(large), "flow")[1], "svg").decode()
    assert "@font-face { font-family: 'DejaVu Sans'" in svg
    assert "Rows in the export" in svg  # text is text
    assert "http" not in re.sub(r"<!DOCTYPE[^>]*>|xmlns[^=]*=\"[^\"]*\"|<metadata>.*?</metadata>", "", svg, flags=re.S)
