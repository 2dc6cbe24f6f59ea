"""Codings made in another tool enter the same tables: matched by id or words, spans in the excerpt, no guesses."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline import tables
from pipeline.cli import main
from pipeline.codebook.project import CONSENSUS, Coded, Memo, Project, Source
from pipeline.codebook.themes import Code, Theme
from pipeline.coding import units
from pipeline.coding.collect import collect
from pipeline.coding.habits import imported
from pipeline.coding.labels import inventory
from pipeline.coding.ledger import empty_ledger
from pipeline.coding.projects import read_project

ANSWER = "Same organs 👩‍⚕️. Looks alike, too."
RESPONSES = pd.DataFrame(
    {"response_id": ["r1", "r2"], "respondent_id": ["p1", "p2"], "question_id": "q", "item_id": None,
     "text": [ANSWER, "Nothing."]}
)  # fmt: skip
EXCERPTS = pd.DataFrame(
    [("e1", "r1", 0, 17), ("e2", "r1", 18, len(ANSWER)), ("e3", "r2", 0, 8)],
    columns=["excerpt_id", "response_id", "start", "end"],
)
USAGES = pd.DataFrame(columns=["usage_id", "response_id", "start", "end", "term_id"])
UNITS = units.describe(EXCERPTS, USAGES, responses=RESPONSES)
BOOK = (Theme(id="t", name="T", codes=(Code(id="organs", name="Organs"), Code(id="look", name="Looks"))),)


def read(*sources, blank="unseen", codes=("organs", "look")):
    project = Project("s", BOOK, sources=sources)
    return read_project("x.qdpx", project, excerpts=UNITS, saved={"ana/e1": "a_given"}, codes=codes, blank=blank)


def source(*codings, key="r1", text=ANSWER, memos=()):
    return Source(key, "p1 q", text, codings, tuple(memos))


def test_codings_become_rows_of_their_excerpts_with_spans_inside_them():
    found = read(source(Coded(5, 11, "organs", "ana", "2026-01-02T00:00:00Z"), Coded(0, 17, "look", "ana"),
                        Coded(18, 23, "look", "ben")))  # fmt: skip
    assert not found.faults and sorted(found.work) == [("ana", "e1"), ("ben", "e2")]
    ana, ben = found.rows
    assert (ana.assignment_id, ana.labels, ana.spans) == ("a_given", ("organs", "look"), ((5, 11), None))
    assert ana.decided_at == "2026-01-02T00:00:00Z"
    assert (ben.labels, ben.spans) == (("look",), ((0, 5),))


def test_they_enter_the_tables():
    found = read(source(Coded(18, 23, "look", "ben")))
    said = inventory([("look", "Looks", "active", "t")], pd.DataFrame(columns=["term_id", "sense_id", "name"]),
                     clean={}, version="1")  # fmt: skip
    ledger = pd.concat([empty_ledger(), imported(found.work, empty_ledger())])
    made = collect(found.rows, ledger, units=UNITS, said=said)
    assert made.codings[["code_id", "start", "end"]].to_numpy().tolist() == [["look", 0, 5]]
    assert made.assignments.coder_id.tolist() == ["ben"] and made.decisions.state.tolist() == ["coded"]


def test_an_answer_is_known_by_its_words_too_and_nobody_elses_words_are_taken():
    assert read(source(Coded(0, 4, "look", "ana"), key="another-guid")).rows[0].assignment_id == "a_given"
    assert read(source(Coded(0, 4, "look", "ana"), key="g", text="other words")).faults[0].what == (
        "the text is no answer of this study"
    )
    assert read(source(Coded(0, 4, "look", "ana"), text=ANSWER + "!")).faults[0].what == "the text was changed"


@pytest.mark.parametrize(("blank", "states"), [("unseen", ["coded"]), ("no_code", ["coded", "no_code"])])
def test_what_a_blank_means_is_said_and_never_guessed(blank, states):
    assert [row.state for row in read(source(Coded(0, 4, "look", "ana")), blank=blank).rows] == states


def test_nothing_is_lost_without_a_word():
    found = read(source(Coded(10, 25, "look", "ana"), Coded(0, 4, "look", CONSENSUS), memos=[Memo(20, 22, "ben", "?")]))
    assert found.rows[0].spans == ((10, 17),)
    assert [note.partition(": ")[2] for note in found.notes] == [
        "a coding reaches over several excerpts; kept where most of it is",
        "a memo by ben on words without a code is left out",
        "codings by 'consensus' are the study's record, and are not read back",
    ]
    noted = read(source(Coded(0, 4, "look", "ana"), memos=[Memo(0, 4, "ana", "why?")]))
    assert noted.rows[0].memo == "why?"


def test_a_code_of_another_tool_is_looked_up_by_its_name():
    assert read(source(Coded(0, 4, "look", "ana")), codes=()).rows[0].labels == ("Looks",)


def test_the_shipped_study_comes_back_from_another_tool_whole(repository, tmp_path):
    """What `codebook export` wrote, as the only file that came back, gives every coding of the study again."""
    study, folder = "transfer-learning-15", tmp_path / "data" / "raw" / "transfer-learning-15" / "codings"
    made = repository / "data" / "processed" / study
    if not tables.path_of(made, "record").exists():
        pytest.skip(f"the tables of {study} are not made yet")
    for part in ("codebooks", "data/raw", "data/processed"):
        shutil.copytree(repository / part / study, tmp_path / part / study)
    for file in folder.iterdir():
        file.unlink()
    run = lambda *words: CliRunner().invoke(main, [*words, "--root", str(tmp_path), "--study", study])  # noqa: E731
    wrote = CliRunner().invoke(
        main, ["codebook", "--root", str(tmp_path), "--study", study, "export", str(folder / "other.qdpx")]
    )
    assert wrote.exit_code == 0, wrote.output
    found = run("collect")
    assert found.exit_code == 0, found.output
    before, after = (tables.read(where, "codings") for where in (made, tmp_path / "data" / "processed" / study))
    pd.testing.assert_frame_equal(before, after)
