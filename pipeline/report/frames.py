"""One finished table per figure: everything a figure shows, with labels, and nothing left to compute."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.notes import retold
from pipeline.report.given import NOT_SENSES, Given
from pipeline.report.quotes import Quote, central, quotes
from pipeline.senses.plane import plane
from pipeline.speech import message, phrase

MOST_TERMS = 60
ALL = message("All questions")
NUMBERED = 2  # quotes per sense on a usage map


def ambiguity(given: Given) -> pd.DataFrame:
    """Rank terms: label, score, ci_low, ci_high, verdict, role, n_usages, n_respondents, basis (people, machine)."""
    judged = given["ambiguity"]
    judged = judged[judged.term_id.isin(given["shares"].term_id) & judged.score.notna()].assign(basis="people")
    basis = judged if len(judged) else given["evidence"].assign(basis="machine")
    found = basis[basis.score.notna()].merge(given["terms"][["term_id", "label", "role"]], on="term_id")
    if len(found) and found.basis.iloc[0] == "machine":
        found = found[(found.role != "candidate") | (found.verdict == "worth checking")]
    found = found.sort_values(["score", "term_id"], ascending=[False, True]).head(MOST_TERMS)
    columns = [
        "term_id",
        "label",
        "score",
        "ci_low",
        "ci_high",
        "verdict",
        "role",
        "n_usages",
        "n_respondents",
        "basis",
    ]
    return found[columns].reset_index(drop=True)


def flow(given: Given) -> pd.DataFrame:
    """Return the steps of the respondents' way into the study: label, n_rows, n_dropped, reason."""
    steps = given["flow"].sort_values("step").reset_index(drop=True)
    ends = steps.index.isin([0, len(steps) - 1])
    steps = steps[ends | (steps.n_dropped > 0)].reset_index(drop=True)  # a step that drops nobody is no news
    steps = steps.assign(label=steps.label.map(retold), reason=steps.reason.map(retold))
    return steps.assign(label=steps.label.map(lambda text: text[:1].upper() + text[1:]))


def shares(given: Given, term_id: str, *, senses_only: bool = False) -> pd.DataFrame:
    """Return who uses a term in which sense: group_label, sense, n_respondents, base, share, ci_low, ci_high.

    Everyone comes first, then the groups in the order of survey.yaml. senses_only leaves out what is no sense.
    """
    mine = _with_zeros(given["shares"][given["shares"].term_id == term_id])
    mine = mine[~mine.sense_id.isin(NOT_SENSES)] if senses_only else mine
    order = given.senses_of(term_id, mine.sense_id)
    mine = mine.assign(
        sense=mine.sense_id.map(given.sense_name),
        rank=mine.sense_id.map({s: i for i, s in enumerate(order)}),
        by=mine.group_by.fillna("").map(lambda by: given.study.label(by) if by else ""),
        group_label=[
            given.study.label(g) if by else phrase("Everyone") for by, g in zip(mine.group_by, mine.group, strict=True)
        ],
    )
    groups = list(given.study.survey.report.groups)
    mine = mine.assign(place=mine.group_by.fillna("").map(lambda by: groups.index(by) if by in groups else -1))
    columns = ["by", "group_label", "sense_id", "sense", "rank", "n_respondents", "base", "share", "ci_low", "ci_high"]
    return mine.sort_values(["place", "by", "group_label", "rank"], kind="stable")[columns].reset_index(drop=True)


def _with_zeros(rows: pd.DataFrame) -> pd.DataFrame:
    """Return shares with a row for every sense in every group: senses that nobody there uses count 0, no interval.

    Senses share a group's base of codable respondents; what is no sense has a base of its own and stays as it is.
    """
    rows = rows[rows.base > 0].fillna({"group_by": "", "group": ""})
    keys = ["term_id", "group_by", "group"]
    real = rows[~rows.sense_id.isin(NOT_SENSES)]
    bases = real.groupby(keys, as_index=False).base.max()
    full = bases.merge(pd.DataFrame({"sense_id": sorted(real.sense_id.unique())}), how="cross")
    full = full.merge(real.drop(columns="base"), on=[*keys, "sense_id"], how="left")
    full = full.fillna({"n_respondents": 0, "n_usages": 0}).astype({"n_respondents": "int64", "n_usages": "int64"})
    full = pd.concat([full, rows[rows.sense_id.isin(NOT_SENSES)][full.columns]], ignore_index=True)
    full["share"] = full.share.astype("float64").fillna(full.n_respondents / full.base)
    return full


