r"""For the manuscript: every number as a LaTeX macro, who is quoted how often, checklists filled as far as data can.

A macro is `\sw` and words in capitals, e.g. `\swRespondents` or `\swTermSimilarUsages`: the same name always means the
same count, so that a manuscript can be held against today's tables.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipeline import __version__
from pipeline.report.content import RULES
from pipeline.report.given import Given
from pipeline.report.words import one_line
from pipeline.wording import decimal, missing, plural

MACRO = re.compile(r"\\(?:re)?newcommand\{?\\(sw[A-Za-z]+)\}?\{([^{}]*)\}")
USE = re.compile(r"\\(sw[A-Z][A-Za-z]*)")
DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def numbers(given: Given) -> dict[str, str]:
    """Return macro name -> value for every number a paper may want."""
    found = {
        "swRespondents": str(given.n_respondents),
        "swAnswers": str(len(given["responses"])),
        "swQuestions": str(given["responses"].question_id.nunique()),
        "swExcerpts": str(len(given["excerpts"])),
        "swCoders": str(given["assignments"].coder_id.nunique()),
        "swOpenUnits": str(len(given["open_units"])),
    }
    return {**found, **dict(_term_numbers(given)), **dict(_code_numbers(given)), **dict(_agreed(given))}


def _term_numbers(given: Given) -> Iterator[tuple[str, str]]:
    judged = given["ambiguity"][given["ambiguity"].term_id.isin(given["shares"].term_id)]
    for row in judged.to_dict("records"):
        name = f"swTerm{_macro(row['term_id'])}"
        yield f"{name}Usages", str(int(row["n_usages"]))
        yield f"{name}Respondents", str(int(row["n_respondents"]))
        yield f"{name}Differ", decimal(row["score"])
    shares = given["shares"].fillna({"group_by": ""})
    for row in shares[shares.group_by == ""].to_dict("records"):
        yield f"swSense{_macro(row['sense_id'])}", str(int(row["n_respondents"]))
        yield f"swSense{_macro(row['sense_id'])}Base", str(int(row["base"]))


def _code_numbers(given: Given) -> Iterator[tuple[str, str]]:
    table = given["prevalence"].fillna({"group_by": "", "question_id": ""})
    for row in table[(table.group_by == "") & (table.question_id == "")].to_dict("records"):
        yield f"swCode{_macro(row['code_id'])}", str(int(row["n_respondents"]))
        yield f"swCode{_macro(row['code_id'])}Base", str(int(row["base"]))


def _agreed(given: Given) -> Iterator[tuple[str, str]]:
    table = given["agreement"]
    for row in table[table.coefficient == "alpha"].to_dict("records"):
        kind, _, one = row["scope"].partition(":")
        if kind in ("code", "term", "all codes") and not missing(row["value"]):
            yield f"swAlpha{_macro(f'{kind} {one}')}", decimal(row["value"])


def _macro(name: str) -> str:
    """Return a name with letters only: "similar.visual" -> "SimilarVisual", digits in words."""
    spelt = re.sub(r"\d", lambda digit: f" {DIGITS[int(digit[0])]} ", name)
    return "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z]+", spelt)) or "X"


def numbers_tex(found: Mapping[str, str]) -> str:
    r"""Return numbers.tex; read it with \input{numbers}."""
    lines = [f"\\newcommand{{\\{name}}}{{{value.replace('−', '$-$')}}}" for name, value in sorted(found.items())]
    return "\n".join(["% Written by sameword report; numbers come from tables.", *lines, ""])


def stale(manuscript: str, found: Mapping[str, str]) -> list[str]:
    """Return what in a manuscript's text is not what the tables give: changed values, unknown macros."""
    current = {name: value.replace("−", "$-$") for name, value in found.items()}
    out = []
    for line, text in enumerate(manuscript.splitlines(), 1):
        for name, value in MACRO.findall(text):
            if name in current and current[name] != value:
                out.append(f"line {line}: \\{name} is {value} here, {current[name]} in the tables")
        for name in USE.findall(text):
            if name not in current:
                out.append(f"line {line}: no table gives \\{name}")
    return out


def quoted(given: Given, content: Mapping[str, Any]) -> pd.DataFrame:
    """Return how often each respondent is quoted in the report: respondent, n_quotes."""
    said = [
        quote.person for term in content["terms"] for sense in [*term.senses, *term.others] for quote in sense.quotes
    ]
    said += [quote.person for term in content["proposed"] for group in term.groups for quote in group.quotes]
    counts = pd.Series(said, dtype="object").value_counts()
    people = sorted(given.people.values())
    return pd.DataFrame({"respondent": people, "n_quotes": [int(counts.get(person, 0)) for person in people]})


def checklist(template: str, facts: Mapping[str, str]) -> pd.DataFrame:
    """Return a checklist with answers where the study's files know them, open where only the authors do."""
    rows = list(csv.DictReader(io.StringIO(template)))
    for row in rows:
        row["answer"] = row["answer"].format_map(facts)
    return pd.DataFrame(rows)


def facts(given: Given, people: pd.DataFrame) -> dict[str, str]:
    """Return what checklists can be told."""
    survey, coders = given.study.survey, given["assignments"].coder_id.nunique()
    dropped = given["flow"][given["flow"].n_dropped > 0]
    waves = given["respondents"].wave.nunique()
    return {
        "respondents": str(given.n_respondents),
        "answers": str(len(given["responses"])),
        "questions": str(len(given.study.open_questions())),
        "approach": survey.coding.approach,
        "flow": "; ".join(f"{one_line(r.label)}: {r.n_dropped} left out" for r in dropped.itertuples())
        or "none recorded",
        "waves": f"{waves} waves" if waves > 1 else "No, one wave.",
        "coders": plural(coders, "coder") if coders else "nobody has coded yet",
        "codes": str(len(given.codes)),
        "version": __version__,
        "quoted": str(int((people.n_quotes > 0).sum())),
        "open": str(len(given["open_units"])),
        "ethics": survey.privacy.ethics_approval or "",
        "rule": RULES[survey.coding.record],
    }
