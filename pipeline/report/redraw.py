"""Which figures must be drawn again: those whose table, style or program differ from what the files were drawn from.

data/processed/<study>/figures.json holds, for each figure, a digest of everything that it was drawn from and the
digests of its files. A file that was touched by hand, or drawn in another width, is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ids import SEPARATOR, digest
from pipeline.report import save
from pipeline.speech import FOLDER
from pipeline.study import Study

if TYPE_CHECKING:
    import pandas as pd

ROOM = Path(__file__).parent
LIBRARIES = ("matplotlib", "numpy", "pandas", "fonttools")


class Drawn:
    """What the figures on disk were drawn from."""

    def __init__(self, study: Study) -> None:
        self.path, self.folder = study.processed / "figures.json", study.reports / "figures"
        self.known: dict[str, Any] = save.load_json(self.path)

    def stands(self, name: str, source: str) -> bool:
        """Say whether a figure's files are there, unchanged, and were drawn from the same."""
        known = self.known.get(name)
        return (
            known is not None
            and known["source"] == source
            and all(save.digest_of(self.folder / file) == value for file, value in known["files"].items())
        )

    def note(self, name: str, source: str, made: Mapping[str, bytes]) -> None:
        """Remember what a figure was drawn from. made: kind -> content."""
        files = {f"{name}.{kind}": digest(content) for kind, content in made.items()}
        self.known[name] = {"source": source, "files": files}

    def save(self, names: set[str]) -> None:
        """Write what is known of these figures; others are no longer drawn."""
        save.save_json(self.path, {name: known for name, known in self.known.items() if name in names})


def source_of(draw: Callable[..., Any], frame: pd.DataFrame, *settings: object, style: Path | None) -> str:
    """Return a digest of all that decides a figure's bytes: its table, who draws it, settings, style and program."""
    kinds = [
        f"{name} {column.dtype} {list(column.cat.categories) if column.dtype == 'category' else ''}"
        for name, column in frame.items()
    ]
    cells = save.csv_bytes(frame.reset_index()).decode("utf-8")
    parts = [*kinds, cells, repr(frame.attrs), _named(draw), repr(settings), program()]
    return digest(SEPARATOR.join([*parts, save.digest_of(style) if style else ""]))


def _named(draw: Callable[..., Any]) -> str:
    inner = getattr(draw, "func", draw)  # functools.partial
    bound = (getattr(draw, "args", ()), getattr(draw, "keywords", {})) if inner is not draw else ()
    return f"{inner.__module__}.{inner.__qualname__} {bound!r}"


@cache
def program() -> str:
    """Return a digest of the report's own code and style, and of the libraries that draw."""
    files = sorted(path for path in ROOM.rglob("*") if path.suffix in (".py", ".mplstyle"))
    files += sorted(FOLDER.glob("*.po"))  # what the labels say
    versions = [metadata.version(name) for name in LIBRARIES]
    return digest(SEPARATOR.join([*(save.digest_of(path) for path in files), *versions]))
