"""Several choices in one cell: which options there are, and which of them a cell names.

Google Forms joins choices with ", " (via Sheets) or ";" (its own CSV), and options hold commas themselves. The list of
options is found in the data, written to survey.yaml for a person to correct, and cells are read against that list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

SEPARATORS = (";", ", ")
OFTEN = 5  # times that two pieces must occur, and never apart, to be one option
SHARE = 0.02  # of the cells must name an option; what fewer say is somebody's own words


def separator_of(cells: Sequence[str]) -> str | None:
    """Return what joins the choices of a question's filled cells, or None where cells hold one choice each."""
    for separator in SEPARATORS:
        if sum(separator in cell for cell in cells) > len(cells) / 10:
            return separator
    return None


def find_options(cells: Sequence[str]) -> list[str]:
    """Return the options that a question's filled cells name, in the order in which they are met.

    Cells are cut at every separator. Two pieces are one option where the first opens a bracket that the second closes,
    where the second goes on in lower case after a capital and is never met without the first, or where neither is
    ever met without the other.
    """
    separator = separator_of(cells)
    if separator is None:
        return []
    lists = [_pieces(cell, separator) for cell in cells]
    while pair := _inseparable(lists):
        lists = [_merged(pieces, pair, separator) for pieces in lists]
    counts = Counter(piece for pieces in lists for piece in set(pieces))
    fewest = max(2, SHARE * len(cells))
    return [piece for piece in dict.fromkeys(piece for pieces in lists for piece in pieces) if counts[piece] >= fewest]


def _pieces(cell: str, separator: str) -> list[str]:
    """Cut a cell at the separator, but never inside brackets."""
    found: list[str] = []
    for piece in cell.split(separator):
        if found and found[-1].count("(") > found[-1].count(")"):
            found[-1] += separator + piece
        else:
            found.append(piece)
    return [piece.strip() for piece in found if piece.strip()]


def _inseparable(lists: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    alone = Counter(piece for pieces in lists for piece in pieces)
    beside = Counter(pair for pieces in lists for pair in pairwise(pieces))
    for (first, second), times in sorted(beside.items(), key=lambda one: (-one[1], one[0])):
        goes_on = first[0].isupper() and second[0].islower() and alone[second] == times
        if goes_on or (times >= OFTEN and alone[first] == alone[second] == times):
            return first, second
    return None


def _merged(pieces: Sequence[str], pair: tuple[str, str], separator: str) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if found and (found[-1], piece) == pair:
            found[-1] = separator.join((found[-1], piece))
        else:
            found.append(piece)
    return found


def chosen(cell: str, options: Sequence[str]) -> list[str]:
    """Return the choices a cell names: options of the list, the longest first, and what is left between separators.

    An option counts where a separator or the cell's end stands on both sides; nothing of the cell is lost.
    """
    longest = sorted(options, key=len, reverse=True)
    found: list[str] = []
    rest = cell.strip()
    while rest:
        option = next((one for one in longest if one and rest.startswith(one) and _ends(rest[len(one) :])), None)
        if option is not None:
            found.append(option)
            rest = rest[len(option) :].lstrip(";, ")
            continue
        cut = min((place for mark in (";", ", ") if (place := rest.find(mark)) >= 0), default=-1)
        found.append((rest if cut < 0 else rest[:cut]).strip())
        rest = "" if cut < 0 else rest[cut + 1 :].lstrip()
    return [one for one in found if one]


def _ends(rest: str) -> bool:
    return not rest.strip(";, ") or rest.startswith((";", ", "))
