"""Rows of the report's tables, ready to be set: cells are text or Markdown made by the program."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.notes import followed
from pipeline.report import frames
from pipeline.report.findings import TermFinding, TermProposed
from pipeline.report.given import Given
from pipeline.report.joint import joint_display
from pipeline.report.markdown import anchored, link, strong, theirs
from pipeline.report.quotes import AROUND, around
from pipeline.report.words import Markdown, one_line, slug
from pipeline.speech import message, number, phrase
from pipeline.wording import decimal, interval, missing, of, percent

Row = list[Any]
JOINT_ROWS = 12  # shown in the text of a large study; the file has them all
LEVELS = 12  # closed questions with more answers than this are not tabulated


def share_cell(given: Given, count: int, base: int) -> str:
    """Return "7 of 15", or "58 % (28 of 48)" where the base allows a percentage."""
    small = given.small or base < given.study.survey.report.small
    counts = of(count, base).replace(" ", "\u00a0")
    return counts if small or not base else f"{percent(count / base)} ({counts})"


def term_rows(given: Given, terms: list[TermFinding]) -> list[Row]:
    """Word, verdict, senses in use with their respondents, respondents, usages; not in small studies: two differ."""
    return [
        [
            link(term.label, term.anchor),
            strong(verdict(term.verdict)) if term.ambiguous else verdict(term.verdict),
            "; ".join(f"{sense.name} ({sense.n_respondents})" for sense in term.used) or "–",
            number(term.n_respondents),
            number(term.n_usages),
            *([] if given.small else [term.differ or "–"]),
        ]
        for term in terms
    ]


def proposal_rows(given: Given, terms: list[TermProposed]) -> list[Row]:
    """Word, usages, respondents, groups, their stability, what they may follow instead of a sense."""
    return [
        [
            anchored(link(term.label, term.anchor), term.row),
            number(term.n_usages),
            number(term.n_respondents),
            f"{len(term.groups)}",
            decimal(term.stability),
            followed(term.bound_to) or "–",
        ]
        for term in terms
    ]


VERDICTS = {
    "ambiguous": message("ambiguous"), "one sense": message("one sense"), "worth checking": message("worth checking"),
    "one sense is enough": message("one sense is enough"), "too few usages": message("too few usages"),
}  # fmt: skip
STATUSES = {"proposed": message("proposed"), "judged": message("judged"), "defined": message("defined")}


def verdict(name: str) -> str:
    """Return a verdict on a term in the language of the report."""
    return phrase(VERDICTS[name]) if name in VERDICTS else name


def status(name: str) -> str:
    """Return the status of a glossary entry in the language of the report."""
    return phrase(STATUSES[name]) if name in STATUSES else name


def by_groups(given: Given, term: TermFinding) -> list[tuple[str, list[str], list[Row]]]:
    """Per grouping question its label, headers and rows: senses against its groups, "7 of 15" per cell."""
    shares = frames.shares(given, term.term_id)
    found = []
    for by, mine in shares[shares.by != ""].groupby("by", sort=False):
        groups = list(dict.fromkeys(mine.group_label))
        rows: list[Row] = [[sense, *(["–"] * len(groups))] for sense in dict.fromkeys(mine.sense)]
        cells = {row[0]: row for row in rows}
        for row in mine.itertuples():
            cells[row.sense][1 + groups.index(row.group_label)] = of(int(row.n_respondents), int(row.base))
        found.append((str(by), [phrase("Sense"), *groups], rows))
    return found


def prevalence_rows(given: Given, by: str = "") -> tuple[list[str], list[Row]]:
    """Codes against questions or groups, each theme under its own heading."""
    frame = frames.prevalence(given, by)
    columns = list(dict.fromkeys(frame.column))
    rows: list[Row] = []
    theme = ""
    for (mine, code_id, code), part in frame.groupby(["theme", "code_id", "code"], sort=False):
        if mine != theme:
            rows.append([strong(mine), *[""] * len(columns)])
            theme = mine
        cells = part.set_index("column")
        counts = [_prevalence_cell(given, cells.loc[c]) if c in cells.index else "–" for c in columns]
        rows.append([code if by else anchored(code, code_anchor(code_id)), *counts])
    return [phrase("Code"), *columns], rows


def code_anchor(code_id: str) -> str:
    """Return where the table of codes by question speaks of a code."""
    return f"code-{slug(code_id)}"


def _prevalence_cell(given: Given, row: pd.Series) -> str:
    """Return counts and share; a weighted share says so and has the unweighted one beside it."""
    plain = share_cell(given, int(row.n_respondents), int(row.base))
    if missing(row.share_unweighted) or given.small or row.base < given.study.survey.report.small:
        return plain
    return phrase("{share} weighted; {plain} unweighted", share=percent(row.share), plain=plain)


def rule_rows(given: Given) -> list[Row]:
    """Return code, respondents if all readers had to agree, by the rule of record, if one were enough.

    Codes on which the three differ only: what a count owes to the rule.
    """
    table = given["prevalence"].fillna({"question_id": "", "group_by": ""})
    whole = table[(table.question_id == "") & (table.group_by == "")]
    whole = whole[(whole.n_union != whole.n_respondents) | (whole.n_intersection != whole.n_respondents)]
    order = {code: place for place, code in enumerate(given.order_of_codes(whole.code_id))}
    rows = sorted(whole.to_dict("records"), key=lambda row: order.get(row["code_id"], len(order)))
    return [
        [
            given.code_name(row["code_id"]),
            *(number(int(row[n])) for n in ("n_intersection", "n_respondents", "n_union")),
        ]
        for row in rows
    ]


def order_rows(given: Given) -> list[Row]:
    """Word, sense, respondents, pairs in the same order, tied, in the opposite order."""
    return [
        [r.term, r.sense, f"{r.n_respondents}", f"{r.n_concordant}", f"{r.n_tied}", f"{r.n_discordant}"]
        for r in frames.orders(given).itertuples()
    ]


PAIRS = {
    "between": message("any two"), "same rating": message("who gave an item the same rating"),
    "different rating": message("who gave an item different ratings"),
}  # fmt: skip


def dispute_rows(given: Given) -> list[Row]:
    """Return word, which pairs of respondents, how many differ in sense, respondents, pairs; ambiguous words only."""
    table = given["disputes"]
    said = given["ambiguity"][given["ambiguity"].verdict == "ambiguous"].term_id
    table = table[table.scope.isin(["same rating", "different rating"]) & table.term_id.isin(said)]
    rows: list[Row] = []
    for row in table.sort_values(["term_id", "scope"], ascending=[True, False]).itertuples():
        differ = decimal(row.value) if not given.small else of(round(row.value * row.n_pairs), int(row.n_pairs))
        around_it = "" if given.small else interval(row.ci_low, row.ci_high)
        differ += f" ({around_it})" if around_it else ""
        rows.append([given.terms[row.term_id], phrase(PAIRS[row.scope]), differ,
                     number(row.n_respondents), number(row.n_pairs)])  # fmt: skip
    return rows


def joint_rows(given: Given, *, most: int | None = None) -> tuple[list[str], list[Row], int]:
    """Return the joint display: headers, rows (different senses first when cut), number of all rows."""
    display = joint_display(given)
    if display.empty:
        return [], [], 0
    fixed = {"person", "wave", "context", "senses", "sense_ids", "usage_id", "response_id"}
    rated = [column for column in display if column not in fixed]
    shown = display
    if most is not None and len(display) > most:
        turn = display.assign(turn=display.groupby("sense_ids").cumcount(), none=display.sense_ids.eq(""))
        shown = (
            turn.sort_values(["none", "turn", "sense_ids", "person"]).head(most).sort_values(["sense_ids", "person"])
        )
    several = display.context.nunique() > 1
    rows: list[Row] = []
    for row in shown.to_dict("records"):
        said = f"{row['person']}, {row['context']}" if several else row["person"]
        cells = ["–" if missing(row[c]) else row[c] for c in rated]
        rows.append([said, *cells, row["senses"] or "–", _words(given, row)])
    return [phrase("Respondent"), *rated, phrase("Sense"), phrase("In their words")], rows, len(display)


def _words(given: Given, row: dict) -> Markdown:
    from pipeline.report.words import inert

    if row["person"] in {given.people[person] for person in given.silent}:
        return Markdown(f"*{phrase('not to be quoted')}*")
    language = given.study.survey.language
    usage = row["usage_id"]
    if missing(usage) or usage not in given.spans.index:
        text = one_line(given.answers.text[row["response_id"]])
        return Markdown(theirs(inert(text[:AROUND] + ("…" if len(text) > AROUND else "")), language))
    spot = given.spans.loc[usage]
    before, hit, after = around(given.answers.text[spot.response_id], int(spot.start), int(spot.end), most=90)
    words = Markdown(f"{inert(before).lstrip()}[{inert(hit)}]{{.hit}}{inert(after).rstrip()}")
    return Markdown(theirs(words, language))


def respondent_rows(given: Given) -> list[Row]:
    """Return Table 1: closed question, answer, respondents."""
    people = given["respondents"]
    rows: list[Row] = []
    for question in [column for column in people if column not in ("respondent_id", "wave", "quote_ok")]:
        values = people[question].dropna()
        counts = values[values.astype("str") != ""].value_counts()
        if not 1 < len(counts) <= LEVELS and question not in given.study.survey.report.groups:
            continue
        options = (
            list(given.study.survey.questions[question].options) if question in given.study.survey.questions else []
        )
        order = sorted(
            counts.index, key=lambda v: (options.index(v) if v in options else len(options), -counts[v], str(v))
        )
        for place, value in enumerate(order):
            head = strong(given.name(question)) if place == 0 else ""
            rows.append([head, given.study.label(str(value)), share_cell(given, int(counts[value]), len(people))])
        silent = len(people) - int(counts.sum())
        if silent:
            rows.append(["", Markdown(f"*{phrase('no answer')}*"), share_cell(given, silent, len(people))])
    return rows


def text_rows(given: Given) -> list[Row]:
    """Open question, respondents who answered, answers, median words."""
    responses = given["responses"]
    rows: list[Row] = []
    for question in given.study.open_questions():
        mine = responses[responses.question_id == question]
        words = mine.text.str.split().str.len()
        median = f"{words.median():.0f}" if len(words) else "–"
        rows.append(
            [
                strong(given.study.label(question)),
                theirs(given.study.question_text(question), given.study.survey.language),
                share_cell(given, mine.respondent_id.nunique(), given.n_respondents),
                number(len(mine)),
                median,
            ]
        )
    return rows


def topic_rows(given: Given) -> list[Row]:
    """Topic words, excerpts, respondents, an excerpt near its centre."""
    topics = given["topics"].merge(
        given.placed(given["excerpts"][["excerpt_id", "response_id", "text"]]), on="excerpt_id"
    )
    words = frames.topic_labels(given, 6)
    rows: list[Row] = []
    for topic, part in topics[topics.topic_id >= 0].groupby("topic_id"):
        shown = part[~part.respondent_id.isin(given.silent)]
        if shown.empty:
            continue
        near = shown.assign(fit=(part.text.str.len() - 140).abs().round(-2)).sort_values(
            ["strength", "fit", "excerpt_id"], ascending=[False, True, True]
        )
        text = next((t for t in near.text if 25 < len(t) < 260), near.text.iloc[0])
        person = given.people[near[near.text == text].respondent_id.iloc[0]]
        cut = one_line(text)
        cut = cut[:240] + "…" if len(cut) > 240 else cut
        rows.append(
            [
                words.get(int(topic), phrase("topic {n}", n=topic)),
                number(len(part)),
                number(part.respondent_id.nunique()),
                f"{cut} ({person})",
            ]
        )
    return rows


def code_rows(given: Given) -> list[Row]:
    """Code, definition, include, exclude: the codebook appendix."""
    language = given.study.survey.language
    return [
        [strong(row.name), *(theirs(text or "–", language) for text in (row.definition, row.include, row.exclude))]
        for row in given.codes.itertuples(index=False)
    ]


def machine_code_rows(given: Given) -> list[Row]:
    """Code, excerpts by rule, excerpts by similarity: what the machine proposes."""
    table = given["machine_codings"]
    counts = table.groupby(["code_id", "source"]).excerpt_id.nunique().unstack(fill_value=0)
    order = [code for code in given.order_of_codes(table.code_id) if code in counts.index]
    return [
        [
            given.code_name(code),
            *(number(int(counts.at[code, s])) if s in counts else "0" for s in ("rule", "similarity")),
        ]
        for code in order
    ]


def frame_rows(frame: pd.DataFrame) -> list[Row]:
    """Return a table's rows as they are."""
    return [list(row) for row in frame.itertuples(index=False)]