def cases(given: Given, term_id: str) -> pd.DataFrame:
    """Count which respondent uses a term in which sense how often: person, sense, n_usages."""
    judged = given.judged
    mine = judged[judged.term_id == term_id]
    counts = mine.groupby(["respondent_id", "sense_id"], as_index=False).agg(n_usages=("usage_id", "nunique"))
    order = {sense: i for i, sense in enumerate(given.senses_of(term_id, mine.sense_id))}
    counts = counts.assign(
        person=counts.respondent_id.map(given.people),
        sense=counts.sense_id.map(given.sense_name),
        rank=counts.sense_id.map(order),
    )
    return counts.sort_values(["person", "rank"])[["person", "sense_id", "sense", "rank", "n_usages"]].reset_index(
        drop=True
    )


def usage_map(given: Given, term_id: str) -> pd.DataFrame:
    """Place usages in a plane: usage_id, x, y, sense, basis, person, number (of a quoted usage, or null), quote.

    x and y are the first two principal directions of the usage vectors, signs fixed. Distances
    in a plane say little about distances in the vectors' space.
    """
    mine, basis = _mapped(given, term_id)
    columns = ["usage_id", "x", "y", "sense_id", "sense", "rank", "basis", "person", "number", "quote"]
    if mine.empty:
        return pd.DataFrame({column: pd.Series(dtype="object") for column in columns})
    points = plane(np.stack(mine.vector.tolist()))
    order = given.senses_of(term_id, mine.sense_id)
    mine = mine.assign(
        x=points[:, 0],
        y=points[:, 1],
        person=mine.respondent_id.map(given.people),
        sense=mine.sense_id.map(given.sense_name),
        basis=basis,
        rank=mine.sense_id.map({s: i for i, s in enumerate(order)}),
    )
    mine = mine.sort_values(["rank", "usage_id"]).reset_index(drop=True)
    chosen = _quoted(given, mine, order)
    numbers = {quote.usage_id: number for number, quote in enumerate(chosen, 1)}
    words = {quote.usage_id: quote.text for quote in chosen}
    mine = mine.assign(number=mine.usage_id.map(numbers).astype("Int64"), quote=mine.usage_id.map(words))
    return mine[columns]


def map_numbers(given: Given, term_id: str) -> dict[str, int]:
    """Return the number on a term's usage map of each usage that is quoted beside it; nothing else of the map."""
    mine, _ = _mapped(given, term_id)
    chosen = _quoted(given, mine, given.senses_of(term_id, mine.sense_id))
    return {quote.usage_id: number for number, quote in enumerate(chosen, 1)}


def _mapped(given: Given, term_id: str) -> tuple[pd.DataFrame, str]:
    """Return the usages of a term that have a vector, each once, and whose senses: of people or the machine.

    No usages where there are fewer than three: two points are no map.
    """
    people = (given.judged.term_id == term_id).any()
    senses = given.judged if people else given.proposed
    mine = senses[senses.term_id == term_id].drop_duplicates("usage_id").merge(given["usage_vectors"], on="usage_id")
    mine = mine if len(mine) > 2 else mine.head(0)
    return mine.sort_values("usage_id").reset_index(drop=True), "people" if people else "machine"


def _quoted(given: Given, mine: pd.DataFrame, order: list[str]) -> list[Quote]:
    """Return the usages quoted beside a map, sense by sense."""
    return [q for sense in order for q in quotes(given, central(mine[mine.sense_id == sense]), most=NUMBERED)]


