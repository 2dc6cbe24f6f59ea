"""The queue of disagreements: what readers decided, side by side, to be settled with a reason on the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.coding.packet import FORMAT, Scheme, build
from pipeline.coding.record import Vote, votes
from pipeline.coding.sample import lot
from pipeline.study import Study


def queue(
    study: Study,
    rows: Mapping[str, pd.DataFrame],
    *,
    units: pd.DataFrame,
    scheme: Scheme,
    deciders: Sequence[str],
) -> dict[str, Any]:
    """Return the packet of open units. rows: assignments, decisions, codings, judgements, open_units.

    Coders stand by name or as letters (coding.adjudicators); letters are dealt anew for every unit.
    """
    waiting = rows["open_units"]
    cast = votes(rows["assignments"], rows["decisions"], codings=rows["codings"], judgements=rows["judgements"])
    work = pd.DataFrame(
        {
            "assignment_id": waiting.unit_kind + ":" + waiting.unit_id, "coder_id": "", "unit_kind": waiting.unit_kind,
            "unit_id": waiting.unit_id, "purpose": "adjudicate", "position": range(1, len(waiting) + 1),
        }
    )  # fmt: skip
    packet = build(study, "", ledger=work, units=units, scheme=scheme)
    masked = study.survey.coding.adjudicators == "masked"
    memos = rows["decisions"].set_index("assignment_id").memo
    said = rows["assignments"].assign(memo=rows["assignments"].assignment_id.map(memos))
    notes = {(r.unit_kind, r.unit_id, r.coder_id): r.memo for r in said.itertuples() if isinstance(r.memo, str)}
    for unit in packet["units"]:
        key = (unit["unit_kind"], unit["unit_id"])
        unit["votes"] = [
            {
                "coder": f"Reader {chr(65 + index)}" if masked else vote.coder,
                "values": sorted(vote.values or ()),
                "state": vote.state,
                "memo": notes.get((*key, vote.coder), ""),
            }
            for index, vote in enumerate(_dealt(cast.get(key, []), key, masked))
        ]
    rule = study.survey.coding.record
    basis = rule if rule in ("negotiated", "adjudicated") else "adjudicated"
    return packet | {
        "format": FORMAT, "mode": "settle", "coder": "adjudication", "deciders": list(deciders) or ["the team"],
        "basis": basis,
    }  # fmt: skip


def _dealt(cast: Sequence[Vote], key: tuple[str, str], masked: bool) -> list[Vote]:
    """Return the votes in an order of the unit's own where coders are masked, so that letters tell nothing."""
    return sorted(cast, key=lambda vote: lot(0, *key, vote.coder)) if masked else list(cast)
