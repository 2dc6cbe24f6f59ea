"""Drafts hold no respondent's words outside comments; adopting adds and changes nothing that is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import yamlfile
from pipeline.errors import InputError
from pipeline.glossary.adopt import adopted
from pipeline.glossary.curated import EMPTY, load_glossary, parsed
from pipeline.glossary.draft import as_yaml, drafts, undecided, writer
from tests.glossary.fake import made

TABLES = ("terms", "senses", "proposals", "evidence", "sense_words", "usages", "responses")
TEAM = """\
# Ours. Do not reformat.
version: "2"   # raised in May
entries:
  # the word it is all about
  - term: similar
    senses:
      - {id: visual, name: alike in appearance}  # of pictures
      - id: semantic
        name: "alike in what is shown"
        definition: >-
          Showing the same
          kind of thing.

  - term: feature   # later
    senses: []
"""


def draft_entries(text):
    return writer().load(text)["entries"]


def drafted(glossary=EMPTY, wanted=()):
    tables = made()
    chosen = undecided(glossary, terms=tables.terms, evidence=tables.evidence, wanted=wanted)
    return as_yaml(drafts(chosen, glossary, **tables.pick(*TABLES)), study="tiny")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "glossary.yaml"
    path.write_text(text)
    return path


def test_a_draft_names_anchors_and_the_template_and_keeps_words_in_comments(tmp_path):
    text = drafted()
    entries = draft_entries(text)
    assert [entry["term"] for entry in entries] == ["similar", "domain"]
    domain = entries[1]
    assert [sense["id"] for sense in domain["senses"]] == ["sense-1", "sense-2"]
    assert {"genus", "differentia", "tell"} <= set(domain["senses"][0])
    assert domain["senses"][0]["anchors"][0]["digest"] == "t_r07"
    plain = re.sub(r"^ *#.*$", "", text, flags=re.M)
    assert "leaves" not in plain and "disease" not in plain
    assert "leaves" in text


def test_terms_that_have_an_entry_are_not_undecided(tmp_path):
    glossary = load_glossary(written(tmp_path, TEAM))
    tables = made()
    assert undecided(glossary, terms=tables.terms, evidence=tables.evidence) == ["domain"]


def test_adopting_keeps_every_line_of_the_team(tmp_path):
    path = written(tmp_path, TEAM)
    text, added = adopted(TEAM, draft_entries(drafted()), "domain", path=path)
    assert added == ["entry 'domain' with 2 senses to name"]
    assert text.startswith(TEAM)
    content = parsed(writer().load(text), path)
    assert [entry.term for entry in content.entries] == ["similar", "feature", "domain"]
    assert content.entries[2].senses[0].anchors[0].usage.startswith("u_r07")


def test_senses_that_have_no_anchors_get_those_of_people(tmp_path):
    path = written(tmp_path, TEAM)
    text, added = adopted(TEAM, draft_entries(drafted(load_glossary(path), ("similar",))), "similar", path=path)
    assert added == ["anchors of sense 'visual'", "anchors of sense 'semantic'"]
    kept = [line for line in text.splitlines() if "usage:" not in line and line.strip() != "anchors:"]
    assert [line for line in kept if "visual" not in line] == [
        line for line in TEAM.splitlines() if "visual" not in line
    ]
    assert "# of pictures" in text
    glossary = parsed(writer().load(text), path)
    assert [a.usage for a in glossary.entries[0].senses[1].anchors] == ["u_r03_09", "u_r04_00", "u_r05_14"]
    with pytest.raises(InputError, match="adopting changes nothing"):
        adopted(text, draft_entries(drafted(glossary, ("similar",))), "similar", path=path)


def test_a_glossary_is_begun_where_there_is_none(tmp_path):
    text, _ = adopted("", draft_entries(drafted()), "similar", path=tmp_path / "glossary.yaml")
    assert text.startswith("# The team's glossary. Only people write here.\n")
    assert "status: draft" in text


def test_a_term_without_a_draft_is_told_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"did you mean 'domain'.*sameword glossary draft --term domian"):
        adopted(TEAM, draft_entries(drafted()), "domian", path=tmp_path / "glossary.yaml")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_whatever_was_answered_the_draft_can_be_read(text):
    tables = made()
    responses = tables.responses.assign(text=[text + " similar domain " + text] * len(tables.responses))
    known = tables.pick(*TABLES) | {"responses": responses}
    found = as_yaml(drafts(["domain"], EMPTY, **known), study="tiny")
    assert [entry["term"] for entry in draft_entries(found)] == ["domain"]


def test_the_shipped_glossary_keeps_its_bytes_but_for_what_is_added(repository, tmp_path):
    path = repository / "codebooks" / "transfer-learning" / "glossary.yaml"
    before = path.read_text()
    entry = {"term": "domain", "senses": [{"id": "field", "anchors": [{"usage": "u_1", "digest": "t_1"}]}]}
    text, _ = adopted(before, [entry], "domain", path=path)
    assert text.replace("        anchors:\n          - {usage: u_1, digest: t_1}\n", "") == before


COMMENTED = """\
version: 1
entries:
  - term: a
    senses:
      - id: one
        name: first  # its own remark

        # about what follows
      - id: two
        name: second
        # the last remark
  # before b
  - term: b
"""


def test_remarks_after_a_sense_stay_after_it(tmp_path):
    anchor = [{"usage": "u_1", "digest": "t_1"}]
    entry = {"term": "a", "senses": [{"id": "one", "anchors": anchor}, {"id": "two", "anchors": anchor}]}
    text, _ = adopted(COMMENTED, [entry], "a", path=tmp_path / "glossary.yaml")
    assert text.replace("        anchors:\n          - {usage: u_1, digest: t_1}\n", "") == COMMENTED


def test_the_commands_draft_and_adopt(tmp_path):
    from click.testing import CliRunner

    from pipeline.cli import main
    from tests.report.fake import fake

    fake(tmp_path, n=15)
    place = ["--root", str(tmp_path), "--study", "fake"]
    path = tmp_path / "codebooks" / "fake" / "glossary.yaml"
    result = CliRunner().invoke(main, ["glossary", "adopt", "similar", *place])
    assert result.exit_code == 1
    assert "sameword glossary draft --study fake" in result.output
    for command in (["draft"], ["adopt", "similar"]):
        result = CliRunner().invoke(main, ["glossary", *command, *place])
        assert result.exit_code == 0, result.output
    assert yamlfile.load(path)["entries"][0]["term"] == "similar"
    assert "added entry 'similar'" in result.output
