"""The archive of a .qdpx: a zip with project.qde and a flat folder sources/. Same bytes each time, read with care.

Vendors name the document after the project and the folder Sources/; both are accepted. Refused are members that would
leave the archive, folders below sources/, and archives that grow out of proportion when unpacked.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.codebook.project import Project
from pipeline.codebook.qderead import project_in
from pipeline.codebook.qdewrite import as_qde
from pipeline.errors import Fault, InputError
from pipeline.files import write_bytes

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip archive can state
LARGEST = 1_000_000_000  # bytes when unpacked; 15,000 respondents with five long answers are under a tenth of it
MOST_MEMBERS = 500_000
RATIO, SMALL = 200, 1_000_000  # how much a member may grow, above this size; prose grows three to five times


@dataclass(frozen=True)
class GivenProject:
    """What a .qdpx held, and what of it was left out or put right, in plain sentences."""

    project: Project
    left_out: tuple[str, ...]


def write_qdpx(path: Path, project: Project, *, study: str) -> None:
    """Write a .qdpx file; see `as_qdpx`."""
    write_bytes(path, as_qdpx(project, study=study))


def read_qdpx(path: Path, *, known: Mapping[str, str] | None = None) -> GivenProject:
    """Read a .qdpx file; see `from_qdpx`."""
    return from_qdpx(path.read_bytes(), source=str(path), known=known)


def as_qdpx(project: Project, *, study: str) -> bytes:
    """Return the bytes of a .qdpx. Members are stored, as compressed bytes depend on the zlib Python was built with."""
    document, texts = as_qde(project, study=study)
    members = {"project.qde": document} | {f"sources/{name}": texts[name] for name in sorted(texts)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = 0, 0
            archive.writestr(entry, content)
    return buffer.getvalue()


def from_qdpx(raw: bytes, *, source: str, known: Mapping[str, str] | None = None) -> GivenProject:
    """Return the project in the bytes of a .qdpx, whichever tool wrote it; raises InputError with every fault.

    known: GUID -> id of this study's own themes, codes, responses and respondents.
    """
    members = unpacked(raw, source)
    documents = [name for name in members if name.lower().endswith(".qde") and "/" not in name]
    if len(documents) != 1:
        what = f"{len(documents)} documents (.qde) where there is one in a project"
        raise InputError([Fault(source, ", ".join(documents), what, "export the project again")])
    texts = {PurePosixPath(name).name.lower(): content for name, content in members.items() if "/" in name}
    project, left_out = project_in(members[documents[0]], texts, source=f"{source}: {documents[0]}", known=known or {})
    if documents[0] != "project.qde":
        left_out = [f"the document is called {documents[0]!r}, not project.qde: read all the same", *left_out]
    return GivenProject(project, tuple(left_out))


def unpacked(raw: bytes, source: str) -> dict[str, bytes]:
    """Return the members of an archive by name, or raise InputError with all that is wrong with it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OSError) as error:
        what = f"not a project archive: {error}"
        raise InputError([Fault(source, "", what, "export the project as REFI-QDA (.qdpx)")]) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _clutter(entry.filename)]
        faults = [fault for entry in entries if (fault := _fault(entry, source))]
        size = sum(entry.file_size for entry in entries)
        if size > LARGEST or len(entries) > MOST_MEMBERS:
            what = f"{len(entries):,} members, {size:,} bytes unpacked"
            faults.append(Fault(source, "", what, f"at most {MOST_MEMBERS:,} members and {LARGEST:,} bytes are read"))
        names = [entry.filename for entry in entries]
        faults += [
            Fault(source, name, "two members of that name", "export the project again")
            for name in sorted(
                {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
            )
        ]
        if faults:
            raise InputError(faults)
        return {entry.filename: _content(archive, entry, source) for entry in entries}


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: str) -> bytes:
    """Return a member's bytes, never more than the archive says it has."""
    try:
        with archive.open(entry) as opened:
            content = opened.read(entry.file_size + 1)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError) as error:
        what = f"cannot be unpacked: {error}"
        raise InputError([Fault(source, entry.filename, what, "export the project again")]) from None
    except Exception as error:  # zlib.error and lzma.LZMAError are families of their own
        if type(error).__module__ not in ("zlib", "_lzma", "lzma"):
            raise
        what = f"cannot be unpacked: {error}"
        raise InputError([Fault(source, entry.filename, what, "export the project again")]) from None
    if len(content) > entry.file_size:
        what = "is larger than the archive says"
        raise InputError([Fault(source, entry.filename, what, "export the project again")])
    return content


def _clutter(name: str) -> bool:
    """Say whether a member is what macOS puts into archives by itself."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] == ".DS_Store"


def _fault(entry: zipfile.ZipInfo, source: str) -> Fault | None:
    name, again = entry.filename, "export the project again"
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0] or "\\" in name:
        return Fault(source, name, "a member that points outside the archive", again)
    if len(parts) > 2 or (len(parts) == 2 and parts[0].lower() != "sources"):
        return Fault(source, name, "a folder a project does not have", "only project.qde and sources/ are read")
    if entry.file_size > SMALL and entry.file_size > RATIO * max(entry.compress_size, 1):
        return Fault(source, name, f"grows from {entry.compress_size:,} to {entry.file_size:,} bytes", again)
    return None
