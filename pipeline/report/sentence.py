"""The sentence on agreement that a paper takes over: what was computed, on what, how, with which software."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd

from pipeline import __version__
from pipeline.report.given import Given
from pipeline.report.words import Markdown
from pipeline.speech import phrase
from pipeline.wording import decimal, interval, missing, of, percent, plural

SOFTWARE = ("krippendorff", "numpy")


def methods_sentence(given: Given) -> Markdown:
    """Return the sentences; citations as pandoc reads them."""
    table = given["agreement"]
    whole = table[(table.scope == "all codes") & (table.coefficient == "alpha")]
    stated = given.study.survey.agreement
    used = ", ".join(f"{name} {version(name)}" for name in SOFTWARE)
    how = phrase(
        "Agreement is Krippendorff’s alpha [@krippendorff2018]: nominal (present or absent) per code and per word, and "
        "over all codes for sets of codes with the MASI distance 1 − J × M [@passonneau2006], two empty sets being at "
        "distance 0. Excerpts that a coder did not reach, was unsure of or could not code are missing, not “no code”. "
        "95 % intervals are percentiles of {resamples:,} bootstrap resamples of respondents (seed {seed}), all from "
        "one draw, with everything recomputed in each; none is given under 10 positive units from 10 respondents. "
        "Computed with Sameword {version} ({used}).",
        resamples=stated.resamples,
        seed=stated.seed,
        version=__version__,
        used=used,
    )
    if whole.empty or missing(whole.value.iloc[0]):
        return Markdown(f"{phrase('No two coders have read the same unit, so there is no value yet.')} {how}")
    return Markdown(f"{_base(given, whole.iloc[0])} {how} {_found(given, table, whole.iloc[0])}")


def _base(given: Given, row: pd.Series) -> Markdown:
    """Return what was read by whom."""
    every = len(given["excerpts"])
    share = "" if given.small or not every else f" ({percent(row.n_units / every)})"
    return Markdown(
        phrase(
            "Independent decisions of {coders}, made before any discussion: {counts} excerpts{share}, by {people}, "
            "were read by two or more of them.",
            coders=plural(int(row.n_coders), "coder"),
            counts=of(int(row.n_units), every),
            share=share,
            people=plural(int(row.n_respondents), "respondent"),
        )
    )


def _found(given: Given, table: pd.DataFrame, row: pd.Series) -> str:
    around = interval(row.ci_low, row.ci_high)
    said = phrase("Over all codes alpha is {value}", value=decimal(row.value))
    said += f" ({phrase('95 % interval {interval}', interval=around)})" if around else ""
    codes = table[(table.coefficient == "alpha") & table.scope.astype("str").str.startswith("code:")]
    known = codes.value.dropna().astype(float)
    if len(known):
        low, middle, high = (decimal(value) for value in (known.min(), known.median(), known.max()))
        said += phrase(
            "; per code it runs from {low} to {high} (median {middle}; {codes})",
            low=low, high=high, middle=middle, codes=plural(len(known), "code"),
        )  # fmt: skip
    undefined = len(codes) - len(known)
    if undefined:
        said += phrase(", and is undefined for {codes} without variation", codes=plural(undefined, "code"))
    weighted = phrase("Units sampled at different rates are weighted by the inverse of their chance of being drawn.")
    both = (table.coefficient == "alpha (unweighted)").any()
    return f"{said}." + (f" {weighted}" if both else "")
