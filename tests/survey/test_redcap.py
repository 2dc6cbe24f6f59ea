"""REDCap's data dictionary beside the data gives labels, roles, choices and identifying fields."""

from __future__ import annotations

import csv

import pytest
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.recognise import recognise
from pipeline.survey.redcap import described, read_dictionary
from pipeline.survey.roles import guess_roles

DICTIONARY = """"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels",Identifier?,"Text Validation Type OR Show Slider Number"
record_id,f,text,Study ID,,,
why,f,notes,"<b>Why</b> alike?",,,
tools,f,checkbox,Which tools?,"1, Pen | 2, Paper, or pencil",,
city,f,text,Where do you live?,,y,
born,f,text,Born,,,date_ymd
job,f,radio,Job,"1, Nurse | 2, Clerk",,
moved,f,yesno,Moved?,,,
"""  # noqa: E501
DATA = """record_id,why,tools___1,tools___2,city,born,job,moved,f_complete
1,same,1,0,Ulm,1990-01-01,1,0,2
2,shape,0,1,Bonn,1980-01-01,2,1,2
"""


def opened(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_grid(tmp_path / name)


def test_labels_roles_choices_and_identifying_fields(tmp_path):
    export = described(
        recognise(opened(tmp_path, "d.csv", DATA)), read_dictionary(opened(tmp_path, "k.csv", DICTIONARY))
    )
    guesses = guess_roles(export)
    assert [guesses[name].role for name in export.names] == [
        "respondent_id", "open", "multiple_choice", "multiple_choice", "identifying", "metadata", "single_choice",
        "single_choice", "metadata",
    ]  # fmt: skip
    assert [guesses[f"tools___{n}"].option for n in (1, 2)] == ["Pen", "Paper, or pencil"]
    assert export.columns[1].label == "Why alike?"
    questions = YAML(typ="safe").load(draft(export, study="s", file="d.csv"))["questions"]
    assert questions["job"]["codes"] == {"1": "Nurse", "2": "Clerk"}
    assert questions["moved"]["codes"] == {"1": "Yes", "0": "No"}


def test_another_table_and_another_project_are_faults(tmp_path):
    with pytest.raises(InputError, match="not a REDCap data dictionary"):
        read_dictionary(opened(tmp_path, "d.csv", DATA))
    other = read_dictionary(opened(tmp_path, "k.csv", DICTIONARY.replace("\nwhy", "\nx").replace("\nrecord_id", "\ny")))
    export = recognise(opened(tmp_path, "e.csv", "a_id,b,f_complete\n1,2,2\n"))
    with pytest.raises(InputError, match="none of the export's columns"):
        described(export, other)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("project", "identifying"),
    [("simple", 6), ("longitudinal", 5), ("repeating-instruments", 2), ("survey", 5), ("checkboxes-1", 0)],
)
def test_what_a_real_dictionary_calls_identifying_is_dropped(shared_data, project, identifying):
    folder = shared_data / "redcap" / project
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        stated = [row["Variable / Field Name"] for row in csv.DictReader(file) if row["Identifier?"] == "y"]
    assert len(stated) == identifying
    fields = read_dictionary(read_grid(folder / "dictionary.csv"))
    guesses = guess_roles(described(recognise(read_grid(folder / "data.csv")), fields))
    assert {guesses[name].role for name in stated if name in guesses} <= {"identifying"}
