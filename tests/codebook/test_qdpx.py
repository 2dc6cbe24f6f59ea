"""Project archives: valid, the same bytes each time, back as they went in any script; habits read, tricks refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline import tables
from pipeline.cli import exchange
from pipeline.codebook.project import CONSENSUS, READS, Case, Coded, Memo, Project, Source, losses, project_of
from pipeline.codebook.qdacodes import guid, known_ids
from pipeline.codebook.qdewrite import as_qde, lf
from pipeline.codebook.qdpx import as_qdpx, from_qdpx, read_qdpx
from pipeline.codebook.themes import Code, Theme, load_themes
from pipeline.errors import InputError
from pipeline.study import Study, load_study

BOOK = (Theme(id="t", name="T", codes=(Code(id="a", name="A"), Code(id="b", name="B"))),)
HARD = ["👩‍👩‍👧", "é", "שלום", "مرحبا", "🇫🇷", "नि", "\u200d", "x", " ", "\n", "\t", "語"]


def known_of(project, study="s"):
    """The ids that a study knows its own things by."""
    sources = {guid(study, "source", one.key): one.key for one in project.sources}
    return known_ids(project.themes, study=study) | sources


letters = st.sampled_from(HARD) | st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
texts = st.lists(letters, min_size=1, max_size=12).map("".join)


@st.composite
def sources(draw):
    text = draw(texts)
    start = st.integers(0, len(text) - 1)
    places = st.tuples(start, start).map(lambda pair: (min(pair), max(pair) + 1))
    coded = st.builds(lambda p, c, u: Coded(*p, c, u, "2026-01-01T00:00:00Z"), places, st.sampled_from("ab"), coders)
    memos = st.builds(lambda p, u, t: Memo(*p, u, t), places, coders, texts)
    found = draw(st.lists(coded, max_size=4, unique=True))
    noted = draw(st.lists(memos, max_size=2, unique=True))
    return Source(
        "", "n", text, tuple(sorted(found)), tuple(sorted(noted, key=lambda m: (m.start, m.end, m.coder, m.text)))
    )


coders = st.sampled_from(["amara", "ben", CONSENSUS])


@settings(max_examples=60)
@given(st.lists(sources(), min_size=1, max_size=3), st.floats(-1e6, 1e6).map(lambda x: round(x, 4)), texts)
def test_what_is_written_is_read_back(found, number, word):
    mine = tuple(
        Source(f"r{i}", f"p q{i}", one.text, one.codings, one.memos, {"question_id": f"q{i}"})
        for i, one in enumerate(found)
    )
    keys = tuple(one.key for one in mine)
    case = Case("p", {"role": word, "age": number, "agreed": True}, keys)
    kinds = {"role": "Text", "age": "Float", "agreed": "Boolean", "question_id": "Text"}
    users = tuple(sorted({mark.coder for one in mine for mark in one.marks}))
    project = Project("s", BOOK, users, kinds, (case,), mine, {"q0": keys[:1]}, ("a note",))
    raw = as_qdpx(project, study="s")
    assert raw == as_qdpx(project, study="s")
    again = from_qdpx(raw, source="x.qdpx", known=known_of(project))
    assert again.project == project
    for source in again.project.sources:
        for mark in source.marks:
            assert 0 <= mark.start < mark.end <= len(source.text)


def archive(document, members=None, name="project.qde"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, document)
        for path, content in (members or {}).items():
            made.writestr(path, content)
    return buffer.getvalue()


ONE, TWO, THREE, FOUR, FIVE = (f"{digit * 8}-1111-1111-1111-111111111111" for digit in "abcde")


def document(selections="", *, text='plainTextPath="internal://T.TXT"', inner="", user=TWO, extra=""):
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p">'
        f'<Users><User guid="{{{user.upper()}}}" name="Ana"/></Users><CodeBook><Codes>'
        f'<Code guid="{ONE}" name="Look" isCodable="true"/></Codes></CodeBook>'
        f'<Sources><TextSource guid="{THREE}" name="P1 Q1" {text}>{inner}{selections}</TextSource></Sources>{extra}'
        "</Project>"
    ).encode()


def selection(start, end, name="", key=FOUR, coding=FIVE, code=ONE):
    return (
        f'<PlainTextSelection guid="{key}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{coding}" creatingUser="{TWO}"><CodeRef targetGUID="{{{code.upper()}}}"/></Coding>'
        "</PlainTextSelection>"
    )


def test_habits_of_vendors_are_read():
    """A document with another name, Sources/, braces, upper case, a BOM in the text, CR LF."""
    text = b"\xef\xbb\xbffirst line\r\nsecond \xf0\x9f\x98\x80 line"
    raw = archive(
        document(selection(19, 25, "\U0001f600 line")), {"Sources/T.txt": text, "__MACOSX/x": b""}, "My study.qde"
    )
    given = from_qdpx(raw, source="x.qdpx")
    source = given.project.sources[0]
    assert source.text == "first line\nsecond \U0001f600 line" and source.name == "P1 Q1"
    (coded,) = source.codings
    assert source.text[coded.start : coded.end] == "\U0001f600 line"
    assert (coded.coder, coded.code_id) == ("Ana", "look")
    assert given.left_out[0] == "the document is called 'My study.qde', not project.qde: read all the same"


@pytest.mark.parametrize(("start", "end"), [(12, 18), (11, 17)])  # as the file has it; as if a line end were one
def test_both_ways_of_counting_line_ends_are_read(start, end):
    raw = archive(document(selection(start, end, "second")), {"sources/t.txt": b"first line\r\nsecond line"})
    (coded,) = from_qdpx(raw, source="x").project.sources[0].codings
    assert (coded.start, coded.end) == (11, 17)


def test_a_coding_of_a_whole_answer_and_text_inside_the_document():
    coding = f'<Coding guid="{FIVE}"><CodeRef targetGUID="{ONE}"/></Coding>'
    raw = archive(document(coding, text="", inner="<PlainTextContent>some words</PlainTextContent>"))
    (coded,) = from_qdpx(raw, source="x").project.sources[0].codings
    assert (coded.start, coded.end, coded.coder) == (0, 10, "unknown")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not a project archive"),
        (b"PK", "not a project archive"),
        (archive(document(), {"../t.txt": b""}), "points outside the archive"),
        (archive(document(), {"/etc/t.txt": b""}), "points outside the archive"),
        (archive(document(), {"C:/t.txt": b""}), "points outside the archive"),
        (archive(document(), {"sources/../../t.txt": b""}), "points outside the archive"),
        (archive(document(), {"sources/deep/t.txt": b""}), "a folder a project does not have"),
        (archive(document(), {"sources/t.txt": b"a" * 5_000_000}), "grows from"),
        (archive(b"<!DOCTYPE Project [<!ENTITY x 'y'>]>" + document()[38:]), "declares a document type"),
        (archive(b"", name="notes.txt"), "0 documents"),
        (archive(document(), {"b.qde": document()}), "2 documents"),
        (archive(document()), "is not in the archive"),
        (archive(document(text="")), "has no plain text"),
        (archive(document(text='plainTextPath="absolute:///home/ana/t.txt"')), "outside the archive"),
        (archive(document(), {"sources/t.txt": b"\xff"}), "byte 0 is not UTF-8"),
        (archive(document(selection(0, 99)), {"sources/t.txt": b"abc"}), "0-99 is not inside the text (0-3)"),
        (archive(document(selection(2, 1)), {"sources/t.txt": b"abc"}), "2-1 is not inside the text (0-3)"),
        (archive(document(selection("x", 1)), {"sources/t.txt": b"abc"}), "without whole numbers"),
        (archive(document(selection(0, 3, "words")), {"sources/t.txt": b"two words"}), "are 'two', not 'words'"),
        (archive(document(selection(0, 1) * 2), {"sources/t.txt": b"abc"}), "is used twice"),
        (
            archive(document(selection(0, 1, code=TWO[:-1] + "9")), {"sources/t.txt": b"abc"}),
            "which is not in the file",
        ),
        (archive(document(selection(0, 1), user=THREE), {"sources/t.txt": b"abc"}), "which is not in the file"),
    ],
)
def test_what_must_not_come_in_is_refused_in_words(raw, said):
    with pytest.raises(InputError) as raised:
        from_qdpx(raw, source="x.qdpx")
    assert said in str(raised.value)


def test_a_member_that_lies_about_its_size_is_refused():
    raw = archive(document(), {"sources/t.txt": b"abcdefghij" * 100})
    lying = raw.replace((1000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InputError, match=r"cannot be unpacked|larger than the archive says"):
        from_qdpx(lying, source="x.qdpx")


@settings(max_examples=40)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_read_or_refused_in_words(noise, at):
    raw = archive(document(), {"sources/t.txt": b"abc"})
    broken = raw[:at] + noise + raw[at + len(noise) :]
    for found in (noise, broken):
        try:
            from_qdpx(found, source="x.qdpx")
        except InputError:
            continue


def test_what_is_not_read_is_said():
    extra = f'<Links><Link guid="{FIVE}"/></Links><Graphs><Graph guid="{FOUR}"/></Graphs>'
    given = from_qdpx(archive(document(extra=extra), {"sources/t.txt": b"abc"}), source="x")
    assert given.left_out == ("links: 1 left out", "graphs: 1 left out")


def test_line_ends_are_lf_and_positions_move_with_them():
    source = Source("r", "p q", "one\r\ntwo", (Coded(5, 8, "a", "ben"),))
    raw, files = as_qde(Project("s", BOOK, ("ben",), {}, (), (source,)), study="s")
    assert list(files.values()) == [b"one\ntwo"]
    assert b'startPosition="4" endPosition="7"' in raw and b"\r" not in raw
    assert lf("a\rb\r\nc") == "a\nb\nc"


def test_what_cannot_be_written_is_said_at_once():
    source = Source("r", "p q", "words", (Coded(0, 9, "a", "ben"), Coded(0, 2, "gone", "ben")))
    with pytest.raises(InputError) as raised:
        as_qde(Project("s", BOOK, (), {}, (), (source,)), study="s")
    assert "'gone', which the codebook does not have" in str(raised.value) and "0-9 is no part" in str(raised.value)


def shipped(repository, study):
    folder = repository / "data" / "processed" / study
    if not tables.path_of(folder, "record").exists():
        pytest.skip(f"the tables of {study} are not made yet")
    found = {name: tables.read(folder, name) for name in READS}
    themes = load_themes(repository / "codebooks" / study / "themes.yaml").themes
    return project_of(study, themes, found), found


@pytest.mark.parametrize("study", ["transfer-learning-15", "transfer-learning"])
def test_the_shipped_study_goes_out_and_comes_back(repository, study):
    project, found = shipped(repository, study)
    raw = as_qdpx(project, study=study)
    again = from_qdpx(raw, source="x", known=known_of(project, study)).project
    assert (again.users, again.cases, again.sources, again.sets) == (
        project.users, project.cases, project.sources, project.sets,
    )  # fmt: skip
    assert CONSENSUS in again.users and set(project.variables) >= {"role", "question_id"}
    work = found["codings"].merge(found["assignments"], on="assignment_id")
    coded = sum(one.coder != CONSENSUS for source in again.sources for one in source.codings)
    assert coded == len(work.drop_duplicates(["coder_id", "unit_id", "code_id"]))
    said = " ".join(losses(found))
    assert "no code" in said and "its basis" in said


@pytest.mark.realdata
def test_every_export_is_valid_and_the_example_is_read(repository, shared_data):
    schema = etree.XMLSchema(etree.parse(shared_data / "refi-qda" / "Project-mrt2019.xsd"))
    bare = Project("s", BOOK)
    for project in (bare, *(shipped(repository, study)[0] for study in ("transfer-learning-15", "transfer-learning"))):
        schema.assertValid(etree.fromstring(as_qde(project, study=project.name)[0]))
    given = from_qdpx((shared_data / "refi-qda" / "example.qdpx").read_bytes(), source="example").project
    source = given.sources[0]
    assert given.users == ("A", "B") and given.cases[0].values == {"role": "PhD student"}
    assert {(c.coder, c.code_id, source.text[c.start : c.end]) for c in source.codings} == {
        ("A", "visual-similarity", "images"), ("B", "visual-similarity", "images"),
    }  # fmt: skip


def test_the_report_brings_both_forms_and_says_what_they_leave_out(repository, tmp_path, monkeypatch):
    shipped(repository, "transfer-learning-15")
    study = load_study(repository, "transfer-learning-15")
    monkeypatch.setattr(Study, "reports", tmp_path)
    themes = load_themes(study.codebook_folder / "themes.yaml").themes
    exchange.write_exchange(study, themes)
    assert sorted(path.name for path in (tmp_path / "exchange").iterdir()) == [
        "left-out.txt", "transfer-learning-15.qdc", "transfer-learning-15.qdpx",
    ]  # fmt: skip
    exchange.write_exchange(study, themes[:1])  # codings name codes of the others
    assert "was not written: codings name the code" in (tmp_path / "exchange" / "left-out.txt").read_text()
    assert not (tmp_path / "exchange" / "transfer-learning-15.qdpx").exists()


def test_of_a_very_large_study_the_project_holds_what_people_read(repository, tmp_path, monkeypatch):
    whole, found = shipped(repository, "transfer-learning")
    found |= {"decisions": found["decisions"].head(60), "record": found["record"].head(0)}
    study = load_study(repository, "transfer-learning")
    monkeypatch.setattr(Study, "reports", tmp_path)
    monkeypatch.setattr(exchange, "MOST", 50)
    monkeypatch.setattr(tables, "read", lambda folder, name: found[name])
    exchange.write_exchange(study, load_themes(study.codebook_folder / "themes.yaml").themes)
    project = read_qdpx(tmp_path / "exchange" / "transfer-learning.qdpx").project
    decided = found["assignments"].merge(found["decisions"], on="assignment_id").query("unit_kind == 'excerpt'")
    answers = found["excerpts"].set_index("excerpt_id").response_id
    read = {answers[unit] for unit in decided.unit_id}
    assert 0 < len(read) == len(project.sources) < len(whole.sources)
    assert any(one.marks for one in project.sources)
    assert 0 < len(project.cases) < len(whole.cases)
    said = (tmp_path / "exchange" / "left-out.txt").read_text()
    assert f"answers: {len(whole.sources) - len(read)} that nobody has read" in said
