"""Every tool is told from what it writes itself, with a reason, and its columns get the roles a person would give."""

from __future__ import annotations

import pytest

from pipeline.survey.exports import read_grid
from pipeline.survey.headers import unique
from pipeline.survey.recognise import recognise
from pipeline.survey.roles import guess_roles
from pipeline.survey.tools import TOOLS, tell
from tests.survey import fixtures


def opened(tmp_path, content):
    path = tmp_path / "renamed"
    path.write_bytes(content)
    export = recognise(read_grid(path))
    return export, guess_roles(export)


def by_role(guesses, role):
    return [name for name, guess in guesses.items() if guess.role == role]


@pytest.mark.parametrize("name", fixtures.ALL)
def test_told_with_a_reason(tmp_path, name):
    export, guesses = opened(tmp_path, fixtures.ALL[name]())
    assert export.tool == name.split()[0]
    assert "columns" in export.why
    assert len(by_role(guesses, "open")) == 1
    assert len(by_role(guesses, "respondent_id")) == 1


@pytest.mark.parametrize("style", ["code", "text", "both"])
def test_limesurvey_boxes_and_unfinished(tmp_path, style):
    export, guesses = opened(tmp_path, fixtures.limesurvey(style))
    boxes = by_role(guesses, "multiple_choice")
    assert [guesses[name].option for name in boxes] == (
        ["SQ001", "SQ002"] if style == "code" else ["Reading", "Writing"]
    )
    assert len({guesses[name].question for name in boxes}) == 1
    assert len(by_role(guesses, "finished")) == len(by_role(guesses, "other_text")) == 1
    assert len(export.rows) == 7
    if style == "both":
        assert (export.names[7], export.columns[7].label) == ("why", "Why alike?")


def test_microsoft_forms(tmp_path):
    _, guesses = opened(tmp_path, fixtures.microsoft())
    assert by_role(guesses, "identifying") == ["Email", "Name"]
    assert by_role(guesses, "multiple_choice") == ["Which did you use?"]
    assert by_role(guesses, "open") == ["Why alike?"]


def test_typeform_has_a_column_per_option_and_duplicate_headers(tmp_path):
    export, guesses = opened(tmp_path, fixtures.typeform())
    assert export.names[4:8] == ["Other", "Email", "Phone", "Other (2)"]
    assert by_role(guesses, "identifying") == ["Email", "Phone", "Network ID"]
    assert [guesses[name].option for name in by_role(guesses, "multiple_choice")] == ["Python", "R"]
    assert guesses["Python"].question == guesses["R"].question


def test_kobo_groups_and_split_columns(tmp_path):
    export, guesses = opened(tmp_path, fixtures.kobo())
    assert export.columns[2].label == "why"
    assert [guesses[name].option for name in by_role(guesses, "multiple_choice")] == ["pen", "paper"]
    assert guesses["about/tools"].role == "ignored"  # the boxes say the same


def test_redcap_by_label(tmp_path):
    _, guesses = opened(tmp_path, fixtures.redcap_labels())
    assert by_role(guesses, "occasion") == ["Event Name", "Repeat Instrument", "Repeat Instance"]
    assert [guesses[name].option for name in by_role(guesses, "multiple_choice")] == ["Pen", "Paper"]
    assert by_role(guesses, "metadata") == ["Complete?", "Complete? (2)"]


def test_prolific(tmp_path):
    export, guesses = opened(tmp_path, fixtures.prolific(["5f0", "5f1", "5f2", "5f3"]))
    assert export.tool == "prolific"
    assert by_role(guesses, "identifying") == ["Submission id", "Participant id"]
    assert by_role(guesses, "finished") == ["Status"]


def test_what_no_tool_wrote_is_a_plain_table():
    assert tell([["a", "b"], ["1", "x"]])[0] == "plain"
    assert set(TOOLS) > {"plain", "redcap"}


def test_names_differ_even_where_a_numbered_name_is_taken():
    assert unique(["a", "a (2)", "a", ""]) == ["a", "a (2)", "a (3)", "c03"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("project", "rows", "boxes", "occasions", "identifying"),
    [
        ("checkboxes-1", 4, 9, 0, 0), ("longitudinal", 18, 25, 1, 8), ("repeating-instruments", 6, 0, 2, 1),
        ("simple", 5, 6, 0, 5), ("survey", 2, 1, 0, 6),
    ],
)  # fmt: skip
def test_redcap_projects(shared_data, project, rows, boxes, occasions, identifying):
    """Counted with the csv module: records, headers with ___, redcap_event/repeat headers, names/phones/e-mails."""
    export = recognise(read_grid(shared_data / "redcap" / project / "data.csv"))
    guesses = guess_roles(export)
    assert (export.tool, len(export.rows)) == ("redcap", rows)
    assert by_role(guesses, "respondent_id") == export.names[:1]
    assert sum(bool(guess.option) or guess.role == "consent" for guess in guesses.values()) >= boxes
    assert len(by_role(guesses, "occasion")) == occasions
    assert len(by_role(guesses, "identifying")) == identifying
