"""In which encoding a file is: by its mark, as stated, as UTF-8, else Windows-1252; stray bytes are kept track of.

A byte that does not belong to a file's UTF-8 is read as Windows-1252, which is what spreadsheets and old tools leave.
While the file is parsed such bytes stand as private-use characters, so that the cells they are in can be named.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from pipeline.errors import Fault, InputError

STRAY = "sameword-stray"
BYTES = "latin-1"  # one character a byte, until a cell is known to need more
BASE = 0xF7600  # private use, supplementary plane: no survey tool writes these
PRIVATE = re.compile(f"[{chr(BASE + 0x80)}-{chr(BASE + 0xFF)}]")
MOST = 1000  # repaired cells that are named


@dataclass(frozen=True)
class Decoding:
    """How a file's bytes become text: name for people, codec, error handler, and what to look after."""

    name: str
    codec: str
    errors: str
    stray: bool = False
    has_nul: bool = False
    has_mark: bool = False  # a byte-order mark stands at the beginning of a later line too


def _as_private(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    found = "".join(chr(BASE + byte) if byte >= 0x80 else chr(byte) for byte in error.object[error.start : error.end])
    return found, error.end


codecs.register_error(STRAY, _as_private)


def settle(blocks: Iterable[bytes], stated: str | None, file: str) -> Decoding:
    """Return how to read a file given as blocks of bytes. Raises InputError where a stated encoding does not fit."""
    if stated:
        return _stated(blocks, stated, file)
    blocks = iter(blocks)
    first = next(blocks, b"")
    wide = "utf-16" if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _unmarked(first)
    if wide:
        return Decoding(wide, wide, "replace", has_nul=True)
    nul, mark, stray, whole = _counted(chain([first], blocks))
    codec = "utf-8-sig" if first.startswith(codecs.BOM_UTF8) else "utf-8"
    if not stray:
        return Decoding(codec, codec, "strict", has_nul=nul, has_mark=mark)
    if stray > whole:
        return Decoding("windows-1252", BYTES, "strict", stray=True, has_nul=nul)
    return Decoding("utf-8 with stray bytes of windows-1252", codec, STRAY, stray=True, has_nul=nul, has_mark=mark)


def _counted(blocks: Iterable[bytes]) -> tuple[bool, bool, int, int]:
    """Return (a NUL occurs, a mark begins a later line, bytes that do not belong to UTF-8, characters beyond ASCII)."""
    decoder = codecs.getincrementaldecoder("utf-8")(STRAY)
    strict = codecs.getincrementaldecoder("utf-8")("strict")
    nul, mark, stray, whole, sound = False, False, 0, 0, True
    for block in blocks:
        nul = nul or b"\x00" in block
        mark = mark or b"\n\xef\xbb\xbf" in block or b"\r\xef\xbb\xbf" in block
        if block.isascii() and not decoder.getstate()[0]:
            continue
        sound = sound and _decodes(strict, block)
        text = decoder.decode(block)
        bad = len(PRIVATE.findall(text))
        stray += bad
        whole += len(text) - len(text.encode("ascii", "ignore")) - bad
    if sound and _decodes(strict, b"", final=True):
        return nul, mark, 0, whole  # what stands for stray bytes here was written so: it is the file's own
    return nul, mark, stray + bool(decoder.decode(b"", final=True)), whole


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _stated(blocks: Iterable[bytes], stated: str, file: str) -> Decoding:
    try:
        decoder = codecs.getincrementaldecoder(stated)("strict")
        nul = False
        for block in blocks:
            nul = "\x00" in decoder.decode(block) or nul
        decoder.decode(b"", final=True)
    except (UnicodeError, LookupError) as error:
        remedy = "correct encoding: in survey.yaml, or delete the key"
        raise InputError([Fault(file, "", f"cannot be read as {stated}: {error}", remedy)]) from None
    return Decoding(stated, stated, "strict", has_nul=nul)


def _unmarked(block: bytes) -> str | None:
    """Tell UTF-16 without a mark by its zero bytes: nearly every second one, on one side."""
    sample = block[:4096]
    half = max(len(sample) // 2, 1)
    zeros = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if zeros[1] > 0.4 and zeros[0] < 0.05:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.4 and zeros[1] < 0.05 else None


def restored(rows: list[list[str]], codec: str) -> list[str]:
    """Put the characters of Windows-1252 where stray bytes were, in place; return the cells, as places for people."""
    named: list[str] = []
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if not cell.isascii() and (codec == BYTES or PRIVATE.search(cell)):
                whole = codec == BYTES
                row[place] = _all_1252(cell) if whole else PRIVATE.sub(_as_1252, cell)
                if len(named) < MOST:
                    named.append(f"record {number}, column {place + 1}")
    return named


def _all_1252(cell: str) -> str:
    """Return a cell read byte by byte as Windows-1252; what stands for NUL already is no byte and stays."""
    return "\ufffd".join(part.encode(BYTES).decode("cp1252", "replace") for part in cell.split("\ufffd"))


def _as_1252(match: re.Match[str]) -> str:
    return bytes([ord(match.group()) - BASE]).decode("cp1252", "replace")
