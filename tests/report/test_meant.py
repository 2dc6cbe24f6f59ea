"""The plan and the authors in the report: what was promised is apart from what was found, authors apart from coders."""

from __future__ import annotations

import re

import pandas as pd

from pipeline.asking import accuracy
from pipeline.asking.deviations import Deviation
from pipeline.report import render
from pipeline.report.content import content
from pipeline.report.given import Given
from pipeline.report.promised import first_decision, frozen_said, p_value, timing
from pipeline.tables import SCHEMAS

FROZEN = {
    "frozen_on": "2025-01-01", "sha256": "f" * 64,
    "plan": {"seed": 1, "comparisons": {"one": {"hypothesis": "Clinicians *look* more."}}},
}  # fmt: skip
PLANNED = {
    "comparison_id": "one", "position": 1, "measure": "sense:similar.visual", "group_by": "role", "group": "Clinician",
    "against": "", "n_group": 16, "n_against": 32, "mean_group": 0.5, "mean_against": 0.25,
    "p": 0.0004, "p_holm": 0.0012,
    "n_permutations": 9999, "note": "",
}  # fmt: skip
LATER = PLANNED | {"comparison_id": "two", "position": 2, "p": None, "p_holm": None, "note": "not in the frozen plan"}


def text_of(study, planned=(), deviations=(), frozen=FROZEN, **changed):
    rows = pd.DataFrame(list(planned), columns=list(SCHEMAS["planned"].types))
    tables = {**study.tables, "planned": rows.astype({"p": "float64", "p_holm": "float64"}), **changed}
    return render.markdown(content(Given(study.study, tables, frozen=frozen, deviations=deviations), {}))


def test_nothing_planned_nothing_said(large):
    text = text_of(large, frozen=None)
    assert "{#planned}" not in text
    assert "{#authors}" not in text


def test_planned_comparisons_stand_apart_with_their_p_values(large):
    text = text_of(large, [PLANNED, LATER])
    assert "[1 comparison](#tab-planned) was planned, 1 could be tested" in text
    assert "Everything else in this report was found while looking" in text
    assert r"Clinicians \*look\* more" in text
    assert "0\\.001" in text
    assert "not in the frozen plan" in text
    assert "Of 1 planned comparison, 1 holds at the level 0.05" in text.replace("\\", "")
    section = text[text.index("{#planned}") : text.index("## Departures")]
    assert len(re.findall(r"\\?<? ?0\\?\.00\d", section)) == 2  # p and p (Holm) of the planned one, none of the later


def test_a_plan_frozen_after_the_first_decision_says_so(large):
    late = text_of(large, frozen={**FROZEN, "frozen_on": "2999-01-01"})
    assert "after the first decision of the main round" in late
    assert "is no preregistration" in late
    assert "is no preregistration" not in text_of(large, frozen={**FROZEN, "frozen_on": "1999-01-01"})


def test_a_plan_frozen_on_the_day_of_the_first_decision_claims_nothing(large):
    given = Given(large.study, large.tables, frozen=FROZEN)
    same = {**FROZEN, "frozen_on": first_decision(given)}
    assert "does not tell which came first" in text_of(large, frozen=same)
    assert "is no preregistration" in text_of(large, frozen={**same, "decisions_in": 7})
    assert "before any decision of the main round had come in" in text_of(large, frozen={**same, "decisions_in": 0})


def test_undated_decisions_are_not_said_to_come_later(large):
    undated = {**large.tables, "decisions": large.tables["decisions"].assign(decided_at=None)}
    assert timing(Given(large.study, undated, frozen=FROZEN)) == ("unknown", {})
    late = Given(large.study, undated, frozen={**FROZEN, "decisions_in": 7})
    assert timing(late) == ("after some", {"n": "7"})
    assert "after 7 decisions of the main round had come in" in frozen_said(late)


def test_departures_are_listed_with_their_day_or_as_nobody_has_said(large):
    noted = Deviation("2025-02-03", "A coder fell ill.", (("coding.record", "majority", "single"),))
    silent = Deviation("", "", (("inventory.sha256", "aaa…", "bbb…"),))
    text = text_of(large, deviations=(noted, silent)).replace("\\", "")
    assert "2025-02-03" in text and "A coder fell ill." in text
    assert "nobody has said" in text
    assert "None: every decision is as it was frozen." in text_of(large)


def authors_of(study, *, people):
    usages = study.tables["usages"].merge(study.tables["responses"][["response_id", "respondent_id"]], on="response_id")
    mine = usages[(usages.term_id == "similar") & usages.respondent_id.isin(people)].drop_duplicates("respondent_id")
    rows = mine.assign(slot="similar1", state="answered", value="similar.visual", expected=0.9)
    asked = usages[usages.term_id == "similar"].drop_duplicates("respondent_id")
    silent = asked[~asked.respondent_id.isin(people)].assign(
        slot="similar1", state="did not return", value=None, expected=None
    )
    authors = pd.concat([rows, silent])[list(SCHEMAS["authors"].types)]
    names = ("assignments", "decisions", "judgements", "record", "senses")
    said = accuracy.said_by(*(study.tables[name] for name in names))
    how = {"small": len(study.tables["respondents"]) < 30, "resamples": 200, "seed": 1}
    return {
        "authors": authors,
        "accuracy": accuracy.accuracy_table(authors, said, **how),
        "confidence": accuracy.confidence_table(authors, **how),
    }


def test_authors_are_shown_with_response_rate_and_apart_from_agreement(large):
    people = sorted(large.tables["respondents"].respondent_id)[:24]
    made = authors_of(large, people=people)
    text = text_of(large, **made).replace("\\", "")
    n = int((made["authors"].state == "answered").sum())
    assert f"{n} of {len(made['authors'])} respondents who were asked answered (" in text
    assert "Their answers enter no agreement between coders and no record." in text
    assert "| All coders |" in text
    assert "Misplaced confidence" in text
    assert "By what respondents say they meant, what coders decided is what the author meant in" in text


def test_what_a_public_report_leaves_out_is_a_dash(large):
    made = authors_of(large, people=sorted(large.tables["respondents"].respondent_id)[:24])
    table = made["accuracy"]
    of_coders = (table.source == "coders") & (table.sense_id == "similar.visual")
    for measure in ("found", "right"):
        text = text_of(large, **made | {"accuracy": table[~(of_coders & (table.measure == measure))]})
        assert "| – |" in text[text.index("{#authors}") :].replace("\\", "")
    none = text_of(large, **made | {"accuracy": table.iloc[:0]})
    assert "| All coders |" not in none


def test_a_small_study_counts(small):
    made = authors_of(small, people=sorted(small.tables["respondents"].respondent_id)[:8])
    text = text_of(small, **made).replace("\\", "")
    section = text[text.index("{#authors}") : text.index("What remains undecided")]
    assert "%" not in section.replace("95 %", "")


def test_p_values_are_never_nought():
    assert [p_value(p) for p in (0.0001, 0.0333, None, 1.0)] == ["< 0.001", "0.033", "–", "1.000"]
