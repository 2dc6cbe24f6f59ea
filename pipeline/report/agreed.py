"""What the report says of agreement: values with verdicts, confusions, what to talk about, what has rows of its own."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from pipeline.notes import retold
from pipeline.report import frames
from pipeline.report.approach import MANNERS
from pipeline.report.given import Given
from pipeline.report.markdown import anchored, strong
from pipeline.report.scopes import agreement_row, label_of
from pipeline.report.undecided import named, unit_of
from pipeline.report.words import Markdown
from pipeline.speech import message, number, phrase
from pipeline.wording import decimal, interval, missing, of, percent

Row = list[Any]
RELIABLE = 0.9  # simulated coverage under which a 95 % interval carries no verdict
CONFUSED = 12  # pairs of codes shown; tables/confusions.csv has all
MEETING = 8  # units proposed for the next meeting
HEADERS = (
    message("Code or word"), message("Alpha"), message("95 % interval"), message("Verdict"), message("AC1"),
    message("Equal pairs"), message("Units"), message("With it"),
)  # fmt: skip
LEFT = ("Code or word", "Verdict")
WIDTHS = {"Code or word": 26, "Alpha": 10, "95 % interval": 16, "Verdict": 14}
LEVELS = {
    "nominal": message("alpha, nominal"), "ordinal": message("alpha, ordinal"),
    "interval": message("alpha, interval"), "ratio": message("alpha, ratio"),
}  # fmt: skip
SCALES = {
    "alpha (interval)": message("alpha, interval"), "kappa (linear)": message("kappa, linear weights"),
    "spearman": message("rank correlation"),
}  # fmt: skip
SOURCES = {"rule": message("rule"), "similarity": message("similarity"), "classifier": message("classifier")}
MORE = ("pilot / ", "calibrate / ", "develop / ", "train / ", "seen before / ", "discussed / ", "version ")


def section(given: Given) -> dict[str, Any]:
    """Return the template's names for the section on agreement."""
    headers, rows = agreement_rows(given)
    low, high = given.study.survey.agreement.thresholds
    return {
        "agreement_headers": [phrase(name) for name in headers],
        "agreement_rows": rows,
        "verdicts": "Verdict" in headers,
        "agreement_align": "".join("l" if name in LEFT else "r" for name in headers),
        "agreement_widths": [WIDTHS.get(name, 9) for name in headers],
        "agreement_remarks": remarks(given),
        "coverage_said": bool(frames.agreement(given).coverage.notna().any()),
        "use_headers": use_rows(given)[0],
        "use_rows": use_rows(given)[1],
        "confusion_rows": confusion_rows(given),
        "meeting_rows": meeting_rows(given),
        "difference_rows": difference_rows(given),
        "drift_rows": drift_rows(given),
        "own_rows": own_rows(given),
        "machine_agreement_rows": machine_rows(given),
        "scale_rows": scale_rows(given),
        "span_rows": span_rows(given),
        "verdict_said": phrase(
            "Verdict by the interval’s lower bound: firm at {high:g} or above, tentative at {low:g} or above.",
            low=low,
            high=high,
        ),
    }


def alphas(given: Given, pattern: str, *coefficients: str) -> pd.DataFrame:
    """Return the rows whose scope begins with a pattern, of alpha or other coefficients."""
    table = given["agreement"]
    wanted = coefficients or ("alpha",)
    return table[table.scope.astype("str").str.match(pattern) & table.coefficient.isin(wanted)]


def agreement_rows(given: Given) -> tuple[list[str], list[Row]]:
    """Return headers (as messages) and rows: what, alpha, interval, verdict, AC1, equal pairs, units, with it."""
    table = given["agreement"]
    beside = {
        name: table[table.coefficient == name].drop_duplicates("scope").set_index("scope").value
        for name in ("percent", "ac1", "alpha (unweighted)")
    }
    verdicts = MANNERS[given.study.survey.coding.approach].verdicts

    def judged(row: Any) -> list[str]:
        return [verdict(given, row)] if verdicts else []

    rows: list[Row] = []
    for row in frames.agreement(given).itertuples():
        equal = [] if given.small else [percent(beside["percent"].get(row.scope))]
        rows.append(
            [
                anchored(strong(row.label) if row.kind == "overall" else row.label, agreement_row(row.scope)),
                _alpha(row, beside["alpha (unweighted)"].get(row.scope)), _interval(row), *judged(row),
                decimal(beside["ac1"].get(row.scope)), *equal, number(row.n_units), _count(row.n_positive),
            ]
        )  # fmt: skip
    without = {*([] if verdicts else ["Verdict"]), *(["Equal pairs"] if given.small else [])}
    return [name for name in HEADERS if name not in without], rows


