"""What coders say about the codebook while they code: codes they miss, definitions they stumble over, memos.

It all comes from the memos of decisions, as the page and the spreadsheet send them back. The page marks a memo with
"New code needed" or "Definition unclear"; in a spreadsheet the memo begins with "new code:" or "unclear:". A memo that
begins with a code's name or id, "respondent" or "study", and a colon, is about that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from pipeline.codebook.keywords import slug
from pipeline.codebook.themes import Code

PROPOSED, UNCLEAR, MEMO = "new code", "unclear", "memo"
COLUMNS = ["kind", "about", "text", "coder_id", "excerpt_id", "quote"]
FLAGS = re.compile(r"^(?:\[([a-z ]+)\]\s*)+")
WORD = re.compile(rf"^({PROPOSED}|{UNCLEAR})\s*:\s*", re.IGNORECASE)
PARTS = re.compile(r"\s+[-–—]\s+|[:;]\s+|\n")  # between the name of a proposed code and why it is needed


def remarks(tables: Mapping[str, pd.DataFrame], codes: Sequence[Code]) -> pd.DataFrame:
    """Return one row per remark: kind, about, text, coder_id, excerpt_id, quote; by kind, then by what it is about.

    tables: assignments, decisions, codings, excerpts. about: the proposed code's name; the codes an unclear
    definition belongs to (those named, or those given to the excerpt); "respondent", "study" or a code; else "".
    """
    names = {said.casefold(): code.id for code in codes for said in (code.name, code.id)}
    given = tables["codings"].groupby("assignment_id").code_id.agg(lambda found: ", ".join(sorted(found))).to_dict()
    quotes = dict(zip(tables["excerpts"].excerpt_id, tables["excerpts"].text, strict=True))
    done = tables["assignments"].merge(tables["decisions"], on="assignment_id")
    rows = []
    for row in done[done.memo.notna()].itertuples():
        for kind, about, text in _read(str(row.memo), names, given.get(row.assignment_id, "")):
            rows.append((kind, about, text, row.coder_id, row.unit_id, quotes.get(row.unit_id, "")))
    order = {PROPOSED: 0, UNCLEAR: 1, MEMO: 2}
    rows.sort(key=lambda one: (order[one[0]], slug(one[1]), one[3], one[4]))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def in_words(found: pd.DataFrame) -> Iterator[str]:
    """Yield lines to read: proposed codes with who asks for them, unclear definitions, memos by what they are about."""
    heads = {PROPOSED: "Codes that coders miss", UNCLEAR: "Definitions that are unclear", MEMO: "Memos"}
    for kind, head in heads.items():
        mine = found[found.kind == kind]
        if len(mine):
            yield head
        for _, group in mine.groupby(mine.about.map(slug), sort=False):
            people = sorted(set(group.coder_id))
            about = group.about.iloc[0] or "an excerpt"
            yield f"  {about} ({len(group)} ×, {', '.join(people)})"
            for row in group.itertuples():
                yield f"    {row.coder_id}: {row.text or '(no words)'}"
                if row.quote:
                    yield f"      on “{_short(str(row.quote))}” ({row.excerpt_id})"


def _read(memo: str, names: Mapping[str, str], given: str) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, about, text) of one memo; a memo may carry several flags."""
    flags = re.findall(r"\[([a-z ]+)\]", found[0]) if (found := FLAGS.match(memo)) else []
    text = memo[found.end() :] if found else memo
    if word := WORD.match(text):
        flags, text = [*flags, word[1].lower()], text[word.end() :]
    text = text.strip()
    kinds = [flag for flag in dict.fromkeys(flags) if flag in (PROPOSED, UNCLEAR)]
    if PROPOSED in kinds:
        name, *why = PARTS.split(text, maxsplit=1)
        yield PROPOSED, name.strip(), (why[0].strip() if why else "")
    head, colon, rest = text.partition(":")
    about = names.get(head.strip().casefold(), "") if colon else ""
    if UNCLEAR in kinds:
        whole = names.get(text.casefold(), "")
        yield UNCLEAR, about or whole or given, rest.strip() if about else "" if whole else text
    if not kinds and text:
        if head.strip().casefold() in ("respondent", "study") and colon:
            about = head.strip().casefold()
        yield MEMO, about, rest.strip() if about else text


def _short(text: str, most: int = 100) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
