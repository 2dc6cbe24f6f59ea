"""A few invented answers with their usages and senses, as tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

ANSWERS = (
    ("r01", "p1", "why", "The slides look similar to photos of leaves.", "similar.visual"),
    ("r02", "p2", "why", "Similar colours, so similar.", "similar.visual"),
    ("r03", "p3", "why", "They are similar: both show organs.", "similar.semantic"),
    ("r04", "p4", "meaning", "Similar means the same disease.", "similar.semantic"),
    ("r05", "p5", "meaning", "=HYPERLINK(1) similar <script>window.hacked=1</script>", "similar.semantic"),
    ("r06", "p5", "why", "I cannot say how similar they are.", "cannot_code"),
    ("r07", "p6", "why", "A domain of its own. Another domain.", None),
)


@dataclass(frozen=True)
class Tables:
    terms: pd.DataFrame
    usages: pd.DataFrame
    responses: pd.DataFrame
    senses: pd.DataFrame
    proposals: pd.DataFrame
    evidence: pd.DataFrame
    sense_words: pd.DataFrame
    vectors: pd.DataFrame

    def pick(self, *names: str) -> dict[str, pd.DataFrame]:
        return {name: getattr(self, name) for name in names}


def made() -> Tables:
    """Usages of "similar" that people judged, and two of "domain" that nobody did."""
    usages, senses, vectors = [], [], []
    for response, _, _, text, sense in ANSWERS:
        word = "domain" if sense is None else "similar"
        at = -1
        while (at := text.lower().find(word, at + 1)) >= 0:
            name = f"u_{response}_{at:02d}"
            usages.append((name, word, response, at, at + len(word), text[at : at + len(word)]))
            if sense is not None:
                senses.append((name, sense, "record", word, 1.0))
            direction = {"similar.visual": 0, "similar.semantic": 1}.get(str(sense), 2)
            vectors.append((name, np.eye(3)[direction].tolist()))
    usage_table = pd.DataFrame(usages, columns=["usage_id", "term_id", "response_id", "start", "end", "surface"])
    groups = [
        (name, word, f"{word}#{1 + place % 2}", 0.9 - place / 100) for place, (name, word, *_) in enumerate(usages)
    ]
    return Tables(
        terms=pd.DataFrame(
            [
                ("domain", "domain", "domain|domains", "word", "watched", 2, 1, False),
                ("similar", "similar", "similar|similarity", "word", "watched", 7, 5, True),
            ],
            columns=["term_id", "label", "forms", "kind", "role", "n_usages", "n_respondents", "in_question"],
        ),
        usages=usage_table,
        responses=pd.DataFrame(
            [(r, p, q, None, "1", text, f"t_{r}", "en", i, "A") for i, (r, p, q, text, _) in enumerate(ANSWERS)],
            columns=[
                "response_id", "respondent_id", "question_id", "item_id", "wave", "text", "text_digest", "language",
                "export_row", "export_column",
            ],
        ),
        senses=pd.DataFrame(senses, columns=["usage_id", "sense_id", "source", "term_id", "confidence"]),
        proposals=pd.DataFrame(groups, columns=["usage_id", "term_id", "sense_id", "strength"]),
        evidence=pd.DataFrame(
            {"term_id": ["domain", "similar"], "verdict": "worth checking", "score": [0.2, 0.3], "reason": "two groups"}
        ),
        sense_words=pd.DataFrame(
            {"term_id": "domain", "sense_id": "domain#1", "rank": [1, 2], "word": ["own", "another"], "weight": 0.5}
        ),
        vectors=pd.DataFrame(vectors, columns=["usage_id", "vector"]),
    )  # fmt: skip
