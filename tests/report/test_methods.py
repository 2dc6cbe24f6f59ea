"""The methods text: every sentence is switched by data, and every citation is in the .bib."""

from __future__ import annotations

import re

import pandas as pd

from pipeline.asking.deviations import Deviation
from pipeline.report import methods, render
from pipeline.report.given import Given
from tests.report.test_meant import FROZEN, PLANNED, authors_of


def text_of(fake, *, survey=None, **changed):
    given = dict(changed)
    kept = {name: given.pop(name) for name in ("frozen", "deviations") if name in given}
    study = fake.study
    before = study.survey
    try:
        study.survey = before.model_copy(update=survey or {})
        parts = methods.section(Given(study, {**fake.tables, **given}, **kept))["methods_parts"]
    finally:
        study.survey = before
    return {part.title: part.text.replace("\\", "") for part in parts}


def coding_of(fake, **changes):
    return {"coding": fake.study.survey.coding.model_copy(update=changes)}


def test_nobody_has_coded_and_nothing_is_claimed(bare):
    found = text_of(bare)
    assert "Nobody has coded yet" in found["Coders"]
    assert not {"What coders saw", "Agreement", "What counts", "Authors"} & set(found)
    assert "No work of the main round" in found["Sampling and units"]
    assert "invented" not in found["Respondents"]
    assert "was not frozen" in found["Plan"]


def test_the_rule_the_unit_and_the_screen_are_those_of_the_study(large):
    found = text_of(large, survey=coding_of(large, record="unanimous", unitise="sentence", show_to_coders=("ratings",)))
    assert "rule “unanimous”" in found["What counts"]
    assert "The unit of coding is the sentence." in found["Sampling and units"]
    assert "the answer, the respondent’s ratings and the codebook" in found["What coders saw"]
    assert "the respondent’s ratings" not in found["What coders saw"].split("They did not see")[1]
    assert "What counts" not in text_of(large, survey=coding_of(large, record=None))


def test_what_ethics_settings_say_is_said(large):
    said = {
        "ethics_approval": "IRB 12",
        "consent_version": "3",
        "retain_until": "2030-12-31",
        "packets_to": ("the coders",),
    }
    found = text_of(large, survey={"privacy": large.study.survey.privacy.model_copy(update=said)})
    for sentence in (
        "Ethics approval: IRB 12.", "consented to version 3 of the information", "kept until 2030-12-31",
        "as packets, to the coders alone",
    ):  # fmt: skip
        assert sentence in found["Respondents"]
    assert "kept until" not in text_of(large)["Respondents"]


def test_answers_that_the_encoder_does_not_read_are_counted(large):
    survey = {"encoder": large.study.survey.encoder.model_copy(update={"languages": ("fr",)})}
    assert (
        "in a language that the encoder does not read were left to people" in text_of(large, survey=survey)["Answers"]
    )
    assert "does not read" not in text_of(large)["Answers"]


def test_a_reflexive_study_computes_no_agreement(large):
    found = text_of(large, survey=coding_of(large, approach="reflexive"))
    assert "alpha" not in found["Agreement"]
    assert "%" not in found["What counts"]
    assert "two or more" not in found["Coders"]


def test_training_rounds_and_samples_are_told_as_they_were(large):
    work = large.tables["assignments"]
    trained = work.assign(purpose=["calibrate" if n < 6 else p for n, p in enumerate(work.purpose)])
    found = text_of(large, assignments=trained.assign(p_include=0.25))
    assert "to train coders, and enter no count" in found["Coders"]
    assert "No round of development" not in found["Coders"]
    assert "A probability sample of" in found["Sampling and units"]
    assert "0.25" in found["Sampling and units"]
    assert "No round of development" in text_of(large)["Coders"]


def test_plan_and_departures(large):
    planned = pd.DataFrame([PLANNED])
    told = (Deviation("2025-02-03", "why", ()), Deviation("", "", (("coding.seed", "1", "2"),)))
    early = text_of(
        large, frozen={**FROZEN, "frozen_on": "1999-01-01", "plan": {**FROZEN["plan"], "seed": 1}}, planned=planned
    )
    assert "before the first decision" in early["Plan"]
    assert "1 comparison was planned; 1 could be tested" in early["Plan"]
    assert "holm1979" not in early["Plan"]
    late = {**FROZEN, "frozen_on": "2999-01-01", "plan": {**FROZEN["plan"], "seed": 1}}
    found = text_of(large, frozen=late, deviations=told, planned=planned)["Plan"]
    assert "so that it is no preregistration" in found
    assert "1 departure from the plan is noted" in found
    assert "differ from the plan without a note" in found


def test_authors_are_told_when_they_were_asked(large):
    made = authors_of(large, people=sorted(large.tables["respondents"].respondent_id)[:9])
    assert "enter neither agreement nor record" in text_of(large, **made)["Authors"]
    assert "Authors" not in text_of(large)


def test_the_rule_that_puts_words_forward_is_told_where_words_could_be_compared(large):
    evidence = large.tables["evidence"]
    told = text_of(large, evidence=evidence.assign(score=0.5))["Senses"]
    assert "more than those of 70\u00a0% of the words used about as often" in told
    assert "holds 5\u00a0% of the usages, and at least 3 by 3 respondents" in told
    assert "put forward" not in text_of(large, evidence=evidence.assign(score=float("nan")))["Senses"]


def test_every_citation_is_in_the_bibliography(large):
    known = set(re.findall(r"@\w+\{(\w+),", render.template("methods.bib")))
    made = authors_of(large, people=sorted(large.tables["respondents"].respondent_id)[:9])
    frozen = {**FROZEN, "plan": {"seed": 1, "comparisons": {**FROZEN["plan"]["comparisons"], "two": {}}}}
    cited = set()
    for approach in ("coding-reliability", "content-analysis", "codebook", "negotiated", "reflexive"):
        found = text_of(
            large, survey=coding_of(large, approach=approach), frozen=frozen, planned=pd.DataFrame([PLANNED]), **made
        )
        cited |= set(re.findall(r"@(\w+)", " ".join(found.values())))
    assert cited - known == set()
    assert {"holm1979", "phipson2010", "krippendorff2018", "reimers2019"} <= cited
