"""Each approach has its own report: what is judged, what comes first, what is never computed."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from pipeline.report import approach, catalogue, settled
from pipeline.report.content import content
from pipeline.report.given import Given, code_table
from pipeline.report.public import public_tables
from pipeline.report.render import markdown
from pipeline.report.sentence import methods_sentence
from pipeline.senses.standing import MIN_STANDING, MIN_USAGES_SHARE
from pipeline.settings import Survey
from pipeline.study import Study
from pipeline.tables import SCHEMAS
from pipeline.wording import percent
from tests.report.test_paper import given_of


def under(given: Given, name: str, **tables) -> Given:
    """Return the study as if it had been done under another approach."""
    coding = given.study.survey.coding.model_copy(update={"approach": name, "positionality": "I *train* such models."})
    survey = given.study.survey.model_copy(update={"coding": coding})
    return Given(Study(given.study.root, given.study.name, survey), {**given.tables, **tables}, codes=given.codes,
                 inventory=given.inventory)  # fmt: skip


def text_of(given: Given) -> str:
    return markdown(content(given, {}))


@pytest.fixture(scope="module")
def given(large):
    from types import SimpleNamespace as Plain

    codes = [Plain(id=c, name=c.title(), definition="", include="", exclude="", status="active") for c in
             sorted(set(large.tables["prevalence"].code_id))]  # fmt: skip
    themes = [Plain(name="Looks", definition="What a picture *shows* to the eye.", codes=codes)]
    plain = given_of(large)
    return Given(plain.study, plain.tables, codes=code_table(themes))


@pytest.mark.parametrize(("name", "verdict"), [("coding-reliability", True), ("content-analysis", True),
                                               ("codebook", False), ("negotiated", False)])  # fmt: skip
def test_verdicts_stand_only_where_thresholds_decide(given, name, verdict):
    text = text_of(under(given, name))
    assert bool(re.search(r"interval \| Verdict \|", text)) is verdict
    assert approach.MANNERS[name].why in text
    assert "Krippendorff’s alpha [@krippendorff2018]" in text


def test_a_reflexive_report_measures_nothing(given):
    text = text_of(under(given, "reflexive", agreement=given["agreement"].iloc[:0]))  # as the stage writes it
    body = text[: text.index("## References")]
    assert "alpha" not in body.casefold()
    assert "agreement between coders is computed" in body
    for parameter in (MIN_STANDING, MIN_USAGES_SHARE):  # of the rule for proposals, which the methods state
        body = body.replace(f"{percent(parameter)} of the", "", 1)
    assert not re.search(r"\d\s?\\?%", body)
    assert "prevalence" not in body
    assert "Most respondents" not in body
    assert body.index("Where we stand") < body.index("Themes as interpretations") < body.index("# Words people mean")
    assert "I \\*train\\* such models" in body
    assert "What a picture \\*shows\\* to the eye" in body
    names = {chart.name for chart in catalogue.charts(under(given, "reflexive"))}
    assert not names & {"agreement", "coders", "prevalence", "co-occurrence", "topics-codes", "ambiguity"}


def test_topics_of_a_reflexive_study_are_off_unless_asked_for():
    plain = {"study": "x", "title": "x", "exports": [], "columns": {}, "coding": {"approach": "reflexive"}}
    assert Survey(**plain).topics.method == "off"
    assert Survey(**plain, topics={"method": "kmeans"}).topics.method == "kmeans"
    assert Survey(**{**plain, "coding": {}}).topics.method == "kmeans"


def test_memos_come_dated_and_stay_with_the_team(given):
    decisions = given["decisions"].astype({"memo": "object"})
    decisions.loc[decisions.index[3], "memo"] = "Doubt: [x](y)"
    shown = approach.memo_rows(under(given, "reflexive", decisions=decisions))
    assert [row[0] for row in shown] == ["2025-07-01"]
    assert shown[0][3] == "Doubt: [x](y)"
    tables, _ = public_tables({**given.tables, "decisions": decisions}, minimum=5)
    assert tables["decisions"].memo.isna().all()


def disputed(given):
    """Return tables in which two excerpts were settled: amara and ben had differed on one of them."""
    one, other = given["excerpts"].excerpt_id.iloc[:2]
    record = pd.DataFrame(
        [("excerpt", one, "colour", "negotiated", "amara, ben", "the stain is named", "2025-07-05T09:00:00Z"),
         ("excerpt", other, "shape", "negotiated", "amara, ben", "said twice", "2025-07-05T09:10:00Z")],
        columns=list(SCHEMAS["record"].types),
    )  # fmt: skip
    work = [(f"{coder}-{unit}", coder, unit) for coder in ("amara", "ben") for unit in (one, other)]
    assignments = pd.DataFrame(work, columns=["assignment_id", "coder_id", "unit_id"]).assign(
        unit_kind="excerpt", round="1", purpose="estimate", p_include=1.0, position=1
    )
    decisions = assignments[["assignment_id"]].assign(
        state="coded",
        decided_at="2025-07-01T09:00:00Z",
        seconds=9.0,
        codebook_version="1.0",
        screen=None,
        memo=None,
        splits=None,
    )
    said = ["colour", "shape", "size", "shape"]
    codings = assignments[["assignment_id"]].assign(code_id=said, start=None, end=None)
    return {"record": record, "assignments": assignments, "decisions": decisions, "codings": codings}


def test_negotiated_says_what_was_disputed_how_it_was_settled_and_who_held_out(given):
    found = settled.outcomes(under(given, "negotiated", **disputed(given)))
    assert [(one.outcome, one.before, one.others) for one in found] in (
        [("colour", "amara: colour; ben: size", ("ben",)), ("shape", "amara: shape; ben: shape", ())],
        [("shape", "amara: shape; ben: shape", ()), ("colour", "amara: colour; ben: size", ("ben",))],
    )
    assert settled.session_rows(found) == [["2025-07-05", "amara, ben", "2", "1"]]
    assert settled.held_rows(found) == [["ben", "1"]]
    text = text_of(under(given, "negotiated", **disputed(given)))
    assert text.index("How disagreements were settled") < text.index("# Agreement {#agreement}")
    other = text_of(under(given, "codebook", **disputed(given)))
    assert other.index("How disagreements were settled") > other.index("# Agreement {#agreement}")


def test_content_analysis_names_counts_without_agreement(given):
    weak = approach.weak_codes(given)
    table = given["agreement"].query("coefficient == 'alpha'").set_index("scope").ci_low
    codes = set(given["prevalence"].query("n_respondents > 0").code_id)
    assert {given.code_name(code) for code in codes if not table.get(f"code:{code}", -1) >= 0.667} >= set(weak) != set()
    assert "do not rest on agreement yet" in text_of(under(given, "content-analysis"))
    assert "do not rest on agreement yet" not in text_of(under(given, "codebook"))


def test_the_sentence_for_the_paper_is_complete(given):
    said = methods_sentence(given)
    for part in ("bootstrap resamples of respondents (seed 1)", "krippendorff 0.9", "MASI", "Sameword", "2,000"):
        assert part in said
    assert "\\" not in said
    assert "Over all codes alpha is" in said
