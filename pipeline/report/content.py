"""Everything the report's template says, taken from tables: no number is typed there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pipeline.report import (
    agreed,
    ahead,
    approach,
    catalogue,
    findings,
    frames,
    limits,
    meant,
    methods,
    promised,
    rows,
    settled,
    undecided,
    wordings,
)
from pipeline.report.codebook import codebook_content
from pipeline.report.given import Given
from pipeline.report.markdown import Numbering, link, quote
from pipeline.report.quotes import quotable
from pipeline.report.sections import shown
from pipeline.report.words import slug
from pipeline.wording import interval, listed, of, percent, plural

UNJUDGED = 20  # words nobody judged that are named
RULES = {
    "single": "one coder's decision counts",
    "unanimous": "all who read it agree",
    "majority": "most who read it agree",
    "negotiated": "agreed in discussion",
    "adjudicated": "settled by an adjudicator",
    None: "majority, where several read it",
}


def content(given: Given, captions: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """Return the template's names and values."""
    number = Numbering(dict(captions))
    general = {
        "number": number,
        "shows": lambda name: shown(name, given.study.survey.report.sections),
        "quote": partial(quote, language=given.study.survey.language),
        "listed": listed,
        "plural": plural,
        "small": given.small,
        "small_bound": given.study.survey.report.small,
        "share": lambda sense: _share(given, sense),
        "share_short": lambda sense: _share(given, sense, short=True),
        "sentence": _sentence,
        "wording": lambda term: wordings.wording(given, term.term_id),
        "figure_name": lambda kind, term: f"{kind}-{slug(term.term_id)}",
        "numbers": _numbers(given),
        "lefts": lambda headers: "l" * len(headers),
        "rights": lambda headers: "l" + "r" * (len(headers) - 1),
        "columns": _columns,
    }
    sections = (
        _terms, _ratings, _themes, codebook_content, _open, _people, _methods,
        approach.section, settled.section, promised.section, meant.section, limits.section, ahead.section,
    )  # fmt: skip
    return joined(general, *(said(given) for said in sections))


