from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pipeline import tables
from pipeline.coding import page
from pipeline.coding.packets import write_workbook
from pipeline.coding.shown import facts
from pipeline.coding.units import describe
from tests.coding.conftest import Command
from tests.coding.fake import frames, make_study, packet_of


def embedded_in(path: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="packet">(.*?)</script>', path.read_text(), re.S)
    assert found
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_a_packet_holds_nothing_that_is_not_for_the_coder(study: Any, run: Command) -> None:
    run("assign")
    text = (study.reports / "packets" / "ann.html").read_text()
    assert "doctor" not in text, "the respondent's group is in the packet"
    assert not re.search(r'"r0\d\d"', text), "the respondent's pseudonym is in the packet"
    packet = embedded_in(study.reports / "packets" / "ann.html")
    others = embedded_in(study.reports / "packets" / "bob.html")
    assert {unit["assignment_id"] for unit in packet["units"]}.isdisjoint(u["assignment_id"] for u in others["units"])
    assert set(packet["others"]).isdisjoint(others["others"]), "two coders could compare people"
    assert "old" not in {code["id"] for theme in packet["themes"] for code in theme["codes"]}


def test_the_page_allows_its_own_script_alone() -> None:
    made = page.render(packet_of(["<script>alert(1)</script>"]))
    policy = re.search(r'content="(default-src[^"]+)"', made)
    assert (
        policy and "unsafe" not in policy[1] and "connect-src 'none'" in policy[1] and "default-src 'none'" in policy[1]
    )
    assert made.count("<script") == 2 and "http" not in policy[1]
    assert "connect-src 'self'" in page.render(packet_of(["x"]), served={"rows": []})


@pytest.mark.parametrize("text", ["{{ script }} {{ packet }}", "</script>", "<!--", "\u2028", "]]>"])
def test_no_text_can_leave_its_place(text: str) -> None:
    made = page.render(packet_of([text]))
    found = re.search(r'id="packet">(.*?)</script>', made, re.S)
    assert found and json.loads(found[1])["units"][0]["answer"] == text
    assert made == page.render(packet_of([text]))


def test_beside_the_text_stands_only_what_the_study_asks_for(tmp_path: Path, run: Command) -> None:
    columns = "  stars: {role: rating}\nquestions:\n  why: {text: Why?, explains: [stars]}"
    made = frames(4)
    units = describe(made["excerpts"], made["usages"], responses=made["responses"])
    ratings = pd.DataFrame([("r000", "stars", "", "1", 4.0, "ordinal")], columns=list(tables.SCHEMAS["ratings"].types))
    machine = pd.DataFrame(
        [("ex000a", "colour", "rule", 1.0, None, None, "")], columns=list(tables.SCHEMAS["machine_codings"].types)
    )

    def shown(extra: str) -> dict[str, Any]:
        study = make_study(tmp_path, extra=extra)
        path = study.codebook_folder / "survey.yaml"
        path.write_text(path.read_text().replace("questions:\n  why: {text: Why are they similar?}", columns))
        from pipeline.study import load_study

        return facts(
            load_study(tmp_path, "tiny"),
            units,
            respondents=made["respondents"],
            ratings=ratings,
            machine_codings=machine,
            translations=translations,
        )

    translations = tables.empty("translations")
    assert shown("") == {}
    answer = made["excerpts"].response_id[0]
    translations = pd.DataFrame(
        [(answer, "fr", "A. Person", "ils se ressemblent")], columns=["response_id", "language", "translator", "text"]
    )
    told = shown("")
    assert [fact["value"] for fact in told["ex000a"]] == ["ils se ressemblent"]
    assert [fact["label"] for fact in told["ex000a"]] == ["Translation (fr, by A. Person)"]
    assert all(units.set_index("unit_id").response_id[unit] == answer for unit in told)
    translations = translations[:0]
    found = shown("  show_to_coders: [group, ratings, machine]")
    assert [(f["kind"], f["value"]) for f in found["ex000a"]] == [
        ("group", "coder"),
        ("ratings", "4"),
        ("machine", "colour"),
    ]
    assert [f["kind"] for f in found["ex000b"]] == ["group"], (
        "a rating stands beside an answer that does not explain it"
    )


def test_late_answers_keep_the_list_of_their_term(tmp_path: Path) -> None:
    """A late usage of the first term stands behind those of the second, so that its rows are in two places."""
    senses = [{"id": "x.a", "name": "a", "definition": "", "tell": ""}]
    terms = {name: {"label": name, "senses": senses} for name in ("first", "second")}
    units = [
        {"unit_kind": "usage", "assignment_id": f"a{k}", "question": "q", "item": "", "answer": "w", "text": "w",
         "term_id": term, "start": 0, "end": 1}
        for k, term in enumerate(("first", "second", "first", "second"))
    ]  # fmt: skip
    packet = {"title": "t", "coder": "c", "codebook_version": "1", "themes": [], "terms": terms, "units": units}
    write_workbook(tmp_path / "p.xlsx", packet)
    rules = openpyxl.load_workbook(tmp_path / "p.xlsx")["Usages"].data_validations.dataValidation
    assert {str(rule.sqref) for rule in rules} == {"G2:G5", "H2:J2 H4:J4", "H3:J3 H5:J5"}
