"""A first survey.yaml from an export: every column with a role and its evidence, for a person to edit."""

from __future__ import annotations

import io
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from pipeline.survey.options import find_options
from pipeline.survey.recognise import Export
from pipeline.survey.roles import SEEN, Guess, guess_roles

LOOP = re.compile(r"(\d+)_(Q.+)")
MATRIX = re.compile(r"(Q\d+)_(\d+)")


def draft(export: Export, *, study: str, file: str) -> str:
    """Return the text of survey.yaml."""
    guesses = guess_roles(export)
    columns, items = CommentedMap(), CommentedMap()
    taken: set[tuple[str, str]] = set()  # what is asked about what: two columns that say the same differ by their place
    for number, column in enumerate(export.columns, 1):
        guess = guesses[column.name]
        entry = CommentedMap({"role": guess.role})
        if guess.role in ("open", "rating", "single_choice", "multiple_choice", "other_text"):
            question, item = _place(column.name, guess)
            again = guess.role in ("open", "rating") and (question, item) in taken
            taken.add((question, item))
            item = "_".join(filter(None, (item, f"column{number}"))) if again else item
            if question != column.name:
                entry["question"] = question
            if item and guess.role in ("open", "rating"):
                entry["item"] = item
                items[item] = CommentedMap(column=str(number)) if again else _factors(item, guess)
            if guess.option:
                entry["option"] = guess.option
        entry["note"] = guess.evidence
        columns[column.name] = entry
    content = CommentedMap(study=study, title=study.replace("-", " ").capitalize(), language="en")
    content["exports"] = [CommentedMap(file=file)]
    content["columns"] = columns
    content["questions"] = _questions(export, guesses, columns)
    if items:
        content["items"] = items
    content["terms"] = {"watch": [], "reference": [], "ignore": []}
    content["coding"] = {"coders": []}
    content["report"] = {"groups": []}
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 110
    yaml.allow_unicode = True
    yaml.dump(content, out)
    return _head(export) + out.getvalue()


def _head(export: Export) -> str:
    return (
        f"# Written by `make new` from {export.tool} ({export.why}), {len(export.rows)} rows, {export.encoding}.\n"
        "# Check every role: respondent_id, occasion (which of a person's several rows), metadata, status, finished,\n"
        "# consent, quote_consent, language, open, translation (of:, translator:), single_choice, multiple_choice,\n"
        "# rating, other_text, identifying (dropped), ignored.\n"
        "# Watch the terms you care about under terms: watch. Then: make check-inputs, make report.\n"
    )


def _place(name: str, guess: Guess) -> tuple[str, str]:
    """Return (question_id, item_id): loops `1_Q7`, matrices `Q5_2`, and boxes of one question are items of it."""
    loop = LOOP.fullmatch(name)
    inner = loop.group(2) if loop else name
    matrix = MATRIX.fullmatch(inner) if guess.role == "rating" and not guess.levels else None  # statements differ
    parts = [f"loop{loop.group(1)}"] if loop else []
    if matrix:
        return matrix.group(1), "_".join([*parts, f"row{matrix.group(2)}"])
    if guess.part and guess.question != name:
        parts.append(_slug(guess.part))
    question = inner if loop else guess.question
    return question, "_".join(parts)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "part"


def _factors(item: str, guess: Guess) -> CommentedMap:
    factors = CommentedMap()
    for part in item.split("_"):
        if part.startswith("loop"):
            factors["loop"] = part[4:]
        elif part.startswith("row"):
            factors["row"] = part[3:]
        else:
            factors["box"] = guess.part or part
    return factors


def _questions(export: Export, guesses: dict[str, Guess], columns: CommentedMap) -> CommentedMap:
    found = CommentedMap()
    for column in export.columns:
        if guesses[column.name].role in ("open", "rating", "single_choice", "multiple_choice"):
            question: Any = columns[column.name].get("question", column.name)
            entry = found.setdefault(question, CommentedMap(text=column.label or column.name))
            if column.codes and guesses[column.name].role in ("single_choice", "rating"):
                entry["codes"] = dict(column.codes)
            if guesses[column.name].role == "multiple_choice" and not guesses[column.name].option:
                cells = [cell.strip() for cell in export.column(column.name)[:SEEN] if cell.strip()]
                if options := find_options(cells):
                    entry["options"] = options
            if guesses[column.name].role == "rating" and guesses[column.name].levels:
                entry["options"] = list(guesses[column.name].levels)
    return found
