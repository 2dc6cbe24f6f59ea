"""What the report cannot say: sentences switched by data, each with a link to what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.report.given import Given
from pipeline.report.markdown import link
from pipeline.report.words import Markdown
from pipeline.speech import phrase, phrases
from pipeline.wording import listed, of, plural, quoted

MACHINE = ("topics", "proposals", "evidence")  # tables that rest on vectors


def section(given: Given) -> dict[str, Any]:
    """Return the template's name for the limits."""
    parts = (_respondents, _groups, _readers, _agreement, _senses, _plan, _machine)
    return {"limits": [Markdown(said) for part in parts for said in part(given)]}


def _respondents(given: Given) -> Iterator[str]:
    if given.study.synthetic:
        yield phrase("The respondents are invented: every number shows how the report reads, and none is a finding.")
    people = link(plural(given.n_respondents, "respondent"), "respondents")
    if given.small:
        yield phrase(
            "{people} can show that a word is meant in several ways, and not how many people mean it so.", people=people
        )
    else:
        yield phrase(
            "{people} are those who answered, not a sample of a population. Intervals say what other respondents like "
            "them might have given; they do not cover who stayed away or wrote nothing.",
            people=people,
        )


def _groups(given: Given) -> Iterator[str]:
    shares = given["shares"]
    bases = shares[shares.group_by.fillna("") != ""].base
    least = given.study.survey.report.small
    if len(bases) and int(bases.min()) < least and not given.small:
        yield phrase(
            "Groups are small ([as few as {least}](#terms) whose usage of a word could be coded): a difference between "
            "groups is a question to ask next, unless it was planned.",
            least=int(bases.min()),
        )


def _readers(given: Given) -> Iterator[str]:
    units = given["record"].drop_duplicates(["unit_kind", "unit_id"])
    alone = int((units.basis == "single").sum())
    if alone:
        yield phrase(
            "{counts} units on [record](#undecided) rest on one reader: nobody knows whether another would have read "
            "them alike.",
            counts=of(alone, len(units)),
        )
    waiting = len(given["open_units"])
    if waiting:
        yield phrase("{units} that people read are [undecided](#undecided), and enter no count.",
                     units=plural(waiting, "unit"))  # fmt: skip


def _agreement(given: Given) -> Iterator[str]:
    table = given["agreement"]
    mine = table[(table.coefficient == "alpha") & table.scope.astype("str").str.match(r"(?:code|term):")]
    if mine.empty:
        return
    low = given.study.survey.agreement.thresholds[0]
    weak = int((~(mine.ci_low.astype("float64") >= low)).sum())
    if weak:
        yield phrase(
            "For {counts} codes and words [alpha](#agreement) is undefined, has no interval, or has one that begins "
            "under {low:g}: their counts do not rest on shown agreement.",
            counts=of(weak, len(mine)),
            low=low,
        )
    yield phrase("Intervals of [agreement](#agreement) speak for other respondents, not for other coders.")


def _senses(given: Given) -> Iterator[str]:
    judged = set(given["shares"].term_id)
    echoed = given["terms"][given["terms"].in_question.astype(bool) & given["terms"].term_id.isin(judged)]
    if len(echoed):
        words = listed([str(link(quoted(row.label), f"term-{row.term_id}")) for row in echoed.itertuples()])
        yield phrases(
            len(echoed),
            "{words} stands in a question’s own wording: some usages may repeat the question.",
            "{words} stand in a question’s own wording: some usages may repeat the question.",
            words=words,
        )
    coverage = given["coverage"]
    if len(coverage) and not given.small:
        more = coverage[(coverage.chao2 - coverage.n_senses) >= 0.5]
        if len(more):
            words = listed([str(link(quoted(given.terms.get(t, t)), "completeness")) for t in more.term_id])
            yield phrase("Further senses of {words} must be expected that no respondent here used.", words=words)


def _plan(given: Given) -> Iterator[str]:
    if given["shares"].empty:
        return
    if given.frozen is None:
        yield phrase("Nothing was frozen before coding: everything here was found while looking.")


def _machine(given: Given) -> Iterator[str]:
    if any(len(given[name]) for name in MACHINE if name in given.tables):
        yield phrase(
            "What is marked as a proposal rests on one encoder’s view of contexts ({encoder}); another may group "
            "otherwise. It enters no count.",
            encoder=link(given.study.survey.encoder.name, "methods"),
        )
