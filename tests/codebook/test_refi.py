"""REFI-QDA codebooks: valid, the same bytes each time, back as they went; other tools' habits read, tricks refused."""

from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.cli import main
from pipeline.codebook.keywords import from_keywords
from pipeline.codebook.refi import as_qdc, from_qdc, known_ids, losses, read_qdc
from pipeline.codebook.themes import Code, Examples, Theme, load_themes
from pipeline.codebook.written import as_yaml
from pipeline.errors import InputError

ONE, TWO, THREE = (f"{digit * 8}-1111-1111-1111-111111111111" for digit in "abc")


def document(codes, sets="", space="urn:QDA-XML:codebook:1.0"):
    return f'<CodeBook xmlns="{space}"><Codes>{codes}</Codes>{sets}</CodeBook>'.encode()


def without_rules(themes):
    """What a .qdc can carry; a code that was proposed comes back as active."""
    return tuple(
        theme.model_copy(
            update={
                "codes": tuple(
                    code.model_copy(
                        update={
                            "rules": (),
                            "replaced_by": (),
                            "status": "retired" if code.status == "retired" else "active",
                        }
                    )
                    for code in theme.codes
                )
            }
        )
        for theme in themes
    )


letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
words = st.text(letters, max_size=12).map(lambda text: " ".join(text.split()))
lines = st.lists(
    words | st.sampled_from(["Include: x", "Examples:", "\\Exclude: a", "- item", "Counter-examples: none"]), max_size=3
).map(lambda found: "\n".join(found).strip())
items = st.lists(lines.filter(bool), max_size=2).map(tuple)
ids = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
codes = st.builds(
    Code, id=ids, name=words.filter(bool), definition=lines, include=lines, exclude=lines,
    examples=st.builds(Examples, positive=items, negative=items),
    colour=st.none() | st.from_regex(r"#[0-9A-F]{6}", fullmatch=True), status=st.sampled_from(["active", "retired"]),
)  # fmt: skip
books = st.lists(
    st.builds(lambda id, name, text, codes: Theme(id=id, name=name, definition=text, codes=tuple(codes)),
              ids, words.filter(bool), lines, st.lists(codes, max_size=3)),
    min_size=1, max_size=3, unique_by=lambda theme: theme.id,
).filter(lambda book: len({c.id for t in book for c in t.codes}) == sum(len(t.codes) for t in book))  # fmt: skip


@given(books)
def test_what_is_written_is_read_back(book):
    raw = as_qdc(book, study="s")
    assert raw == as_qdc(book, study="s")
    assert from_qdc(raw, source="x.qdc", known=known_ids(book, study="s")).themes == tuple(book)


@given(books)
def test_a_codebook_written_as_yaml_is_the_same_codebook(tmp_path_factory, book):
    path = tmp_path_factory.mktemp("book") / "themes.yaml"
    path.write_text(as_yaml("1", book), encoding="utf-8")
    assert load_themes(path).themes == tuple(book)


def test_the_shipped_codebook_goes_out_and_comes_back(repository):
    themes = load_themes(repository / "codebooks" / "transfer-learning" / "themes.yaml").themes
    raw = as_qdc(themes, study="transfer-learning")
    assert raw.startswith(b"<?xml") and b"\r" not in raw
    back = from_qdc(raw, source="x", known=known_ids(themes, study="transfer-learning"))
    assert back.themes == without_rules(themes)
    assert from_qdc(raw, source="x").themes[0].codes[0].id == "colour-and-staining"
    assert "rules: 14 of 14 codes have rules, which are left out" in losses(themes)


@pytest.mark.realdata
def test_every_export_is_valid_and_the_example_of_the_standard_is_read(repository, shared_data):
    schema = etree.XMLSchema(etree.parse(shared_data / "refi-qda" / "Codebook.xsd"))
    books = [load_themes(path).themes for path in sorted((repository / "codebooks").glob("*/themes.yaml"))]
    keywords = (shared_data / "jupyter-ux-2015" / "codebook_keywords_extracted.json").read_text(encoding="utf-8")
    books.append(tuple(from_keywords(keywords, source="keywords")))
    assert len(books) >= 3
    for book in books:
        schema.assertValid(etree.fromstring(as_qdc(book, study="s")))
    given = read_qdc(shared_data / "refi-qda" / "example.qdc")
    assert [(theme.name, [code.name for code in theme.codes]) for theme in given.themes] == [
        ("sense", ["visual similarity"])
    ]
    assert given.themes[0].codes[0].colour == "#3366CC"
    assert given.left_out == ("sets: themes.yaml has no sets of codes: RQ1",)


