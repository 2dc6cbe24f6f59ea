from __future__ import annotations

import io
import json
import re
import zipfile
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.report import catalogue, draw, publication, render, save
from pipeline.report.content import content, joined
from pipeline.report.given import Given
from pipeline.speech import speaking
from tests.report.fake import fake


def made(study, *, only=()):
    given = Given(study.study, study.tables)
    options = draw.Options(formats=("svg", "png"))  # what the report is made from
    draw.draw_all(given, catalogue.chosen(catalogue.charts(given), only), options)
    return written(study)


def written(study):
    given = Given(study.study, study.tables)
    publication.write_tables(given)
    text = render.markdown(content(given, save.load_json(study.study.reports / "figures" / draw.CAPTIONS)))
    return text, render.render(study.study, text, study.study.reports)


@pytest.fixture(scope="session")
def small_report(small):
    return made(small)


@pytest.fixture(scope="session")
def bare_report(bare):
    return made(bare)


def test_the_report_opens_with_what_a_reader_wants(small_report):
    html = small_report[1]["report.html"].decode()
    heads = re.findall(r"<h1[^>]*>(.*?)</h1>", html)
    assert [head for head in heads if "class" not in head][1:4] == ["In brief", "Words people mean differently",
                                                                  "Senses and ratings"]  # fmt: skip
    assert "“domain” and “similar”" in html


def test_a_small_study_speaks_in_counts(small_report):
    html = re.sub(r"<style>.*?</style>|<[^>]*>", lambda tag: tag[0] if "methods" in tag[0] else "",
                  small_report[1]["report.html"].decode(), flags=re.S)  # fmt: skip
    methods = html.index('id="methods"')
    assert re.search(r"\d+ of 15", html)
    assert not re.search(r"\d\s*%", re.sub(r"95[\s\u00a0]%", "", html[:methods]))
    assert not re.search(r"\bp\s*[=<]", html[:methods])


def test_synthetic_studies_say_so_at_top_and_foot(small_report, bare_report):
    html = small_report[1]["report.html"].decode()
    assert html.index("Synthetic study") < html.index("In brief")
    assert "Synthetic study" in html[html.index("<footer>") :]
    assert "Synthetic" not in bare_report[1]["report.html"].decode().replace("/*", "")


def test_a_study_nobody_coded_gives_a_planning_report(bare_report):
    html = bare_report[1]["report.html"].decode()
    assert "planning report" in html
    assert "Proposed by the machine" in html
    assert "called ambiguous yet" in html
    assert "No unit has been read by two coders" in html


def test_hostile_words_are_only_words(tmp_path):
    files = made(fake(tmp_path, n=6, hostile=True), only=("flow",))[1]
    html = files["report.html"].decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "evil.example/x.png" in html  # as text
    assert not re.search(r'(?:src|href)="https?://evil', html)
    with zipfile.ZipFile(io.BytesIO(files["report.docx"])) as archive:
        document = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "&lt;script&gt;" in document
    assert "evil" not in links
    assert b"evil.example" not in re.sub(rb"stream.*?endstream", b"", files["report.pdf"], flags=re.S)


def test_the_page_asks_nothing_of_the_network(small_report):
    html = small_report[1]["report.html"].decode()
    assert not re.search(r'(?:src|href)="(?!data:|#|https://doi\.org|https://arxiv\.org)[^"]', html)
    assert "default-src &#39;none&#39;" in html
    assert len(re.findall(r"<img", html)) == len(re.findall(r'<img[^>]* alt="[^"]{20,}', html))


def test_every_link_inside_the_page_has_its_place(small_report, bare_report):
    for _, files in (small_report, bare_report):
        html = files["report.html"].decode()
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) - set(ids) == set()


