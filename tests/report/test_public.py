"""What may leave the team: small groups go, and so does a group that could be worked out."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.report.paraphrases import paraphrased
from pipeline.report.public import masked, public_tables, singled_out
from pipeline.report.quotes import Quote, around


def shares(*groups):
    rows = [
        {"term_id": "t", "sense_id": "t.a", "group_by": "role", "group": g, "n_respondents": n, "base": b}
        for g, n, b in groups
    ]
    return pd.DataFrame(
        [{"term_id": "t", "sense_id": "t.a", "group_by": "", "group": "", "n_respondents": 20, "base": 40}, *rows]
    )


def groups_left(*groups):
    return masked(shares(*groups), ["term_id", "group_by"], minimum=5).group.tolist()


def test_groups_in_which_nobody_stands_out_stay():
    assert groups_left(("a", 10, 20), ("b", 10, 20)) == ["", "a", "b"]
    assert groups_left(("a", 0, 20), ("b", 20, 20)) == ["", "a", "b"]


def test_a_small_group_goes_and_so_does_the_one_that_would_give_it_away():
    assert groups_left(("a", 2, 4), ("b", 10, 20), ("c", 8, 16)) == ["", "b"]
    assert groups_left(("a", 3, 20), ("b", 17, 20)) == [""]


def test_two_small_groups_hide_each_other():
    assert groups_left(("a", 2, 4), ("b", 1, 3), ("c", 17, 33)) == ["", "c"]


def test_tables_of_single_respondents_are_empty_and_say_so():
    orders = pd.DataFrame({"respondent_id": ["p"], "n_tied": [1]})
    people = pd.DataFrame({"respondent_id": ["p"], "wave": ["1"], "quote_ok": [True], "role": ["nurse"]})
    found, notes = public_tables({"orders": orders, "respondents": people, "shares": shares(("a", 1, 2))}, minimum=5)
    assert found["orders"].empty
    assert found["respondents"].role.isna().all()
    assert len(notes) == 2


def test_what_rests_on_few_authors_or_a_small_group_goes():
    accuracy = pd.DataFrame({"source": ["coders", "coders"], "n_respondents": [4, 5], "value": [1.0, 0.5]})
    planned = pd.DataFrame(
        {"group_by": "role", "n_group": [4, 9], "n_against": [30, 9], "mean_group": [0.5, 0.5],
         "mean_against": [0.2, 0.2], "p": [0.1, 0.2]}
    )  # fmt: skip
    found, notes = public_tables({"accuracy": accuracy, "planned": planned}, minimum=5)
    assert found["accuracy"].n_respondents.tolist() == [5]
    assert found["planned"].mean_against.isna().tolist() == [True, False]
    assert found["planned"].n_against.isna().tolist() == [True, False]
    assert found["planned"].p.tolist() == [0.1, 0.2]
    assert len(notes) == 2


def test_no_cell_that_is_left_out_can_be_worked_out_from_all_that_is_published():
    groups = (("a", 2, 4), ("b", 10, 20), ("c", 8, 16))
    planned = pd.DataFrame(
        {"measure": "sense:t.a", "group_by": ["role", "years"], "group": ["c", "9"], "against": "", "n_group": [16, 9],
         "n_against": [24, 31], "mean_group": [0.5, 0.1], "mean_against": [0.5, 0.4], "p": 0.1, "note": ""}
    )  # fmt: skip
    assert bounds(groups, *public_tables({"shares": shares(*groups), "planned": planned}, minimum=5)[:1]) == (0, 10)
    # with the mean of group c, as it was published once, a is known to be 2
    told = {"shares": masked(shares(*groups), ["term_id", "group_by"], minimum=5), "planned": planned}
    assert bounds(groups, told) == (2, 2)


def bounds(groups, published):
    """Return between which counts group a lies, by linear programming over everything published about role."""
    import numpy as np
    from scipy.optimize import linprog

    names = [name for name, _, _ in groups]
    equal, value = [], []
    for row in published["shares"].to_dict("records"):
        equal.append([1.0 if row["group"] in ("", name) else 0.0 for name in names])
        value.append(float(row["n_respondents"]))
    for row in published["planned"].dropna(subset="mean_group").to_dict("records"):
        if row["group_by"] == "role":
            equal.append([float(name == row["group"]) for name in names])
            value.append(row["mean_group"] * row["n_group"])
    limits = [(0, base) for _, _, base in groups]  # the worst case: sizes of groups are known from elsewhere
    limits[0] = (0, 40)
    ends = [linprog(np.array([sign, 0, 0]), A_eq=equal, b_eq=value, bounds=limits).fun * sign for sign in (1, -1)]
    return round(ends[0]), round(ends[1])


def test_who_is_alone_with_their_answers_is_counted_and_not_named():
    roles, years = ["nurse", "nurse", "clerk", "clerk", "clerk"], ["2", "2", "5", "5", "9"]
    people = pd.DataFrame(
        {"respondent_id": list("abcde"), "wave": "1", "quote_ok": True, "role": roles, "years": years}
    )
    people["blank"] = None
    said = singled_out(people, [])
    assert said is not None
    assert said.startswith("warning: 1 of 5 respondents are alone with their answers to role × years:")
    assert singled_out(people, ["role"]) is None
    assert singled_out(people.iloc[:0], ["role"]) is None


def test_quotes_say_whether_they_are_whole():
    long = "word " * 100
    assert Quote("u", "P1", "why", *around("alike to me", 0, 5)).mark == "verbatim"
    assert Quote("u", "P1", "why", *around(long + "alike " + long, 500, 505)).mark == "shortened"


def test_a_paraphrase_takes_the_place_of_an_answer_in_every_table():
    own = "my colleague Okon calls them alike"
    tables = {
        "responses": pd.DataFrame({"response_id": ["r1", "r2"], "text": [own, "alike too"]}),
        "excerpts": pd.DataFrame(
            {"excerpt_id": ["e1", "e2"], "response_id": ["r1", "r2"], "start": [0, 0], "end": [34, 9],
             "text": [own, "alike too"]}
        ),
        "usages": pd.DataFrame(
            {"usage_id": ["u1", "u2"], "response_id": ["r1", "r2"], "start": [29, 0], "end": [34, 5],
             "surface": "alike"}
        ),
        "machine_codings": pd.DataFrame({"excerpt_id": ["e1", "e2"], "start": [3, 0], "end": [12, 5]}),
    }  # fmt: skip
    found = paraphrased(tables, {"r1": "someone at work uses the word"})
    assert not any("Okon" in table.to_csv() for table in found.values())
    assert found["usages"].end.tolist() == [len("someone at work uses the word"), 5]
    assert found["responses"].text.tolist()[1] == "alike too"
    assert found["machine_codings"].start.isna().tolist() == [True, False]
    assert Quote("u1", "P1", "why", "", "someone at work uses the word", "", reworded=True).mark == "paraphrased"


def test_a_paraphrase_of_no_answer_and_an_empty_one_are_faults():
    tables = {"responses": pd.DataFrame({"response_id": ["r_1"], "text": ["a"]})}
    with pytest.raises(InputError) as faults:
        paraphrased(tables, {"r_2": "x", "r_1": " "})
    assert len(faults.value.faults) == 2


def test_the_command_writes_report_paper_and_glossary_without_the_silent(tmp_path):
    import re

    from click.testing import CliRunner

    from pipeline.cli import main
    from pipeline.pnumbers import p_numbers
    from tests.glossary.written import glossary_in

    made = glossary_in(tmp_path, n=40)
    people = made.tables["respondents"]
    names = p_numbers(people, made.tables["responses"])
    silent = {names[person] for person in people[~people.quote_ok].respondent_id}
    place = ["--root", str(tmp_path), "--study", "fake"]
    result = CliRunner().invoke(main, ["public", *place])
    assert result.exit_code == 0, result.output
    folder = made.study.reports / "public"
    assert (folder / "paper" / "jars-mixed.csv").exists()
    inside, outside = ((at / "glossary.html").read_text() for at in (made.study.reports, folder))
    heard = set(re.findall(r'data-person="(P\d+)"', outside))
    assert heard and silent and not heard & silent
    assert heard < set(re.findall(r'data-person="(P\d+)"', inside))
    assert "data-g0" in inside and "data-g0" not in outside, "nobody's group stands beside their words"
