"""Small tables of coders' work, written by what each coder said about each unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline import tables as schemas
from pipeline.agreement.report import Settings, agreement_table


def said(unit, coder, codes, **more):
    """Return a decision: codes is a string of one-letter codes, "" for no code, None for unsure."""
    return {"unit_id": unit, "coder_id": coder, "codes": codes, **more}


def tables(rows: Iterable[Mapping[str, object]], *, record=(), people: Mapping[str, str] | None = None):
    """Return the tables the agreement stage reads. Every unit is a response of its own respondent by default."""
    rows = list(rows)
    made: dict[str, list[dict]] = {name: [] for name in ("assignments", "decisions", "codings", "judgements")}
    for place, row in enumerate(rows):
        key, codes = f"a{place}", row["codes"]
        kind = row.get("kind", "excerpt")
        made["assignments"].append(
            {"assignment_id": key, "unit_kind": kind, "round": "1", "purpose": "estimate", "p_include": 1.0,
             "position": place, **{k: v for k, v in row.items() if k in schemas.SCHEMAS["assignments"].types}}
        )  # fmt: skip
        state = "unsure" if codes is None else "coded" if codes else "no_code"
        made["decisions"].append(
            {"assignment_id": key, "state": row.get("state", state), "decided_at": row.get("at"),
             "codebook_version": row.get("version")}
        )  # fmt: skip
        if kind == "excerpt":
            made["codings"] += [{"assignment_id": key, "code_id": code} for code in codes or ""]
        elif codes:
            made["judgements"].append({"assignment_id": key, "value": codes})
    units = sorted({part for row in rows for part in str(row["unit_id"]).split("+")})
    who = people or {unit: f"p-{unit}" for unit in units}
    frames = {
        name: pd.DataFrame(found, columns=list(schemas.SCHEMAS[name].types), dtype="object").astype(
            {"p_include": float} if name == "assignments" else {}
        )
        for name, found in made.items()
    }
    usages = any(row.get("kind") in ("usage", "pair") for row in rows)
    return frames | {
        "record": pd.DataFrame(list(record), columns=list(schemas.SCHEMAS["record"].types), dtype="object"),
        "excerpts": pd.DataFrame({"excerpt_id": units, "response_id": units}).iloc[: 0 if usages else None],
        "usages": pd.DataFrame({"usage_id": units, "response_id": units, "term_id": "similar"}).iloc[
            : None if usages else 0
        ],
        "responses": pd.DataFrame(
            {"response_id": units, "respondent_id": [who[u] for u in units], "question_id": "why"}
        ),
        "respondents": pd.DataFrame({"respondent_id": sorted(set(who.values())), "role": "x"}),
    }


def table(rows, *, codes=(), record=(), people=None, groups=(), **settings):
    """Return the agreement table of these decisions, by scope and coefficient."""
    found = agreement_table(
        tables(rows, record=record, people=people), codes=codes, groups=groups,
        settings=Settings(**{"resamples": 100, **settings}),
    )  # fmt: skip
    return found.set_index(["scope", "coefficient"])
