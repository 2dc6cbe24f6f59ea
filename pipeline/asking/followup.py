"""The follow-up survey: whom to ask about which of their own usages, and the form that asks it.

Only usages of the estimation sample are asked about, so that what authors say can be held against what coders said.
Who was asked what is an act of people: asked.csv keeps it, is only ever extended, and names nobody.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.asking.form import Choice, Form, Group, Question, coded
from pipeline.coding.sample import lot
from pipeline.coding.units import marked, text_digest
from pipeline.errors import Fault, InputError
from pipeline.speech import everywhere, message, phrase
from pipeline.wording import of

COLUMNS = ["respondent_id", "slot", "usage_id", "term_id", "senses", "digest"]
NONE, FORGOTTEN = "none", "cannot_say"
COLLEAGUES = 10
PEERS = message("people who work on the same things as you")  # where survey.yaml names nobody else
MOST = 320  # characters of an answer that are shown whole
STOP = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Asked:
    """A follow-up: the form, and per respondent the fields that make it their own."""

    form: Form
    people: dict[str, dict[str, str]]  # respondent_id -> field -> text


def choose(
    units: pd.DataFrame, asked: pd.DataFrame, senses: Mapping[str, Sequence[str]], *, most: int, seed: int
) -> pd.DataFrame:
    """Return the rows to add to asked.csv so that every respondent is asked about up to `most` usages.

    units: unit_id, respondent_id, term_id, answer, start, end of usages in the estimation sample; senses: term_id ->
    sense ids in the order asked. A person's words take turns, usages of a word come by lot; what was asked stays.
    """
    known = set(asked.usage_id)
    rows = []
    mine = units[units.term_id.isin(list(senses)) & ~units.unit_id.isin(known)]
    for person, group in mine.groupby("respondent_id"):
        before = asked[asked.respondent_id == person]
        count = before.term_id.value_counts().to_dict()
        queue = sorted(group.itertuples(), key=lambda row: lot(seed, "ask", row.unit_id))
        for _ in range(most - len(before)):
            if not queue:
                break
            order = list(senses)
            row = min(queue, key=lambda row: (count.get(row.term_id, 0), order.index(row.term_id)))
            queue.remove(row)
            count[row.term_id] = count.get(row.term_id, 0) + 1
            slot = f"{slot_name(row.term_id)}{count[row.term_id]}"
            sealed = text_digest(marked(row.answer, row.start, row.end))
            rows.append((person, slot, row.unit_id, row.term_id, "|".join(senses[row.term_id]), sealed))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def slot_name(term_id: str) -> str:
    """Return a word's part of question codes: at most eleven letters, so that every survey tool takes them."""
    return re.sub(r"[^a-z]", "", term_id.lower())[:11] or "word"


def empty_asked() -> pd.DataFrame:
    """Return a ledger of nobody asked."""
    return pd.DataFrame(columns=pd.Index(COLUMNS), dtype="object")


def parse_asked(text: str, name: str) -> pd.DataFrame:
    """Return asked.csv; raise InputError listing every bad row."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    remedy = "restore the file from version control; it is not edited"
    faults, seen = [], set()
    for number, row in enumerate(rows, 2):
        missing = [column for column in COLUMNS if not row.get(column)]
        if missing:
            faults.append(Fault(name, f"row {number}", f"no value for {', '.join(missing)}", remedy))
        elif (row["respondent_id"], row["slot"]) in seen:
            faults.append(Fault(name, f"row {number}", f"{row['slot']} of this respondent stands twice", remedy))
        seen.add((row.get("respondent_id"), row.get("slot")))
    if faults:
        raise InputError(faults)
    return pd.DataFrame([{column: row[column] for column in COLUMNS} for row in rows], columns=pd.Index(COLUMNS))


def asked_text(asked: pd.DataFrame) -> str:
    """Return asked.csv as text, in the order of asking."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([COLUMNS, *asked[COLUMNS].to_numpy().tolist()])
    return out.getvalue()


def build(
    asked: pd.DataFrame,
    units: pd.DataFrame,
    inventory: pd.DataFrame,
    *,
    title: str,
    colleagues: str,
    questions: Mapping[str, str],
    language: str = "en",
) -> Asked:
    """Return the form and everybody's fields. inventory: sense_id, name, definition; questions: question_id -> text."""
    slots = asked.drop_duplicates("slot").sort_values(["term_id", "slot"])
    words = inventory.set_index("sense_id")
    groups = tuple(_group(row.slot, row.senses.split("|"), words, colleagues) for row in slots.itertuples())
    fields = tuple(name for slot in slots.slot for name in (slot, f"{slot}q"))
    where = units.set_index("unit_id")
    people: dict[str, dict[str, str]] = {}
    for row in asked[asked.usage_id.isin(where.index)].itertuples():
        unit = where.loc[row.usage_id]
        mine = people.setdefault(row.respondent_id, {})
        mine[row.slot] = excerpt(unit.answer, int(unit.start), int(unit.end))
        mine[f"{row.slot}q"] = questions.get(unit.question_id, unit.question_id)
    intro = phrase(
        "Some time ago you answered a survey. Below are sentences that you wrote, with one word marked ⟦like this⟧. "
        "For each we ask what you meant by that word. There is no right answer, and you may leave any question out."
    )
    head = phrase("What did you mean? {title}", title=title)
    return Asked(Form(head, intro, groups, fields, language), people)


def _group(slot: str, senses: Sequence[str], words: pd.DataFrame, colleagues: str) -> Group:
    texts = [_sense_text(words.loc[sense]) if sense in words.index else sense for sense in senses]
    no_sense = (
        Choice("A0", phrase("None of these"), alone=True, also=everywhere("None of these")),
        Choice("X0", phrase("I can no longer say"), alone=True, also=everywhere("I can no longer say")),
    )
    asked, said = f"{{{{{slot}q}}}}", f"{{{{{slot}}}}}"
    ask = "\n".join(
        [
            phrase("Asked “{question}” you wrote:", question=asked),
            phrase("“{text}”", text=said),
            phrase("What did you mean by the marked word there? Tick more than one if you meant several at once."),
        ]
    )
    share = phrase(
        "Of {n} {people}, how many would mean the same by the word in this sentence?",
        n=COLLEAGUES,
        people=colleagues or phrase(PEERS),
    )
    out_of = tuple(
        Choice(f"N{n}", of(n, COLLEAGUES), also=everywhere("{count} of {base}", count=n, base=COLLEAGUES))
        for n in range(COLLEAGUES + 1)
    )
    return Group(
        slot,
        (Question(f"{slot}s", "several", ask, (*coded(texts), *no_sense)), Question(f"{slot}n", "one", share, out_of)),
        slot,
    )


def _sense_text(sense: pd.Series) -> str:
    definition = str(sense.definition or "").strip()
    return f"{sense['name']}: {definition}" if definition else str(sense["name"])


def excerpt(answer: str, start: int, end: int) -> str:
    """Return the respondent's own sentence with the usage marked; a short answer whole.

    Where little stands before the usage, the sentence before comes along. Cuts are made at
    sentence ends only, and said with an ellipsis.
    """
    if len(answer) <= MOST:
        return marked(answer, start, end)
    cuts = [0, *(found.end() for found in STOP.finditer(answer)), len(answer)]
    left = max(cut for cut in cuts if cut <= start)
    right = min(cut for cut in cuts if cut >= end)
    if end - left < 60 and left:
        left = max(cut for cut in cuts if cut < left)
    text = marked(answer[left:right], start - left, end - left).strip()
    return f"{'… ' if left else ''}{text}{' …' if right < len(answer) else ''}"
