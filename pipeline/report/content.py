"""Everything the report's template says, taken from tables: no number is typed there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pipeline import wording
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
from pipeline.report.markdown import Numbering, link, quote, theirs
from pipeline.report.quotes import quotable
from pipeline.report.saying import listed, phrase, quoted
from pipeline.report.sections import shown
from pipeline.report.words import Markdown, slug
from pipeline.speech import message, number
from pipeline.wording import inside, of, plural, share

UNJUDGED = 20  # words nobody judged that are named
NAMED = 8  # words worth checking that the first lines name
RULES = {
    "single": message("one coder's decision counts"),
    "unanimous": message("all who read it agree"),
    "majority": message("most who read it agree"),
    "negotiated": message("agreed in discussion"),
    "adjudicated": message("settled by an adjudicator"),
    None: message("majority, where several read it"),
}


def content(given: Given, captions: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """Return the template's names and values."""
    general = {
        "number": Numbering(dict(captions)),
        "shows": lambda name: shown(name, given.study.survey.report.sections),
        "quote": partial(quote, language=given.study.survey.language),
        "theirs": partial(theirs, language=given.study.survey.language),
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
        counts = of(sense.n_respondents, base)
        return counts if short else phrase("{counts} respondents", counts=counts)
    low, high = (None, None) if short else (sense.ci_low, sense.ci_high)
    said = share(sense.n_respondents, base, small=False, low=low, high=high)
    return said if short else phrase("{share} of respondents", share=said)


def _and_more(names: Markdown, more: int) -> Markdown:
    return phrase("{names} and {n} more", names=names, n=more) if more > 0 else names


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _columns(headers: Sequence[str], first: int) -> list[int]:
    """Return widths: the first column as given, the others alike."""
    return [first, *[max(8, (100 - first) // max(1, len(headers) - 1))] * (len(headers) - 1)]


def _numbers(given: Given) -> dict[str, int]:
    """Return the number that a usage has on its term's map, for every usage that is quoted there."""
    found: dict[str, int] = {}
    for term in catalogue.shown_terms(given):
        found |= frames.map_numbers(given, term)
    return found


def _terms(given: Given) -> dict[str, Any]:
    terms = findings.judged_terms(given)
    proposed, more = findings.proposed_terms(given) if not given.small else ([], 0)
    senses = [sense for term in terms for sense in term.senses]
    statuses = dict(zip(given["glossary"].sense_id, given["glossary"].status, strict=True))
    return {
        "terms": terms,
        "ambiguous": [quoted(term.label) for term in terms if term.ambiguous],
        "steady": [link(quoted(term.label), term.anchor) for term in terms if not term.ambiguous],
        "proposed": proposed,
        "completeness_rows": wordings.completeness_rows(given),
        "proposal_rows": rows.proposal_rows(given, proposed),
        "proposed_said": _and_more(
            Markdown(", ".join(link(quoted(term.label), term.anchor) for term in proposed[:NAMED])),
            len(proposed) + more - NAMED,
        ),
        "n_proposed": len(proposed) + more,
        "n_terms": len(given["terms"]),
        "term_rows": rows.term_rows(given, terms),
        "groups": lambda term: [
            (
                phrase("“{word}”: respondents by sense and {group}", word=term.label, group=inside(by)),
                headers,
                cells,
            )
            for by, headers, cells in rows.by_groups(given, term)
        ],
        "glossary_rows": [
            [
                given.terms.get(term.term_id, term.term_id),
                sense.name,
                sense.definition or phrase("not yet defined"),
                rows.status(statuses.get(sense.sense_id, "")),
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
        inside(given.study.label(q)) for q in given.study.survey.questions if q in set(given["ratings"].question_id)
    ]
    caption = ""
    if len(ordered):
        caption = phrase(
            "Pairs of rated items: {a} against {b}", a=inside(ordered.a.iloc[0]), b=inside(ordered.b.iloc[0])
        )
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
        "joint_said": phrase("One row per respondent and what the answer is about.") if every else "",
    }


def _themes(given: Given) -> dict[str, Any]:
    headers, prevalence = rows.prevalence_rows(given) if len(given["prevalence"]) else ([], [])
    overall = frames.prevalence(given)
    overall = overall[overall.column == phrase(frames.ALL)] if len(overall) else overall
    top = overall.sort_values(["n_respondents", "code_id"], ascending=[False, True]).head(3)
    return {
        "prevalence_headers": headers,
        "prevalence_rows": prevalence,
        "rule_rows": rows.rule_rows(given) if prevalence else [],
        "prevalence_groups": [f"prevalence-{slug(by)}" for by in given.study.survey.report.groups],
        "top_codes": Markdown(
            ", ".join(
                f"{link(r.code, rows.code_anchor(r.code_id))} ({of(int(r.n_respondents), int(r.base))})"
                for r in top.itertuples()
            )
        ),
        "n_codes": len(given.codes),
        "machine_code_rows": rows.machine_code_rows(given),
        "topic_rows": rows.topic_rows(given) if len(given["topics"]) and not given.small else [],
        "code_rows": rows.code_rows(given),
        "codebook_caption": phrase("The codebook"),
    }


def _open(given: Given) -> dict[str, Any]:
    units, n_open = undecided.open_units(given)
    states = undecided.states(given)
    names = {
        "unit_kind": phrase("Unit"),
        "all": phrase("Given out"),
        "coded": phrase("Decided"),
        "not reached": phrase("Not reached"),
        **{name: phrase(said) for name, said in undecided.STATES.items()},
    }
    order = [name for name in ("unit_kind", "all", "coded", *undecided.STATES, "not reached") if name in states]
    rest = findings.unremarkable(given)
    rest = rest[rest.role != "candidate"] if len(given.judged) else rest.head(0)
    return {
        "open_units": units,
        "n_open": n_open,
        "open_rows": [[u.person, u.where, u.text, u.reason] for u in units],
        "state_headers": [f"{names[name][:1].upper()}{names[name][1:]}" for name in order],
        "state_rows": [
            [phrase(undecided.KINDS[row[name]]) if name == "unit_kind" else number(row[name]) for name in order]
            for row in states.to_dict("records")
        ],
        "undefined_senses": undecided.undefined_senses(given),
        "unused_senses": undecided.unused_senses(given),
        "unjudged": len(rest) > 0,
        "unjudged_said": _and_more(
            listed([quoted(label) for label in rest.label.head(UNJUDGED)]), len(rest) - UNJUDGED
        ),
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
        "respondents_caption": phrase(
            "Who answered ({respondents})", respondents=plural(given.n_respondents, "respondent")
        ),
        **agreed.section(given),
        "no_interval": _least(given),
        "n_coders": len(coders),
        "coders_said": f" ({wording.listed(coders)})" if coders else "",
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
        "record_rule": phrase(RULES[given.study.survey.coding.record]),
        **methods.section(given),
    }


def consented(given: Given) -> int:
    """Return how many respondents may be quoted."""
    return len(quotable(given, given["respondents"]))