def _alpha(row: Any, unweighted: float | None) -> str:
    if missing(row.value):
        return phrase("undefined")
    if missing(unweighted):
        return decimal(row.value)
    return phrase("{value} (unweighted {unweighted})", value=decimal(row.value), unweighted=decimal(unweighted))


def _value(row: Any) -> str:
    return phrase("undefined") if missing(row.value) else decimal(row.value)


def _interval(row: Any) -> str:
    around = interval(row.ci_low, row.ci_high)
    if around and not missing(row.coverage):
        return f"{around} ({of(round(100 * row.coverage), 100)})"
    return around or "–"


def _count(value: Any) -> str:
    return "–" if missing(value) else number(int(value))


def verdict(given: Given, row: Any) -> str:
    """Return what may be concluded, by the interval's lower bound against the study's thresholds.

    Nothing may, where an interval from few respondents is known to miss the true value too often.
    """
    low, high = given.study.survey.agreement.thresholds
    if missing(row.value) or missing(row.ci_low):
        return ""
    if not missing(row.coverage) and row.coverage < RELIABLE:
        return phrase("too few")
    if row.ci_low < low:
        return phrase("below {low:g}", low=low)
    return phrase("firm") if row.ci_low >= high else phrase("tentative")


def remarks(given: Given) -> list[tuple[Any, Markdown, str]]:
    """Return (code or word, its row, remark) where a value needs one; without percentages in a small study."""
    found = []
    for row in frames.agreement(given).itertuples():
        text = "" if missing(row.note) else str(row.note)
        parts = [part for part in text.split("; ") if part and not part.startswith(("no interval", "at least"))]
        if parts:
            said = "; ".join(parts)
            if given.small:
                said = re.sub(r"\b9\d\s?% of pairs|100\s?% of pairs", "nearly all pairs", said)
            found.append((row.label, agreement_row(row.scope), retold(said)))
    return found


def use_rows(given: Given) -> tuple[list[str], list[Row]]:
    """Return how often each coder used each code on units that others read too; codes nobody used are left out."""
    table = given["code_use"]
    used = table.groupby("code_id").n_applied.transform("sum") > 0
    table = table[used]
    coders = sorted(set(table.coder_id))
    if len(coders) < 2:
        return [], []
    cells = table.set_index(["code_id", "coder_id"])
    base = table.drop_duplicates("coder_id").set_index("coder_id").n_units
    rows: list[Row] = [
        [given.code_name(code), *(number(int(cells.n_applied[code, coder])) for coder in coders)]
        for code in given.order_of_codes(table.code_id)
        if code in set(table.code_id)
    ]
    return [
        phrase("Code"), *(phrase("{coder} (of {n:,})", coder=coder, n=int(base[coder])) for coder in coders)
    ], rows  # fmt: skip


def confusion_rows(given: Given) -> list[Row]:
    """Return code, what the other coder used instead, units, pairs of coders; most frequent first."""
    table = given["confusions"].sort_values(["n_units", "code_id", "other_id"], ascending=[False, True, True])
    pairs: dict[tuple[str, ...], list[int]] = {}
    for row in table.itertuples():  # a for b and b for a are one confusion
        pairs.setdefault(tuple(sorted((row.code_id, row.other_id))), [int(row.n_units), int(row.n_pairs)])
    rows = []
    for (one, two), (units, times) in sorted(pairs.items(), key=lambda item: (-item[1][0], item[0])):
        first, second = (two, one) if not one else (one, two)
        other = given.code_name(second) if second else phrase("no code at all")
        rows.append([given.code_name(first), other, number(units), number(times)])
    return rows[:CONFUSED]


