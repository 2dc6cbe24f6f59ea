from __future__ import annotations

import pandas as pd
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.report import paper, publication
from pipeline.report.content import content
from pipeline.report.given import Given


def given_of(made) -> Given:
    return Given(made.study, made.tables)


def test_every_number_comes_from_a_table(large):
    found = paper.numbers(given_of(large))
    row = large.tables["ambiguity"].set_index("term_id").loc["similar"]
    assert found["swRespondents"] == "48"
    assert found["swTermSimilarUsages"] == str(row.n_usages)
    assert found["swTermSimilarDiffer"] == f"{row.score:.2f}"
    shares = large.tables["shares"]
    visual = shares[(shares.sense_id == "similar.visual") & (shares.group_by == "")].iloc[0]
    assert found["swSenseSimilarVisual"] == str(visual.n_respondents)
    assert r"\newcommand{\swRespondents}{48}" in paper.numbers_tex(found)


def test_names_are_letters_and_stay_apart(large):
    found = paper.numbers(given_of(large))
    assert all(name.isalpha() for name in found)
    assert paper._macro("sense 12") == "SenseOneTwo"


def test_a_manuscript_is_held_against_the_tables():
    current = {"swRespondents": "48", "swAlphaAllCodes": "−0.10"}
    text = (
        "\\newcommand{\\swRespondents}{47}\nWe asked \\swRespondents{} and \\swNobody.\n"
        "\\newcommand{\\swAlphaAllCodes}{$-$0.10}"
    )
    assert paper.stale(text, current) == [
        "line 1: \\swRespondents is 47 here, 48 in the tables",
        "line 2: no table gives \\swNobody",
    ]


def test_the_command_checks_a_manuscript(large, tmp_path):
    manuscript = tmp_path / "paper.tex"
    options = ["report", "--root", str(large.study.root), "--study", "fake", "--check-manuscript", str(manuscript)]
    manuscript.write_text(paper.numbers_tex(paper.numbers(given_of(large))))
    assert "every number is current" in CliRunner().invoke(main, options).output
    manuscript.write_text("\\newcommand{\\swRespondents}{1}")
    result = CliRunner().invoke(main, options)
    assert result.exit_code == 1
    assert "\\swRespondents is 1 here, 48 in the tables" in result.output


def test_people_are_counted_when_they_are_quoted(small):
    given = given_of(small)
    found = paper.quoted(given, content(given, {}))
    assert found.n_quotes.sum() == len(small.tables["senses"])  # a small study prints every usage once
    assert found.respondent.tolist() == sorted(given.people.values())


def test_checklists_are_filled_where_files_know_and_open_elsewhere(small):
    given = given_of(small)
    made = content(given, {})
    publication.write_paper(given, made, "methods")
    coreq = pd.read_csv(small.study.reports / "paper" / "coreq.csv", keep_default_na=False).set_index("item").answer
    assert len(coreq) == 32
    assert coreq[24] == "3 coders"
    assert coreq[4] == ""
    srqr = pd.read_csv(small.study.reports / "paper" / "srqr.csv", keep_default_na=False).set_index("item").answer
    assert len(srqr) == 21
    assert srqr[12].startswith("15 respondents")
    assert srqr[21] == ""


def test_a_study_that_nobody_coded_has_every_checklist_too(bare):
    given = Given(bare.study, bare.tables)
    publication.write_paper(given, content(given, {}), "methods")
    made = {path.name for path in (bare.study.reports / "paper").iterdir()}
    assert {"coreq.csv", "srqr.csv", "jars-mixed.csv", "methods.md", "numbers.tex"} <= made
    assert "agreement.csv" not in made
