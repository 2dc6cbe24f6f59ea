"""How a codebook comes about: what coders say about it, phases, and a log of changes that keeps people's reasons."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main
from pipeline.codebook import changelog, phases
from pipeline.codebook.changes import to_code_again
from pipeline.codebook.review import in_words, remarks
from pipeline.codebook.themes import Code, Theme, Themes, load_themes
from pipeline.errors import InputError

CODES = [Code(id="look", name="Looks"), Code(id="organ", name="Same organ")]


VERSIONS = ["themes 1, glossary 2", "themes 2, glossary 2", None]


def said(*memos):
    """Tables in which coder c0 wrote the first memo about excerpt e0, c1 the second; everyone gave the code look."""
    ids = [f"a{i}" for i in range(len(memos))]
    return {
        "assignments": pd.DataFrame(
            {"assignment_id": ids, "coder_id": [f"c{i}" for i in range(len(memos))], "unit_kind": "excerpt",
             "unit_id": [f"e{i}" for i in range(len(memos))], "purpose": "develop", "round": "1"}
        ),
        "decisions": pd.DataFrame({"assignment_id": ids, "memo": memos, "codebook_version": VERSIONS[: len(ids)]}),
        "codings": pd.DataFrame({"assignment_id": ids, "code_id": "look"}),
        "excerpts": pd.DataFrame({"excerpt_id": ["e0"], "text": ["all is pink"]}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("memo", "row"),
    [
        ("[new code] Colour - it is not texture", ("new code", "Colour", "it is not texture")),
        ("New code: Colour: it is not texture", ("new code", "Colour", "it is not texture")),
        ("[new code] Colour", ("new code", "Colour", "")),
        ("[unclear] where does it end?", ("unclear", "look", "where does it end?")),
        ("[unclear] Same organ: or tissue?", ("unclear", "organ", "or tissue?")),
        ("unclear: same organ", ("unclear", "organ", "")),
        ("organ: used for tissue too", ("memo", "organ", "used for tissue too")),
        ("study: everybody says pink", ("memo", "study", "everybody says pink")),
        ("Respondent: a radiologist", ("memo", "respondent", "a radiologist")),
        ("note: to self", ("memo", "", "note: to self")),
        ("[split] two thoughts", ("memo", "", "two thoughts")),
    ],
)
def test_a_memo_is_read_for_what_it_says(memo, row):
    found = remarks(said(memo), CODES)
    assert tuple(found.iloc[0][["kind", "about", "text"]]) == row
    assert found.iloc[0][["coder_id", "excerpt_id", "quote"]].tolist() == ["c0", "e0", "all is pink"]


def test_one_memo_may_say_two_things_and_an_empty_one_says_nothing():
    assert remarks(said("[new code] [unclear] Pink: or red?"), CODES).kind.tolist() == ["new code", "unclear"]
    assert remarks(said("[refers]", None), CODES).empty


def test_those_who_miss_the_same_code_stand_together():
    lines = list(in_words(remarks(said("[new code] Colour - pink", "[new code] colour - stain", "hm"), CODES)))
    assert lines == [
        "Codes that coders miss",
        "  Colour (2 ×, c0, c1)",
        "    c0: pink",
        "      on “all is pink” (e0)",
        "    c1: stain",
        "Memos",
        "  an excerpt (1 ×, c2)",
        "    c2: hm",
    ]


def book(version, *codes, phase=None):
    return Themes(version, (Theme(id="t", name="T", codes=codes),), {}, "", phase)


BEFORE = book("1", *CODES)
AFTER = book("2", Code(id="look", name="Looks", definition="what the eye sees"), CODES[1], phase="main")


def test_reasons_stay_when_changes_are_listed_again(tmp_path):
    path = tmp_path / changelog.FILE
    path.write_text(changelog.as_text(changelog.logged(changelog.Log(), BEFORE, AFTER)))
    log = changelog.load_log(path)
    assert changelog.open_reasons(log) == 1 and log.versions[0].code_again == ("look",)
    assert "redefined look: no reason is given" in str(changelog.log_faults(log, path)[0])
    path.write_text(path.read_text().replace('reason: ""', "reason: coders meant texture").replace("reason: ''",
                    "reason: coders meant texture"))  # fmt: skip
    more = book("2", AFTER.codes[0], Code(id="organ", name="Organ"), phase="main")
    again = changelog.logged(changelog.load_log(path), BEFORE, more)
    assert [(one.change, one.reason) for one in again.versions[0].changes] == [
        ("renamed", ""), ("redefined", "coders meant texture"),
    ]  # fmt: skip
    assert changelog.logged(again, more, more) == again


def test_what_must_be_coded_again_is_what_was_coded_under_other_words():
    made = said("", "", "")
    del made["excerpts"]
    found = to_code_again(["look"], version="2", **made)
    assert found.to_numpy().tolist() == [["c0", "e0", "1", "look"], ["c2", "e2", "1", "look"]]
    assert to_code_again(["organ"], version="2", **made).empty


def test_phases_say_what_may_be_handed_out_and_keep_the_machine_silent(tmp_path):
    assert phases.mismatch(BEFORE, "estimate") == ""  # a phase is never required
    assert "while the codebook is in phase 'pilot'" in phases.mismatch(book("1", phase="pilot"), "estimate")
    assert phases.mismatch(book("1", phase="main"), "estimate") == ""
    made = said("x", "y")
    early = book("1", *CODES, phase="develop")
    assert phases.people_first(early, made["assignments"].iloc[:0], made["decisions"]).endswith("handed out yet")
    assert phases.people_first(early, made["assignments"], made["decisions"].iloc[:1]).endswith("c1 (1)")
    assert phases.people_first(early, made["assignments"], made["decisions"]) == ""
    assert phases.people_first(AFTER, made["assignments"], made["decisions"].iloc[:0]) == ""
    path = tmp_path / "themes.yaml"
    path.write_text("version: 1\nphase: pilto\n")
    with pytest.raises(InputError, match="phase"):
        load_themes(path)


def test_the_commands(repository, tmp_path):
    folder = tmp_path / "codebooks" / "transfer-learning"
    folder.mkdir(parents=True)
    survey = (repository / "codebooks" / "transfer-learning" / "survey.yaml").read_text()
    (folder / "survey.yaml").write_text(survey)
    old, now = tmp_path / "old.yaml", folder / "themes.yaml"
    old.write_text("version: 1\nthemes: [{id: t, name: T, codes: [{id: look, name: Looks}]}]\n")
    now.write_text("version: 2\nphase: main\nthemes: [{id: t, name: T, codes: [{id: look, name: L, definition: d}]}]\n")
    made = said("[new code] Colour")
    for name, frame in made.items():
        whole = frame.reindex(columns=list(tables.SCHEMAS[name].types))
        whole[[c for c, kind in tables.SCHEMAS[name].types.items() if kind == "int64"]] = 0
        tables.write(tmp_path / "data" / "processed" / "transfer-learning", name, whole)
    run = lambda *words: CliRunner().invoke(main, ["codebook", "--root", str(tmp_path), *words])  # noqa: E731
    wrote = run("log", str(old))
    assert wrote.exit_code == 0 and "2 changes wait for a reason" in wrote.output, wrote.output
    assert "1 excerpts must be coded again" in wrote.output
    again = (tmp_path / "reports" / "transfer-learning" / "code-again.csv").read_text()
    assert again == "coder_id,unit_id,round,code_ids\nc0,e0,1,look\n"
    found = run("review", "--out", str(tmp_path / "remarks.csv"))
    assert "Colour (1 ×, c0)" in found.output and "new round" in found.output
    assert (tmp_path / "remarks.csv").read_text().count("\n") == 2
    checked = CliRunner().invoke(main, ["check-inputs", "--root", str(tmp_path)])
    assert "no reason is given" in checked.output
