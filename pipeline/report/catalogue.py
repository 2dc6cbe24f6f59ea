"""Which figures a study has: a name, a finished table, how it is drawn, what caption and alternative text say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.errors import Fault, InputError, nearest
from pipeline.report import captions, frames
from pipeline.report.given import Given
from pipeline.report.words import slug

if TYPE_CHECKING:
    from matplotlib.figure import Figure

READS = (
    "respondents",
    "responses",
    "translations",
    "flow",
    "terms",
    "usages",
    "usage_vectors",
    "excerpts",
    "topics",
    "topic_words",
    "machine_codings",
    "evidence",
    "proposals",
    "record",
    "ratings",
    "prevalence",
    "agreement",
    "confusions",
    "disagreements",
    "code_use",
    "senses",
    "ambiguity",
    "shares",
    "orders",
    "glossary",
)
MOST_TERM_FIGURES = 6  # terms with figures of their own


@dataclass(frozen=True)
class Chart:
    """A figure that can be drawn: frame() is its finished table, draw(table, width=inches) the figure."""

    name: str
    frame: Callable[[], pd.DataFrame]
    draw: Callable[..., Any]
    caption: Callable[[pd.DataFrame], captions.Caption]

    def figure(self, frame: pd.DataFrame, *, width: float) -> Figure:
        """Draw."""
        from pipeline.report.charts.base import settled

        return settled(self.draw(frame, width=width))


def charts(given: Given) -> list[Chart]:
    """Return every figure that the study may have; those whose table turns out empty are left out when drawn."""
    found = [*_whole(given), *(chart for term in shown_terms(given) for chart in _of_term(given, term))]
    wanted = given.study.survey.report.figures
    return chosen(found, wanted, where=(f"codebooks/{given.study.name}/survey.yaml", "key report.figures"))


def _whole(given: Given) -> Iterator[Chart]:
    from pipeline.report.charts import flow, ratings, terms, themes

    small = given.small
    if not small:
        yield _chart(given, "ambiguity", terms.ambiguity)
    if len(given["ratings"]):
        yield _chart(given, "sense_ratings", ratings.sense_ratings)
        yield _chart(given, "orders", ratings.orders)
    if given.study.survey.coding.approach != "reflexive":
        yield from _counted(given)
    if not small:
        yield _chart(given, "topics_codes", themes.topics_codes)
    yield _chart(given, "flow", flow.flow)


def _counted(given: Given) -> Iterator[Chart]:
    """Yield what counts codes and measures coders; a reflexive study has none of it."""
    from pipeline.report.charts import coders, themes

    draw = themes.prevalence_counts if given.small else themes.prevalence
    for by in ("", *given.study.survey.report.groups):
        name = f"prevalence-{slug(by)}" if by else "prevalence"
        said = partial(captions.prevalence, given, by=by)
        yield Chart(name, partial(frames.prevalence, given, by), draw, said)
    yield _chart(given, "co_occurrence", themes.co_occurrence)
    thresholds = given.study.survey.agreement.thresholds
    yield _chart(given, "agreement", partial(coders.agreement, thresholds=thresholds))
    yield _chart(given, "coders", coders.coders)


def _chart(given: Given, name: str, draw: Callable[..., Any]) -> Chart:
    said = partial(getattr(captions, name), given)
    return Chart(name.replace("_", "-"), partial(getattr(frames, name), given), draw, said)


def shown_terms(given: Given) -> list[str]:
    """Return the terms that get figures: those people judged, most ambiguous first; else those worth checking."""
    ranked = frames.ambiguity(given)
    roles = given["terms"].set_index("term_id").role
    if len(given.judged):
        judged = set(given.judged.term_id)
        found = [term for term in ranked.term_id if term in judged and roles[term] != "reference"]
        rest = sorted(term for term in judged - set(ranked.term_id) if roles[term] != "reference")
        return [*found, *rest][:MOST_TERM_FIGURES]
    worth = ranked[(ranked.verdict == "worth checking") & (ranked.role != "reference")].term_id
    return [] if given.small else worth.tolist()[:MOST_TERM_FIGURES]


def _of_term(given: Given, term: str) -> Iterator[Chart]:
    from pipeline.report.charts import terms

    end = slug(term)
    if len(given.judged):
        if given.small:
            said = partial(captions.cases, given, term=term)
            yield Chart(f"cases-{end}", partial(frames.cases, given, term), terms.cases, said)
        else:
            said = partial(captions.shares, given, term=term)
            yield Chart(f"shares-{end}", partial(frames.shares, given, term, senses_only=True), terms.shares, said)
    said = partial(captions.usage_map, given, term=term)
    yield Chart(f"usage-map-{end}", partial(frames.usage_map, given, term), terms.usage_map, said)


def chosen(found: list[Chart], only: tuple[str, ...], *, where: tuple[str, str] = ("--only", "")) -> list[Chart]:
    """Return the figures named (by full name, or by the part before a hyphen: `shares` for `shares-similar`)."""
    if not only:
        return found
    wanted = {name.replace("_", "-") for part in only for name in part.replace(",", " ").split()}
    faults = [
        Fault(*where, f"{name!r} is not a figure of this study", nearest(name, [chart.name for chart in found]))
        for name in sorted(wanted)
        if not any(_is(chart.name, name) for chart in found)
    ]
    if faults:
        raise InputError(faults)
    return [chart for chart in found if any(_is(chart.name, name) for name in wanted)]


def _is(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}-")
