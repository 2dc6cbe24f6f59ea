"""What an approach to coding asks of the report: what is shown first, what is judged, what is never computed.

Sources: O'Connor & Joffe 2020 (coding reliability); Krippendorff 2018 (content analysis); Brooks et al. 2015 (template
analysis); Campbell et al. 2013 (negotiated agreement); Braun & Clarke 2019 (reflexive thematic analysis).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.report.given import Given
from pipeline.report.words import Markdown, inert
from pipeline.speech import message, phrase
from pipeline.wording import missing

EXCERPTS = 6  # of a theme, in studies that do not show them all


@dataclass(frozen=True)
class Manner:
    """verdicts: agreement is held against thresholds; why: the sentence that says what agreement is for."""

    name: str
    verdicts: bool
    why: str


MANNERS = {
    "coding-reliability": Manner(
        message("coding reliability"),
        True,
        message(
            "Coders applied one codebook independently of each other; agreement is reported as evidence that it can be "
            "applied alike [@oconnor2020]."
        ),
    ),
    "content-analysis": Manner(
        message("content analysis"),
        True,
        message(
            "Codes are counted, and agreement between independent coders is the condition for that: a count rests on "
            "its code’s own alpha, not on an average over codes [@krippendorff2018]."
        ),
    ),
    "codebook": Manner(
        message("codebook analysis (template or framework)"),
        False,
        message(
            "Agreement shows where the codebook is unclear, and which excerpts to talk about; no threshold decides "
            "what is reported [@brooks2015]."
        ),
    ),
    "negotiated": Manner(
        message("negotiated agreement"),
        False,
        message(
            "Coders coded independently, met, and settled what they disputed; what counts is what they settled. "
            "Agreement is computed on decisions before discussion only, and says how much there was to settle "
            "[@campbell2013]."
        ),
    ),
    "reflexive": Manner(
        message("reflexive thematic analysis"),
        False,
        message(
            "Themes are interpretations by the researchers named here. Agreement between coders is not computed, and "
            "neither are percentages, rankings or saturation: coding is not measurement in this approach, and two "
            "readings of an excerpt need not be one [@braun2019]."
        ),
    ),
}


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for what the approach asks for."""
    approach = given.study.survey.coding.approach
    manner = MANNERS[approach]
    reflexive = approach == "reflexive"
    return {
        "approach": approach,
        "approach_why": Markdown(phrase(manner.why)),
        "reflexive": reflexive,
        "positionality": given.study.survey.coding.positionality.strip() if reflexive else "",
        "memo_rows": memo_rows(given) if reflexive else [],
        "interpretations": interpretations(given) if reflexive else [],
        "weak_codes": weak_codes(given) if approach == "content-analysis" else [],
    }


def memo_rows(given: Given) -> list[list[Any]]:
    """Return memos in the order in which they were written: date, coder, about whom, memo."""
    rows = given["decisions"].merge(given["assignments"][["assignment_id", "coder_id", "unit_id"]], on="assignment_id")
    rows = rows[rows.memo.notna()].fillna({"decided_at": ""}).sort_values(["decided_at", "coder_id", "assignment_id"])
    who = dict(zip(given["excerpts"].excerpt_id, given["excerpts"].response_id, strict=True))
    who |= dict(zip(given["usages"].usage_id, given["usages"].response_id, strict=True))
    person = dict(zip(given["responses"].response_id, given["responses"].respondent_id, strict=True))
    about = {unit: given.people.get(person.get(response, ""), "–") for unit, response in who.items()}
    return [
        [row.decided_at[:10] or phrase("no date"), row.coder_id, about.get(row.unit_id, "–"), row.memo]
        for row in rows.itertuples()
        if str(row.memo).strip()
    ]


def interpretations(given: Given) -> list[dict[str, Any]]:
    """Return every theme with what the team wrote about it and excerpts that people coded with it."""
    work = given["assignments"][["assignment_id", "unit_id"]].rename(columns={"unit_id": "excerpt_id"})
    coded = given["codings"].merge(work, on="assignment_id").merge(given.codes[["code_id", "theme"]], on="code_id")
    found = []
    for theme in dict.fromkeys(given.codes.theme):
        mine = given.codes[given.codes.theme == theme]
        said = mine.theme_definition.iloc[0]
        excerpts = sorted(set(coded[coded.theme == theme].excerpt_id))
        found.append(
            {
                "name": theme,
                "text": "" if missing(said) else str(said).strip(),
                "codes": mine.name.tolist(),
                "quotes": _excerpts(given, excerpts),
            }
        )
    return found


def _excerpts(given: Given, wanted: list[str]) -> list[Markdown]:
    """Return excerpts as quotes, of as many people as there are before anybody speaks twice."""
    rows = given.placed(given["excerpts"][given["excerpts"].excerpt_id.isin(wanted)])
    rows = rows[~rows.respondent_id.isin(given.silent)]
    rows = rows.assign(person=rows.respondent_id.map(given.people)).sort_values(["person", "excerpt_id"])
    rows = rows.assign(turn=rows.groupby("person").cumcount()).sort_values(["turn", "person", "excerpt_id"])
    shown = rows if given.n_respondents < given.study.survey.report.small else rows.head(EXCERPTS)
    return [
        Markdown(
            f"\n::: quote\n{inert(row.text)} "
            f"[{inert(row.person)} · {inert(given.study.label(row.question_id))}]{{.who}}\n:::\n"
        )
        for row in shown.itertuples()
    ]


def weak_codes(given: Given) -> list[str]:
    """Return the codes whose counts do not rest on agreement: no interval, or one that begins under the threshold."""
    table = given["agreement"]
    low = given.study.survey.agreement.thresholds[0]
    alphas = table[(table.coefficient == "alpha") & table.scope.astype("str").str.startswith("code:")]
    weak = alphas[~(alphas.ci_low.astype("float64") >= low)]
    codes = {scope.removeprefix("code:") for scope in weak.scope}
    counted = set(given["prevalence"][given["prevalence"].n_respondents > 0].code_id)
    mine = pd.Series(sorted(codes & counted), dtype="object")
    return [given.code_name(code) for code in given.order_of_codes(mine) if code in codes & counted]
