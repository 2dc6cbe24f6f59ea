"""How good each rule is: what it finds, what only it finds, and whether people coded the same excerpts so.

People's codings are the standard here: precision is the share of a rule's read excerpts to which people gave the
code, recall the share of the excerpts people gave the code in which the rule fires. Both come with their counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from pipeline.codebook.themes import Code, Rule

TOGETHER = "all"  # the row for all rules of a code together
COLUMNS = [
    "code_id", "rule", "n_hits", "n_excerpts", "n_unique", "n_read", "n_right", "precision", "n_human", "recall",
]  # fmt: skip


def rule_quality(
    hits: pd.DataFrame, excerpts: pd.DataFrame, *, codes: Sequence[Code], human: Mapping[str, frozenset[str]]
) -> pd.DataFrame:
    """Return one row per rule, and one per code with several rules (rule "all"), in the order of the codebook.

    hits: from `rule_hits`. human: excerpt_id -> the codes people gave it, empty where they read it and gave none;
    an excerpt that is absent was not read. n_hits counts places, the other counts are excerpts: n_unique where no other
    rule of the code fires, n_read those people read, n_right those of them with the code, n_human those with the
    code that the rule is allowed to speak of. precision = n_right / n_read and recall = n_right / n_human, missing
    where there is nothing to divide by. A rule that never fires has n_hits 0.
    """
    places = hits.groupby("rule").size().to_dict() if len(hits) else {}
    where = {str(rule): set(found) for rule, found in hits.groupby("rule").excerpt_id} if len(hits) else {}
    rows = []
    for code in codes:
        fired = {f"{code.id}/{number}": rule for number, rule in enumerate(code.rules, 1)}
        allowed_any: set[str] = set()
        for name, rule in fired.items():
            others = set().union(*(where.get(other, set()) for other in fired if other != name))
            found, allowed = where.get(name, set()), _allowed(rule, excerpts)
            allowed_any |= allowed
            counts = (int(places.get(name, 0)), len(found), len(found - others))
            rows.append((code.id, name, *counts, *_against(code.id, found, allowed, human)))
        if len(fired) > 1:
            found = set().union(*(where.get(name, set()) for name in fired))
            counts = (sum(int(places.get(name, 0)) for name in fired), len(found), len(found))
            rows.append((code.id, TOGETHER, *counts, *_against(code.id, found, allowed_any, human)))
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))


def human_codes(record: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return excerpt_id -> codes from the record; what people could not code counts as not read."""
    mine = record[(record.unit_kind == "excerpt") & (record.value != "cannot_code")]
    return {
        str(excerpt): frozenset(str(value) for value in values if value != "no_code")
        for excerpt, values in mine.groupby("unit_id").value
    }


def in_words(quality: pd.DataFrame, *, shares: bool = True) -> Iterator[str]:
    """Yield a line per row; `shares` False leaves out decimals, for studies too small for them."""
    for row in quality.to_dict("records"):
        name = f"{row['code_id']}, all rules" if row["rule"] == TOGETHER else row["rule"]
        if not row["n_hits"]:
            yield f"{name}: never fires"
            continue
        only = "" if row["rule"] == TOGETHER else f", {row['n_unique']} by no other rule of the code"
        line = f"{name}: {_counted(row['n_hits'], 'hit')} in {_counted(row['n_excerpts'], 'excerpt')}{only}"
        for what, of in (("precision", "n_read"), ("recall", "n_human")):
            share = f" ({row[what]:.2f})" if shares and row[of] else ""
            line += f"; {what} {row['n_right']} of {row[of]}{share}" if row[of] else f"; {what} unknown"
        yield line


def _allowed(rule: Rule, excerpts: pd.DataFrame) -> set[str]:
    """Return the excerpts of the questions and items a rule is for."""
    mine = excerpts
    for column, wanted in (("question_id", rule.questions), ("item_id", rule.items)):
        if wanted:
            mine = mine[mine[column].isin(wanted)] if column in mine else mine.iloc[:0]
    return set(mine.excerpt_id)


def _against(
    code_id: str, found: set[str], allowed: set[str], human: Mapping[str, frozenset[str]]
) -> tuple[int, int, float | None, int, float | None]:
    """Return n_read, n_right, precision, n_human, recall."""
    read = found & human.keys()
    coded = {excerpt for excerpt, codes in human.items() if code_id in codes and excerpt in allowed}
    right = len(read & coded)
    return len(read), right, _share(right, len(read)), len(coded), _share(right, len(coded))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