def meeting_rows(given: Given) -> list[Row]:
    """Return respondent, unit, words, what everyone said, by how much alpha would rise; the costliest first."""
    table = given["disagreements"]
    table = table[table.cost > 0].sort_values(["unit_kind", "cost", "unit_id"], ascending=[True, False, True])
    usages = given.placed(given["usages"]).set_index("usage_id")
    excerpts = given.placed(given["excerpts"]).set_index("excerpt_id")
    texts = dict(zip(given["responses"].response_id, given["responses"].text, strict=True))
    rows: list[Row] = []
    for row in table.groupby("unit_kind").head(MEETING).to_dict("records"):
        unit = unit_of(given, {**row, "values": "", "reason": ""}, usages, excerpts, texts)
        if unit is not None:
            said = re.sub(r": (?=;|$)", f": {phrase('no code')}", named(given, row["said"]))
            rows.append([unit.person, unit.where, unit.text, said, f"+{number(row['cost'], '.3f')}"])
    return rows


def difference_rows(given: Given) -> list[Row]:
    """Return what is compared, the difference, its interval, whether the interval leaves out zero."""
    rows: list[Row] = []
    for row in alphas(given, r"difference:", "difference").itertuples():
        around = interval(row.ci_low, row.ci_high)
        if around and not missing(row.value):
            apart = phrase("differs") if row.ci_low > 0 or row.ci_high < 0 else phrase("may be chance")
            value = ("+" if row.value > 0 else "") + decimal(row.value)
            rows.append([label_of(given, row.scope), value, around, apart])
    return rows


def drift_rows(given: Given) -> list[Row]:
    """Return the stretches of time and the rounds: which, when, alpha, interval, units."""
    rows: list[Row] = []
    for row in alphas(given, r"(?:time|round):").itertuples():
        when = str(row.note or "").split("; ")[0] if row.scope.startswith("time:") else ""
        first, to, last = when.partition(" to ")
        said = phrase("{low} to {high}", low=first, high=last) if to else when or "–"
        rows.append([label_of(given, row.scope), said, _value(row), _interval(row), number(row.n_units)])
    return rows


def own_rows(given: Given) -> list[Row]:
    """Return what is not the study's own agreement: pilot, other versions, discussed, the same coder twice."""
    mine = alphas(given, rf"(?:{'|'.join(MORE)}|intra:)")
    mine = mine[[scope.endswith("all codes") or "term:" in scope for scope in mine.scope]]
    return [[label_of(given, row.scope), _value(row), _interval(row), number(row.n_units)] for row in mine.itertuples()]


def machine_rows(given: Given) -> list[Row]:
    """Return source, code, alpha with people, interval, agreement on presence (F1), excerpts with it for either."""
    mine = alphas(given, r"machine:")
    both = alphas(given, r"machine:", "positive").set_index("scope").value
    rows: list[Row] = []
    order = given.order_of_codes(mine.scope.map(lambda scope: scope.partition("code:")[2]))
    place = {code: index for index, code in enumerate(order)}
    for row in sorted(
        mine.itertuples(), key=lambda r: (r.scope.split(" / ")[0], place.get(r.scope.partition("code:")[2], -1))
    ):
        source, _, rest = row.scope.removeprefix("machine:").partition(" / ")
        present = decimal(both.get(row.scope))
        rows.append(
            [
                phrase(SOURCES.get(source, source)),
                label_of(given, rest),
                _value(row),
                _interval(row),
                present,
                _count(row.n_positive),
            ]
        )
    return rows


def scale_rows(given: Given) -> list[Row]:
    """Return ratings of pairs of usages and of items: what, coefficient, value, interval, units, raters."""
    mine = alphas(
        given, r"(?:[a-z ]+ / )?(?:pairs|ratings):", "alpha", "alpha (interval)", "kappa (linear)", "spearman"
    )
    return [
        [label_of(given, row.scope), _coefficient(row), _value(row), _interval(row),
         number(row.n_units), number(row.n_coders)]
        for row in mine.itertuples()
    ]  # fmt: skip


def _coefficient(row: Any) -> str:
    return phrase(LEVELS[row.level] if row.coefficient == "alpha" else SCALES[row.coefficient])


def span_rows(given: Given) -> list[Row]:
    """Return unitizing alpha: coders and code, value, spans, excerpts both read."""
    return [
        [label_of(given, row.scope.removeprefix("spans / ")), _value(row), _count(row.n_positive), number(row.n_units)]
        for row in alphas(given, r"spans / ", "alpha-u").itertuples()
    ]  # fmt: skip
