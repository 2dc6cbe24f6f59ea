"""Coding by meaning on two published data sets: what each way of coding reaches, on respondents it has not seen.

Per data set, the segments of each question with that question's codes, in five folds by respondent; every way is
scored on the same held-out segments, micro and macro over the codes. The tags of jupyter-ux-2015 were made by keyword
rules, so its first row is those rules against themselves. flaky-tests has no rules: there, a code's own name is the
rule. Neither data set defines its codes: "definitions" are their names. A way without a threshold of its own gives
each segment its best code; the classifiers take the threshold that is best for micro F1 inside their training part.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.codebook.calibration import average_precision
from pipeline.codebook.classifier import FOLDS, INNER, STRENGTHS, Known, learn, log_odds
from pipeline.codebook.folds import deal
from pipeline.codebook.keywords import from_keywords
from pipeline.codebook.rules import RuleMatcher
from pipeline.codebook.themes import Code, Rule
from pipeline.encoder import models
from pipeline.encoder.cache import SENTENCE
from pipeline.encoder.vectors import encode
from pipeline.language import load_language
from pipeline.settings import Encoder

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SAMEWORD_SHARED_DATA", ROOT.parent / "shared" / "data"))
FLAKY = {"sq2": 3, "sq6": 23, "sq8": 32, "sq11": 35}  # matrix -> column of the answers
JUPYTER = {
    "3a_hinderance_themes": ("hinderances_themes", [4]),
    "3b_integration_themes": ("integrations_themes", [6, 7, 8]),
    "3c_needs_addressed_themes": ("workflow_needs_addressed_themes", [11, 12, 13]),
    "3d_needs_not_addressed_themes": ("workflow_needs_not_addressed_themes", [14, 15, 16]),
    "3e_pleasant_aspects_themes": ("pleasant_aspects_themes", [17, 18, 19]),
    "3f_difficult_aspects_themes": ("difficult_aspects_themes", [20, 21, 22]),
    "3g_features_changes_themes": ("features_changes_themes", [23, 24, 25]),
    "3h_first_experience_enhancements_themes": ("first_experience_enhancements_themes", [26, 27, 28]),
    "4_primary_roles": ("roles", [31]),
}
SEED = 1


@dataclass
class Question:
    """Segments of one question with their codes."""

    texts: list[str]
    people: np.ndarray
    codes: list[Code]
    labels: np.ndarray  # segments x codes
    vectors: np.ndarray | None = None
    names: np.ndarray | None = None  # vectors of the codes' names


def flaky() -> Iterator[Question]:
    """Yield the four questions of flaky-tests; 157 segments, 49 codes."""
    import pandas as pd

    with (SHARED / "flaky-tests" / "responses.tsv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.reader(file, delimiter="\t"))[1:]
    for name, column in FLAKY.items():
        sheet = pd.read_excel(SHARED / "flaky-tests" / f"{name}.ods", engine="odf", header=None)
        head = [(at, str(cell).strip()) for at, cell in enumerate(sheet.iloc[0]) if at and isinstance(cell, str)]
        rows = [row for row in sheet.iloc[1:].itertuples(index=False) if isinstance(row[0], str)]
        texts = [row[0] for row in rows]
        labels = np.array([[row[at] == 1 for at, _ in head] for row in rows])
        people = [next(str(i) for i, answer in enumerate(answers) if text in answer[column]) for text in texts]
        codes = [
            Code(id=f"c{at}", name=label, rules=(Rule(any=tuple(re.findall(r"[^\W\d_]{3,}|ML|VM|UI", label))),))
            for at, label in head
        ]
        yield Question(texts, np.array(people), codes, labels)


def jupyter() -> Iterator[Question]:
    """Yield the nine questions of jupyter-ux-2015; 5,400 answers."""
    folder = SHARED / "jupyter-ux-2015"
    themes = from_keywords((folder / "codebook_keywords_extracted.json").read_text(encoding="utf-8"), source="keywords")
    with (folder / "20160115235816-SurveyExport.csv").open(encoding="utf-8-sig", newline="") as file:
        export = list(csv.reader(file))[1:]
    for theme in themes:
        table, columns = JUPYTER[theme.name]
        with (folder / "themes" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))[1:]
        texts = [", ".join(cell for cell in (export[int(row[0])][c] for c in columns) if cell) for row in rows]
        tags = [set(row[1].split(",")) for row in rows]
        labels = np.array([[code.name in found for code in theme.codes] for found in tags])
        yield Question(texts, np.array([row[0] for row in rows]), list(theme.codes), labels)


def encoded(questions: list[Question]) -> list[Question]:
    """Fill in the vectors of segments and of code names."""
    names = [[code.name for code in q.codes] for q in questions]
    every = [text for q in questions for text in q.texts] + [name for found in names for name in found]
    found = encode(every, {}, load=lambda: models.load(models.resolve(Encoder(), ROOT), "cpu"), threads=1)
    for q, mine in zip(questions, names, strict=True):
        q.vectors = np.stack([found[text, *SENTENCE] for text in q.texts])
        q.names = np.stack([found[name, *SENTENCE] for name in mine])
    return questions


# A way of coding: question, training rows, test rows -> scores and decisions of the test rows, segments x codes.
Way = Callable[[Question, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def by_rules(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score by the number of hits of the code's rules."""
    matcher = RuleMatcher(q.codes, load_language("en"))
    column = {code.id: at for at, code in enumerate(q.codes)}
    found = np.zeros((len(test), len(q.codes)))
    for row, at in enumerate(test):
        for hit in matcher.hits(q.texts[at], next(iter(q.codes[0].rules[0].questions), None)):
            found[row, column[hit.code_id]] += 1
    return found, found > 0


