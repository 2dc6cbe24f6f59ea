"""Invented studies as finished tables, so that the report's room can be tested without the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import tables
from pipeline.study import Study, load_study

SURVEY = """
study: {name}
title: What people mean by similar
about: An invented study for tests.
synthetic: {synthetic}
exports: [{{file: export.csv}}]
columns:
  id: {{role: respondent_id}}
  Q1: {{role: single_choice, question: role}}
  S1: {{role: rating, question: similarity, item: he_imagenet}}
  S2: {{role: rating, question: similarity, item: he_radimagenet}}
  S3: {{role: rating, question: similarity, item: he_ecoset}}
  E1: {{role: rating, question: expectation, item: he_imagenet}}
  E2: {{role: rating, question: expectation, item: he_radimagenet}}
  E3: {{role: rating, question: expectation, item: he_ecoset}}
  W1: {{role: open, question: why_similar, item: he}}
  W2: {{role: open, question: why_expected, item: he}}
  W3: {{role: open, question: meaning}}
questions:
  role: {{text: "What is your position?"}}
  similarity: {{text: "How similar is each source?", scale: [1, 5]}}
  expectation: {{text: "How well will it do?", scale: [1, 5]}}
  why_similar: {{text: "Please explain your similarity ratings.", explains: [similarity]}}
  why_expected: {{text: "Please explain your expectations.", explains: [expectation]}}
  meaning: {{text: "When would you call a source similar?"}}
items:
  he: {{task: he}}
  he_imagenet: {{task: he, source: imagenet}}
  he_radimagenet: {{task: he, source: radimagenet}}
  he_ecoset: {{task: he, source: ecoset}}
labels: {{role: Position, similarity: Similarity rating, expectation: Expected performance, why_similar: Why similar,
  why_expected: Why expected, meaning: Meaning of similar, he: H&E tissue, imagenet: ImageNet-1K,
  radimagenet: RadImageNet, ecoset: Ecoset, task: Target task, source: Source data set}}
