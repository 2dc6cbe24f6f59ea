"""Bring a catalogue up to date: `python docs/messages.py de`.

Writes pipeline/languages/<code>.po with every message of the program in the order of its modules: translations that
are there stay, new messages come in blank, messages that are gone go. A code without a file begins a new catalogue.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "pipeline" / "languages"
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
    "X-Thousands": ",",
    "X-Decimal": ".",
}
SAYING = {"phrase": 1, "message": 1, "everywhere": 1, "phrases": 2, "plural": 2}  # functions, and messages they take
Message = tuple[str, str]  # one, many; many is empty where the message knows no plural


def messages() -> dict[Message, str]:
    """Return every message of the program with the module that says it first."""
    found: dict[Message, str] = {}
    for path in sorted((ROOT / "pipeline").rglob("*")):
        if path.suffix in (".py", ".jinja") or (path.parent.name == "templates" and path.suffix == ".html"):
            text = path.read_text(encoding="utf-8")
            for one in in_python(text) if path.suffix == ".py" else in_template(text):
                found.setdefault(one, path.relative_to(ROOT).as_posix())
    counted = {one for one, many in found if many}
    return {key: module for key, module in found.items() if key[1] or key[0] not in counted}


def in_python(source: str) -> Iterator[Message]:
    """Yield the messages of a module, in their order."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        yield from _message(name, texts, [keyword.value for keyword in node.keywords if keyword.arg == "last"])


def in_template(source: str) -> Iterator[Message]:
    """Yield the messages of a Jinja template; other HTML has none."""
    from jinja2 import Environment, nodes

    tree = Environment(comment_start_string="{##", comment_end_string="##}").parse(source)  # noqa: S701  # never rendered
    for node in tree.find_all(nodes.Call):
        name = getattr(node.node, "name", "")
        yield from _message(name, [arg.value if isinstance(arg, nodes.Const) else None for arg in node.args], [])


def _message(name: str, texts: list[object], last: list[object]) -> Iterator[Message]:
    if name == "listed":
        texts = texts[1:] or [one.value for one in last if isinstance(one, ast.Constant)]
    if name == "headers":
        yield from ((text, "") for text in texts if isinstance(text, str))
    takes = 1 if name == "listed" else SAYING.get(name, 0)
    said = [text for text in (texts[1:] if takes == 2 else texts)[:takes] if isinstance(text, str)]
    if name == "plural" and len(said) == 1:
        said.append(f"{said[0]}s")
    if takes and len(said) == takes:
        yield said[0], said[1] if takes == 2 else ""


def written(language: str) -> str:
    """Return the catalogue of a language as its file should read."""
    from pipeline.speech import parse

    path = FOLDER / f"{language}.po"
    header, known = parse(path.read_text(encoding="utf-8")) if path.exists() else ({"Language": language} | HEADER, {})
    lines = ['msgid ""', 'msgstr ""', *(_quoted(f"{key}: {value}\n") for key, value in header.items())]
    where = ""
    for (one, many), module in messages().items():
        lines += ["", f"#: {module}"] if module != where else [""]
        where = module
        forms = known.get(one, ("",) * (2 if many else 1))
        lines.append(f"msgid {_quoted(one)}")
        lines += [f"msgid_plural {_quoted(many)}"] if many else []
        lines += [f"msgstr{f'[{n}]' if many else ''} {_quoted(form)}" for n, form in enumerate(forms)]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    code = sys.argv[1]
    (FOLDER / f"{code}.po").write_text(written(code), encoding="utf-8")
