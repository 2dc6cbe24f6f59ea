"""What changed between two versions of a codebook, and which codings that leaves behind.

Codes are followed by id. A code that another takes over says so itself with `replaced_by`;
from that, a changed id, a merger and a split are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.codebook.themes import Code, Themes

MEANING = ("definition", "include", "exclude", "examples")
STALE = {"redefined", "merged", "split", "retired", "removed"}
ORDER = ("added", "renamed", "merged", "split", "redefined", "moved", "rules", "retired", "revived", "removed")


@dataclass(frozen=True)
class Change:
    """One change: what kind, of which codes of the old version, into which codes of the new one."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    detail: str = ""

    def __str__(self) -> str:
        codes = " -> ".join(", ".join(side) for side in dict.fromkeys((self.old, self.new)) if side)
        return f"{self.kind}: {codes}" + (f" ({self.detail})" if self.detail else "")


def compare(old: Themes, new: Themes) -> list[Change]:
    """Return every change from `old` to `new`, by kind and then by code."""
    found = [*_taken_over(old, new)]
    explained = {code for change in found for code in change.old if change.kind in {"renamed", "merged", "split"}}
    arrived = {code for change in found for code in change.new}
    found += _come_and_gone(old, new, arrived, explained)
    before, after = _by_id(old.codes), _by_id(new.codes)
    for code_id in before.keys() & after.keys():
        found += _edited(before[code_id], after[code_id], explained)
        was, now = old.theme_of(code_id), new.theme_of(code_id)
        if was and now and was.id != now.id:
            found.append(Change("moved", (code_id,), (code_id,), f"from theme {was.id} to {now.id}"))
    return sorted(found, key=lambda change: (ORDER.index(change.kind), change.old, change.new))


def stale_codes(changes: Sequence[Change]) -> list[str]:
    """Return the codes of the old version whose codings were made under words that no longer hold."""
    return sorted({code for change in changes if change.kind in STALE for code in change.old})


def stale_codings(
    codes: Sequence[str], codings: pd.DataFrame, decisions: pd.DataFrame, *, version: str
) -> pd.DataFrame:
    """Return one row per stale code: code_id, n_stale codings of another version, n_unknown of no stated version.

    codings: assignment_id, code_id. decisions: assignment_id, codebook_version (null where a sheet did not say).
    """
    mine = codings[codings.code_id.isin(codes)].merge(decisions[["assignment_id", "codebook_version"]])
    mine = mine.assign(codebook_version=mine.codebook_version.map(book_version))
    unknown = mine.codebook_version.isna()
    rows = [
        (
            code,
            int(((mine.code_id == code) & ~unknown & (mine.codebook_version != version)).sum()),
            int(((mine.code_id == code) & unknown).sum()),
        )
        for code in codes
    ]
    return pd.DataFrame(rows, columns=pd.Index(["code_id", "n_stale", "n_unknown"]))


def book_version(stated: str | None) -> str | None:
    """Return the codebook's version in what a decision states: "1.0", or "themes 1.0, glossary 2"; None for neither."""
    if not isinstance(stated, str):
        return None
    found = re.search(r"\bthemes ([^,]+)", stated)
    return found[1].strip() if found else stated


def to_code_again(
    codes: Sequence[str], *, version: str, assignments: pd.DataFrame, decisions: pd.DataFrame, codings: pd.DataFrame
) -> pd.DataFrame:
    """Return the work that must be done again after codes changed: coder_id, unit_id, round, code_ids.

    That is every excerpt to which a coder gave one of `codes` under another version of the codebook, or none stated.
    """
    made = codings[codings.code_id.isin(codes)].merge(decisions, on="assignment_id").merge(assignments)
    made = made[made.codebook_version.map(book_version) != version]
    keys = ["coder_id", "unit_id", "round"]
    found = made.groupby(keys).code_id.agg(lambda ids: " ".join(sorted(set(ids)))) if len(made) else None
    columns = pd.Index([*keys, "code_ids"])
    return pd.DataFrame(columns=columns) if found is None else found.reset_index(name="code_ids")[columns]


def _by_id(codes: Sequence[Code]) -> dict[str, Code]:
    return {code.id: code for code in codes}


def _taken_over(old: Themes, new: Themes) -> Iterator[Change]:
    """Read renamed ids, mergers and splits from `replaced_by` that the old version did not have."""
    before = _by_id(old.codes)
    sources: dict[str, list[str]] = {}
    for code in new.codes:
        if code.id not in before or set(code.replaced_by) <= set(before[code.id].replaced_by):
            continue
        if len(code.replaced_by) > 1:
            yield Change("split", (code.id,), code.replaced_by)
        else:
            sources.setdefault(code.replaced_by[0], []).append(code.id)
    for target, codes in sources.items():
        if target in before:
            yield Change("merged", tuple(sorted({*codes, target})), (target,))
        elif len(codes) > 1:
            yield Change("merged", tuple(sorted(codes)), (target,))
        else:
            yield Change("renamed", tuple(codes), (target,), "its id")


def _come_and_gone(old: Themes, new: Themes, arrived: set[str], explained: set[str]) -> Iterator[Change]:
    before, after = _by_id(old.codes), _by_id(new.codes)
    for code_id in after.keys() - before.keys() - arrived:
        yield Change("added", (), (code_id,))
    for code_id in before.keys() - after.keys():
        yield Change("removed", (code_id,), (), "retire a code rather than delete it: its codings still name it")


def _edited(was: Code, now: Code, explained: set[str]) -> Iterator[Change]:
    here = (now.id,)
    if was.name != now.name:
        yield Change("renamed", here, here, f"{was.name!r} to {now.name!r}")
    changed = [field for field in MEANING if getattr(was, field) != getattr(now, field)]
    if changed:
        yield Change("redefined", here, here, ", ".join(changed))
    if was.rules != now.rules:
        yield Change("rules", here, here, f"{len(was.rules)} to {len(now.rules)}")
    if was.status != now.status and now.id not in explained:
        if now.status == "retired":
            yield Change("retired", here, ())
        elif was.status == "retired":
            yield Change("revived", here, here)