def sense_ratings(given: Given) -> pd.DataFrame:
    """Count ratings by the sense in the answer that explains them: term, sense, rating, value, n, n_respondents.

    Of ambiguous terms only, where there are any.
    """
    joined = given.rated.dropna(subset=["value"])
    ranked = ambiguity(given)
    said = ranked[ranked.verdict == "ambiguous"].term_id
    joined = joined[joined.sense_id.notna() & (joined.term_id.isin(said) if len(said) else True)]
    keys = ["term_id", "sense_id", "rated_question", "value"]
    found = joined.groupby(keys, as_index=False).agg(n=("item_id", "size"))
    people = joined.groupby(keys[:3], as_index=False).agg(n_respondents=("respondent_id", "nunique"))
    found = found.merge(people, on=keys[:3])
    scales = {name: given.study.survey.questions[name].scale for name in found.rated_question.unique()}
    found = found.assign(
        term=found.term_id.map(given.terms),
        sense=found.sense_id.map(given.sense_name),
        rating=found.rated_question.map(given.study.label),
        place=found.rated_question.map(list(given.study.survey.questions).index),
        rank=[given.senses_of(t, found.sense_id).index(s) for t, s in zip(found.term_id, found.sense_id, strict=True)],
        low=[(scales[q] or (found.value.min(), 0))[0] for q in found.rated_question],
        high=[(scales[q] or (0, found.value.max()))[1] for q in found.rated_question],
    )
    columns = [
        "term_id",
        "term",
        "sense_id",
        "sense",
        "rank",
        "rated_question",
        "rating",
        "value",
        "n",
        "n_respondents",
        "low",
        "high",
    ]
    order = {term: place for place, term in enumerate(ranked.term_id)}
    found = found.assign(turn=found.term_id.map(order)).sort_values(["turn", "term_id", "place", "rank", "value"])
    return found[columns].reset_index(drop=True)


def orders(given: Given) -> pd.DataFrame:
    """Count pairs of items in the same and the opposite order in two ratings, by sense; and respondents.

    Which of the two ratings an answer explains does not change the order of items: both directions count together.
    """
    counts = ["n_concordant", "n_discordant", "n_tied"]
    asked = list(given.study.survey.questions)
    table = given["orders"]
    pairs = [sorted(pair, key=asked.index) for pair in zip(table.rating_a, table.rating_b, strict=True)]
    table = table.assign(a=[pair[0] for pair in pairs], b=[pair[1] for pair in pairs])
    keys = ["term_id", "sense_id", "a", "b"]
    found = table.groupby(keys, as_index=False)[counts].sum()
    found = found.merge(table.groupby(keys, as_index=False).agg(n_respondents=("respondent_id", "nunique")), on=keys)
    ranked = {term: place for place, term in enumerate(ambiguity(given).term_id)}
    found = found.assign(
        term=found.term_id.map(given.terms),
        sense=found.sense_id.map(given.sense_name),
        place=found.term_id.map(lambda term: ranked.get(term, len(ranked))),
        rank=[given.senses_of(t, found.sense_id).index(s) for t, s in zip(found.term_id, found.sense_id, strict=True)],
        a=found.a.map(given.study.label),
        b=found.b.map(given.study.label),
    ).sort_values(["a", "b", "place", "term_id", "rank"])
    return found[["term_id", "term", "sense_id", "sense", "a", "b", *counts, "n_respondents"]].reset_index(drop=True)


def prevalence(given: Given, by: str = "") -> pd.DataFrame:
    """Return codes by question (by = "") or group: code, theme, column, n_respondents, base, share, interval."""
    table = given["prevalence"].fillna({"question_id": "", "group_by": "", "group": ""})
    if by:
        mine = table[(table.group_by == by) & (table.question_id == "")]
        mine = mine.assign(column=mine.group.map(given.study.label))
    else:
        mine = table[table.group_by == ""]
        mine = mine.assign(column=[given.name(q) if q else phrase(ALL) for q in mine.question_id])
    mine = mine[mine.base > 0]
    place = {code: i for i, code in enumerate(given.order_of_codes(mine.code_id))}
    themes = dict(zip(given.codes.code_id, given.codes.theme, strict=True)) if len(given.codes) else {}
    columns = list(dict.fromkeys([phrase(ALL), *(given.name(q) for q in given.study.open_questions())]))
    mine = mine[mine.code_id.isin(place)].assign(
        code=mine.code_id.map(given.code_name),
        theme=mine.code_id.map(lambda code: themes.get(code, "")),
        place=mine.code_id.map(place),
        rank=mine.column.map(lambda name: columns.index(name) if name in columns else len(columns)),
    )
    wanted = ["code_id", "code", "theme", "column", "n_respondents", "base", "share", "ci_low", "ci_high"]
    wanted.append("share_unweighted")
    return mine.sort_values(["place", "rank", "column"], kind="stable")[wanted].reset_index(drop=True)


