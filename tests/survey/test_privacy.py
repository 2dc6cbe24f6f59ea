"""What is replaced, what is kept, and that nothing of it can be found afterwards."""

from __future__ import annotations

import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.survey import opened
from pipeline.survey.leaks import Wanted, find_in_history, find_leaks, forms
from pipeline.survey.privacy import clean, may_identify, placed, scrub, suspects
from pipeline.survey.telling import is_telling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write me at r18.last@example.org today", "write me at [email] today"),
        ("call +1 202 555 0143 in the evening", "call [phone] in the evening"),
        ("call +49 30 901820!", "call [phone]!"),
        ("see https://example.org/a?b=c, or www.example.org.", "see [url] or [url]"),
        ("ask @some_one about it", "ask [handle] about it"),
        ("from 192.0.2.17", "from [ip]"),
        ("DE89 3704 0044 0532 0130 00", "[account]"),
        ("card 4111 1111 1111 1111", "card [account]"),
        ("Ada Lovelace said so", "[name] said so"),
        ("1,281,167 images, 0.5 µm, 94 %, 2012-2025, 224x224", "1,281,167 images, 0.5 µm, 94 %, 2012-2025, 224x224"),
        ("score 1 234 567", "score 1 234 567"),
    ],
)
def test_marks_of_identity_are_replaced_and_numbers_stay(text, expected):
    found, log = scrub(text, ["Ada Lovelace"])
    assert found.replace("[url],", "[url]").replace("[url].", "[url]") == expected or found == expected
    assert bool(log) == (found != text)


@given(st.text(max_size=80))
def test_the_log_says_exactly_what_was_replaced(text):
    found, log = scrub(text)
    rebuilt, place = "", 0
    for mark in log:
        assert text[mark.start : mark.end] == mark.original
        rebuilt += text[place : mark.start] + f"[{mark.kind}]"
        place = mark.end
    assert rebuilt + text[place:] == found


@given(st.lists(st.text(max_size=30) | st.sampled_from(["WWW.x.org", "٣", "³", "²2", "a/b", "@me", "wWw."])))
def test_many_texts_are_suspected_as_one_is(texts):
    assert suspects(texts) == [may_identify(text) for text in texts]


@given(st.text(alphabet="ab3@./ w١", max_size=30))
def test_nothing_is_scrubbed_from_a_text_that_is_not_suspected(text):
    assert may_identify(text) or scrub(text) == (text, [])


@given(st.text(max_size=60), st.sampled_from(["a@example.org", "+49 170 1234567", "Okonjovar"]))
def test_the_log_says_where_the_placeholders_stand(text, mark):
    scrubbed, marks = scrub(f"{text} {mark} {text} {mark}", ("Okonjovar",))
    for kind, start, end in placed(marks):
        assert scrubbed[start:end] == f"[{kind}]"


def test_listed_names_are_found_as_whole_words_the_longest_first():
    found = scrub("Anna Maria Lopez met anna, not Annabel", ("Anna", "Anna Maria", "Lopez"))[0]
    assert found == "[name] [name] met [name], not Annabel"


@given(st.text(max_size=50))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


def test_what_a_person_typed_stays():
    assert clean(" H&amp;E \r\n“similar”\u00a0🙂 <b>\x00 ") == "H&amp;E \n“similar”\u00a0🙂 <b>"


def test_leaks_are_found_in_every_kind_of_file(tmp_path):
    secret = 'Quill"mere & Co'
    (tmp_path / "a.html").write_text("by Quill&quot;mere &amp; Co")
    (tmp_path / "b.json").write_text('{"by": "Quill\\"mere & Co"}')
    with zipfile.ZipFile(tmp_path / "c.docx", "w") as archive:
        archive.writestr("word/document.xml", 'Quill"mere &amp; Co')
    import pandas as pd

    pd.DataFrame({"text": [f"x {secret} y"]}).to_parquet(tmp_path / "d.parquet")
    (tmp_path / "clean.txt").write_text("nothing here")
    assert set(find_leaks([tmp_path], {secret})) == {
        str(tmp_path / name) for name in ("a.html", "b.json", "c.docx", "d.parquet")
    }


