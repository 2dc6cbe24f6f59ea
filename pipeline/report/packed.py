"""Archives (DOCX, supplements) with the same bytes on every machine and day."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip archive can state


def members_of(archive: bytes) -> dict[str, bytes]:
    """Return what a zip archive holds, by name, in its order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def without_properties(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a document without pandoc's custom properties: one of them is a path on this machine."""
    name = "docProps/custom.xml"
    bare = re.sub(rb"<property\b.*?</property>", b"", members.get(name, b""), flags=re.S)
    return {**members, **({name: bare} if name in members else {})}


def repacked(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of members in their order, without times or permissions of this machine.

    Members are stored, not compressed: compressed bytes depend on the zlib that Python was built with.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, found in members.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_STORED, 0, 0
            archive.writestr(entry, found)
    return buffer.getvalue()