def co_occurrence(given: Given) -> pd.DataFrame:
    """Count pairs of codes in the same excerpt: n_excerpts, n_respondents; the diagonal is the code itself."""
    record = given.recorded_codes[["excerpt_id", "code_id", "respondent_id"]]
    order = [code for code in given.order_of_codes(record.code_id) if code in set(record.code_id)]
    pairs = record.merge(record[["excerpt_id", "code_id"]], on="excerpt_id", suffixes=("_a", "_b"))
    found = pairs.groupby(["code_id_a", "code_id_b"], as_index=False).agg(
        n_excerpts=("excerpt_id", "nunique"), n_respondents=("respondent_id", "nunique")
    )
    place = {code: i for i, code in enumerate(order)}
    found = found.assign(
        a=found.code_id_a.map(place).astype("int64"),
        b=found.code_id_b.map(place).astype("int64"),
        code_a=found.code_id_a.map(given.code_name),
        code_b=found.code_id_b.map(given.code_name),
    )
    return found.sort_values(["a", "b"])[["a", "b", "code_a", "code_b", "n_excerpts", "n_respondents"]].reset_index(
        drop=True
    )


def agreement(given: Given) -> pd.DataFrame:
    """Return alpha of all codes, then codes and terms, highest first: label, value, interval, units."""
    table = given["agreement"]
    mine = table[(table.coefficient == "alpha") & table.scope.astype("str").str.match(r"(?:code|term):|all codes$")]
    kinds = mine.scope.map(lambda scope: scope.partition(":")[0])
    ids = mine.scope.map(lambda scope: scope.partition(":")[2])
    mine = mine.assign(
        kind=kinds.where(kinds != "all codes", "overall"),
        label=[_agreed(given, kind, one) for kind, one in zip(kinds, ids, strict=True)],
        rank=kinds.map({"all codes": 0, "code": 1, "term": 2}),
        below=-mine.value.astype("float64"),
    )
    columns = [
        "scope",
        "kind",
        "label",
        "level",
        "value",
        "ci_low",
        "ci_high",
        "coverage",
        "n_units",
        "n_respondents",
        "n_coders",
        "n_positive",
        "note",
    ]
    return mine.sort_values(["rank", "below", "label"], kind="stable")[columns].reset_index(drop=True)


def _agreed(given: Given, kind: str, one: str) -> str:
    if kind == "all codes":
        return phrase("All codes together")
    return given.code_name(one) if kind == "code" else phrase("Senses of “{word}”", word=given.terms.get(one, one))


def coders(given: Given) -> pd.DataFrame:
    """Return alpha of every pair of coders over all codes: coder_a, coder_b, value, n_units."""
    table = given["agreement"]
    mine = table[(table.coefficient == "alpha") & table.scope.astype("str").str.startswith("pair:")]
    names = mine.scope.map(lambda scope: scope.removeprefix("pair:").partition("|"))
    mine = mine.assign(coder_a=names.map(lambda name: name[0]), coder_b=names.map(lambda name: name[2]))
    columns = ["coder_a", "coder_b", "value", "n_units", "note"]
    return mine.sort_values(["coder_a", "coder_b"])[columns].reset_index(drop=True)


def topics_codes(given: Given) -> pd.DataFrame:
    """Count excerpts by emergent topic and code: topic (its words), code, n_excerpts, basis (people or machine)."""
    recorded = given.recorded_codes[["excerpt_id", "code_id"]]
    machine = given["machine_codings"]
    codings = recorded if len(recorded) else machine[machine.source == "rule"][["excerpt_id", "code_id"]]
    topics = given["topics"]
    words = topic_labels(given)
    counts = (
        topics.merge(codings.drop_duplicates(), on="excerpt_id")
        .groupby(["topic_id", "code_id"], as_index=False)
        .agg(n_excerpts=("excerpt_id", "nunique"))
    )
    place = {code: i for i, code in enumerate(given.order_of_codes(counts.code_id))}
    counts = counts.assign(
        topic=counts.topic_id.map(words),
        code=counts.code_id.map(given.code_name),
        place=counts.code_id.map(place),
        basis="people" if len(recorded) else "machine",
    )
    columns = ["topic_id", "topic", "code", "n_excerpts", "basis"]
    return counts.sort_values(["topic_id", "place"])[columns].reset_index(drop=True)


def topic_labels(given: Given, n_words: int = 3) -> dict[int, str]:
    """Return each topic's best words, joined."""
    words = given["topic_words"].sort_values(["topic_id", "rank"])
    return {int(topic): ", ".join(rows.word.head(n_words)) for topic, rows in words.groupby("topic_id")}