def test_values_that_occur_by_chance_are_not_looked_for():
    assert [is_telling(value) for value in ("MX", "12", "2025", "anonymous", "47.1150", "Okonjovar")] == [
        False, False, False, False, True, True,
    ]  # fmt: skip
    assert forms("a") == {b"a"}


def test_a_number_in_a_drawing_is_no_leak_but_one_in_text_is(tmp_path):
    (tmp_path / "a.svg").write_text('<path d="M 47.1150 12.5 L 7.4511 3"/><text>alpha 0.81</text>')
    assert find_leaks([tmp_path], {"47.1150", "7.4511"}) == {}
    (tmp_path / "b.html").write_text("<p>at 47.1150, 7.4511</p><p>147.1150 and 47.11501</p>")
    assert find_leaks([tmp_path], {"47.1150", "7.4511"}) == {str(tmp_path / "b.html"): {"47.1150", "7.4511"}}


def test_part_of_a_longer_word_is_no_leak(tmp_path):
    (tmp_path / "a.txt").write_text("Marguerita-Anne, panel-70481")
    assert find_leaks([tmp_path], {"Marguerita", "panel-7048"}) == {}
    (tmp_path / "b.txt").write_text("by Marguerita.")
    assert find_leaks([tmp_path], {"Marguerita"}) == {str(tmp_path / "b.txt"): {"Marguerita"}}


PIECES = st.sampled_from(
    ["Okonjovar", "Oko-1", "192.0.2.7", "a@b.de", "ü", " ", ".", "-", "x", "7", "Okonjovar X", "\n"]
)


@given(
    st.lists(PIECES, max_size=12).map("".join), st.sets(st.sampled_from(["Okonjovar", "Oko-1", "192.0.2.7", "a@b.de"]))
)
def test_one_pass_finds_what_one_search_per_value_finds(content, secrets):
    raw = content.encode()
    alone = {
        secret
        for secret in secrets
        if re.search(rb"(?<![\w.-])" + re.escape(secret.encode()) + rb"(?![\w-]|\.\d)", raw)
    }
    assert Wanted(secrets).found([raw]) == alone


def test_as_many_values_as_a_large_survey_drops_are_looked_for_at_once(tmp_path):
    many = {f"person{number}@example.org" for number in range(100_000)}
    (tmp_path / "a.txt").write_text("said person70000@example.org and person7000000@example.org\n" * 1000)
    assert find_leaks([tmp_path], many) == {str(tmp_path / "a.txt"): {"person70000@example.org"}}


def test_a_name_broken_over_two_lines_of_a_pdf_is_found(tmp_path):
    import typst

    page = '#set page(width: 60pt, margin: 5pt)\n#set text(lang: "en", hyphenate: true)\n#set par(justify: true)\n'
    (tmp_path / "a.typ").write_text(page + "mathematical Universitymann understanding", encoding="utf-8")
    typst.compile(str(tmp_path / "a.typ"), output=str(tmp_path / "a.pdf"))
    (tmp_path / "a.typ").unlink()
    from pipeline.survey.opened import contents

    lines = next(contents(tmp_path / "a.pdf")).decode().split()
    assert len(lines) < 8, lines
    assert find_leaks([tmp_path], {"Universitymann"}) == {str(tmp_path / "a.pdf"): {"Universitymann"}}


def test_archives_in_archives_and_texts_deep_in_tables_are_read(tmp_path):
    import gzip
    import io

    import pandas as pd

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("sources/a.txt", "by Okonjovar")
    with zipfile.ZipFile(tmp_path / "outer.qdpx", "w") as archive:
        archive.writestr("project.zip", inner.getvalue())
    pd.DataFrame({"x": [[{"who": ["Okonjovar"]}], []]}).to_parquet(tmp_path / "deep.parquet")
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'"Okonjovar"'))
    (tmp_path / "wide.csv").write_bytes("by;Okonjovar".encode("utf-16"))
    (tmp_path / "cut.zip").write_bytes((tmp_path / "outer.qdpx").read_bytes()[:40])
    assert {path.split("/")[-1] for path in find_leaks([tmp_path], {"Okonjovar"})} == {
        "outer.qdpx", "deep.parquet", "a.json.gz", "wide.csv",
    }  # fmt: skip


