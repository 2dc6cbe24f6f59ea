"""The report's section on the codebook: rules, suggestions, topics it may miss, codings to read again, its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.notes import retold
from pipeline.report.saying import headers
from pipeline.report.words import one_line
from pipeline.speech import message, number, phrase
from pipeline.wording import decimal, missing, of, quoted

if TYPE_CHECKING:
    from pipeline.report.given import Given

Row = list[Any]
TOGETHER = "all"
REMARKS = {
    "suggests": message("suggests"), "ranks": message("ranks only"), "few": message("too few decisions"),
}  # fmt: skip
CHANGES = {
    "added": message("added"), "renamed": message("renamed"), "merged": message("merged"), "split": message("split"),
    "redefined": message("redefined"), "moved": message("moved"), "rules": message("rules"),
    "retired": message("retired"), "revived": message("revived"), "removed": message("removed"),
}  # fmt: skip
NONE_YET = "–"
AREA: dict[bool, list[str]] = {True: [], False: ["AP"]}  # a small study speaks in counts
LONGEST = 200  # characters of an excerpt in a table


def codebook_content(given: Given) -> dict[str, Any]:
    """Return what the template codebook.md.jinja says."""
    book = given.book
    shown = not given.small and not book.hidden
    return {
        "book_version": book.themes.version,
        "book_phase": book.themes.phase,
        "found_rows": found_rows(given),
        "silent_rules": silent_rules(given),
        "classifier_rows": classifier_rows(given),
        "classifier_headers": [
            *headers("Code", "With it"),
            *AREA[given.small],
            *headers("Suggested", "Right", "Found", "Remark"),
        ],
        "wanted_precision": number(book.precision, "g"),
        "cover_rows": cover_rows(given) if shown else [],
        "proposed_hidden": "" if given.small else retold(book.hidden),
        "stale_rows": stale_rows(given),
        "change_rows": change_rows(given),
    }


def found_rows(given: Given) -> list[Row]:
    """Code, its rules, excerpts they find, how many of these people coded so, how many of people's they find."""
    rows = []
    for code, group in _by_code(given):
        together = group[group.rule == TOGETHER]
        row = (together if len(together) else group).iloc[0]
        rows.append([
            given.code_name(code), f"{(group.rule != TOGETHER).sum()}", number(row.n_excerpts),
            _part(row.n_right, row.n_read), _part(row.n_right, row.n_human),
        ])  # fmt: skip
    return rows


def silent_rules(given: Given) -> list[str]:
    """Return the rules that never fire, as code and number, with what they look for."""
    table = given.book.quality
    if table.empty:
        return []
    rules = {f"{c.id}/{i}": rule for c in given.book.themes.codes for i, rule in enumerate(c.rules, 1)}
    found = []
    for row in table[(table.n_hits == 0) & (table.rule != TOGETHER)].itertuples():
        rule = rules.get(row.rule)
        looks = "" if rule is None else ", ".join(rule.any) or rule.regex or phrase("a token pattern")
        found.append(
            phrase(
                "{code}, rule {n} ({words})",
                code=given.code_name(row.code_id),
                n=row.rule.rpartition("/")[2],
                words=one_line(looks)[:60],
            )
        )
    return found


def classifier_rows(given: Given) -> list[Row]:
    """Code, excerpts with it, average precision (where the study is not small), suggestions, how right, remark."""
    rows = []
    for row in given.book.classifiers.sort_values("code_id").itertuples() if len(given.book.classifiers) else ():
        calibrated = not missing(row.threshold)
        found = round(row.recall * row.n_positive) if calibrated else 0
        read = round(found / row.precision) if calibrated and row.precision else 0
        area = [] if given.small else [decimal(row.average_precision)]
        rows.append([
            given.code_name(row.code_id), _part(row.n_positive, row.n_read), *area,
            number(row.n_suggested) if calibrated else NONE_YET,
            _part(found, read) if calibrated else NONE_YET,
            _part(found, row.n_positive) if calibrated else NONE_YET,
            phrase(REMARKS["suggests" if calibrated else "ranks" if str(row.note).startswith("ranks") else "few"]),
        ])  # fmt: skip
    order = {given.code_name(code): place for place, code in enumerate(given.codes.code_id)}
    return sorted(rows, key=lambda one: order.get(one[0], len(order)))


def cover_rows(given: Given) -> list[Row]:
    """Topic's words (marked where proposed), excerpts without a code, the most frequent code, quotes."""
    table, rows = given.book.topics, []
    if table.empty:
        return []
    placed = given.placed(given["excerpts"][["excerpt_id", "response_id", "text"]])
    placed = placed[~placed.respondent_id.isin(given.silent)].set_index("excerpt_id")
    for row in table.sort_values(["share_without", "topic_id"], ascending=[False, True]).itertuples():
        quotes = [key for key in str(row.excerpt_ids).split() if key in placed.index][:2]
        said = " · ".join(f"{_cut(placed.text[key])} ({given.people[placed.respondent_id[key]]})" for key in quotes)
        best = (
            NONE_YET if missing(row.best_code) else f"{given.code_name(row.best_code)} ({of(row.n_best, row.n_read)})"
        )
        words = phrase("{words} (proposed code)", words=row.words) if row.proposed else row.words
        rows.append([
            words, _part(row.n_without, row.n_read), best,
            (said or NONE_YET) if row.proposed else NONE_YET,
        ])  # fmt: skip
    return rows


def stale_rows(given: Given) -> list[Row]:
    """Code, codings made before its meaning changed, codings that do not say under which version."""
    table = given.book.stale
    table = table[(table.n_stale > 0) | (table.n_unknown > 0)] if len(table) else table
    return [[given.code_name(row.code_id), number(row.n_stale), number(row.n_unknown)] for row in table.itertuples()]


def change_rows(given: Given) -> list[Row]:
    """Versions, what changed, codes, why and by whom."""
    rows = []
    for entry in given.book.log:
        for one in entry.changes:
            codes = " → ".join(
                ", ".join(map(given.code_name, side)) for side in dict.fromkeys((one.old, one.new)) if side
            )
            why = one.reason or phrase("no reason given")
            by = f" ({one.decided_by})" if one.decided_by else ""
            versions = phrase("{low} to {high}", low=entry.before, high=entry.after)
            rows.append([versions, phrase(CHANGES.get(one.change, one.change)), codes, f"{why}{by}"])
    return rows


def _by_code(given: Given) -> list[tuple[str, pd.DataFrame]]:
    """Return the rules of each code, in the order of the codebook."""
    table = given.book.quality
    codes = given.order_of_codes(table.code_id) if len(table) else []
    return [(code, table[table.code_id == code]) for code in codes if (table.code_id == code).any()]


def _part(part: Any, whole: Any) -> str:
    return of(int(part), int(whole)) if whole else NONE_YET


def _cut(text: str) -> str:
    line = one_line(text)
    return quoted(f"{line[:LONGEST]}…" if len(line) > LONGEST else line)
