"""The supplement: nobody can be picked out, nothing that was withheld is inside, and the blind one names nobody."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.report.given import Given
from pipeline.report.supplement import MASKED, Version, files

CODEBOOK = {
    "glossary.yaml": b"editors: [A. Team]\nentries:\n  - {term: t, senses: [{id: a, name: n, decided_by: amara, "
    b"dissent: ben would split}]}\n"
}
HISTORY = [Version("glossary.yaml", "abcdef0123456789", "2025-07-01", "Amara's first draft", b"decided_by: amara\n")]
PROGRAM = {
    "LICENSE": b"GPL",
    "manifest.json": b'{"codings": {"codings/amara.jsonl": "12"}}',
    "CITATION.cff": b"authors: [A. Team]\n",
}


@pytest.fixture(scope="module")
def made(large):
    given = Given(large.study, large.tables)
    return given, {
        blind: files(given, codebook=CODEBOOK, history=HISTORY, program=PROGRAM, blind=blind) for blind in (False, True)
    }


def table(found, name):
    return pd.read_csv(io.BytesIO(found[name]), keep_default_na=False)


def test_texts_are_those_of_people_who_agreed_and_ids_are_p_numbers(made):
    given, both = made
    people = given["respondents"]
    silent = {given.people[person] for person in people[~people.quote_ok].respondent_id}
    responses = table(both[False], "data/responses.csv")
    assert silent and not silent & set(responses.respondent_id)
    assert silent <= set(table(both[False], "data/ratings.csv").respondent_id), "ratings are of everybody"
    whole = b"".join(both[False].values()).decode()
    assert not any(person in whole for person in people.respondent_id), "pseudonyms stay with the team"
    assert {"export_row", "text_digest"} & set(responses.columns) == set()
    kept = set(responses.response_id)
    assert set(table(both[False], "data/usages.csv").response_id) <= kept


def test_rare_answers_are_masked(made):
    given, both = made
    counts = given["respondents"].role.value_counts()
    minimum = given.study.survey.privacy.minimum_cell
    shown = set(table(both[False], "data/respondents.csv").role) - {MASKED, ""}
    assert shown == set(counts[counts >= minimum].index)


def test_decisions_carry_no_memo_and_no_time_of_day(made):
    _, both = made
    decisions = table(both[False], "decisions/decisions.csv")
    assert not {"memo", "seconds", "screen"} & set(decisions.columns)
    assert all(len(day) <= 10 for day in decisions.decided_at)


def test_the_blind_variant_names_nobody(made):
    given, both = made
    names = [*set(given["assignments"].coder_id.dropna()), "A. Team", "Amara"]
    open_text, blind_text = (b"".join(both[blind].values()).decode() for blind in (False, True))
    assert all(name in open_text for name in names)
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", blind_text)] == []
    assert "CITATION.cff" not in both[True]
    assert "Coder 1" in blind_text
    assert "codebook/history/2025-07-01-abcdef01-glossary.yaml" in both[True]


def test_the_readme_names_what_is_there_and_says_what_is_open(made):
    _, both = made
    text = both[False]["README.md"].decode()
    assert "privacy.data_licence" in text
    for name in both[False]:
        assert name == "README.md" or any(f"`{part}" in text for part in (name.split("/")[0],)), name


def test_the_command_writes_the_same_archive_twice(large):
    place = ["--root", str(large.study.root), "--study", "fake"]
    written = []
    for _ in range(2):
        for options in ([], ["--blind"]):
            result = CliRunner().invoke(main, ["supplement", *options, *place])
            assert result.exit_code == 0, result.output
        paths = [large.study.reports / f"supplement{end}.zip" for end in ("", "-blind")]
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]
    with zipfile.ZipFile(io.BytesIO(written[0][0])) as archive:
        assert {"README.md", "data/respondents.csv", "decisions/codings.csv"} <= set(archive.namelist())
