"""One person with several rows, several files about one person, and ids that spreadsheets do not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.study import load_study
from pipeline.survey.checks import export_faults
from pipeline.survey.dictionary import draft
from pipeline.survey.exports import read_grid
from pipeline.survey.ingest import ingest
from pipeline.survey.joins import joined
from pipeline.survey.languages import Detector
from pipeline.survey.people import settled
from pipeline.survey.recognise import recognise
from tests.survey import fixtures
from tests.survey.fixtures import SAID, table

KEY = b"k" * 32


def study_of(tmp_path, survey, **files):
    for folder in ("codebooks/s", "data/raw/s"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "codebooks/s/survey.yaml").write_text(survey, encoding="utf-8")
    for name, content in files.items():
        (tmp_path / "data/raw/s" / name).write_bytes(content)
    study = load_study(tmp_path, "s")
    return study, [(one, recognise(read_grid(study.raw / one.file), one)) for one in study.survey.exports]


def drafted(tmp_path, content):
    path = tmp_path / "e"
    path.write_bytes(content)
    export = recognise(read_grid(path))
    study, exports = study_of(tmp_path, draft(export, study="s", file="e"), e=content)
    return study, ingest(study, exports, KEY)


SURVEY = """\
study: s
title: T
exports: [{file: a}]
columns:
  id: {role: respondent_id}
  visit: {role: occasion}
  job: {role: single_choice}
  why: {role: open}
  sim: {role: rating}
"""


def test_rows_of_one_person_on_several_occasions_lose_nothing(tmp_path):
    content = table(
        ["id", "visit", "job", "why", "sim"], [1, "", "nurse", "", ""], [1, "V 1", "", "they look alike", 3],
        [1, "V 2", "", "they look alike", 4], [2, "V 1", "clerk", "no idea", 1], [3, "V 1", "never wrote", "", 1],
    )  # fmt: skip
    study, exports = study_of(tmp_path, SURVEY, a=content)
    found = ingest(study, exports, KEY)
    assert found.tables["responses"].item_id.tolist() == ["v-1", "v-2", "v-1"]
    assert found.tables["responses"].response_id.is_unique
    assert found.tables["respondents"].job.tolist() == ["nurse", "clerk"]
    assert found.tables["ratings"][["item_id", "value"]].values.tolist() == [["v-1", 3], ["v-2", 4], ["v-1", 1]]
    assert found.tables["items"].to_dict("list") == {"item_id": ["v-1", "v-2"], "visit": ["V 1", "V 2"]}
    assert found.rejected.row.tolist() == [5]


def test_contradicting_rows_are_refused_or_one_is_kept_as_stated(tmp_path):
    content = table(
        ["id", "visit", "job", "why", "sim"], [1, "", "", "first words", ""], [1, "", "", "other words", ""]
    )
    study, exports = study_of(tmp_path, SURVEY, a=content)
    with pytest.raises(
        InputError, match=r"record 3, column why: another answer under the same respondent id as record 2"
    ):
        ingest(study, exports, KEY)
    for rule, text, out in (("first", "first words", 2), ("last", "other words", 1)):
        study, exports = study_of(tmp_path, SURVEY + f"rows: {{repeated: {rule}}}\n", a=content)
        found = ingest(study, exports, KEY)
        assert found.tables["responses"].text.tolist() == [text]
        assert found.rejected.values.tolist() == [["a", out, f"another row of the same person ({rule} counts)"]]
        assert found.tables["flow"].n_dropped.sum() == 1


DOUBLED = SURVEY.replace("  why: {role: open}", "  why: {role: open}\n  pourquoi: {role: open, question: why}")


def test_two_columns_of_one_question_lose_no_answer(tmp_path):
    head = ["id", "visit", "job", "why", "pourquoi", "sim"]
    one_each = table(head, [1, "", "", "same", "", ""], [2, "", "", "", "pareil", ""])
    study, exports = study_of(tmp_path, DOUBLED, a=one_each)
    assert list(export_faults(study, exports)) == []
    assert ingest(study, exports, KEY).tables["responses"].text.tolist() == ["same", "pareil"]
    study, exports = study_of(tmp_path, DOUBLED, a=table(head, [1, "", "", "same", "pareil", ""]))
    [fault] = export_faults(study, exports)
    assert fault.place == "record 2, columns why and pourquoi" and "only one answer could be kept" in fault.what
    two_rows = table(head, [1, "", "", "same", "", ""], [1, "", "", "", "pareil", ""])
    study, exports = study_of(tmp_path, DOUBLED, a=two_rows)
    with pytest.raises(InputError, match="another answer under the same respondent id"):
        ingest(study, exports, KEY)


def test_codes_are_read_as_what_they_mean(tmp_path):
    coded = (
        SURVEY + "questions:\n  job: {text: Job?, codes: {1: Nurse, B: Clerk}}\n  sim: {text: S, codes: {3: close}}\n"
    )
    rows = [[1, "", "1", "x y", 3], [2, "", "b", "y x", 4], [3, "", "other", "z", ""]]
    study, exports = study_of(tmp_path, coded, a=table(["id", "visit", "job", "why", "sim"], *rows))
    found = ingest(study, exports, KEY).tables
    assert found["respondents"].job.tolist() == ["Nurse", "Clerk", "other"]
    assert found["ratings"][["level", "value"]].values.tolist() == [["close", 3.0], ["4", 4.0]]


def test_equal_rows_of_a_tool_without_ids_are_different_people(tmp_path):
    survey = "study: s\ntitle: T\nexports: [{file: a}]\ncolumns:\n  why: {role: open}\n  x: {role: single_choice}\n"
    study, exports = study_of(tmp_path, survey, a=table(["why", "x"], ["yes", "a"], ["no", "a"], ["yes", "a"]))
    found = ingest(study, exports, KEY)
    assert sorted(found.tables["responses"].text) == ["no", "yes", "yes"]
    assert found.tables["responses"].respondent_id.nunique() == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [("2024-05-01 09:50:31", "5/1/24 9:50"), ("2024-05-13 21:50:31", "5/13/2024 9:50:31 PM"), ("3", "3.0"),
     ("True", "TRUE"), ("a  b\u00a0c", "a b c"), ("2024-05-01", "01.05.2024")],
)  # fmt: skip
def test_what_spreadsheets_change_is_the_same(before, after):
    assert settled(before) == settled(after)


@given(st.text(max_size=20))
def test_settling_is_stable(text):
    assert settled(settled(text)) == settled(text) or ":" in settled(text)


def test_other_numbers_and_words_stay_apart():
    assert (
        len({settled(text) for text in ("3", "3.5", "30", "2024-05-01 10:00", "2024-05-01 10:01", "yes", "Yes")}) == 7
    )


def test_redcap_by_label_reads_through_to_answers(tmp_path):
    _, found = drafted(tmp_path, fixtures.redcap_labels())
    assert sorted(found.tables["responses"].text) == sorted(SAID)
    assert found.tables["respondents"].filter(like="q").iloc[:, -1].tolist() == ["Pen"] * 3


def test_boxes_become_the_names_of_what_was_ticked(tmp_path):
    _, found = drafted(tmp_path, fixtures.kobo())
    closed = [name for name in found.tables["respondents"] if name not in ("respondent_id", "wave", "quote_ok")]
    assert found.tables["respondents"][closed[0]].tolist() == ["pen", "pen; paper"] * 3


def test_limesurvey_unfinished_rows_are_counted(tmp_path):
    _, found = drafted(tmp_path, fixtures.limesurvey("code"))
    assert found.rejected[["row", "reason"]].values.tolist() == [[6, "not finished"], [7, "not finished"]]


MATCHED = """\
study: s
title: T
exports: [{file: a}, {file: people, join: Participant id, to: PID}]
columns:
  PID: {role: identifying}
  why: {role: open}
  Status: {role: finished}
  Age: {role: single_choice}
