"""Units of analysis: whole answers, and spans that the team cut by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.survey.excerpts import make_excerpts, read_units, split_share

ANSWERS = pd.DataFrame({"response_id": ["r_1", "r_2"], "text": ["alike 🙂 in colour, not in shape", "no idea"]})


def test_units_cut_by_hand_know_their_answer():
    units = read_units("\ufeffresponse_id,start,end\nr_1,19,31\nr_1,0,17\n", ANSWERS, file="units.csv")
    found = make_excerpts(ANSWERS, units=units)
    assert found.text.tolist() == ["alike 🙂 in colour", "not in shape", "no idea"]
    assert split_share(found) == (1, 2)
    assert split_share(make_excerpts(ANSWERS)) == (0, 2)
    assert make_excerpts(ANSWERS).text.tolist() == ANSWERS.text.tolist()


def test_every_span_that_does_not_fit_is_listed():
    rows = ["r_9,0,3", "r_1,5,5", "r_1,0,99", "r_1,0,10", "r_1,9,12", "r_1,a,3", "r_2,,"]
    with pytest.raises(InputError) as caught:
        read_units("response_id,start,end\n" + "\n".join(rows), ANSWERS, file="units.csv")
    said = [(fault.place, fault.what) for fault in caught.value.faults]
    assert said == [
        ("line 2", "no answer has the id 'r_9'"),
        ("line 3", "the span 5 to 5 does not fit an answer of 31 characters"),
        ("line 4", "the span 0 to 99 does not fit an answer of 31 characters"),
        ("line 6", "the span 9 to 12 overlaps another of the same answer"),
        ("line 7", "start and end are not whole numbers"),
        ("line 8", "the columns response_id, start and end are needed"),
    ]