def test_habits_of_other_tools_are_read():
    codes = (
        f'<Code guid="{{{ONE.upper()}}}" name="A" isCodable="True"><Description>first\r\nsecond</Description>'
        f'<Code guid="{TWO}" name="B" isCodable="1" color="red"/></Code><Code guid="{THREE}" name="A" isCodable="1"/>'
    )
    raw = b"\xef\xbb\xbf\r\n<?xml version='1.0' encoding='utf-8'?>" + document(codes, space="urn:QDA-XML:codebook:1:0")
    given = from_qdc(raw, source="x.qdc")
    assert [(theme.name, [code.id for code in theme.codes]) for theme in given.themes] == [
        ("A", ["a", "b"]),
        ("Codes", ["a-2"]),
    ]
    assert given.themes[0].codes[0].definition == "first\nsecond"
    assert given.left_out == ("colour: 'red' of 'B' is no #RRGGBB",)


def test_deeper_nesting_becomes_themes_named_by_their_path():
    codes = f'<Code guid="{ONE}" name="A"><Code guid="{TWO}" name="B"><Code guid="{THREE}" name="C"/></Code></Code>'
    given = from_qdc(document(codes.replace("><Code", ' isCodable="0"><Code')), source="x")
    assert [(theme.name, [code.name for code in theme.codes]) for theme in given.themes] == [
        ("A", []),
        ("A > B", ["C"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE CodeBook [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE CodeBook SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CodeBook [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_a_document_type_is_refused_and_nothing_is_asked_of_the_network(monkeypatch, declared, encoding):
    monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("asked the network"))
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + declared + document("").decode()
    with pytest.raises(InputError, match="declares a document type"):
        from_qdc(text.encode(encoding), source="x.qdc")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not XML"),
        (b"<a", "not XML"),
        (b"<html/>", "another kind"),
        (document(f'<Code guid="{ONE}" name="A"/><Code guid="{{{ONE.upper()}}}" name="B"/>'), "used twice"),
        (document('<Code guid="7" name="A"/>'), "'7' is not a GUID"),
        (document(f'<Code guid="{ONE}" name=" "/>'), "without a name"),
        (
            document(f'<Code guid="{ONE}" name="A"/>', f'<Sets><Set name="S"><MemberCode guid="{TWO}"/></Set></Sets>'),
            "names a code that does not exist",
        ),
        (document(f'<Code guid="{ONE}" name="A">' * 60 + "</Code>" * 60), "nested 50 deep"),
    ],
)
def test_what_the_schema_cannot_see_is_named(raw, said):
    with pytest.raises(InputError) as raised:
        from_qdc(raw, source="x.qdc")
    assert said in str(raised.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(raw):
    with pytest.raises(InputError):
        from_qdc(raw, source="x.qdc")


def test_what_xml_cannot_carry_is_said_before_writing():
    with pytest.raises(InputError, match=r"U\+0007"):
        as_qdc([Theme(id="t", name="bell \a")], study="s")
    with pytest.raises(InputError, match="no themes"):
        as_qdc([], study="s")


def test_the_commands_write_and_read(repository, tmp_path):
    out, back = tmp_path / "book.qdc", tmp_path / "themes.yaml"
    common = ["codebook", "--root", str(repository)]
    wrote = CliRunner().invoke(main, [*common, "export", str(out)])
    assert wrote.exit_code == 0, wrote.output
    assert "left out" in wrote.output
    assert CliRunner().invoke(main, [*common, "import", str(out), "--out", str(back)]).exit_code == 0
    shipped = load_themes(repository / "codebooks" / "transfer-learning" / "themes.yaml")
    assert load_themes(back).themes == without_rules(shipped.themes)
    again = CliRunner().invoke(main, [*common, "import", str(out), "--out", str(back)])
    assert again.exit_code == 1
