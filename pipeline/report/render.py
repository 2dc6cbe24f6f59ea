"""The one source -> HTML, DOCX and PDF, with the same bytes on every run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.files import write_bytes
from pipeline.report.glyphs import drawn, named, pictured
from pipeline.report.packed import members_of, repacked, without_properties
from pipeline.report.saying import SAYING
from pipeline.report.sections import without_dead_links
from pipeline.report.words import inert, one_line
from pipeline.speech import ENGLISH, message, phrase, spoken
from pipeline.study import Study

TEMPLATES = Path(__file__).parent / "templates"
# As little of pandoc's Markdown as the template needs; no raw HTML, TeX or typst, no mathematics.
READER = (
    "markdown_strict-raw_html+all_symbols_escapable+pipe_tables+table_captions+fenced_divs+bracketed_spans+header_attributes"
    "+link_attributes+implicit_figures+citations+intraword_underscores+blank_before_header+space_in_atx_header"
)
EMOJI = message("Emoji that the fonts of this PDF lack stand as their names in ‹ ›; the HTML report shows them.")


def markdown(content: Mapping[str, Any], source: str = "report.md.jinja") -> str:
    """Fill the template. Values that are not Markdown become inert text."""
    return without_dead_links(_environment().get_template(source).render(content))


@lru_cache(maxsize=1)  # it keeps the templates it has read, and several share the same parts
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",
        comment_end_string="##}",
        finalize=_finalize,
        autoescape=True,
    )
    environment.globals |= SAYING
    return environment


def _finalize(value: Any) -> Any:
    return value if hasattr(value, "__html__") else inert(value)


def render(study: Study, text: str, folder: Path, *, name: str = "report") -> dict[str, bytes]:
    """Return report.html, report.docx and report.pdf for Markdown whose figures lie under folder/figures/."""
    with rendering(study, text, folder, name=name) as made:
        return made()


@contextmanager
def rendering(
    study: Study, text: str, folder: Path, *, name: str = "report"
) -> Iterator[Callable[[], dict[str, bytes]]]:
    """Begin to render and yield a function that waits for what `render` returns; other work can go on meanwhile.

    The three are made at the same time: most of it is other programs' work (pandoc, typst). They speak the language
    that is spoken now, whatever is spoken before they are done.
    """
    import pypandoc

    pypandoc.get_pandoc_path()  # it looks for pandoc once, and threads that look at the same time may find another
    page = _page(study, text, folder)
    makers = {"html": _html, "docx": _docx, "pdf": _pdf}
    with ThreadPoolExecutor(len(makers)) as pool:
        made = {f"{name}.{kind}": pool.submit(make, page) for kind, make in makers.items()}
        yield lambda: {file: one.result() for file, one in made.items()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write rendered files, each atomically."""
    for name, found in files.items():
        write_bytes(folder / name, found)


@dataclass(frozen=True)
class _Page:
    """What is to be set: Markdown, the folder of its figures, pandoc's options, and what the PDF says itself."""

    text: str
    folder: Path
    options: tuple[str, ...]
    title: str
    emoji: str


def _page(study: Study, text: str, folder: Path) -> _Page:
    options = (
        "--standalone",
        "--wrap=none",
        "--columns=20",
        "--citeproc",
        f"--bibliography={TEMPLATES / 'methods.bib'}",
        f"--lua-filter={TEMPLATES / 'styles.lua'}",
        f"--resource-path={folder}",
        f"--metadata=title:{one_line(study.survey.title)}",
        f"--variable=lang:{spoken()}",
        *([] if spoken() == ENGLISH else [f"--metadata=lang:{spoken()}"]),  # also for citations and for Word
        f"--variable=titlelang:{study.survey.language}",
        f"--variable=version:{__version__}",
        f"--variable=study:{study.name}",
        *(["--variable=synthetic:yes"] if study.synthetic else []),
        *(f"--variable=say_{name}:{said}" for name, said in _frame(study).items()),
    )
    return _Page(text, folder, options, one_line(study.survey.title), phrase(EMOJI))