def test_two_runs_give_the_same_bytes(small, small_report):
    text, files = written(small)
    assert text == small_report[0]
    assert files == small_report[1]
    with zipfile.ZipFile(io.BytesIO(files["report.docx"])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not re.search(rb"D:20[0-9]{2}|CreationDate", files["report.pdf"])


def test_three_respondents_and_no_respondents_run_through(tmp_path):
    for n in (3, 0):
        files = made(fake(tmp_path / str(n), n=n, coders=n > 0), only=("flow",))[1]
        assert files["report.pdf"].startswith(b"%PDF")


def test_commands_write_report_figures_and_manifest(tmp_path):
    study = fake(tmp_path, n=6, coders=False, ratings=False).study
    runner = CliRunner()
    for command in ("figures", "report", "manifest"):
        result = runner.invoke(main, [command, "--root", str(tmp_path), "--study", study.name])
        assert result.exit_code == 0, result.output
    manifest = json.loads((study.reports / "manifest.json").read_text())
    assert str(tmp_path) not in json.dumps(manifest)
    assert f"reports/{study.name}/report.pdf" in manifest["outputs"]
    assert manifest["codebooks"].keys() == {f"codebooks/{study.name}/survey.yaml"}
    before = (study.reports / "manifest.json").read_bytes()
    runner.invoke(main, ["manifest", "--root", str(tmp_path), "--study", study.name])
    assert (study.reports / "manifest.json").read_bytes() == before
    result = runner.invoke(main, ["figures", "--check", "--root", str(tmp_path), "--study", study.name])
    assert result.exit_code == 0, result.output
    (study.reports / "figures" / "flow.svg").write_bytes(b"x")
    result = runner.invoke(main, ["figures", "--check", "--root", str(tmp_path), "--study", study.name])
    assert result.exit_code == 1
    assert "flow.svg: not what the tables give now" in result.output


def test_quotes_ask_for_consent_where_the_study_does(tmp_path):
    study = fake(tmp_path, n=15)
    survey = study.study.survey
    signed = study.tables["responses"].assign(
        text=lambda frame: frame.text.str[:60] + " by" + frame.respondent_id.str[2:]
    )
    excerpts = study.tables["excerpts"].drop(columns="text").merge(signed[["response_id", "text"]], on="response_id")
    tables = {**study.tables, "responses": signed, "excerpts": excerpts}
    asked = survey.model_copy(update={"report": survey.report.model_copy(update={"quotes": "consented"})})
    silent = set(study.tables["respondents"].query("~quote_ok").respondent_id)
    heard = {}
    for name, stated in (("all", survey), ("consented", asked)):
        study.study.survey = stated
        text = render.markdown(content(Given(study.study, tables), {}))
        heard[name] = {person for person in silent if f"by{person[2:]}" in text}
    assert heard == {"all": silent, "consented": set()}


def test_cells_that_look_like_formulas_are_inert(tmp_path):
    import pandas as pd

    save.save_csv(tmp_path / "x.csv", pd.DataFrame({"a": ["=HYPERLINK(1)", "-1", "fine"], "n": [-1, 2, 3]}))
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig") == "a,n\n'=HYPERLINK(1),-1\n'-1,2\nfine,3\n"


def test_quotes_and_title_in_another_language_say_so_and_the_rest_is_english(small, small_report):
    from lxml import html

    from pipeline.study import Study

    before = small.study
    study = Study(before.root, before.name, before.survey.model_copy(update={"language": "de"}))
    text = render.markdown(
        content(Given(study, small.tables), save.load_json(before.reports / "figures/captions.json"))
    )
    found = render.render(study, text, before.reports)
    page = html.fromstring(found["report.html"])
    assert page.get("lang") == "en"
    assert page.xpath("//h1[@class='title']/@lang") == ["de"]
    quotes = page.xpath("//div[contains(@class, 'quote')]")
    assert quotes
    assert all(quote.xpath(".//span/@lang") == ["de"] for quote in quotes)
    words = zipfile.ZipFile(io.BytesIO(found["report.docx"])).read("word/document.xml").decode()
    assert 'w:lang w:val="de"' in words


def test_the_table_of_the_rule_of_record_holds_what_the_rule_does(large):
    given = Given(large.study, large.tables)
    whole = (
        given["prevalence"].fillna({"question_id": "", "group_by": ""}).query("question_id == '' and group_by == ''")
    )
    more = whole.assign(n_union=whole.n_respondents + 2, n_intersection=whole.n_respondents - 1)
    found = content(Given(large.study, {**large.tables, "prevalence": more}, codes=given.codes), {})
    expected = {
        given.code_name(row.code_id): [str(row.n_intersection), str(row.n_respondents), str(row.n_union)]
        for row in more.itertuples()
    }
    assert expected and {row[0]: row[1:] for row in found["rule_rows"]} == expected
    table = render.markdown(found).partition("{#tab-rule ")[2].partition(":::")[0]
    assert [row for row in expected.values() if f"| {' | '.join(row)} |" not in table] == []


def test_no_two_sections_share_a_name():
    assert joined({"a": 1}, {"b": 2}) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="the name b and c"):
        joined({"a": 1, "b": 2, "c": 0}, {"c": 3, "b": 2})


class Late:
    """A pool that begins nothing before its results are asked for."""

    def __init__(self, workers):
        self.workers = workers

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def submit(self, make, page):
        return SimpleNamespace(result=lambda: make(page))


def test_what_is_rendered_in_the_background_speaks_the_language_it_began_with(small, monkeypatch):
    with speaking("de"):
        wanted = render.render(small.study, "# Bericht 👍\n", small.study.reports)
        monkeypatch.setattr(render, "ThreadPoolExecutor", Late)
        with render.rendering(small.study, "# Bericht 👍\n", small.study.reports) as made, speaking("en"):
            found = made()
    assert found == wanted
    assert 'lang="de"' in found["report.html"].decode()
