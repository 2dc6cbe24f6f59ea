"""The page: every field of an entry, nothing of a respondent's text as markup, nobody quoted who did not agree."""

from __future__ import annotations

import base64
import hashlib
import re

from click.testing import CliRunner
from lxml import html

from docs.messages import messages
from pipeline import tables
from pipeline.cli import main
from pipeline.pnumbers import p_numbers
from tests.glossary.written import glossary_in


def page_of(made):
    return html.fromstring((made.study.reports / "glossary.html").read_text(encoding="utf-8"))


def said(node):
    return " ".join(node.text_content().split())


def test_an_entry_shows_every_field_of_the_glossary(glossary):
    article = page_of(glossary).get_element_by_id("similar.visual")
    text = said(article)
    for field in (
        "relation of image collections whose pictures a person would take to look alike", "visually alike",
        "the same <look>", "Would a child sort them together?", "share of pairs a viewer cannot tell apart",
        "They show similar organs.", "two scans of one patient", "attested in this study", "Doe & Roe 2020",
        "sharing low-level statistics (Poe 2021)", "ben would not split this", "narrowed to pictures",
        "amara, ben, 2025-07-01", "A. Team. “similar”, alike in appearance. Glossary of", "urn:uuid:",
    ):  # fmt: skip
        assert field in text, field
    entry = said(page_of(glossary).get_element_by_id("similar"))
    assert "X is similar to Y in respect R, as judged by M" in entry
    assert "Nobody says similar to what." in entry
    assert "Narrowerdomain: subject area" in said(page_of(glossary).get_element_by_id("domain.distribution"))


def test_every_share_names_its_base_and_agrees_with_the_tables(glossary):
    shares = glossary.tables["shares"]
    page = page_of(glossary)
    rows = {said(row[0]): said(row[2]) for row in page.get_element_by_id("similar").xpath(".//table[1]/tbody/tr")}
    whole = shares[(shares.group_by == "") & (shares.term_id == "similar")].set_index("sense_id")
    visual = whole.loc["similar.visual"]
    assert rows["alike in appearance"] == f"{visual.n_respondents} of {visual.base}"
    for sense, name in (("none", "in none of these senses"), ("cannot_code", "the text does not tell")):
        if sense in whole.index:
            assert rows[name] == f"{whole.n_respondents[sense]} of {whole.base[sense]}"


def test_words_used_for_a_meaning_include_those_of_the_same_meaning(glossary):
    table = page_of(glossary).get_element_by_id("meanings")
    found = {said(row[0]): said(row[1]) for row in table.xpath(".//tbody/tr")}
    assert "domain" in found["alike in what is shown (similar)"]
    assert "similar" in found["subject area (domain)"]


def test_no_text_becomes_markup_and_the_policy_names_every_script_and_style(glossary):
    text = (glossary.study.reports / "glossary.html").read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert "<script>alert(1)</script>" in said(page), "the hostile answer is shown as it was written"
    assert len(page.xpath("//script")) == 1
    assert page.xpath("//img | //iframe | //object | //@onerror | //@style | //link") == []
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "*" not in policy
    for tag in ("script", "style"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)[1]
        made = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{made}'" in policy


def test_only_people_who_agreed_are_quoted_where_the_study_asks(tmp_path):
    made = glossary_in(tmp_path, n=40)
    survey = made.study.codebook_folder / "survey.yaml"
    survey.write_text(survey.read_text().replace("report: {", "report: {quotes: consented, "))
    people = tables.read(made.study.processed, "respondents")
    silent = set(people[~people.quote_ok.astype(bool)].respondent_id)
    assert silent
    names = p_numbers(people, tables.read(made.study.processed, "responses"))

    def heard():
        return set(re.findall(r'data-person="(P\d+)"', (made.study.reports / "glossary.html").read_text()))

    before = heard()
    assert CliRunner().invoke(main, ["glossary", "--root", str(tmp_path), "--study", "fake"]).exit_code == 0
    assert before & {names[person] for person in silent}
    assert heard() == before - {names[person] for person in silent}


def test_the_same_tables_give_the_same_bytes(tmp_path):
    one = glossary_in(tmp_path / "one", n=20).study.reports
    other = glossary_in(tmp_path / "other", n=20).study.reports
    names = sorted(path.name for path in one.glob("glossary*"))
    assert {"glossary.html", "glossary.csv", "glossary.md", "glossary-checks.csv"} <= set(names)
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_study_without_people_or_glossary_says_that_the_machine_proposes(tmp_path):
    made = glossary_in(tmp_path, "version: 1\n", n=30, coders=False, ratings=False)
    page = page_of(made)
    tags = {said(tag) for tag in page.xpath("//article//span[contains(@class,'tag')]")}
    assert tags <= {"proposed"}
    assert "Nobody has judged" in said(page) or "No term has senses yet" in said(page)


def test_a_term_that_nobody_used_has_an_entry_that_says_so(tmp_path):
    made = glossary_in(tmp_path, "version: 1\nentries:\n  - {term: unheard, senses: [{id: a, name: of it}]}\n", n=12)
    entry = page_of(made).get_element_by_id("unheard")
    assert "Nobody used this term in the answers." in said(entry)
    assert "0 of 0 respondents" not in said(entry)


def test_the_page_speaks_the_reports_language_and_other_programs_read_english(tmp_path):
    made = glossary_in(tmp_path, n=12)
    before = {
        name: (made.study.reports / name).read_bytes() for name in ("glossary.csv", "glossary.md", "glossary.ttl")
    }
    english = said(page_of(made))
    survey = made.study.codebook_folder / "survey.yaml"
    survey.write_text(survey.read_text().replace("report: {", "report: {language: de, "))
    assert CliRunner().invoke(main, ["glossary", "--root", str(tmp_path), "--study", "fake"]).exit_code == 0
    page = page_of(made)
    assert page.get("lang") == "de"
    assert set(page.xpath("//p[@class='definition']/@lang | //h1/@lang")) == {"en"}
    text = said(page)
    assert "Begriffe, Definitionen und Verwendungen durchsuchen" in text
    told = [one for one, _ in messages() if len(one) > 20 and "{" not in one and one in english]
    assert len(told) > 12
    assert [one for one in told if one in text] == []
    assert before == {name: (made.study.reports / name).read_bytes() for name in before}


def test_words_in_another_language_say_so(tmp_path):
    made = glossary_in(tmp_path, n=12)
    survey = made.study.codebook_folder / "survey.yaml"
    survey.write_text(survey.read_text() + "language: de\n")
    assert CliRunner().invoke(main, ["glossary", "--root", str(tmp_path), "--study", "fake"]).exit_code == 0
    sheet = (made.study.reports / "definitions.html").read_text(encoding="utf-8")
    assert "<h1>Was diese Wörter hier bedeuten</h1>" in sheet, "respondents read the survey's language"
    page = page_of(made)
    assert page.get("lang") == "en", "what the program says is English"
    assert set(page.xpath("//blockquote/@lang | //p[@class='definition']/@lang | //h1/@lang")) == {"de"}
