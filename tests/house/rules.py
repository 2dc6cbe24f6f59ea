"""The rules of the house, as functions over source text, so that each can be seen to fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

GROUND = "ground"
ROOMS = [
    GROUND, "survey", "encoder", "codebook", "terms", "senses", "coding", "agreement", "asking", "glossary",
    "report", "cli",
]  # fmt: skip
MAY_OPEN = {
    "files.py", "keys.py", "parts.py", "speech.py", "study.py", "tables.py", "yamlfile.py",
    "workbook.py",  # archives in memory
    "survey/exports.py", "survey/leaks.py", "survey/partitions.py",
    "survey/opened.py", "survey/workbooks.py", "encoder/bert.py", "encoder/models.py", "encoder/cache.py",
    "coding/page.py",  # its own templates
    "asking/page.py",  # its own templates
    "codebook/themes.py", "codebook/refi.py",
    "codebook/qdpx.py", "codebook/tablebooks.py",  # projects and codebooks of other tools
    "coding/packets.py", "coding/sheets.py", "coding/journal.py", "coding/server.py",
    "glossary/exports.py", "glossary/curated.py", "report/render.py", "report/save.py",
    "report/packed.py",  # archives in memory
}  # fmt: skip
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "spacy",
    "bertopic",
    "matplotlib",
    "umap",
    "hdbscan",
    "typst",
    "pypandoc",
}
ROOMS_OWN = {"packets", "sheets", "journal"}  # modules that open files; calling their functions is the way to do it
OPENERS = {
    "open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "touch", "rmdir",
    "read_csv", "read_excel", "to_csv", "to_excel", "read_parquet", "to_parquet", "savefig", "load_workbook", "ZipFile",
}  # fmt: skip


def room_of(path: str) -> str:
    """Return the room of a path inside pipeline/: "survey/ingest.py" -> "survey", "ids.py" -> "ground"."""
    return path.split("/")[0] if "/" in path else GROUND


def imports(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, module, at the top of the module) for every import."""
    tree = ast.parse(source)
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "pipeline" else [node.module]
            )
            for name in names:
                yield node.lineno, name, id(node) in top


def import_faults(path: str, source: str) -> list[str]:
    """Find imports from a later room, and heavy libraries imported at the top of a module."""
    faults = []
    here = ROOMS.index(room_of(path))
    for line, module, top in imports(source):
        parts = module.split(".")
        if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in ROOMS and ROOMS.index(parts[1]) > here:
            faults.append(f"{path}:{line}: imports {module} from a later room")
        if top and parts[0] in HEAVY:
            faults.append(f"{path}:{line}: imports {parts[0]} at the top; import it in the function that needs it")
    return faults


def opening_faults(path: str, source: str) -> list[str]:
    """Find calls that open or change files, in modules that may not."""
    if path in MAY_OPEN or room_of(path) == "cli":
        return []
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            if name in OPENERS and owner not in ROOMS_OWN:
                faults.append(f"{path}:{node.lineno}: calls {name}()")
    return faults


def speaking_faults(path: str, source: str) -> list[str]:
    """Find print, sys.exit and exit outside cli/."""
    if room_of(path) == "cli":
        return []
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {"print", "exit", "quit", "sys.exit", "os._exit", "click.echo"}:
                faults.append(f"{path}:{node.lineno}: {name}()")
    return faults


def modules(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield (path inside pipeline/, source) of every module."""
    folder = repository / "pipeline"
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
