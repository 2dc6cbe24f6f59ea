"""Whom to ask about what, what comes back, and how coders are held against authors."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from pipeline import tables
from pipeline.asking import accuracy, limesurvey, qualtrics
from pipeline.asking.authors import response
from pipeline.asking.followup import choose, empty_asked, excerpt, parse_asked
from pipeline.errors import InputError

SENSES = {"similar": ["similar.a", "similar.b"], "domain": ["domain.a"]}
UNITS = pd.DataFrame(
    [(f"u{p}{t}{k}", f"p{p}", t, f"A {t} thing.", 2, 2 + len(t)) for p in range(4) for t in SENSES for k in range(3)],
    columns=["unit_id", "respondent_id", "term_id", "answer", "start", "end"],
)


def test_words_take_turns_and_what_was_asked_stays():
    first = choose(UNITS, empty_asked(), SENSES, most=3, seed=1)
    assert first.groupby("respondent_id").size().tolist() == [3, 3, 3, 3]
    assert first.groupby("respondent_id").term_id.agg(list).tolist() == [["similar", "domain", "similar"]] * 4
    assert choose(UNITS, first, SENSES, most=3, seed=1).empty
    more = choose(UNITS, first, SENSES, most=5, seed=1)
    assert set(more.slot) == {"domain2", "similar3"}
    assert not set(more.usage_id) & set(first.usage_id)
    shuffled = choose(UNITS.sample(frac=1, random_state=2), empty_asked(), SENSES, most=3, seed=1)
    assert set(shuffled.usage_id) == set(first.usage_id)
    assert choose(UNITS, empty_asked(), SENSES, most=3, seed=2).usage_id.tolist() != first.usage_id.tolist()


def test_the_persons_own_sentence_is_cut_at_its_ends():
    text = "First one. " * 40 + "Ah. It is similar here! " + "Last one. " * 40
    start = text.index("similar")
    assert excerpt(text, start, start + 7) == "… Ah. It is ⟦similar⟧ here! …"
    assert excerpt("Short. It is similar.", 13, 20) == "Short. It is ⟦similar⟧."


def test_a_damaged_ledger_is_refused():
    with pytest.raises(InputError, match="stands twice") as raised:
        parse_asked("respondent_id,slot,usage_id,term_id,senses,digest\np,s1,u,t,a,d\np,s1,v,t,a,d\np,,w,t,a,d\n", "f")
    assert len(raised.value.faults) == 2


def test_ask_writes_three_formats_and_says_who_was_asked(few):
    said = few.ok("ask")
    rows = few.asked()
    assert f"ask: {len(rows)} usages of 12 respondents" in said
    folder = few.study.reports / "ask"
    form = qualtrics.read((folder / "qualtrics.txt").read_text(encoding="utf-8"))
    assert {question.code for question in form.questions} == {f"{row['slot']}{x}" for row in rows for x in "sn"}
    fields = tuple(f"{slot}{x}" for slot in sorted({row["slot"] for row in rows}) for x in ("", "q"))
    lime = limesurvey.read((folder / "limesurvey.txt").read_text(encoding="utf-8"), fields=fields)
    assert [c.text for c in lime.questions[0].choices][-2:] == ["None of these", "I can no longer say"]
    people = list(csv.DictReader((folder / "qualtrics-contacts.csv").open(encoding="utf-8")))
    assert [row["ExternalDataReference"] for row in people] == [f"R_{n:02d}" for n in range(12)]
    assert "They look ⟦similar⟧ &lt;b&gt;to me&lt;/b&gt; in colour." in {row["similar1"] for row in people}
    assert "R_0" not in (few.study.raw / "asked.csv").read_text()  # the ledger names nobody
    assert len(list((folder / "forms").glob("R_*.html"))) == 12
    before = (few.study.raw / "asked.csv").read_bytes()
    few.ok("ask")
    assert (few.study.raw / "asked.csv").read_bytes() == before


def test_nobody_is_asked_before_the_freeze(few):
    (few.study.codebook_folder / "freeze.json").unlink()
    result = few.run("ask")
    assert result.exit_code == 1
    assert "the study is not frozen. Run: make freeze STUDY=few" in result.output


def answered(few, *rows, name="one.csv", names=("token", "similar1s", "similar1n", "domain1s")):
    folder = few.study.raw / "followup"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    for table in ("decisions", "judgements", "record", "senses", "assignments"):
        if not tables.path_of(few.study.processed, table).exists():
            tables.write(few.study.processed, table, tables.empty(table))


def test_answers_come_back_with_silence_and_blanks_apart(few):
    few.ok("collect")
    few.ok("ask")
    answered(few, ["R_00", "A1|A2", "N7", ""], ["R_01", "", "", "A2"], name="one.csv")
    answered(few, ["R_03", "None of these", "3 of 10", ""], ["R_06", "X0", "", ""], name="two.csv")
    assert "authors: 4 of 12 respondents answered, about 4 of" in few.ok("authors")
    found = few.table("authors").set_index("slot")
    mine = found.loc[["similar1"]]
    assert sorted(mine.value.dropna()) == ["cannot_say", "none", "similar.semantic|similar.visual"]
    assert sorted(mine.expected.dropna()) == [0.3, 0.7]
    assert set(found.loc[["domain1"]].value.dropna()) == {"domain.shift"}
    counts = response(few.table("authors"))
    assert (counts["several"], counts["none"], counts["forgotten"]) == (1, 1, 1)
    assert set(few.table("authors").state) == {"answered", "left blank", "did not return"}


def test_respondents_are_asked_in_the_language_of_the_survey_and_understood_in_any(few):
    few.ok("collect")
    few.ok("ask")
    few.say("language: de")
    few.ok("ask")
    folder = few.study.reports / "ask"
    form = qualtrics.read((folder / "qualtrics.txt").read_text(encoding="utf-8"))
    assert form.title == "Was haben Sie gemeint? What people mean by similar"
    assert [choice.text for choice in form.questions[0].choices][-2:] == [
        "Nichts davon",
        "Das kann ich nicht mehr sagen",
    ]
    page = (folder / "forms" / "R_00.html").read_text(encoding="utf-8")
    assert "Meine Antworten speichern" in page
    assert 'class="scale"' in page, "3 von 10 is a place on a scale as 3 of 10 is"
    answered(few, ["R_00", "Nichts davon", "7 von 10", ""], ["R_03", "None of these", "3 of 10", ""])
    assert "authors: 2 of 12 respondents answered" in few.ok("authors")
    mine = few.table("authors").set_index("slot").loc[["similar1"]]
    assert mine.value.dropna().tolist() == ["none", "none"]
    assert sorted(mine.expected.dropna()) == [0.3, 0.7]


def test_every_fault_of_every_file_is_listed(few):
    few.ok("collect")
    few.ok("ask")
    answered(few, ["R_00", "A1|A0", "", ""], ["R_99", "A1", "", ""], name="one.csv")
    answered(few, ["R_00", "A1", "", ""], name="two.csv")
    result = few.run("authors")
    assert result.exit_code == 1
    assert "3 faults found" in result.output
    assert "'None of these' beside another" in result.output
    assert "nobody was asked under the token 'R_99'" in result.output
    assert "two files hold answers under the token 'R_00'" in result.output


def test_check_inputs_sees_plan_and_answers(few):
    few.ok("collect")
    few.ok("ask")
    assert "few is sound" in few.ok("check-inputs")
    answered(few, ["R_99", "A1", "", ""])
    (few.study.codebook_folder / "deviations.jsonl").write_text("nonsense\n")
    output = few.run("check-inputs").output
    assert "2 faults found" in output
    assert "R_99" in output
    assert "deviations.jsonl, line 1" in output


def test_an_answer_about_a_text_that_changed_is_kept_out(few):
    few.ok("collect")
    few.ok("ask")
    path = few.study.raw / "asked.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *(row.rsplit(",", 1)[0] + ",0" for row in rows)]))
    answered(few, ["R_00", "A1", "", ""])
    few.ok("authors")
    assert set(few.table("authors").state) == {"text has changed", "did not return"}


AUTHORS = pd.DataFrame(
    [
        ("u1", "p1", "t", "answered", "t.a", 0.9), ("u2", "p2", "t", "answered", "t.a|t.b", 0.5),
        ("u3", "p3", "t", "answered", "t.b", 0.4),
        ("u4", "p4", "t", "answered", "cannot_say", None), ("u5", "p5", "t", "did not return", None, None),
    ],
    columns=["usage_id", "respondent_id", "term_id", "state", "value", "expected"],
)  # fmt: skip
SAID = pd.DataFrame(
    [("coder:x", "u1", "t.a"), ("coder:x", "u2", "t.a"), ("coder:x", "u3", "cannot_code"), ("coder:y", "u1", "t.b"),
     ("coder:y", "u4", "t.a"), ("record", "u3", "t.b")],
    columns=["source", "usage_id", "value"],
)  # fmt: skip


def rows_of(**changes):
    made = accuracy.accuracy_table(AUTHORS, SAID, **{"small": False, "resamples": 200, "seed": 1, **changes})
    return made.set_index(["source", "term_id", "sense_id", "measure"])


def test_accuracy_by_hand():
    found = rows_of()
    whole = found.loc[("coders", "t", "", "same")]
    assert whole.value == pytest.approx((1 + 0.5 + 0) / 3, abs=1e-4)  # u4: the author cannot say; u3: abstained
    assert (whole.n_decisions, whole.n_usages, whole.n_respondents, whole.n_abstained) == (3, 2, 2, 1)
    assert found.loc[("coders", "t", "t.a", "found")].value == pytest.approx(2 / 3, abs=1e-4)
    assert found.loc[("coders", "t", "t.a", "right")].value == 1.0
    assert found.loc[("coders", "t", "t.b", "right")].value == 0.0
    assert found.loc[("record", "t", "", "same")].value == 1.0
    assert whole.note == "no interval under 10 respondents"
    assert pd.isna(whole.ci_low)


def test_intervals_come_from_whole_respondents_and_do_not_depend_on_order():
    rng = np.random.default_rng(4)
    people = [(f"u{n}", f"p{n // 2:02d}", "t", "answered", "t.a", 0.5) for n in range(60)]
    authors = pd.DataFrame(people, columns=AUTHORS.columns)
    said = pd.DataFrame(
        [("coder:x", f"u{n}", "t.a" if rng.random() < 0.7 else "t.b") for n in range(60)], columns=SAID.columns
    )
    one = accuracy.accuracy_table(authors, said, small=False, resamples=500, seed=1)
    other = accuracy.accuracy_table(
        authors.sample(frac=1, random_state=1), said.sample(frac=1, random_state=2), small=False, resamples=500, seed=1
    )
    key = ["source", "term_id", "sense_id", "measure"]
    assert one.sort_values(key).reset_index(drop=True).equals(other.sort_values(key).reset_index(drop=True))
    row = one.set_index(key).loc[("coders", "t", "", "same")]
    assert row.ci_low < row.value < row.ci_high
    alike = accuracy.accuracy_table(authors, said.assign(value="t.a"), small=False, resamples=50, seed=1)
    assert alike.ci_low.isna().all()
    assert "every decision is alike" in alike.note[0]
    assert accuracy.accuracy_table(authors, said, small=True, resamples=500, seed=1).ci_low.isna().all()


def test_misplaced_confidence_by_hand():
    row = accuracy.confidence_table(AUTHORS, small=False, resamples=200, seed=1).iloc[0]
    assert row.real == pytest.approx(2 / 3, abs=1e-4)  # of three pairs only u1 and u3 share no sense
    assert row.expected == pytest.approx(0.6)
    assert row.misplaced == pytest.approx(0.6 - 2 / 3, abs=1e-4)
    alone = accuracy.confidence_table(AUTHORS.head(1), small=False, resamples=200, seed=1).iloc[0]
    assert alone.note.startswith("undefined")
