"""What each column of an export is, guessed from its name, label and cells, with one line of evidence.

A person edits the guess. Free text is told from short answers by how many words people write: in the open
questions of real exports the typical answer differs from everyone else's, and many have five words or more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.survey.headers import TYPED, Column
from pipeline.survey.identity import EMAIL
from pipeline.survey.marks import IDENTIFYING, METADATA, own_role
from pipeline.survey.options import chosen, find_options
from pipeline.survey.privacy import scrub, suspects
from pipeline.survey.recognise import Export
from pipeline.survey.scales import levels_of

CONSENT = re.compile(r"\b(consent|agree to (take part|participate)|i have read)\b", re.IGNORECASE)
OTHER = re.compile(r"\bother\b|please specify|write.?in|_TEXT$", re.IGNORECASE)
WORDS = re.compile(  # what asks for words of one's own, in the languages surveys here are often in
    r"\b(comments?|explain|describe|elaborate|why|anything else|in your own words|feedback|remarks?|thoughts|"
    r"kommentare?|anmerkung(en)?|erläuter\w*|beschreib\w*|begründ\w*|warum|weshalb|sonst noch|"
    r"pourquoi|commentaires?|expliqu\w*|remarques?|por qué|comentarios?|expli(que|ca)\w*|perché|commenti)\b",
    re.IGNORECASE,
)
ID = re.compile(  # what columns of ids are called
    r"^(?:(?:respondent|participant|person|subject|case|record|response|answer|user|student|worker|session|survey|"
    r"prolific|panel|teilnehmer|fall|sujet|participante)[ _.-]*)?(?:id|ids|no|nr|number|code|key|uuid|guid|pid|"
    r"token)\.?$",
    re.IGNORECASE,
)
ID_CELL = re.compile(r"[\w.:{}+-]{1,64}")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?")
NUMBER = re.compile(r"-?\d+([.,]\d+)?")
TICKED = {
    "yes",
    "no",
    "y",
    "n",
    "1",
    "0",
    "true",
    "false",
    "checked",
    "unchecked",
    "ja",
    "nein",
    "oui",
    "non",
    "sí",
    "n/a",
}
CLOSED = ("single_choice", "multiple_choice", "rating", "status", "finished", "consent")
FEW = 5  # answers from which on free text is told by how people write
SEEN = 5000  # rows whose cells the guess looks at


@dataclass(frozen=True)
class Guess:
    """A column's role, the question it belongs to, its box or option, and the evidence."""

    role: str
    question: str
    part: str
    evidence: str
    option: str = ""  # the choice that this column alone stands for
    levels: tuple[str, ...] = ()  # of a rating in words, lowest first


def guess_roles(export: Export) -> dict[str, Guess]:
    """Return a guess for every column, in the export's order."""
    rows = export.rows[:SEEN]
    cells = {place: [row[place].strip() for row in rows] for place in range(len(export.columns))}
    groups: dict[str, list[int]] = {}
    for place, label in enumerate(_question_labels(export, cells)):
        groups.setdefault(label, []).append(place)
    found: dict[str, Guess] = {}
    for number, (label, places) in enumerate(groups.items(), 1):
        for name, guess in _group(export, label, places, cells, f"q{number:02}"):
            found[name] = guess
    return _with_ids(export, {name: found[name] for name in export.names}, cells)


def _with_ids(export: Export, guesses: dict[str, Guess], cells: dict[int, list[str]]) -> dict[str, Guess]:
    """Return the guesses with an id among them where the tool states none: one cell a person, of one word with a digit.

    Taken for choices, ids would stand in the tables as they are. The first that is called an id becomes the
    respondent's (and is stored as a keyed digest), every other is dropped.
    """
    known = any(guess.role == "respondent_id" for guess in guesses.values())
    for place, column in enumerate(export.columns):
        guess = guesses[column.name]
        called = ID.search(column.name) or ID.search(column.label)
        if guess.role not in ("single_choice", "rating", *(("metadata", "identifying") if called else ())):
            continue
        if not _are_ids(cells[place], called is not None):
            continue
        role = "respondent_id" if called and not known else "identifying" if guess.role != "metadata" else "metadata"
        known = known or role == "respondent_id"
        guesses[column.name] = Guess(role, column.name, guess.part, _evidence(cells[place], role))
    return guesses


def _are_ids(cells: Sequence[str], called: bool) -> bool:
    """Say whether cells are ids: all filled, hardly one twice, of one word; without the name, also long and mixed."""
    filled = [cell for cell in cells if cell]
    if len(filled) < len(cells) or len(filled) < FEW or len(set(filled)) < 0.9 * len(filled):
        return False
    if called:
        return all(ID_CELL.fullmatch(cell) for cell in filled)
    return all(len(cell) >= 8 and ID_CELL.fullmatch(cell) and re.search(r"\d", cell) for cell in filled)


def _question_labels(export: Export, cells: dict[int, list[str]]) -> list[str]:
    """Return each column's question. Typeform has a column per option, named by the option: neighbours are one."""
    labels = [column.label or column.name for column in export.columns]
    if export.tool != "typeform":
        return labels
    run = 0
    for place, column in enumerate(export.columns):
        if {cell for cell in cells[place] if cell} == {column.label}:
            run = run or place
            labels[place] = f"choices from {export.columns[run].label}"
        else:
            run = 0
    return labels


