"""The tables behind the report as CSV files: what the text, the figures and the joint display rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.report import catalogue, frames, meant, paper, papertables, promised, render, save, wordings
from pipeline.report.given import Given
from pipeline.report.joint import joint_display
from pipeline.report.quotes import quotable
from pipeline.speech import ENGLISH, speaking

CHECKLISTS = ("coreq", "srqr", "jars-mixed")
READS = (*catalogue.READS, "disputes", "open_units", "assignments", "decisions", "codings", "judgements", "sense_words",
         "planned", "authors", "accuracy", "confidence", "usage_shares", "coverage", "completion",
         "facets")  # fmt: skip
PLAIN = (
    "flow",
    "ambiguity",
    "evidence",
    "shares",
    "usage_shares",
    "coverage",
    "completion",
    "disputes",
    "prevalence",
    "agreement",
    "confusions",
    "disagreements",
    "code_use",
    "orders",
    "open_units",
    "glossary",
    "sense_words",
    "topic_words",
)


def write_tables(given: Given) -> None:
    """Write reports/<study>/tables/*.csv, in English; respondents appear under P-numbers."""
    with speaking(ENGLISH):
        _write_tables(given)


def _write_tables(given: Given) -> None:
    folder = given.study.reports / "tables"
    found = {name: given[name] for name in PLAIN}
    found["orders"] = given["orders"].assign(respondent_id=given["orders"].respondent_id.map(given.people))
    found["quotes"] = _quotes(given)
    found["joint_display"] = joint_display(given).drop(columns=["usage_id", "response_id"], errors="ignore")
    found["beside"] = wordings.beside_words(given)
    found["co_occurrence"] = frames.co_occurrence(given)
    book = {"rule_quality": given.book.quality, "classifiers": given.book.classifiers, "covering": given.book.topics}
    found |= {name: frame for name, frame in book.items() if len(frame)}
    found |= promised.tables(given) | meant.tables(given)
    for name, frame in found.items():
        save.save_csv(folder / f"{name}.csv", frame)
    save.remove_others(folder, {f"{name}.csv" for name in (*found, "quoted")}, (".csv",))


def write_paper(given: Given, content: Mapping[str, Any], methods: str) -> None:
    """Write what a manuscript takes over: numbers.tex, methods with their references, checklists, who is quoted.

    Numbers and checklists are in English, whatever the report speaks: LaTeX and guidelines read them so.
    """
    folder = given.study.reports / "paper"
    people = paper.quoted(given, content)
    with speaking(ENGLISH):
        known = paper.facts(given, people)
        save.save_text(folder / "numbers.tex", paper.numbers_tex(paper.numbers(given)))
        for name in CHECKLISTS:
            save.save_csv(folder / f"{name}.csv", paper.checklist(render.template(f"checklists/{name}.csv"), known))
    save.save_text(folder / "methods.md", methods)
    save.save_text(folder / "methods.bib", render.template("methods.bib"))
    save.save_csv(given.study.reports / "tables" / "quoted.csv", people)
    _write_agreement(given)


def _write_agreement(given: Given) -> None:
    """Write the agreement table as LaTeX, CSV and DOCX; none of them where there is nothing to show."""
    folder = given.study.reports / "paper"
    if given["agreement"].empty:
        kept = {"numbers.tex", *(f"{name}.csv" for name in CHECKLISTS)}
        save.remove_others(folder, kept, (".tex", ".csv", ".docx"))
        return
    save.save_text(folder / "agreement.tex", papertables.as_latex(given))
    with speaking(ENGLISH):
        save.save_csv(folder / "agreement.csv", papertables.as_frame(given))
    text = papertables.as_markdown(given)
    render.write(folder, {"agreement.docx": render.docx(given.study, text, folder, contents=False)})


def _quotes(given: Given) -> pd.DataFrame:
    usages = quotable(given, given.judged).sort_values("usage_id")
    return usages.assign(
        respondent=usages.respondent_id.map(given.people),
        term=usages.term_id.map(given.terms),
        sense=usages.sense_id.map(given.sense_name),
        text=usages.response_id.map(given.answers.text),
        question=usages.question_id.map(given.study.label),
    )[["respondent", "term", "sense", "question", "surface", "text", "usage_id"]]
