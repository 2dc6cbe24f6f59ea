"""A small study with tables, made of sentences written here, for the tests of the coding room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.study import Study, load_study

SURVEY = """
study: {name}
title: What people mean by similar
exports: [{{file: export.csv}}]
columns:
  id: {{role: respondent_id}}
  why: {{role: open}}
  how: {{role: open}}
  role: {{role: single_choice}}
questions:
  why: {{text: Why are they similar?}}
  how: {{text: How did you decide?}}
terms: {{watch: [similar]}}
coding:
  coders: [ann, bob, cleo]
  overlap: {{share: 0.4, coders: 2, usages: 2}}
  record: majority
  seed: 7
{extra}
report: {{groups: [role], small: 5}}
"""
THEMES = """
version: "1.0"
themes:
  - id: looks
    name: Looks
    codes:
      - {id: colour, name: Colour and staining, definition: Argues from colour., include: stains, exclude: channels}
      - {id: shape, name: Shape, definition: Argues from shape.}
  - id: rest
    name: Other
    codes:
      - {id: data-size, name: "Size of the data", definition: Argues from amount.}
      - {id: old, name: Old code, status: retired}
clean:
  labels: {staining: colour}
"""
GLOSSARY = """
version: "1.0"
entries:
  - term: similar
    senses:
      - {id: visual, name: alike in appearance, definition: Looks alike.}
      - {id: semantic, name: alike in what is shown, definition: Shows the same.}
"""
ENDINGS = (
    "in colour",
    "in shape",
    "because of its size",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "“quoted” – yes",
)


def make_study(root: Path, *, n: int = 10, extra: str = "", name: str = "tiny") -> Study:
    """Write the study's files and tables under root and return it."""
    folder = root / "codebooks" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survey.yaml").write_text(SURVEY.format(name=name, extra=extra), encoding="utf-8")
    (folder / "themes.yaml").write_text(THEMES, encoding="utf-8")
    (folder / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    study = load_study(root, name)
    for table, frame in frames(n).items():
        tables.write(study.processed, table, frame)
    return study


def frames(n: int) -> dict[str, pd.DataFrame]:
    """Return the tables of n respondents who answer two questions each."""
    people = [f"r{i:03d}" for i in range(n)]
    respondents = pd.DataFrame(
        {
            "respondent_id": people,
            "wave": "1",
            "quote_ok": True,
            "role": ["doctor" if i % 2 else "coder" for i in range(n)],
        }
    )
    answers = []
    for i, person in enumerate(people):
        answers.append((f"x{i:03d}a", person, "why", f"They look similar {ENDINGS[i % len(ENDINGS)]}, says {i}."))
        answers.append((f"x{i:03d}b", person, "how", f"I compared 🧪 {i} of them."))
    responses = pd.DataFrame(answers, columns=["response_id", "respondent_id", "question_id", "text"]).assign(
        item_id=None, wave="1", text_digest="d", language="en", export_row=1, export_column="c"
    )
    excerpts = pd.DataFrame(
        {"excerpt_id": "e" + responses.response_id, "response_id": responses.response_id, "start": 0,
         "end": responses.text.str.len(), "text": responses.text}
    )  # fmt: skip
    used = responses[responses.question_id == "why"]
    usages = pd.DataFrame(
        {"usage_id": "u" + used.response_id, "term_id": "similar", "response_id": used.response_id, "start": 10,
            "end": 17,
         "surface": "similar"}
    )  # fmt: skip
    terms = pd.DataFrame(
        [("similar", "similar", "similar", "word", "watched", len(usages), n, True)],
        columns=list(tables.SCHEMAS["terms"].types),
    )
    return {
        "respondents": respondents, "responses": responses, "excerpts": excerpts, "usages": usages, "terms": terms,
        "translations": tables.empty("translations"), "machine_codings": tables.empty("machine_codings"),
        "proposals": tables.empty("proposals"),
    }  # fmt: skip


def packet_of(texts: list[str], **more: Any) -> dict[str, Any]:
    """Return a packet of excerpts, one per text, with twelve codes."""
    codes = [
        {
            "id": f"c{i}",
            "name": f"Code {i}",
            "definition": "d",
            "include": "",
            "exclude": "",
            "positive": [],
            "negative": [],
            "colour": "#0072B2",
        }
        for i in range(12)
    ]
    units = [
        {
            "assignment_id": f"a_{i}",
            "unit_kind": "excerpt",
            "unit_id": f"e{i}",
            "digest": "d",
            "question": "Why?",
            "question_id": "q",
            "item": "",
            "person": f"p{i}",
            "response": f"x{i}",
            "term_id": "",
            "answer": text,
            "start": 0,
            "end": len(text),
            "text": text,
            "purpose": "estimate",
        }
        for i, text in enumerate(texts)
    ]
    return {
        "format": "sameword-packet",
        "version": 1,
        "study": "tiny",
        "title": "T",
        "language": "en",
        "coder": "ann",
        "codebook_version": "1",
        "themes": [{"id": "t", "name": "Theme", "colour": "#0072B2", "codes": codes}],
        "terms": {},
        "manners": {"note": "", "flags": [], "counts": True},
        "others_visible": False,
        "units": units,
        "others": {},
        **more,
    }