def _pandoc(page: _Page, to: str, *options: str, output: str | None = None) -> str:
    import pypandoc

    every = [*page.options, *options]
    found: str = pypandoc.convert_text(page.text, to, format=READER, extra_args=every, outputfile=output)
    return found


def _frame(study: Study) -> dict[str, str]:
    """Return what stands around the report: title line, badge, contents, foot."""
    return {
        "kind": phrase("Sameword report"),
        "skip": phrase("Skip to the report"),
        "contents": phrase("Contents"),
        "badge": phrase("Synthetic study: no respondent is a real person"),
        "synthetic": phrase("Synthetic study."),
        "invented": phrase("The respondents and their answers are invented. Nothing here is a finding."),
        "footer": phrase("Synthetic study: respondents and answers are invented."),
        "made": phrase(
            "Made by Sameword {version} from the study {study}. What this report rests on is listed in manifest.json.",
            version=__version__,
            study=f"<code>{study.name}</code>",
        ),
    }


def _html(page: _Page) -> bytes:
    style = template("report.css")
    found = _pandoc(
        page,
        "html5",
        "--embed-resources",
        "--toc",
        "--toc-depth=2",
        "--section-divs=false",
        f"--template={TEMPLATES / 'report.html.pandoc'}",
        "--default-image-extension=svg",
        f"--variable=style:{style}",
    )
    return found.encode("utf-8")


def template(name: str) -> str:
    """Return the text of a file under templates/."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def docx(study: Study, text: str, folder: Path, *, contents: bool = True) -> bytes:
    """Return a DOCX of Markdown whose figures lie under folder/figures/, with or without a table of contents."""
    return _docx(_page(study, text, folder), contents=contents)


def _docx(page: _Page, *, contents: bool = True) -> bytes:
    import tempfile

    from pipeline.report.docx import polished

    with tempfile.TemporaryDirectory() as name:
        styles, out = Path(name) / "reference.docx", Path(name) / "report.docx"
        styles.write_bytes(_reference())
        _pandoc(
            page,
            "docx",
            f"--reference-doc={styles}",
            *(["--toc", "--toc-depth=2"] if contents else []),
            "--default-image-extension=png",
            output=str(out),
        )
        return repacked(polished(without_properties(members_of(out.read_bytes()))))


@lru_cache(maxsize=1)
def _reference() -> bytes:
    """Return pandoc's reference document with this project's styles."""
    import pypandoc

    from pipeline.report.docx import with_styles

    found = subprocess.run(  # noqa: S603  # pandoc's own data file; no input of anybody
        [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"], check=True, capture_output=True
    )
    return repacked(with_styles(members_of(found.stdout), template("word-styles.xml").encode()))


def _pdf(page: _Page) -> bytes:
    import shutil
    import tempfile

    import typst

    title = page.title.replace("\\", "\\\\").replace('"', '\\"')
    source = _pandoc(
        page,
        "typst",
        f"--template={TEMPLATES / 'report.typ.pandoc'}",
        "--default-image-extension=svg",
        f"--variable=doctitle:{title}",
    )
    fonts = _fonts()
    readable = named(source, drawn(fonts / "DejaVuSans.ttf") if pictured(source) else frozenset())
    if readable != source:
        readable += f"\n\n#legend-text[{page.emoji}]\n"
    with tempfile.TemporaryDirectory() as name:  # typst reads nothing outside this folder
        root = Path(name)
        (root / "figures").mkdir()
        for path in sorted((page.folder / "figures").glob("*.svg")):
            shutil.copyfile(path, root / "figures" / path.name)
        (root / "main.typ").write_text(readable, encoding="utf-8")
        settings: dict[str, Any] = {
            "root": str(root),
            "format": "pdf",
            "ignore_system_fonts": True,
            "font_paths": [str(fonts)],
            "timestamp": 0,
        }
        try:  # ISO 14289-1: a PDF that can be read aloud
            found: bytes = typst.compile(str(root / "main.typ"), pdf_standards="ua-1", **settings)
        except typst.TypstError:  # a report that breaks the standard is still a report
            found = typst.compile(str(root / "main.typ"), **settings)
    return found


def _fonts() -> Path:
    """Return the folder of matplotlib's fonts, without the time it takes to import matplotlib."""
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