"""


def test_prolific_is_joined_by_id(tmp_path):
    content = table(["PID", "why"], *[[f"5f{i}", said] for i, said in enumerate(SAID)])
    people = fixtures.prolific([f"5f{i}" for i in range(5)] + ["5fx"])
    study, exports = study_of(tmp_path, MATCHED, a=content, people=people)
    pairs, notes = joined(exports)
    found = ingest(study, pairs, KEY)
    assert notes == ["people: 5 of 6 people found by Participant id; 1 did not answer"]
    assert found.rejected[["row", "reason"]].values.tolist() == [[4, "not finished"], [2, "no consent"]]
    assert found.tables["respondents"].Age.tolist() == ["20", "", "24", ""]  # expired; not in the file


def test_what_cannot_be_joined_says_why(tmp_path):
    content = table(["PID", "why"], ["5f0", "x y"])
    for survey, says in (
        (MATCHED.replace("to: PID", "to: PIDS"), "no column 'PIDS' holds the ids"),
        (MATCHED.replace("join: Participant id", "join: Participants"), "no column 'Participants' to join by"),
    ):
        _, exports = study_of(tmp_path, survey, a=content, people=fixtures.prolific(["5f0"]))
        with pytest.raises(InputError, match=says):
            joined(exports)
    _, exports = study_of(tmp_path, MATCHED, a=content, people=fixtures.prolific(["5f0"]) + b"s9,5f0,APPROVED\n")
    with pytest.raises(InputError, match="the same Participant id as in an earlier row"):
        joined(exports)


@pytest.mark.parametrize(
    ("text", "code"),
    [("They look alike to me because the colours are the same", "en"),
     ("Sie sehen für mich gleich aus, weil die Farben dieselben sind", "de"),
     ("Je pense que ce sont les mêmes images mais avec une autre couleur", "fr"),
     ("Creo que son las mismas imágenes pero con otro color", "es"),
     ("Мне кажется, они похожи", "ru"), ("似ていると思います", "ja"), ("很像", "zh"),
     ("ja genau", "en"), ("ResNet-50 ImageNet CIFAR-10 MNIST SVHN STL", "en"), ("", "en")],
)  # fmt: skip
def test_languages(tmp_path, text, code):
    study, _ = study_of(tmp_path, SURVEY, a=table(["id", "visit", "job", "why", "sim"], [1, "", "", "x", ""]))
    assert Detector(study.survey).language(text) == code
    off = study.survey.model_copy(update={"detect_language": False})
    assert Detector(off).language(text) == "en"