def _group(
    export: Export, label: str, places: Sequence[int], cells: dict[int, list[str]], question: str
) -> list[tuple[str, Guess]]:
    """Guess the columns of one question together."""
    columns = [export.columns[place] for place in places]
    main = [place for place in places if not OTHER.search(export.columns[place].part)] or list(places)
    pooled = [cell for place in main for cell in cells[place] if cell]
    kind = kind_of(pooled, len(main))
    if kind == "single_choice" and _own_words(label, pooled):
        kind = "open"
    levels = levels_of(pooled) if kind.endswith("_choice") else ()
    if levels:
        kind = "rating"
    boxed = any(column.is_option for column in columns)
    ticked = len(places) > 1 and bool(pooled) and {cell.lower() for cell in pooled} <= TICKED
    chosen = label.startswith("choices from ") and export.tool == "typeform"
    found = []
    for place, column in zip(places, columns, strict=True):
        role = _role(export, place, column, kind, place in main, len(pooled) < FEW)
        if role == "open" and _addresses(cells[place]):
            role = "identifying"  # whatever was asked, nobody's thoughts stand here
        option = ""
        if role in ("single_choice", "multiple_choice", "rating", "other_text", "metadata", "ignored", "open"):
            if boxed and not column.is_option:
                role = "ignored"  # the same answers joined in one cell; the boxes say them without doubt
            elif column.is_option or chosen or (ticked and column.part and role != "other_text"):
                role, option = "multiple_choice", column.part or column.label
        own = len(places) == 1 and not column.is_option
        name = column.name if own else question
        found.append((column.name, Guess(role, name, column.part, _evidence(cells[place], role), option, levels)))
    return found


def kind_of(cells: Sequence[str], n_columns: int) -> str:
    """Return open, single_choice, multiple_choice, rating or metadata for a question's filled cells."""
    if not cells:
        return "ignored"
    if all(DATE.fullmatch(cell) for cell in cells[:50]):
        return "metadata"
    distinct = len({cell.lower() for cell in cells}) / len(cells)
    words = [len(cell.split()) for cell in cells]
    if all(NUMBER.fullmatch(cell) for cell in cells):
        few = len(set(cells)) <= 11
        return "rating" if few else "metadata"
    if _is_free(distinct, words, len(cells)):
        return "open"
    if n_columns > 1 and len(set(cells)) <= 30 and distinct < 0.2:
        return "multiple_choice"
    joined = sum(";" in cell or ", " in cell for cell in cells)
    several = joined > len(cells) / 10 and distinct < 0.6 and _names_several(cells)
    return "multiple_choice" if several else "single_choice"


def _names_several(cells: Sequence[str]) -> bool:
    """Say whether a cell names two choices; "Other, please specify" is one with a comma in it."""
    options = find_options(cells)
    return any(len(chosen(cell, options)) > 1 for cell in set(cells))


def _addresses(cells: Sequence[str]) -> bool:
    """Say whether nearly all filled cells are an e-mail address and nothing else."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(EMAIL.fullmatch(cell) is not None for cell in filled) > 0.8 * len(filled)


def _is_free(distinct: float, words: Sequence[int], n: int) -> bool:
    """Say whether people wrote freely: mostly answers of their own, and several words or a good share of long ones."""
    long = sum(count >= 5 for count in words) / n
    if n < FEW:
        return long > 0.5
    return distinct >= 0.5 and (long >= 0.15 or sum(words) / n >= 4)


def _own_words(label: str, cells: Sequence[str]) -> bool:
    """Say whether repeated answers are still people's own words: the question asks for words, or they hold an address.

    Taken for choices, they would not be scrubbed.
    """
    different = sorted(set(cells))
    if (
        len(different) > 2
        and WORDS.search(label)
        and sum(len(cell.split()) for cell in different) >= 2 * len(different)
    ):
        return True
    return any(scrub(cell)[1] for cell, may in zip(different, suspects(different), strict=True) if may)


def _role(export: Export, place: int, column: Column, kind: str, is_main: bool, few: bool) -> str:
    """Return one column's role. few: too few answers to tell free text by, so that the tool's own word counts."""
    known = own_role(export.tool, column.name, column.label, place == 0)
    if known:
        return known
    name, label = column.name, column.label
    if name.lower() in METADATA:
        return "metadata"
    if column.kind == "identifying":
        return column.kind
    short = len(label) <= 30  # "Your e-mail address", not a question that happens to say "address"
    if IDENTIFYING.search(name) or (short and IDENTIFYING.search(label)):
        return "identifying"
    if CONSENT.search(label) and kind in ("single_choice", "multiple_choice"):
        return "consent"
    if not is_main:
        return "other_text"
    if column.kind == TYPED:
        return "open" if kind.endswith("_choice") and few else kind
    return column.kind or kind


def _evidence(cells: Sequence[str], role: str) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return "empty"
    length = sum(map(len, filled)) / len(filled)
    said = f"{len(filled)} of {len(cells)} filled, {len(set(filled))} distinct, mean length {length:.0f}"
    if role in CLOSED:
        counts = Counter(filled)
        common = min(counts, key=lambda cell: (-counts[cell], cell))
        said += f", often {common[:40]!r}"
    return said
