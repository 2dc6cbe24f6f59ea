"""The codebook's own change log: every change between two versions with the reason people gave for it.

It lies beside themes.yaml as themes-changes.yaml. The program lists the changes, people write the reasons; listing them
again keeps what was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pandas as pd
from pydantic import Field, field_validator
from ruamel.yaml import YAML

from pipeline import yamlfile
from pipeline.codebook.changes import Change, book_version, compare, stale_codes
from pipeline.codebook.themes import Themes
from pipeline.errors import Fault
from pipeline.settings import Settings

FILE = "themes-changes.yaml"
HEAD = """\
# Every change of the thematic codebook, and why it was made. Listed by: sameword codebook log OLD
# Write a reason for every change, and who decided it; both stay when the changes are listed again.
"""
FROZEN = ("frozen", "main")


class Logged(Settings):
    """One change with its reason."""

    change: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    detail: str = ""
    reason: str = ""
    decided_by: str = ""


class Entry(Settings):
    """All changes from one version to the next."""

    before: str = Field(alias="from")
    after: str = Field(alias="to")
    phase: str = ""
    changes: tuple[Logged, ...] = ()
    code_again: tuple[str, ...] = ()

    @field_validator("before", "after", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value)


class Log(Settings):
    """The whole of themes-changes.yaml."""

    versions: tuple[Entry, ...] = ()


def load_log(path: Path) -> Log:
    """Read the log; a study without one has an empty log. Raises InputError with every fault."""
    return yamlfile.validate(Log, yamlfile.load(path), path) if path.exists() else Log()


def logged(log: Log, old: Themes, new: Themes) -> Log:
    """Return the log with the changes from `old` to `new`; reasons already given to the same change are kept."""
    known = {
        (one.change, one.old, one.new): one
        for entry in log.versions
        if (entry.before, entry.after) == (old.version, new.version)
        for one in entry.changes
    }
    changes = compare(old, new)
    entry = Entry(
        **{"from": old.version, "to": new.version},
        phase=new.phase or "",
        changes=tuple(_logged(change, known.get((change.kind, change.old, change.new))) for change in changes),
        code_again=tuple(stale_codes(changes)),
    )
    rest = [one for one in log.versions if (one.before, one.after) != (old.version, new.version)]
    return Log(versions=(*rest, *([entry] if changes else [])))


def as_text(log: Log) -> str:
    """Return the text of the log, always the same for the same log."""
    writer, text = YAML(), StringIO()
    writer.width, writer.allow_unicode = 4096, True
    writer.indent(mapping=2, sequence=4, offset=2)
    versions = [
        {
            "from": entry.before,
            "to": entry.after,
            **({"phase": entry.phase} if entry.phase else {}),
            "changes": [_plain(one) for one in entry.changes],
            **({"code_again": list(entry.code_again)} if entry.code_again else {}),
        }
        for entry in log.versions
    ]
    writer.dump({"versions": versions}, text)
    return HEAD + text.getvalue()


def log_faults(log: Log, path: Path) -> list[Fault]:
    """Find changes without a reason; a change made after the freeze counts only with one."""
    return [
        Fault(
            str(path),
            f"{entry.before} to {entry.after}",
            f"{one.change} {', '.join(one.old or one.new)}: no reason is given",
            "write why, and who decided it, beside the change",
        )
        for entry in log.versions
        for one in entry.changes
        if not one.reason.strip() and entry.phase in FROZEN
    ]


def open_reasons(log: Log) -> int:
    """Return how many changes still wait for a reason."""
    return sum(not one.reason.strip() for entry in log.versions for one in entry.changes)


def _logged(change: Change, known: Logged | None) -> Logged:
    reason, decided_by = (known.reason, known.decided_by) if known else ("", "")
    return Logged(
        change=change.kind, old=change.old, new=change.new, detail=change.detail, reason=reason, decided_by=decided_by
    )


def _plain(one: Logged) -> dict[str, object]:
    shown: dict[str, object] = {"change": one.change, "old": _listed(one.old), "new": _listed(one.new)}
    if one.detail:
        shown["detail"] = one.detail
    return shown | {"reason": one.reason, "decided_by": one.decided_by}


def _listed(codes: Sequence[str]) -> list[str]:
    return list(codes)


def stale(log: Log, codings: pd.DataFrame, decisions: pd.DataFrame, *, version: str) -> pd.DataFrame:
    """Return one row per code whose meaning changed: code_id, n_stale codings made before, n_unknown of no version.

    A coding is stale where its code changed in any entry of the log from the coding's version on to `version`.
    """
    order = {entry.before: place for place, entry in enumerate(log.versions)}
    made = codings.merge(decisions[["assignment_id", "codebook_version"]], on="assignment_id")
    stated = made.codebook_version.map(book_version)
    rows = []
    for code in sorted({code for entry in log.versions for code in entry.code_again}):
        last = max(place for place, entry in enumerate(log.versions) if code in entry.code_again)
        mine = stated[made.code_id == code]
        old = int(sum(order.get(one, len(order)) <= last for one in mine.dropna() if one != version))
        rows.append((code, old, int(mine.isna().sum())))
    return pd.DataFrame(rows, columns=pd.Index(["code_id", "n_stale", "n_unknown"]))
