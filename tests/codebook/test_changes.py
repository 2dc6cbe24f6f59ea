"""Each kind of change between two codebooks, and that nothing is said where nothing changed."""

from __future__ import annotations

import subprocess

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.cli import main
from pipeline.codebook.changes import compare, stale_codes, stale_codings
from pipeline.codebook.themes import Code, Theme, Themes


def book(*codes, theme="t"):
    return Themes("1", (Theme(id=theme, name="T", codes=tuple(Code(**{"name": c["id"], **c}) for c in codes)),), {}, "")


A, B = {"id": "a"}, {"id": "b"}


@pytest.mark.parametrize(
    ("old", "new", "expected", "stale"),
    [
        (book(A), book(A, B), ["added: b"], []),
        (book(A), book({"id": "a", "name": "Alpha"}), ["renamed: a ('a' to 'Alpha')"], []),
        (book(A), book({"id": "a", "definition": "x"}), ["redefined: a (definition)"], ["a"]),
        (book(A), book({"id": "a", "exclude": "x", "include": "y"}), ["redefined: a (include, exclude)"], ["a"]),
        (book(A), book({"id": "a", "rules": [{"any": ["x"]}]}), ["rules: a (0 to 1)"], []),
        (book(A), book({"id": "a", "status": "retired"}), ["retired: a"], ["a"]),
        (book({"id": "a", "status": "retired"}), book(A), ["revived: a"], []),
        (book(A), book({"id": "a", "status": "retired", "replaced_by": ["c"]}, {"id": "c"}),
         ["renamed: a -> c (its id)"], []),
        (book(A, B), book({"id": "a", "status": "retired", "replaced_by": ["b"]}, B),
         ["merged: a, b -> b"], ["a", "b"]),
        (book(A, B), book(*[{"id": i, "status": "retired", "replaced_by": ["c"]} for i in "ab"], {"id": "c"}),
         ["merged: a, b -> c"], ["a", "b"]),
        (book(A), book({"id": "a", "status": "retired", "replaced_by": ["c", "d"]}, {"id": "c"}, {"id": "d"}),
         ["split: a -> c, d"], ["a"]),
        (book(A), book(A, theme="u"), ["moved: a (from theme t to u)"], []),
        (book(A, B), book(A), ["removed: b (retire a code rather than delete it: its codings still name it)"], ["b"]),
    ],
)  # fmt: skip
def test_each_kind_of_change(old, new, expected, stale):
    changes = compare(old, new)
    assert [str(change) for change in changes] == expected
    assert stale_codes(changes) == stale


codes = st.builds(
    lambda i, n, d, s, r: {"id": i, "name": n, "definition": d, "status": s, "replaced_by": r},
    st.sampled_from("abcde"), st.sampled_from("xy"), st.sampled_from(["", "d"]),
    st.sampled_from(["active", "retired"]), st.lists(st.sampled_from("abcde"), max_size=2, unique=True),
)  # fmt: skip
books = st.lists(codes, unique_by=lambda code: code["id"]).map(lambda found: book(*found))


@given(books, books)
def test_a_difference_is_told_and_sameness_is_silent(old, new):
    assert compare(old, old) == []
    told = compare(old, new)
    unseen = {code.id for code in new.codes} - {code.id for code in old.codes}
    assert unseen == {code for change in told for code in change.new} & unseen
    assert {code.id for code in old.codes} - {code.id for code in new.codes} == {
        code for change in told if change.kind == "removed" for code in change.old
    }


def test_codings_under_another_version_are_counted():
    codings = pd.DataFrame({"assignment_id": list("1234"), "code_id": list("aaab")})
    decisions = pd.DataFrame({"assignment_id": list("1234"), "codebook_version": ["1", "2", None, "1"]})
    found = stale_codings(["a", "c"], codings, decisions, version="2")
    assert found.to_numpy().tolist() == [["a", 1, 1], ["c", 0, 0]]


@pytest.fixture
def study(repository, tmp_path):
    folder = tmp_path / "codebooks" / "transfer-learning"
    folder.mkdir(parents=True)
    for name in ("survey.yaml", "themes.yaml"):
        (folder / name).write_bytes((repository / "codebooks" / "transfer-learning" / name).read_bytes())
    return folder


def commit(study):
    git = ["git", "-C", str(study.parents[1]), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)


def run(study, *arguments):
    return CliRunner().invoke(main, ["codebook", "--root", str(study.parents[1]), *arguments])


def test_files_and_git_revisions_are_compared(study):
    themes = study / "themes.yaml"
    commit(study)
    before = themes.read_text()
    themes.write_text(before.replace("name: Colour and staining", "name: Colour"))
    said = "renamed: colour ('Colour and staining' to 'Colour')\n"
    assert run(study, "diff", "HEAD").stdout == said
    older = study / "older.yaml"
    older.write_text(before)
    assert run(study, "diff", str(older), str(themes)).stdout == said
    assert run(study, "diff", str(older), "HEAD").stdout == "nothing changed\n"
    assert "neither a file nor a git revision" in str(run(study, "diff", "--", "--output=x").output)


def test_stale_codings_are_said_and_a_version_that_was_not_raised(study):
    older = study / "older.yaml"
    now = (study / "themes.yaml").read_text()
    older.write_text(now.replace("definition: The answer argues from colours", "definition: From colours"))
    processed = study.parents[1] / "data" / "processed" / "transfer-learning"
    for name, row in {
        "codings": {"assignment_id": "x", "code_id": "colour"},
        "decisions": {"assignment_id": "x", "state": "coded", "codebook_version": "0.9"},
    }.items():
        tables.write(processed, name, pd.DataFrame([dict.fromkeys(tables.SCHEMAS[name].types) | row]))
    found = run(study, "diff", str(older))
    assert found.stdout.splitlines() == [
        "redefined: colour (definition)",
        "codings made under an older definition: colour",
        "  colour: 1 to read again, 0 more do not say their version",
    ]
    assert "both say version '1.0'" in found.stderr


def test_a_fault_in_an_old_revision_names_the_revision(study):
    (study / "themes.yaml").write_text("version: 1\nthems: []\n")
    commit(study)
    (study / "themes.yaml").write_text("version: 1\n")
    assert "HEAD:./codebooks/transfer-learning/themes.yaml, line 2" in run(study, "diff", "HEAD").output