def joined(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return one dictionary of several; a name used twice would show one section's rows in another's table."""
    found: dict[str, Any] = {}
    for part in parts:
        if twice := sorted(found.keys() & part.keys()):
            raise ValueError(f"two sections of the report use the name {listed(twice)}")
        found.update(part)
    return found


def _share(given: Given, sense: findings.SenseFinding, *, short: bool = False) -> str:
    base = sense.base
    if given.small or base < given.study.survey.report.small:
        return of(sense.n_respondents, base) + ("" if short else " respondents")
    around_it = interval(sense.ci_low, sense.ci_high, as_percent=True)
    said = f"{percent(sense.n_respondents / base)} ({of(sense.n_respondents, base)}"
    return f"{said})" if short else f"{said}{f'; 95 % interval {around_it}' if around_it else ''}) of respondents"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _columns(headers: Sequence[str], first: int) -> list[int]:
    """Return widths: the first column as given, the others alike."""
    return [first, *[max(8, (100 - first) // max(1, len(headers) - 1))] * (len(headers) - 1)]


def _numbers(given: Given) -> dict[str, int]:
    """Return the number that a usage has on its term's map, for every usage that is quoted there."""
    found: dict[str, int] = {}
    for term in catalogue.shown_terms(given):
        named = frames.usage_map(given, term)
        named = named[named.number.notna()]
        found |= {usage: int(number) for usage, number in zip(named.usage_id, named.number, strict=True)}
    return found


def _terms(given: Given) -> dict[str, Any]:
    terms = findings.judged_terms(given)
    proposed, more = findings.proposed_terms(given) if not given.small else ([], 0)
    senses = [sense for term in terms for sense in term.senses]
    statuses = dict(zip(given["glossary"].sense_id, given["glossary"].status, strict=True))
    return {
        "terms": terms,
        "ambiguous": [f"“{term.label}”" for term in terms if term.ambiguous],
        "steady": [link(f"“{term.label}”", term.anchor) for term in terms if not term.ambiguous],
        "proposed": proposed,
        "completeness_rows": wordings.completeness_rows(given),
        "proposal_rows": rows.proposal_rows(given, proposed),
        "n_proposed": len(proposed) + more,
        "n_terms": len(given["terms"]),
        "term_rows": rows.term_rows(given, terms),
        "groups": lambda term: [
            (f"“{term.label}”: respondents by sense and {by.lower()}", *rows.by_group(given, term, by))
            for by, _ in rows.group_columns(given, term)
        ],
        "rule_said": (
            "at least two senses, each used by three or more respondents and by a tenth of those who used the word "
            "codably."
        ),
        "glossary_rows": [
            [
                given.terms.get(term.term_id, term.term_id),
                sense.name,
                sense.definition or "not yet defined",
                statuses.get(sense.sense_id, ""),
            ]
            for term in terms
            for sense in term.senses
        ]
        if senses
        else [],
    }


def _ratings(given: Given) -> dict[str, Any]:
    if given["ratings"].empty:
        return {"order_rows": [], "joint_rows": [], "dispute_rows": []}
    headers, shown, every = rows.joint_rows(given, most=None if given.small else rows.JOINT_ROWS)
    ordered = frames.orders(given)
    names = [
        given.study.label(q).lower() for q in given.study.survey.questions if q in set(given["ratings"].question_id)
    ]
    caption = ""
    if len(ordered):
        caption = f"Pairs of rated items: {ordered.a.iloc[0].lower()} against {ordered.b.iloc[0].lower()}"
    extra = max(0, len(headers) - 3)
    return {
        "dispute_rows": rows.dispute_rows(given),
        "order_rows": rows.order_rows(given),
        "order_caption": caption,
        "joint_headers": headers,
        "joint_rows": shown,
        "joint_widths": [15, *[10] * extra, 20, max(25, 65 - 10 * extra)],
        "n_joint": every,
        "joint_reads": " / ".join(names),
        "joint_said": "One row per respondent and what the answer is about." if every else "",
    }


def _themes(given: Given) -> dict[str, Any]:
    headers, prevalence = rows.prevalence_rows(given) if len(given["prevalence"]) else ([], [])
    overall = frames.prevalence(given)
    overall = overall[overall.column == "All questions"] if len(overall) else overall
    top = overall.sort_values(["n_respondents", "code_id"], ascending=[False, True]).head(3)
    return {
        "prevalence_headers": headers,
        "prevalence_rows": prevalence,
        "rule_rows": rows.rule_rows(given) if prevalence else [],
        "prevalence_groups": [f"prevalence-{slug(by)}" for by in given.study.survey.report.groups],
        "top_codes": [
            (link(r.code, rows.code_anchor(r.code_id)), of(int(r.n_respondents), int(r.base))) for r in top.itertuples()
        ],
        "n_codes": len(given.codes),
        "machine_code_rows": rows.machine_code_rows(given),
        "topic_rows": rows.topic_rows(given) if len(given["topics"]) and not given.small else [],
        "code_rows": rows.code_rows(given),
        "codebook_caption": "The codebook",
    }


def _open(given: Given) -> dict[str, Any]:
    units, n_open = undecided.open_units(given)
    states = undecided.states(given)
    names = {
        "unit_kind": "Unit",
        "all": "Given out",
        "coded": "Decided",
        "not reached": "Not reached",
        **undecided.STATES,
    }
    order = [name for name in ("unit_kind", "all", "coded", *undecided.STATES, "not reached") if name in states]
    rest = findings.unremarkable(given)
    rest = rest[rest.role != "candidate"] if len(given.judged) else rest.head(0)
    return {
        "open_units": units,
        "n_open": n_open,
        "open_rows": [[u.person, u.where, u.text, u.reason] for u in units],
        "state_headers": [names[name].capitalize() for name in order],
        "state_rows": [
            [row[name] if name == "unit_kind" else f"{row[name]:,}" for name in order]
            for row in states.to_dict("records")
        ],
        "undefined_senses": undecided.undefined_senses(given),
        "unused_senses": undecided.unused_senses(given),
        "unjudged": [f"“{label}”" for label in rest.label.head(UNJUDGED)],
        "n_unjudged": len(rest),
    }


def _people(given: Given) -> dict[str, Any]:
    flow = frames.flow(given)
    work = given["assignments"]
    coders = sorted(work.coder_id.dropna().unique())
    return {
        "n_respondents": given.n_respondents,
        "n_responses": len(given["responses"]),
        "n_questions": given["responses"].question_id.nunique(),
        "flow_first": int(flow.n_rows.iloc[0]) if len(flow) else 0,
        "respondent_rows": rows.respondent_rows(given),
        "text_rows": rows.text_rows(given),
        "respondents_caption": f"Who answered ({plural(given.n_respondents, 'respondent')})",
        **agreed.section(given),
        "no_interval": _least(given),
        "n_coders": len(coders),
        "coders_said": f" ({listed(coders)})" if coders else "",
        "n_assignments": len(work),
        "n_excerpt_units": work[work.unit_kind == "excerpt"].unit_id.nunique(),
        "n_usage_units": work[work.unit_kind == "usage"].unit_id.nunique(),
    }


def _least(given: Given) -> str:
    """Return the number of units under which no interval is given, as the agreement table's own notes say it."""
    notes = given["agreement"].note.dropna().astype("str")
    found = [hit[1] for note in notes if (hit := re.search(r"no interval: .*at least (\d+)", note))]
    return found[0] if found else ""


def _methods(given: Given) -> dict[str, Any]:
    return {
        "synthetic": given.study.synthetic,
        "about": given.study.survey.about,
        "record_rule": RULES[given.study.survey.coding.record],
        **methods.section(given),
    }


def consented(given: Given) -> int:
    """Return how many respondents may be quoted."""
    return len(quotable(given, given["respondents"]))
