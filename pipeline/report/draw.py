"""Finished tables -> figures on disk with their captions; or the check that those on disk are what the tables give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.compute import Each, Tick, here, silent
from pipeline.errors import Fault, InputError, nearest
from pipeline.report import save
from pipeline.report.catalogue import Chart
from pipeline.report.given import Given
from pipeline.report.redraw import Drawn, source_of
from pipeline.report.style import DEFAULT_WIDTH, WIDTHS, styled
from pipeline.speech import speaking, spoken
from pipeline.study import Study
from pipeline.wording import plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FORMATS = save.FORMATS
CAPTIONS = "captions.json"
Part = tuple["Callable[..., Figure]", "pd.DataFrame", str, "Options", str]  # the last: the language of labels


@dataclass(frozen=True)
class Options:
    """Formats, width in inches, the study's own style sheet."""

    formats: tuple[str, ...] = FORMATS
    width: float = WIDTHS[DEFAULT_WIDTH]
    style: Path | None = None


@dataclass
class Done:
    """What was drawn, what had nothing to show, and what a check found different."""

    drawn: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def said(self) -> str:
        """One line for people."""
        if self.differences:
            return f"{plural(len(self.differences), 'file')} to draw again, of {plural(len(self.drawn), 'figure')}"
        none = f"; nothing to show in {', '.join(self.empty)}" if self.empty else ""
        return f"{plural(len(self.drawn), 'figure')}{none}"


def width_of(name: str | None) -> float:
    """Return a width in inches from its name (or a plain number of inches)."""
    if name is None:
        return WIDTHS[DEFAULT_WIDTH]
    if name in WIDTHS:
        return WIDTHS[name]
    try:
        inches = float(name)
    except ValueError:
        inches = 0.0
    if not 2 <= inches <= 30:
        raise InputError(
            [Fault("--width", "", f"{name!r} is not a width", nearest(name, WIDTHS) + ", or inches (2 to 30)")]
        )
    return inches


def style_of(study: Study) -> Path | None:
    """Return the study's own style sheet, where it has one."""
    path = study.codebook_folder / "figures.mplstyle"
    return path if path.exists() else None


def draw_all(
    given: Given,
    charts: Sequence[Chart],
    options: Options,
    *,
    check: bool = False,
    partly: bool = False,
    tick: Tick = silent,
    each: Each = here,
) -> Done:
    """Draw every chart that has something to show into reports/<study>/figures/, and captions.json beside them.

    Figures whose files were drawn from just this are left as they are. check: write nothing, draw all, compare bytes.
    partly: keep captions and files of the figures that are not drawn now. each: where figures are drawn.
    """
    folder = given.study.reports / "figures"
    done, before = Done(), Drawn(given.study)
    captions: dict[str, Any] = save.load_json(folder / CAPTIONS) if partly else {}
    parts: dict[tuple[str, str], Part] = {}
    for chart in charts:
        frame = chart.frame()
        if frame.empty:
            tick(1)
            done.empty.append(chart.name)
            continue
        said = chart.caption(frame)
        captions[chart.name] = said._asdict()
        done.drawn.append(chart.name)
        if not check:
            save.save_csv(folder / "data" / f"{chart.name}.csv", frame)
        source = source_of(chart.draw, frame, said.title, options.formats, options.width, spoken(), style=options.style)
        if not check and before.stands(chart.name, source):
            tick(1)
        else:
            parts[chart.name, source] = (chart.draw, frame, said.title, options, spoken())
    for (name, source), made in zip(parts, each(_drawn, list(parts.values()), tick), strict=True):
        for kind, content in made.items():
            _keep(folder / f"{name}.{kind}", content, check=check, done=done)
        before.note(name, source, made)
    if not check:
        _finish(folder, captions, done, partly=partly)
        before.save(set(captions))
    return done


def _drawn(part: Part) -> dict[str, bytes]:
    """Return one figure in every format asked for."""
    from pipeline.report.charts.base import settled

    draw, frame, title, options, language = part
    with styled(options.style, width=options.width), speaking(language):
        figure = settled(draw(frame, width=options.width))
        return {kind: save.figure_bytes(figure, kind, title=title) for kind in options.formats}


def _keep(path: Path, content: bytes, *, check: bool, done: Done) -> None:
    if not check:
        save.save_bytes(path, content)
    elif not save.same(path, content):
        done.differences.append(f"{path.name}: not what the tables give now; draw it again with: make figures")


def _finish(folder: Path, captions: dict[str, Any], done: Done, *, partly: bool) -> None:
    if not partly:
        keep = {f"{name}.{kind}" for name in done.drawn for kind in FORMATS}
        save.remove_others(folder, keep, tuple(f".{kind}" for kind in FORMATS))
        save.remove_others(folder / "data", {f"{name}.csv" for name in done.drawn}, (".csv",))
    save.save_json(folder / CAPTIONS, captions)
