"""From a tool's header rows to columns: a unique name, the label respondents saw, the box or option it stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.survey.tools import CHECKBOX, CHOICE, plain

LONGEST = 40  # characters of a header that still serves as a name in survey.yaml
LIME_BOTH = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\]|_\w+)*)\.(?:_\.)?\s*(\S.*)", re.DOTALL)
GRID = re.compile(r"(.+?) ?\[(.+)\]$", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """A column's own name (unique), the label respondents saw, and the part of it that names one of several boxes.

    `is_option` says that the part is a choice which the column alone stands for (a box ticked or not).
    """

    name: str
    label: str
    part: str = ""
    is_option: bool = False
    kind: str = ""  # the role that the tool's own data dictionary states; TYPED where people type what they like
    codes: tuple[tuple[str, str], ...] = ()  # (code, label) that it states for the cells


TYPED = "typed"
TYPED_ID = re.compile(r"""['"](?:\d+_)?QID\d+_TEXT['"]""")  # with a number before _TEXT it belongs to a choice

Triple = tuple[str, str, str, bool]  # name, label, part, is_option


def columns_of(tool: str, header: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """Return the columns that a tool's header rows describe, in their order."""
    if not header:
        return ()
    rows = [[plain(cell) for cell in row] for row in header]
    read = READERS.get(tool, _bracketed)
    triples = read(rows)
    names = unique([_short(name, number) for number, (name, *_) in enumerate(triples)])
    kinds = [TYPED if TYPED_ID.search(cell) else "" for cell in rows[-1]] if tool == "qualtrics" else [""] * len(names)
    return tuple(
        Column(name, label, part, is_option, kind)
        for name, (_, label, part, is_option), kind in zip(names, triples, kinds, strict=True)
    )


def _short(name: str, number: int) -> str:
    return f"c{number:02}" if len(name) > LONGEST or not name else name


def unique(names: Sequence[str]) -> list[str]:
    """Return names that differ: what occurs twice is numbered, what has no name is named by its place."""
    seen: Counter[str] = Counter()
    taken = set(names)
    found = []
    for number, name in enumerate(names):
        name = name or f"c{number:02}"
        seen[name] += 1
        fresh = name
        while seen[name] > 1 and (fresh := f"{name} ({seen[name]})") in taken:
            seen[name] += 1
        taken.add(fresh)
        found.append(fresh)
    return found


def _tagged(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """Qualtrics: tags above labels."""
    labels = rows[1] if len(rows) > 1 else rows[0]
    return [(tag, label or tag, "", False) for tag, label in zip(rows[0], labels, strict=True)]


def _sub_labelled(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """Alchemer: "Sub-label:Question"."""
    found: list[Triple] = []
    for tag in rows[0]:
        split = re.match(r"(.{0,80}?):(.+)", tag, re.DOTALL)
        label = " ".join((split.group(2) if split else tag).strip(" :").split())
        found.append((tag, label, split.group(1).strip() if split else "", False))
    return found


def _bracketed(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """Google Forms, plain tables: "Question [row]"; of two rows (merged cells above) as SurveyMonkey writes them."""
    if len(rows) > 1:
        return _continued(rows)
    found: list[Triple] = []
    for tag in rows[0]:
        split = GRID.match(tag)
        found.append((tag, split.group(1) if split else tag, split.group(2) if split else "", False))
    return found


def _continued(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """SurveyMonkey's two rows: a question, blank for its further options, and below it option or "Response"."""
    if len(rows) < 2:
        return _bracketed(rows)
    found: list[Triple] = []
    question = ""
    for number, (tag, option) in enumerate(zip(rows[0], rows[1], strict=True)):
        question = tag or question
        several = not tag or (number + 1 < len(rows[0]) and not rows[0][number + 1])
        found.append((tag, question, option if several else "", False))
    return found


def _boxes(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """REDCap: `check___1` by name, "Question (choice=Red)" by label."""
    found: list[Triple] = []
    for tag in rows[0]:
        box = CHECKBOX.fullmatch(tag) or CHOICE.fullmatch(tag)
        found.append((tag, box.group(1) if box else tag, box.group(2) if box else "", bool(box)))
    return found


def _coded(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """LimeSurvey: by code `skill2[SQ001]`, by text "Question [Sub]", or both, "skill2[SQ001]. Question [Sub]"."""
    both = [LIME_BOTH.fullmatch(tag) for tag in rows[0]]
    if sum(map(bool, both)) <= len(both) / 2:
        return [(tag, label, part, False) for tag, label, part, _ in _bracketed(rows)]
    found: list[Triple] = []
    for tag, split in zip(rows[0], both, strict=True):
        label, part = (split.group(2) if split else tag), ""
        grid = GRID.match(label)
        if grid:
            label, part = grid.group(1), grid.group(2)
        found.append((split.group(1) if split else tag, label, part, False))
    return found


def _pathed(rows: Sequence[Sequence[str]]) -> list[Triple]:
    """KoboToolbox: `group/question`, and `group/question/option` where `group/question` is a column itself."""
    paths = set(rows[0])
    found: list[Triple] = []
    for tag in rows[0]:
        above, _, last = tag.rpartition("/")
        if above and above in paths:
            found.append((tag, above.rpartition("/")[2], last, True))
        else:
            found.append((tag, last or tag, "", False))
    return found


READERS: dict[str, Callable[[Sequence[Sequence[str]]], list[Triple]]] = {
    "qualtrics": _tagged,
    "alchemer": _sub_labelled,
    "surveymonkey": _continued,
    "redcap": _boxes,
    "limesurvey": _coded,
    "kobotoolbox": _pathed,
}