def test_large_tables_and_databases_are_read_in_pieces(tmp_path, monkeypatch):
    import sqlite3

    import pandas as pd

    monkeypatch.setattr(opened, "ROWS", 3)
    monkeypatch.setattr(opened, "PIECE", 4096)
    monkeypatch.setattr(opened, "OVERLAP", 64)
    said = [f"answer {k}" for k in range(20)]
    pd.DataFrame({"a": range(20), "b": [*said[:-1], "Okonjovar"]}).to_parquet(tmp_path / "a.parquet", row_group_size=7)
    pd.DataFrame({"Okonjovar": range(20)}).to_parquet(tmp_path / "b.parquet")
    pd.DataFrame({"b": said}).to_parquet(tmp_path / "c.parquet")
    (tmp_path / "d.parquet").write_bytes(b"PAR1 damaged Okonjovar PAR1")
    with sqlite3.connect(tmp_path / "e.sqlite") as database:
        database.execute("CREATE TABLE t (a BLOB)")
        database.executemany("INSERT INTO t VALUES (?)", [(b"\0" * 30,)] * 4000)
        database.execute("INSERT INTO t VALUES (?)", (b"\0 Okonjovar \0",))
    raw = (tmp_path / "e.sqlite").read_bytes()
    for place in range(5 * 4096 - 12, 5 * 4096 + 4):  # across the end of a piece
        hidden = raw.replace(b"Okonjovar", b"x" * 9)
        (tmp_path / f"f{place}.sqlite").write_bytes(hidden[:place] + b" Okonjovar " + hidden[place:])
    found = {path.split("/")[-1] for path in find_leaks([tmp_path], {"Okonjovar"})}
    assert found == {path.name for path in tmp_path.iterdir()} - {"c.parquet"}
    assert max(map(len, opened.contents(tmp_path / "e.sqlite"))) <= 4096 + 64


def test_short_names_are_looked_for_as_words_in_text(tmp_path):
    (tmp_path / "a.html").write_text("<p class='Amy'>said Amy</p>")
    (tmp_path / "b.html").write_text("<p class='Amy'>amy, Amyloid</p><i style='url(data:font/woff;base64,x/Amy/Zz)'>")
    (tmp_path / "c.png").write_bytes(b"\x89PNG\xff Amy ")
    assert find_leaks([tmp_path], {"Amy", "Mark", "MX"}) == {str(tmp_path / "a.html"): {"Amy"}}
    assert find_leaks([tmp_path], {"Amy"}, allowed=["Amy"]) == {}


def test_names_that_are_words_of_every_report_stop_none_and_are_found_beside_another_name(tmp_path):
    (tmp_path / "a.html").write_text("<p>Will readers agree? In May, French respondents. Don’t know.</p>")
    names = {"Will", "May", "French", "Don", "April", "Roman"}
    assert find_leaks([tmp_path], names) == {}
    assert Wanted(names).n_passed == 5  # Don is looked for
    (tmp_path / "b.html").write_text("<p>said May\n  <b>Young</b></p>")
    assert find_leaks([tmp_path], {"May Young", "May"}) == {str(tmp_path / "b.html"): {"May Young"}}


def test_what_was_ever_committed_is_found_after_it_was_deleted(tmp_path):
    import subprocess

    def git(*arguments):
        name = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert find_in_history(tmp_path, ["codebooks/s"], {"Okonjovar"}) == set()  # no repository at all
    git("init", "-q")
    folder = tmp_path / "codebooks" / "s"
    folder.mkdir(parents=True)
    for text in ("quote of Okonjovar", "quote taken out"):
        (folder / "glossary.yaml").write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", "x")
    assert find_leaks([folder], {"Okonjovar"}) == {}
    assert find_in_history(tmp_path, ["codebooks/s"], {"Okonjovar"}) == {"Okonjovar"}
    assert find_in_history(tmp_path, ["codebooks/other"], {"Okonjovar"}) == set()
