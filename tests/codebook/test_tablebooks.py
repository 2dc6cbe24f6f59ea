"""Codebooks as tables: back as they went, for each tool; its habits and people's are read; nothing runs in a sheet."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.codebook.tablebooks import TOOLS, known_names, read_book, rows_for, table_losses, write_book
from pipeline.codebook.tablelines import LOOSE
from pipeline.codebook.themes import Code, Examples, Theme, load_themes
from pipeline.errors import InputError

letters = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"], exclude_characters=".>¶_'"
)
words = st.lists(st.text(letters, min_size=1, max_size=6), min_size=1, max_size=3).map(" ".join)
names = words.filter(lambda text: text != LOOSE) | st.sampled_from(["=1+1", "@sum", "-a", "+b", "שלום", "👩‍👩‍👧"])
texts = st.lists(words, max_size=2).map("\n".join)
items = st.lists(words, max_size=2).map(tuple)
codes = st.builds(
    lambda name, text, include, shown, colour: Code(
        id="x", name=name, definition=text, include=include, examples=Examples(positive=shown), colour=colour
    ),
    names, texts, texts, items, st.none() | st.just("#0072B2"),
)  # fmt: skip
books = st.lists(
    st.tuples(names, st.lists(codes, min_size=1, max_size=3, unique_by=lambda code: code.name)),
    min_size=1, max_size=3, unique_by=lambda theme: theme[0],
).filter(lambda book: not {name for name, _ in book} & {c.name for _, found in book for c in found})  # fmt: skip


def numbered(book):
    """Give every theme and code an id of its own."""
    return tuple(
        Theme(id=f"t{t}", name=name, codes=tuple(c.model_copy(update={"id": f"c{t}-{n}"}) for n, c in enumerate(found)))
        for t, (name, found) in enumerate(book)
    )


@pytest.mark.parametrize(("tool", "suffix"), [*((tool, ".csv") for tool in TOOLS[:3]), ("atlasti", ".xlsx"),
                                              ("maxqda", ".xlsx"), ("qualcoder", ".txt")])  # fmt: skip
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=books)
def test_what_is_written_is_read_back(tmp_path, tool, suffix, book):
    themes, path = numbered(book), tmp_path / f"book{suffix}"
    write_book(path, themes, tool=tool)
    first = path.read_bytes()
    write_book(path, themes, tool=tool)
    assert path.read_bytes() == first
    back = read_book(path, known=known_names(themes))
    plain = themes if tool == "atlasti" else tuple(
        theme.model_copy(update={"codes": tuple(c.model_copy(update={"colour": None}) for c in theme.codes)})
        for theme in themes
    )  # fmt: skip
    assert back.themes == plain


def test_nothing_runs_in_a_spreadsheet(tmp_path):
    path = tmp_path / "book.csv"
    write_book(path, (Theme(id="t", name="=T", codes=(Code(id="c", name="=cmd()"),)),), tool="atlasti")
    assert path.read_text() == "Code,Comment,Code Group,Color\n'=cmd(),,'=T,\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Code;Comment;Code Group 1;Code Group 2\nred;why;Hue;Warm\nblue;;;\n", [("Hue", "red"), ("Codes", "blue")]),
        ("Memo,Code\nabout,Hue\nwhy,Hue > red\n,Hue > dark > navy\n", [("Hue", "red"), ("Hue > dark", "navy")]),
        ("tag,description,number of highlights\nlooks,,3\nlooks.e.g. red,why,2\nalone,,1\n",
         [("looks", "e.g. red"), ("Codes", "alone")]),
        ("\ufeffLooks>>red\twhy\r\nLooks>>dark>>navy\r\nalone\r\n",
         [("Looks", "red"), ("Looks>>dark", "navy"), ("Codes", "alone")]),
        ("name\tdefinition\tcolour\nred\twhy\t#FF0000\n", [("Codes", "red")]),
    ],
)  # fmt: skip
def test_habits_of_tools_are_read(tmp_path, text, found):
    path = tmp_path / "book.csv"
    path.write_bytes(text.encode())
    given = read_book(path)
    assert [(theme.name, code.name) for theme in given.themes for code in theme.codes] == found
    assert next(code.definition for theme in given.themes for code in theme.codes) == "why"


def test_what_is_left_out_is_said_on_both_sides(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("code,group 1,group 2,color\nred,A,B,crimson\n")
    assert read_book(path).left_out == (
        "row 2: 'red' is in several groups; kept is 'A'", "row 2: the colour 'crimson' is no #RRGGBB",
    )  # fmt: skip
    themes = (
        Theme(id="t", name="A > B", colour="#111111", definition="of a theme", codes=(
            Code(id="c", name="x" * 70, colour="#222222"),)),
        Theme(id="u", name="Empty"),
    )  # fmt: skip
    said = {tool: " ".join(table_losses(themes, tool)) for tool in TOOLS}
    assert "cuts them to 63" in said["maxqda"] and "written ›: A > B" in said["maxqda"]
    assert "no column for them" in said["taguette"] and "no column for them" not in said["atlasti"]
    assert "definitions of themes are left out" in said["atlasti"] and "come back as codes: Empty" in said["taguette"]
    assert list(rows_for(themes, "maxqda"))[1] == ["A › B", "of a theme"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column holds the codes; its columns are none"),
        ("what,why\na,b\n", "call one of them code"),
        ("code,memo\n,text\n", "row 2: a row without a name"),
        ("code,memo\na,\na,\n", "the code 'a' is there twice"),
    ],
)
def test_faults_are_named(tmp_path, text, said):
    path = tmp_path / "book.csv"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_book(path)
    assert said in str(raised.value)
    path.rename(tmp_path / "book.xlsx")
    with pytest.raises(InputError, match="not a workbook"):
        read_book(tmp_path / "book.xlsx")


@pytest.mark.parametrize("name", ["book.xlsx", "book.csv", "book.txt"])
def test_the_commands_write_and_read_the_shipped_codebook(repository, tmp_path, name):
    common, back = ["codebook", "--root", str(repository)], tmp_path / "themes.yaml"
    wrote = CliRunner().invoke(main, [*common, "export", str(tmp_path / name)])
    assert wrote.exit_code == 0 and "left out: rules: 14 of 14" in wrote.output
    assert CliRunner().invoke(main, [*common, "import", str(tmp_path / name), "--out", str(back)]).exit_code == 0
    shipped = load_themes(repository / "codebooks" / "transfer-learning" / "themes.yaml")
    kept = ("id", "name", "definition", "include", "exclude", "examples")
    assert [[getattr(c, k) for k in kept] for c in load_themes(back).codes] == [
        [getattr(c, k) for k in kept] for c in shipped.codes
    ]
    assert "no form of a codebook" in CliRunner().invoke(main, [*common, "export", str(tmp_path / "book.pdf")]).output