def best_code(scores: np.ndarray) -> np.ndarray:
    """Give each segment its best code."""
    return np.asarray(scores == scores.max(1, keepdims=True))


def by_examples(k: int) -> Way:
    """Score by closeness to the code's name and k segments of the training part with it (fewer where fewer are)."""

    def way(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert q.vectors is not None and q.names is not None
        scores = np.zeros((len(test), len(q.codes)))
        for column in range(len(q.codes)):
            carry = np.random.default_rng([SEED, column]).permutation(train[q.labels[train, column]])[:k]
            centre = np.vstack([q.names[column], q.vectors[carry]]).mean(0)
            scores[:, column] = q.vectors[test] @ (centre / np.linalg.norm(centre))
        scores -= scores.mean(0)
        return scores, best_code(scores)

    return way


def by_classifier(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score as the program does where people have coded."""
    assert q.vectors is not None and q.names is not None
    near = q.vectors @ q.names.T
    near = near - near.mean(0)
    known = Known(q.vectors[train], near[train], q.labels[train], q.people[train])
    learnt = learn(known, seed=SEED + 1)
    scores = learnt.odds(known, q.vectors[test], near[test])
    return scores, scores >= best_cut(learnt.held, known.labels)


def best_cut(held: np.ndarray, truth: np.ndarray) -> float:
    """Return the threshold with the best micro F1."""
    cuts = np.quantile(held, np.linspace(0.5, 0.999, 200))
    return float(max(cuts, key=lambda cut: f1(held >= cut, truth)))


def library_log_odds(seen: Any, labels: np.ndarray, new: Any, strength: float) -> np.ndarray:
    """Return what `log_odds` does, by scikit-learn, code by code: it takes the sparse matrices of TF-IDF."""
    from sklearn.linear_model import LogisticRegression

    found = np.zeros((new.shape[0], labels.shape[1]))
    for column, truth in enumerate(labels.T):
        if truth.all() or not truth.any():
            found[:, column] = np.log((truth.sum() + 0.5) / (len(truth) - truth.sum() + 0.5))
        else:
            found[:, column] = LogisticRegression(C=strength, max_iter=500).fit(seen, truth).decision_function(new)
    return found


def by_regression(
    features: Callable[[Question, np.ndarray, np.ndarray], tuple[Any, Any]],
    regress: Callable[[Any, np.ndarray, Any, float], np.ndarray] = log_odds,
) -> Way:
    """Score by regularised logistic regressions alone; penalty and threshold are chosen inside the training part."""

    def way(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inner = deal(q.people[train], q.labels[train], INNER, SEED + 1)
        held = {strength: np.zeros((len(train), len(q.codes))) for strength in STRENGTHS}
        for part in range(INNER):
            fit, check = train[inner != part], train[inner == part]
            seen, new = features(q, fit, check)
            for strength in STRENGTHS:
                held[strength][inner == part] = regress(seen, q.labels[fit], new, strength)
        truth = q.labels[train]
        loss = {s: np.sum(np.logaddexp(0, odds) - truth * odds) for s, odds in held.items()}
        strength = min(STRENGTHS, key=lambda s: loss[s])
        seen, new = features(q, train, test)
        scores = regress(seen, q.labels[train], new, strength)
        return scores, scores >= best_cut(held[strength], truth)

    return way


def vectors(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the segments' vectors."""
    assert q.vectors is not None
    return q.vectors[train], q.vectors[test]


def tfidf(q: Question, train: np.ndarray, test: np.ndarray) -> tuple[Any, Any]:
    """Return TF-IDF of words and pairs of words, learnt on the training part."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return made.fit_transform([q.texts[i] for i in train]), made.transform([q.texts[i] for i in test])


WAYS: dict[str, Way] = {
    "rules": by_rules,
    "definitions only": by_examples(0),
    "5 examples": by_examples(5),
    "10 examples": by_examples(10),
    "20 examples": by_examples(20),
    "full cross-validation: classifier and definition": by_classifier,
    "full cross-validation: logistic regression on vectors": by_regression(vectors),
    "full cross-validation: TF-IDF + logistic regression": by_regression(tfidf, library_log_odds),
}


def f1(decided: np.ndarray, truth: np.ndarray) -> float:
    """Return 2 TP / (decided + true); 0 where both are empty."""
    both = decided.sum() + truth.sum()
    return float(2 * (decided & truth).sum() / both) if both else 0.0


def scored(questions: list[Question], way: Way) -> dict[str, object]:
    """Return the scores of a way over the held-out segments of all questions."""
    decided, truth, per_code, areas, pooled = [], [], [], [], []
    for q in questions:
        fold = deal(q.people, q.labels, FOLDS, SEED)
        scores, decisions = np.zeros(q.labels.shape), np.zeros(q.labels.shape, dtype=bool)
        for part in range(FOLDS):
            train, test = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
            scores[test], decisions[test] = way(q, train, test)
        decided.append(decisions.ravel())
        truth.append(q.labels.ravel())
        pooled.append(scores.ravel())
        used = [c for c in range(len(q.codes)) if q.labels[:, c].any()]
        per_code += [f1(decisions[:, c], q.labels[:, c]) for c in used]
        areas += [average_precision(scores[:, c], q.labels[:, c]) for c in used]
    every = np.concatenate(truth)
    return {
        "micro F1": round(f1(np.concatenate(decided), every), 3),
        "macro F1": round(float(np.mean(per_code)), 3),
        "AP (mean over codes)": round(float(np.mean([area for area in areas if area is not None])), 3),
    }


def main() -> list[dict[str, object]]:
    """Return the rows of the table."""
    rows = []
    for name, read in {"flaky-tests": flaky, "jupyter-ux-2015": jupyter}.items():
        questions = encoded(list(read()))
        size = f"{sum(len(q.texts) for q in questions):,} segments, {sum(len(q.codes) for q in questions)} codes"
        rows += [{"data": f"{name} ({size})", "way": way, **scored(questions, found)} for way, found in WAYS.items()]
    return rows


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