terms: {{watch: [similar, domain], reference: [pretraining]}}
coding: {{coders: [amara, ben, chiara], record: majority, approach: coding-reliability}}
report: {{groups: [role]}}
"""
HOSTILE = (
    "<script>alert(1)</script> **bold** _it_ [link](javascript:alert(2)) ![x](http://evil.example/x.png) #let x = 1\n"
    "# Heading\n1. list\n- item\n| a | b |\n```{=html}\n<b>raw</b>\n``` $x^2$ @cite {{ 7*7 }} {% raw %} "
    "\\textbf{a} `code`{=typst}"
    ' ~~~ ::: :::: {.x} <!-- c --> &amp; &lt; // /* #image("x") <label> ^[note] similar \x07\x0b https://evil.example/a_b'
)
SENSES = {
    "similar": ["similar.visual", "similar.semantic", "similar.statistical"],
    "domain": ["domain.field", "domain.distribution"],
    "pretraining": ["pretraining.training"],
}
NAMES = {
    "similar.visual": "alike in appearance",
    "similar.semantic": "alike in what is shown",
    "similar.statistical": "close in distribution",
    "domain.field": "subject area",
    "domain.distribution": "source of the data",
    "pretraining.training": "training before",
}
CODES = ["colour", "texture-shape", "anatomy", "size", "uncertainty"]
PIECES = {
    "similar.visual": "The stains and colours look {w} to me, the textures as well, when I put them side by side.",
    "similar.semantic": "It is {w} because both show organs and disease, not cups and dogs.",
    "similar.statistical": "In the embedding space the two are {w}, the distance is small.",
    "domain.field": "Radiology is another {w} altogether.",
    "domain.distribution": "There is a large {w} gap, the distributions differ.",
    "pretraining.training": "With {w} on a million images the first layers are fine.",
}
WORDS = {"similar": "similar", "domain": "domain", "pretraining": "pretraining"}
QUESTIONS = [("why_similar", "he"), ("why_expected", "he"), ("meaning", None)]


@dataclass
class Fake:
    """A study with its tables in memory and on disk."""

    study: Study
    tables: dict[str, pd.DataFrame]


def fake(
    root: Path,
    *,
    n: int = 48,
    coders: bool = True,
    ratings: bool = True,
    name: str = "fake",
    synthetic: bool = True,
    hostile: bool = False,
    many_terms: int = 0,
) -> Fake:
    """Write an invented study under `root`: survey.yaml and every table."""
    folder = root / "codebooks" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.yaml").write_text(SURVEY.format(name=name, synthetic=str(synthetic).lower()), encoding="utf-8")
    study = load_study(root, name)
    built = _built(n, coders=coders, ratings=ratings, hostile=hostile, many_terms=many_terms)
    frames = {name: tables.checked(name, frame(name, built.get(name))) for name in tables.SCHEMAS}
    for table, rows in frames.items():
        tables.write(study.processed, table, rows)
    return Fake(study, {table: tables.read(study.processed, table) for table in frames})


def frame(name: str, rows: list[dict] | None) -> pd.DataFrame:
    """Return rows as the named table; columns nobody gave are null."""
    types = tables.SCHEMAS[name].types
    if not rows:
        return tables.empty(name)
    found = pd.DataFrame(rows)
    for column in types:
        if column not in found:
            found[column] = pd.Series([None] * len(found), dtype="object")
    for column, kind in types.items():
        if kind == tables.INTEGER:
            found[column] = found[column].astype("Int64")
        elif kind == tables.REAL:
            found[column] = found[column].astype("float64")
    return found


def _built(n: int, *, coders: bool, ratings: bool, hostile: bool, many_terms: int) -> dict[str, list[dict]]:
    rng = np.random.default_rng(7)
    roles = ["PhD student", "Clinician", "Engineer"]
    rows: dict[str, list[dict]] = {name: [] for name in tables.SCHEMAS}
    true: dict[str, str] = {}
    for i in range(n):
        person = f"r_{(i * 7919) % 100003:05d}"
        rows["respondents"].append({"respondent_id": person, "wave": "1", "quote_ok": i % 9 != 0, "role": roles[i % 3]})
        leaning = int(rng.integers(0, 3))
        for item in ("he_imagenet", "he_radimagenet", "he_ecoset") if ratings else ():
            for question in ("similarity", "expectation"):
                value = int(np.clip(rng.integers(1, 6), 1, 5))
                rows["ratings"].append(
                    {
                        "respondent_id": person,
                        "question_id": question,
                        "item_id": item,
                        "wave": "1",
                        "value": value,
                        "level": str(value),
                    }
                )
        for q, (question, item) in enumerate(QUESTIONS):
            if rng.random() < 0.12:
                continue
            _answer(rows, true, rng, person, i, q, question, item, leaning, hostile)
    _flow(rows, n)
    _terms(rows, many_terms, rng)
    _machine(rows, true, rng)
    if coders and rows["usages"]:
        _people(rows, true, rng, n)
    if ratings and coders:
        _orders(rows, rng)
    return rows


def _answer(rows, true, rng, person, i, q, question, item, leaning, hostile):
    senses = [SENSES["similar"][leaning if rng.random() < 0.7 else int(rng.integers(0, 3))]]
    if rng.random() < 0.4:
        senses.append(SENSES["domain"][int(rng.integers(0, 2))])
    if rng.random() < 0.4:
        senses.append("pretraining.training")
    text, spans = "", []
    for sense in senses:
        word = WORDS[sense.split(".")[0]]
        piece = PIECES[sense]
        start = len(text) + piece.index("{w}")
        spans.append((sense, start, start + len(word), word))
        text += piece.replace("{w}", word) + " "
    if hostile and i < 4:
        text += HOSTILE
    text = text if hostile and i < 4 else text.strip()
    response = f"a_{person[2:]}_{q}"
    rows["responses"].append(
        {
            "response_id": response,
            "respondent_id": person,
            "question_id": question,
            "item_id": item,
            "wave": "1",
            "text": text,
            "text_digest": f"d{response}",
            "language": "en",
            "export_row": i + 4,
            "export_column": f"W{q}",
        }
    )
    rows["excerpts"].append(
        {"excerpt_id": f"e_{response}", "response_id": response, "start": 0, "end": len(text), "text": text}
    )
    for k, (sense, start, end, word) in enumerate(spans):
        usage = f"u_{response}_{k}"
        true[usage] = sense
        rows["usages"].append(
            {
                "usage_id": usage,
                "term_id": sense.split(".")[0],
                "response_id": response,
                "start": start,
                "end": end,
                "surface": word,
            }
        )
        centre = np.zeros(16)
        centre[list(NAMES).index(sense)] = 1
        vector = centre + rng.normal(0, 0.25, 16)
        unit = np.round(vector / np.linalg.norm(vector), 4)
        rows["usage_vectors"].append({"usage_id": usage, "vector": unit, "upper": unit})


def _flow(rows, n):
    steps = [
        ("Rows in the export", n + 9, 0, ""),
        ("Previews", n + 7, 2, "made by the team"),
        ("No consent", n + 6, 1, "consent refused"),
        ("Unfinished", n + 2, 4, "not finished"),
        ("Duplicates", n + 1, 1, "same answers"),
        ("No text", n, 1, "no open answer"),
    ]
    rows["flow"] = [
        {"step": k, "label": label, "n_rows": left, "n_dropped": dropped, "reason": reason}
        for k, (label, left, dropped, reason) in enumerate(steps)
    ]


def _terms(rows, many_terms, rng):
    usages = pd.DataFrame(rows["usages"])
    for term in SENSES:
        mine = usages[usages.term_id == term] if len(usages) else usages
        people = {u.split("_")[2] for u in mine.usage_id} if len(mine) else set()
        rows["terms"].append(
            {
                "term_id": term,
                "label": term,
                "forms": term,
                "kind": "word",
                "role": "reference" if term == "pretraining" else "watched",
                "n_usages": len(mine),
                "n_respondents": len(people),
                "in_question": term == "similar",
            }
        )
    for k in range(many_terms):
        rows["terms"].append(
            {
                "term_id": f"word-{k:02d}",
                "label": f"longish word {k:02d}",
                "forms": "",
                "kind": "word",
                "role": "candidate",
                "n_usages": 60 - k // 2,
                "n_respondents": 30 - k // 4,
                "in_question": False,
            }
        )


def _machine(rows, true, rng):
    for k, term in enumerate(rows["terms"]):
        worth = term["term_id"] in ("similar", "domain") or k % 7 == 0
        score = round(float(rng.uniform(0.08, 0.32)), 3)
        rows["evidence"].append(
            {
                "term_id": term["term_id"],
                "verdict": "worth checking" if worth else "one sense is enough",
                "n_senses": 3 if worth else 1,
                "score": score,
                "ci_low": score - 0.05,
                "ci_high": score + 0.06,
                "null_percentile": 0.9,
                "dispersion": 0.4,
                "gap": 2.0,
                "gap_centred": None,
                "stability": 0.8,
                "separation": score,
                "balance": 0.7,
                "bound_to": "",
                "n_usages": term["n_usages"],
                "n_respondents": term["n_respondents"],
                "reason": "two groups of usages, stable under resampling",
            }
        )
    for usage, sense in true.items():
        term = sense.split(".")[0]
        if term == "pretraining":
            continue
        number = SENSES[term].index(sense) + 1
        rows["proposals"].append(
            {
                "usage_id": usage,
                "term_id": term,
                "sense_id": f"{term}#{number}",
                "strength": round(float(rng.uniform(0.3, 1)), 3),
            }
        )
    for term in ("similar", "domain"):
        for number in range(1, len(SENSES[term]) + 1):
            for rank, word in enumerate(["texture", "colour", "distance", "organ"]):
                rows["sense_words"].append(
                    {
                        "term_id": term,
                        "sense_id": f"{term}#{number}",
                        "rank": rank + 1,
                        "word": f"{word}{number}",
                        "weight": 1.0 / (rank + 1),
                    }
                )
    for k, excerpt in enumerate(rows["excerpts"]):
        rows["topics"].append({"excerpt_id": excerpt["excerpt_id"], "topic_id": k % 4, "strength": 0.6})
        code = CODES[int(rng.integers(0, len(CODES)))]
        rows["machine_codings"].append(
            {
                "excerpt_id": excerpt["excerpt_id"],
                "code_id": code,
                "source": "rule",
                "score": 1.0,
                "start": 0,
                "end": 4,
                "rule": "any",
            }
        )
    for topic in range(4):
        for rank, word in enumerate(["stain", "organ", "layer", "images", "data"]):
            rows["topic_words"].append(
                {"topic_id": topic, "rank": rank + 1, "word": f"{word} {topic}", "weight": 0.5 / (rank + 1)}
            )


def _people(rows, true, rng, n):
    coders = ["amara", "ben", "chiara"]
    for k, excerpt in enumerate(rows["excerpts"]):
        for coder in [coders[k % 3], *([coders[(k + 1) % 3]] if k % 3 == 0 else [])]:
            chosen = [CODES[int(c)] for c in rng.choice(len(CODES), size=int(rng.integers(0, 3)), replace=False)]
            _decision(rows, coder, "excerpt", excerpt["excerpt_id"], "coded" if chosen else "no_code")
            for code in chosen:
                rows["codings"].append({"assignment_id": f"{coder}:{excerpt['excerpt_id']}", "code_id": code})
        final = sorted(
            {row["code_id"] for row in rows["codings"] if row["assignment_id"].endswith(excerpt["excerpt_id"])}
        )
        for code in final or ["no_code"]:
            rows["record"].append(
                {"unit_kind": "excerpt", "unit_id": excerpt["excerpt_id"], "value": code, "basis": "single"}
            )
    for k, (usage, sense) in enumerate(true.items()):
        for coder in (coders[k % 3], coders[(k + 1) % 3]):
            _decision(rows, coder, "usage", usage, "coded")
            rows["judgements"].append({"assignment_id": f"{coder}:{usage}", "value": sense})
        if k % 11 == 0:
            rows["open_units"].append(
                {"unit_kind": "usage", "unit_id": usage, "values": f"{sense} / none", "reason": "coders disagree"}
            )
            continue
        value = "none" if k % 13 == 5 else sense
        rows["record"].append({"unit_kind": "usage", "unit_id": usage, "value": value, "basis": "unanimous"})
        if value != "none":
            rows["senses"].append(
                {
                    "usage_id": usage,
                    "sense_id": sense,
                    "source": "record",
                    "term_id": sense.split(".")[0],
                    "confidence": 1.0,
                }
            )
    _summaries(rows, rng, n)


def _decision(rows, coder, kind, unit, state):
    rows["assignments"].append(
        {
            "assignment_id": f"{coder}:{unit}",
            "coder_id": coder,
            "unit_kind": kind,
            "unit_id": unit,
            "round": "1",
            "purpose": "estimate",
            "p_include": 1.0,
            "position": len(rows["assignments"]),
        }
    )
    rows["decisions"].append(
        {
            "assignment_id": f"{coder}:{unit}",
            "state": state,
            "decided_at": "2025-07-01T10:00:00Z",
            "seconds": 21.0,
            "codebook_version": "1.0",
        }
    )


def _summaries(rows, rng, n):
    people = {r["response_id"]: r["respondent_id"] for r in rows["responses"]}
    role = {r["respondent_id"]: r["role"] for r in rows["respondents"]}
    usage = {u["usage_id"]: people[u["response_id"]] for u in rows["usages"]}
    senses = pd.DataFrame(rows["senses"])
    senses["respondent_id"] = senses.usage_id.map(usage)
    senses["role"] = senses.respondent_id.map(role)
    for term, ids in SENSES.items():
        mine = senses[senses.term_id == term]
        rows["ambiguity"].append(
            {
                "term_id": term,
                "verdict": "ambiguous" if term != "pretraining" else "one sense",
                "n_senses": len(ids),
                "score": 0.6 if term != "pretraining" else 0.02,
                "ci_low": 0.5 if term != "pretraining" else 0.0,
                "ci_high": 0.7 if term != "pretraining" else 0.05,
                "null_percentile": 0.95,
                "stability": 0.8,
                "bound_to": "",
                "n_usages": len(mine),
                "n_respondents": mine.respondent_id.nunique(),
                "reason": "people's labels",
            }
        )
        splits = [("", "", mine), *(("role", g, part) for g, part in mine.groupby("role"))]
        for by, group, part in splits:
            base = part.respondent_id.nunique()
            for sense in ids:
                k = part[part.sense_id == sense].respondent_id.nunique()
                rows["shares"].append(
                    _share(
                        term_id=term,
                        sense_id=sense,
                        group_by=by,
                        group=group,
                        k=k,
                        base=base,
                        n_usages=int((part.sense_id == sense).sum()),
                    )
                )
        rows["disputes"].append(
            {
                "term_id": term,
                "scope": "between",
                "value": 0.4,
                "ci_low": 0.3,
                "ci_high": 0.5,
                "n_respondents": 30,
                "n_pairs": 400,
                "note": "",
            }
        )
        for sense in ids:
            rows["glossary"].append(
                {
                    "entry_id": sense,
                    "term_id": term,
                    "sense_id": sense,
                    "name": NAMES[sense],
                    "definition": None
                    if sense == "domain.distribution"
                    else f"Said of things that are {NAMES[sense]}.",
                    "status": "defined",
                    "n_usages": int((mine.sense_id == sense).sum()),
                    "n_respondents": mine[mine.sense_id == sense].respondent_id.nunique(),
                }
            )
    base = len(role)
    for code in CODES:
        for question in ["", "why_similar", "why_expected", "meaning"]:
            k = int(rng.integers(0, base + 1))
            row = _share(code_id=code, question_id=question, group_by="", group="", k=k, base=base)
            rows["prevalence"].append({**row, "n_excerpts": k})
        for group in sorted(set(role.values())):
            size = sum(value == group for value in role.values())
            row = _share(
                code_id=code, question_id="", group_by="role", group=group, k=int(rng.integers(0, size + 1)), base=size
            )
            rows["prevalence"].append({**row, "n_excerpts": 3})
        value = round(float(rng.uniform(0.3, 0.95)), 3)
        rows["agreement"].append(
            {
                "scope": f"code:{code}",
                "coefficient": "alpha",
                "level": "nominal",
                "value": value,
                "ci_low": value - 0.12,
                "ci_high": min(value + 0.1, 1),
                "n_units": 40,
                "n_respondents": 30,
                "n_coders": 3,
                "n_positive": 14,
                "note": "",
            }
        )
    rows["agreement"].append(
        {
            "scope": "code:never",
            "coefficient": "alpha",
            "level": "nominal",
            "n_units": 40,
            "n_respondents": 30,
            "n_coders": 3,
            "n_positive": 0,
            "note": "undefined: no variation in 40 units",
        }
    )
    rows["agreement"].append(
        {
            "scope": "code:colour", "coefficient": "percent", "level": "nominal", "value": 0.96, "n_units": 40,
            "n_respondents": 30, "n_coders": 3, "note": "",
        }
    )  # fmt: skip
    for scope in ("all codes", "pair:amara|ben", "pair:amara|chiara", "pair:ben|chiara", "term:similar", "term:domain"):
        value = round(float(rng.uniform(0.5, 0.9)), 3)
        rows["agreement"].append(
            {
                "scope": scope,
                "coefficient": "alpha",
                "level": "nominal",
                "value": value,
                "ci_low": value - 0.1,
                "ci_high": value + 0.08,
                "n_units": 60,
                "n_respondents": 40,
                "n_coders": 3,
                "n_positive": 30,
                "note": "",
            }
        )


def _share(*, k, base, **key):
    share = k / base if base else None
    return {
        **key,
        "n_respondents": k,
        "base": base,
        "share": share,
        "ci_low": None if share is None else max(0, share - 0.12),
        "ci_high": None if share is None else min(1, share + 0.12),
    }


def _orders(rows, rng):
    senses = pd.DataFrame(rows["senses"])
    people = {r["response_id"]: r["respondent_id"] for r in rows["responses"]}
    usage = {u["usage_id"]: people[u["response_id"]] for u in rows["usages"]}
    mine = senses[senses.term_id == "similar"].assign(respondent_id=lambda f: f.usage_id.map(usage))
    for (person, sense), _ in mine.groupby(["respondent_id", "sense_id"]):
        concordant = int(rng.integers(0, 4))
        rows["orders"].append(
            {
                "respondent_id": person,
                "context": "task=he",
                "term_id": "similar",
                "sense_id": sense,
                "rating_a": "similarity",
                "rating_b": "expectation",
                "n_concordant": concordant,
                "n_discordant": int(rng.integers(0, 4 - concordant)),
                "n_tied": 0,
            }
        )
