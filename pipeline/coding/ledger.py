"""The ledger of work handed out: data/raw/<study>/assignments.csv, only ever extended, kept in git.

p_include is the chance of being drawn at the time of the draw. When a sample grows, units drawn before would have been
drawn at the higher rate too (permanent random numbers, see sample.py): `restated` gives every unit the chance it has by
now. `stratum` is a digest, so that the ledger does not say who belongs to which group; older ledgers have none.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd

from pipeline.errors import Fault, InputError

COLUMNS = [
    "assignment_id", "coder_id", "unit_kind", "unit_id", "round", "purpose", "p_include", "position", "batch",
    "stratum",
]  # fmt: skip


def empty_ledger() -> pd.DataFrame:
    """Return a ledger of nothing."""
    return _typed(pd.DataFrame(columns=pd.Index(COLUMNS), dtype="object"))


def parse_ledger(text: str, name: str) -> pd.DataFrame:
    """Return the ledger from its CSV text; raise InputError listing every bad row. `name` is for messages."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        rows = list(reader)
    except csv.Error as error:
        remedy = "restore the file from version control; it is not edited"
        raise InputError([Fault(name, f"line {reader.line_num}", f"not CSV: {error}", remedy)]) from None
    faults, seen, kept = [], set(), []
    for number, row in enumerate(rows, 2):
        # Units that teach the machine are chosen for its sake: they have no chance of being drawn to speak of.
        needed = [c for c in COLUMNS if c != "stratum" and (c != "p_include" or row.get("purpose") != "train")]
        missing = [column for column in needed if not row.get(column)]
        what = f"no value for {', '.join(missing)}" if missing else _number_fault(row)
        if not what and row["assignment_id"] in seen:
            what = f"assignment {row['assignment_id']} stands twice"
        if what:
            faults.append(Fault(name, f"row {number}", what, "restore the file from version control; it is not edited"))
        seen.add(row.get("assignment_id"))
        kept.append({column: row.get(column) or "" for column in COLUMNS})
    if faults:
        raise InputError(faults)
    return _typed(pd.DataFrame(kept, columns=pd.Index(COLUMNS), dtype="object"))


def ledger_text(ledger: pd.DataFrame) -> str:
    """Return the ledger as CSV text, in the order work was handed out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in ledger[COLUMNS].itertuples(index=False):
        writer.writerow([_shown(value) for value in row])
    return out.getvalue()


def restated(ledger: pd.DataFrame) -> pd.Series:
    """Return p_include of every row as it is by now: the highest of its own and later draws of its stratum.

    Later draws at a lower rate (more answers came, the sample did not grow) leave older units theirs. Without this,
    units of the first draw would weigh too much: they would stand for units that have been drawn since.
    """
    drawn = ledger[(ledger.purpose == "estimate") & (ledger.stratum != "")]
    rates = drawn.groupby(["round", "unit_kind", "stratum", "batch"]).p_include.max().reset_index()
    rates = rates.sort_values("batch", ascending=False)
    rates["now"] = rates.groupby(["round", "unit_kind", "stratum"]).p_include.cummax()
    keys = ["round", "unit_kind", "stratum", "batch"]
    now = ledger[keys].merge(rates[[*keys, "now"]], on=keys, how="left").now.set_axis(ledger.index)
    counted = ledger.index.isin(drawn.index)
    return ledger.p_include.where(~counted, now.fillna(ledger.p_include).clip(lower=ledger.p_include))


def _shown(value: object) -> object:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return value


def _number_fault(row: dict[str, Any]) -> str:
    try:
        share = float(row["p_include"] or 1)
        int(row["position"]), int(row["batch"])
    except ValueError:
        return "p_include, position or batch is not a number"
    return "" if 0 < share <= 1 else f"p_include {row['p_include']} is not in (0, 1]"


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(p_include=pd.to_numeric(frame.p_include.replace("", None)))
    return frame.astype({"p_include": "float64", "position": "int64", "batch": "int64"})
