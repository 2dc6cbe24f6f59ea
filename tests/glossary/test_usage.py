"""How a term is used: shares of usages, words beside it, whether all senses were met."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from click.testing import CliRunner
from lxml import html

from pipeline import tables
from pipeline.cli import main
from pipeline.glossary import usage
from tests.glossary.written import glossary_in


def share(sense, method, value, *, read=80, people=40):
    return {"term_id": "t", "sense_id": sense, "method": method, "share": value, "ci_low": value - 0.1,
            "ci_high": value + 0.1, "n_labelled": read, "n_usages": 80, "n_respondents": people}  # fmt: skip


def test_a_share_says_of_how_many_usages_and_how_many_were_read():
    found = usage.usage_shares(pd.DataFrame([share("t.a", "labelled", 0.25), share("t.a", "weighted", 0.25)]), small=30)
    assert found == {"t.a": "25\u00a0% (15–35\u00a0%) of 80 usages, all of them labelled"}


def test_where_a_sample_was_read_the_weighted_share_stands_beside_the_corrected_one():
    rows = [share("t.a", method, value, read=20) for method, value in
            (("labelled", 0.2), ("weighted", 0.3), ("difference", 0.4))]  # fmt: skip
    said = usage.usage_shares(pd.DataFrame(rows), small=30)["t.a"]
    assert said.startswith("30\u00a0%")
    assert "20 of them labelled" in said
    assert said.endswith("with the machine’s help 40\u00a0% (30–50\u00a0%)")


def test_few_respondents_have_no_shares_and_no_sentence():
    table = pd.DataFrame([share("t.a", "labelled", 0.25, people=14)])
    assert usage.usage_shares(table, small=30) == {}
    row = SimpleNamespace(n_respondents=14, n_senses=2, n_once=0, coverage=1.0, chao2=2.0)
    assert usage.of_senses(row, None, small=30) == ()
    assert "2 senses seen in 14 respondents" in usage.of_senses(row, None, small=10)[0]


def test_an_entry_shows_them(tmp_path):
    made = glossary_in(tmp_path, n=48)
    folder, judged = made.study.processed, made.tables["usages"]
    mine = judged[judged.term_id == "similar"]
    row = {"term_id": "similar", "n_respondents": 40, "n_senses": 2, "n_once": 0, "n_twice": 0, "coverage": 1.0,
           "chao2": 2.0, "expected_at_half": 2.0}  # fmt: skip
    rows = [share("similar.visual", method, 0.25) | {"term_id": "similar"} for method in ("labelled", "weighted")]
    tables.write(folder, "usage_shares", pd.DataFrame(rows))
    tables.write(folder, "coverage", pd.DataFrame([row]))
    tables.write(folder, "facets", pd.DataFrame({"usage_id": mine.usage_id, "slot": "manner", "words": "very"}))
    result = CliRunner().invoke(main, ["glossary", "--root", str(made.study.root), "--study", "fake"])
    assert result.exit_code == 0, result.output
    page = html.fromstring((made.study.reports / "glossary.html").read_text(encoding="utf-8"))
    facts = page.get_element_by_id("similar.visual").xpath(".//dt")
    shown = {fact.text: fact.getnext().text_content() for fact in facts}
    assert shown["Share of usages"] == "25\u00a0% (15–35\u00a0%) of 80 usages, all of them labelled"
    senses = made.tables["senses"]
    users = mine[mine.usage_id.isin(senses[(senses.sense_id == "similar.visual")].usage_id)]
    n = users.merge(made.tables["responses"], on="response_id").respondent_id.nunique()
    assert shown["Beside the word"] == f"how “very” ({n})"
    assert (
        "Of 2 senses seen in 40 respondents, none of them was met" in page.get_element_by_id("similar").text_content()
    )
