"""How well senses are proposed, ambiguous terms told from others, and labels completed; each beside its baselines.

Survey: twelve terms of real answers, about forty labelled usages each, compared with the other words of the answers.
Homographs: 162 words in edited sentences, about ten each. Intervals are bootstrap intervals over terms; "gain" is the
paired difference to the baseline of the block.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from bench import corpora
from pipeline.senses import clusters, completion, pairs
from pipeline.senses.evidence import MIN_RESPONDENTS, MIN_USAGES, Evidence, examine
from pipeline.senses.labels import Points
from pipeline.senses.standing import WORTH, standings, verdict

RESAMPLES = 2000
DRAWS = 10  # starting points of a labelling
USUAL = "last layer, k-means, silhouette k (baseline)"
LOTS = 4  # draws of every case of one sense or two
OPTIONS = {"most": 3, "max_senses": 6, "seed": 1}
Row = dict[str, object]


@dataclass(frozen=True)
class Term:
    """One term's usages: vectors and labels (None: unlabelled)."""

    corpus: str
    name: str
    last: np.ndarray
    upper: np.ndarray
    sentence: np.ndarray
    around: list[list[str]]
    senses: list[str | None]
    people: np.ndarray  # usage -> number of its respondent among the term's
    who: np.ndarray  # and the respondent's own name

    @property
    def labelled(self) -> np.ndarray:
        """Rows with a sense that fits."""
        return np.array([row for row, sense in enumerate(self.senses) if sense not in (None, "?")])

    def truth(self) -> np.ndarray:
        """Senses of the labelled rows."""
        return np.array([self.senses[row] for row in self.labelled])


def read(usages: Sequence[corpora.Usage] | None = None, model: object = None) -> list[Term]:
    """Return every term of all corpora, or of these usages. model: another encoder than the usual one."""
    usages = list(usages or [*corpora.survey(), *corpora.beside(), *corpora.homographs()])
    last, upper, sentence = corpora.vectors(usages, model)
    found = []
    for corpus, name in dict.fromkeys((usage.corpus, usage.term) for usage in usages):
        rows = [k for k, usage in enumerate(usages) if (usage.corpus, usage.term) == (corpus, name)]
        mine = [usages[k] for k in rows]
        who = np.array([usage.person for usage in mine])
        people = np.unique(who, return_inverse=True)[1]
        around = [completion.words_around(usage.text, usage.start, usage.end) for usage in mine]
        senses = [usage.sense for usage in mine]
        found.append(Term(corpus, name, last[rows], upper[rows], sentence[rows], around, senses, people, who))
    return found


def over_terms(values: Sequence[float] | np.ndarray, seed: int = 0, sign: str = "") -> str:
    """Return the mean over terms with its bootstrap interval; sign "+": a gain."""
    drawn = np.random.default_rng(seed).choice(np.asarray(values), (RESAMPLES, len(values))).mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{np.mean(values):{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


# --- Which usages belong together ---------------------------------------------------------------------------------


def grouped(points: np.ndarray, k: int) -> np.ndarray:
    """Return k-means labels."""
    ones = np.ones((1, len(points)))
    return clusters.weighted_kmeans(clusters.reduced(points), ones, k, restarts=6).labels[0]


def ward(points: np.ndarray, k: int) -> np.ndarray:
    """Return Ward's labels."""
    from sklearn.cluster import AgglomerativeClustering

    return np.asarray(AgglomerativeClustering(k).fit_predict(points))


def by_silhouette(points: np.ndarray) -> np.ndarray:
    """Return k-means labels with k of 2 to 6 by the silhouette: the usual recipe."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    tried = [KMeans(k, n_init=10, random_state=0).fit_predict(points) for k in range(2, 7)]
    return np.asarray(max(tried, key=lambda labels: silhouette_score(points, labels)))


def proposing(terms: Sequence[Term]) -> Iterator[Row]:
    """Adjusted Rand index with the labelled senses; every usage of the term is clustered."""
    survey = [term for term in terms if term.corpus == "survey"]
    seen, shipped = _proposed(survey, [term for term in terms if term.corpus == "beside"])
    methods: dict[str, Callable[[Term, int], np.ndarray]] = {
        "one sense for all": lambda term, k: np.zeros(len(term.last), dtype=int),
        USUAL: lambda term, k: by_silhouette(term.last),
        "sentence vectors, k-means, true k": lambda term, k: grouped(term.sentence, k),
        "last layer, k-means, true k": lambda term, k: grouped(term.last, k),
        "last layer, Ward, true k": lambda term, k: ward(term.last, k),
        "upper layers, k-means, true k": lambda term, k: grouped(term.upper, k),
        "Sameword's groups, before the verdict": lambda term, k: seen[term.name].labels,
        "Sameword's proposals (one sense unless there is evidence)": lambda term, k: shipped[term.name],
    }
    base: list[float] = []
    for name, method in methods.items():
        scores = []
        for term in survey:
            truth = term.truth()
            found = method(term, len(set(truth)))[term.labelled]
            scores.append(clusters.adjusted_rand(truth, found))
        base = scores if name == USUAL else base
        yield {"block": "proposing, ARI", "corpus": "survey, 12 terms", "method": name, "value": over_terms(scores),
               "gain": over_terms(np.subtract(scores, base), sign="+") if base else None}  # fmt: skip
    yield from _homographs(terms)


def _proposed(
    terms: Sequence[Term], beside: Sequence[Term], least: tuple[int, int] = (MIN_USAGES, MIN_RESPONDENTS)
) -> tuple[dict[str, Evidence], dict[str, np.ndarray]]:
    """Return the evidence of terms, and the groups proposed for them among the terms beside; without any, among all.

    Beside a term of the survey stand the survey's other words, as in a study: twelve hand-picked terms are no corpus.
    """
    seen, others = (
        {
            f"{term.corpus} {term.name}": examine(
                term.last, term.people, upper=term.upper, resamples=100, least=least, **OPTIONS
            )
            for term in some
        }
        for some in (terms, beside)
    )
    together = None if beside else standings(seen)
    shipped = {}
    for name, one in seen.items():
        place = (standings({**others, name: one}) if together is None else together).get(name)
        split = verdict(one, place)[0] == WORTH
        shipped[name.partition(" ")[2]] = one.labels if split else np.zeros_like(one.labels)
    return {name.partition(" ")[2]: one for name, one in seen.items()}, shipped


def _homographs(terms: Sequence[Term]) -> Iterator[Row]:
    every = [term for term in terms if term.corpus == "homographs" and len(term.labelled) >= 9]
    every = [term for term in every if len(set(term.truth())) == 1 or _minority(term) >= 3]
    _, shipped = _proposed(every, [], least=(2, 2))
    single = {term.name: np.zeros(len(term.last)) for term in every}
    ways = {"one sense for all": single, "Sameword's proposals (one sense unless there is evidence)": shipped}
    alone: list[float] = []
    for name, groups in ways.items():
        scores = [clusters.adjusted_rand(term.truth(), groups[term.name][term.labelled]) for term in every]
        alone = alone or scores
        yield {"block": "proposing, ARI", "corpus": f"homographs, {len(every)} words", "method": name,
               "value": over_terms(scores), "gain": over_terms(np.subtract(scores, alone), sign="+")}  # fmt: skip
    mixed = [term for term in every if len(set(term.truth())) > 1]
    for name, method in {
        "sentence vectors, k-means, true k": lambda term, k: grouped(term.sentence, k),
        "last layer, k-means, true k": lambda term, k: grouped(term.last, k),
        "upper layers, k-means, true k": lambda term, k: grouped(term.upper, k),
    }.items():
        scores = [
            clusters.adjusted_rand(term.truth(), method(term, len(set(term.truth())))[term.labelled]) for term in mixed
        ]
        yield {"block": "proposing, ARI", "corpus": f"homographs, {len(mixed)} words of two senses", "method": name,
               "value": over_terms(scores)}  # fmt: skip


def _minority(term: Term) -> int:
    counts = Counter(term.truth()).most_common()
    return counts[1][1] if len(counts) > 1 else 0


# --- Which terms have more than one sense -------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Usages of one term, of one sense or of two."""

    corpus: str
    term: str
    ambiguous: bool
    last: np.ndarray
    upper: np.ndarray


def cases(terms: Sequence[Term]) -> list[Case]:
    """Return single senses and mixtures: from the survey 15 to 30 usages, 50/50 to 90/10; homographs as they are.

    From the survey every case is drawn LOTS times, as one lot of twenty usages says little.
    """
    rng = np.random.default_rng(0)
    found = []
    for term in terms:
        if term.corpus == "beside":
            continue
        truth, rows = term.truth(), term.labelled
        if term.corpus == "homographs":
            if len(rows) >= 9 and (len(set(truth)) == 1 or _minority(term) >= 3):
                found.append(Case(term.corpus, term.name, len(set(truth)) > 1, term.last[rows], term.upper[rows]))
            continue
        of = {sense: rows[truth == sense] for sense in sorted(set(truth))}
        drawn = [lot for _ in range(LOTS) for lot in _lots(of, rng)]
        found += [Case(term.corpus, term.name, mixed, term.last[take], term.upper[take]) for mixed, take in drawn]
    return found


def _lots(of: Mapping[str, np.ndarray], rng: np.random.Generator) -> Iterator[tuple[bool, np.ndarray]]:
    """Yield (of two senses?, rows): every single sense and every mixture that a term's labelled usages allow."""
    for mine in of.values():
        yield from ((False, rng.choice(mine, n, replace=False)) for n in (15, 20, 30) if len(mine) >= n)
    for n, share, a, b in product((20, 30), (0.5, 0.3, 0.2, 0.1), of, of):
        few = round(n * share)
        if a != b and few >= 3 and len(of[a]) >= n - few and len(of[b]) >= few:
            parts = (rng.choice(of[a], n - few, replace=False), rng.choice(of[b], few, replace=False))
            yield True, np.concatenate(parts)


def auc(positive: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve, ties counted half."""
    above = score[positive][:, None] - score[~positive][None]
    return float(((above > 0) + 0.5 * (above == 0)).mean()) if above.size else float("nan")


def telling(terms: Sequence[Term]) -> Iterator[Row]:
    """AUC of ambiguous against one-sense cases, with the paired gain over the silhouette of the last layer."""
    made = cases(terms)
    for corpus in dict.fromkeys(case.corpus for case in made):
        mine = [case for case in made if case.corpus == corpus]
        seen = [_evidence(case.last) for case in mine], [_evidence(case.upper) for case in mine]
        scores = {
            "last layer, silhouette of two groups (baseline)": _values(seen[0], "separation"),
            "last layer, gap over a Gaussian null": _values(seen[0], "gap"),
            "last layer, dispersion": _values(seen[0], "dispersion"),
            "upper layers, silhouette of two groups": _values(seen[1], "separation"),
            "upper layers, stability": _values(seen[1], "stability"),
            "upper layers, gap over a Gaussian null": _values(seen[1], "gap"),
            "upper layers, dispersion": _values(seen[1], "dispersion"),
            "upper layers, mean percentile of dispersion and gap": _ranks(_values(seen[1], "dispersion"))
            + _ranks(_values(seen[1], "gap")),
            "Sameword's score: mean percentile of dispersion (upper layers) and gap (last)": _ranks(
                _values(seen[1], "dispersion")
            )
            + _ranks(_values(seen[0], "gap")),
        }
        truth = np.array([case.ambiguous for case in mine])
        names = np.array([case.term for case in mine])
        base = next(iter(scores.values()))
        label = f"{corpus}, {truth.sum()} ambiguous and {(~truth).sum()} one-sense cases"
        for name, score in scores.items():
            value, gain = _auc_over_terms(truth, score, base, names)
            yield {"block": "telling ambiguous terms, AUC", "corpus": label, "method": name, "value": value,
                   "gain": gain}  # fmt: skip


def _evidence(points: np.ndarray) -> Evidence:
    return examine(points, np.arange(len(points)), resamples=60, least=(2, 2), **OPTIONS)


def _values(seen: Sequence[Evidence], name: str) -> np.ndarray:
    return np.array([getattr(one, name) for one in seen], dtype=float)


def _ranks(values: np.ndarray) -> np.ndarray:
    return (values[:, None] > values[None]).mean(1)


def _auc_over_terms(truth: np.ndarray, score: np.ndarray, base: np.ndarray, names: np.ndarray) -> tuple[str, str]:
    rng, of = np.random.default_rng(0), [np.flatnonzero(names == name) for name in dict.fromkeys(names)]
    values, gains = [], []
    for _ in range(RESAMPLES):
        rows = np.concatenate([of[k] for k in rng.integers(0, len(of), len(of))])
        if truth[rows].all() or not truth[rows].any():
            continue
        mine = auc(truth[rows], score[rows])
        values.append(mine)
        gains.append(mine - auc(truth[rows], base[rows]))
    ends, gain = np.quantile(values, [0.025, 0.975]), np.quantile(gains, [0.025, 0.975])
    point = auc(truth, score)
    return (
        f"{point:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]",
        f"{point - auc(truth, base):+.3f} [{gain[0]:+.3f}, {gain[1]:+.3f}]",
    )


# --- Twenty labels ------------------------------------------------------------------------------------------------


def completing(terms: Sequence[Term]) -> Iterator[Row]:
    """Accuracy on the rest of a term's labelled usages after twenty labels, and the calibration error pooled."""
    survey = [term for term in terms if term.corpus == "survey"]
    plain = {term.name: term.last[term.labelled] for term in survey}
    whole = {term.name: completion.features(term.last, term.sentence, term.around)[term.labelled] for term in survey}
    token = {name: completion.features(points, points[:, :0], []) for name, points in plain.items()}
    for name, points, batches in (
        ("commonest sense", None, ()),
        ("last layer, 20 farthest-first (baseline)", plain, ("far",)),
        ("last layer, 20 by lot", plain, ("lot",)),
        ("last layer scaled, 10 diverse then 10 uncertain", token, (10, *[1] * 10)),
        ("usage, answer and words around; 20 by lot", whole, ("lot",)),
        ("usage, answer and words around; 10 diverse then 10 uncertain at once", whole, (10, 10)),
        ("usage, answer and words around; 10 diverse then 2 x 5 uncertain", whole, (10, 5, 5)),
        ("Sameword: usage, answer and words around; 10 diverse then 10 uncertain", whole, (10, *[1] * 10)),
    ):
        right: dict[str, list[float]] = {}
        sure, hits = [], []
        for term in survey:
            for draw in range(DRAWS):
                held = _twenty(term, points, batches, draw)
                right.setdefault(term.name, []).append(float(held.right.mean()))
                sure.append(held.sure)
                hits.append(held.right)
        error = completion.calibration_error(np.concatenate(sure), np.concatenate(hits))
        yield {
            "block": "twenty labels a term, accuracy on the rest", "corpus": "survey, 12 terms", "method": name,
            "value": over_terms([float(np.mean(values)) for values in right.values()]),
            "calibration error": None if points is None else error,
        }  # fmt: skip


def _twenty(
    term: Term, points: Mapping[str, np.ndarray] | None, batches: Sequence[int | str], draw: int
) -> completion.Held:
    truth, rng = term.truth(), np.random.default_rng(draw)
    everything = np.arange(len(truth))
    if points is None:
        common = Counter(truth).most_common(1)[0][0]
        return completion.Held([common] * len(truth), np.ones(len(truth)), truth == common)
    mine = points[term.name]
    chosen = [int(rng.integers(len(truth)))]
    if batches == ("lot",):
        chosen = rng.permutation(len(truth))[:20].tolist()
    elif batches == ("far",):
        while len(chosen) < 20:
            distance = ((mine[:, None] - mine[chosen]) ** 2).sum(2).min(1)
            chosen.append(int(distance.argmax()))
    else:
        for k, size in enumerate(batches):
            asked = int(size) - (1 if k == 0 else 0)
            chosen += completion.next_to_label(mine, {row: str(truth[row]) for row in chosen}, asked)
    rest = np.setdiff1d(everything, chosen)
    found, sure = completion.complete(mine[chosen], truth[chosen].tolist(), mine[rest])
    return completion.Held(found, sure, np.array(found) == truth[rest])


# --- Pairs ---------------------------------------------------------------------------------------------------------


SAID = {True: (4, 4, 4, 3, 3, 2), False: (1, 1, 1, 2, 2, 3)}  # what a reader says of a pair, each as likely


def pairing(terms: Sequence[Term]) -> Iterator[Row]:
    """Groups from noisily judged pairs of a term, nothing else, against groups from vectors alone; and pairs held out.

    Judgements are drawn from SAID, so one in six is on the wrong side of the scale's middle; pairs and judgements are
    drawn LOTS times.
    """
    survey = [term for term in terms if term.corpus == "survey"]
    base = [clusters.adjusted_rand(term.truth(), by_silhouette(term.last)[term.labelled]) for term in survey]
    yield {"block": "groups from pairs, ARI", "corpus": "survey, 12 terms", "value": over_terms(base),
           "method": USUAL}  # fmt: skip
    for n in (60, 120):
        drawn = [_judged(survey, n, lot) for lot in range(LOTS)]
        label = f"survey, 12 terms, {n} judged pairs each"
        scores = np.mean([_grouped_by_pairs(survey, *one) for one in drawn], axis=0)
        yield {"block": "groups from pairs, ARI", "corpus": label, "method": "Sameword: judged pairs",
               "value": over_terms(scores)}  # fmt: skip
        held = _together([pairs.held_out(*one) for one in drawn])
        level = _together([pairs.held_out(_blind(points), judged) for points, judged in drawn])
        common, right = (level.chance >= 0.5) == level.same, (held.chance >= 0.5) == held.same
        for name, told, error in (
            ("the commoner answer of the term (baseline)", common, None),
            ("Sameword: judged pairs", right, held.calibration_error),
        ):
            value, gain = _right_over_terms(told, common, held.terms)
            yield {"block": "pairs held out, accuracy", "corpus": label, "method": name, "value": value, "gain": gain,
                   "calibration error": error}  # fmt: skip


def _grouped_by_pairs(
    survey: Sequence[Term], points: Mapping[str, Points], judged: Mapping[str, pairs.Judged]
) -> list[float]:
    """Return ARI per term; a usage left open counts as a group of its own."""
    found, scores = pairs.pair_groups(points, judged), []
    for term in survey:
        mine = found[found.term_id == term.name].group.astype("float64").to_numpy()
        alone = -np.arange(1, len(mine) + 1)
        scores.append(clusters.adjusted_rand(term.truth(), np.where(np.isnan(mine), alone, mine)))
    return scores


def _blind(points: Mapping[str, Points]) -> dict[str, Points]:
    """Return usages that all look alike: what is learnt from their pairs is the commoner answer."""
    return {name: replace(one, values=np.zeros((len(one.values), 1))) for name, one in points.items()}


def _together(held: Sequence[pairs.Held]) -> pairs.Held:
    names = ("chance", "same", "terms")
    return pairs.Held(*(np.concatenate([getattr(one, name) for one in held]) for name in names))


def _right_over_terms(right: np.ndarray, base: np.ndarray, terms: np.ndarray) -> tuple[str, str]:
    """Return the share right and its gain, with intervals from resampled terms."""
    rng, of = np.random.default_rng(0), [np.flatnonzero(terms == term) for term in dict.fromkeys(terms)]
    drawn = [np.concatenate([of[k] for k in rng.integers(0, len(of), len(of))]) for _ in range(RESAMPLES)]
    value = np.quantile([right[rows].mean() for rows in drawn], [0.025, 0.975])
    gain = np.quantile([right[rows].mean() - base[rows].mean() for rows in drawn], [0.025, 0.975])
    return (
        f"{right.mean():.3f} [{value[0]:.3f}, {value[1]:.3f}]",
        f"{right.mean() - base.mean():+.3f} [{gain[0]:+.3f}, {gain[1]:+.3f}]",
    )


def _judged(survey: Sequence[Term], n: int, lot: int) -> tuple[dict[str, Points], dict[str, pairs.Judged]]:
    """Return the labelled usages of each term and n judged pairs of them, of different respondents, by lot."""
    points, judged = {}, {}
    numbers = {who: k for k, who in enumerate(sorted({who for term in survey for who in term.who}))}
    for k, term in enumerate(survey):
        rows, rng, truth = term.labelled, np.random.default_rng([k, lot]), term.truth()
        values = completion.features(term.last[rows], term.sentence[rows], [term.around[row] for row in rows])
        people = np.array([numbers[who] for who in term.who[rows]])
        points[term.name] = Points(tuple(f"{row:04}" for row in rows), values, people)
        every = np.array([(a, b) for a in range(len(rows)) for b in range(a) if people[a] != people[b]])
        drawn = every[rng.permutation(len(every))[:n]]
        said = np.array([float(rng.choice(SAID[bool(truth[a] == truth[b])])) for a, b in drawn])
        judged[term.name] = pairs.Judged(drawn, said)
    return points, judged


# --- Speed --------------------------------------------------------------------------------------------------------


def speed() -> Iterator[Row]:
    """Seconds for 200 terms of 100 usages, and for twice as many terms: cost should double."""
    rng = np.random.default_rng(0)
    for n in (100, 200):
        points = rng.normal(size=(n, 100, 384)) + 3 * rng.normal(size=(n, 1, 384))
        points /= np.linalg.norm(points, axis=2, keepdims=True)
        start = time.perf_counter()
        found = {str(k): examine(one, np.arange(100) % 60, resamples=200, **OPTIONS) for k, one in enumerate(points)}
        standings(found)
        took = time.perf_counter() - start
        yield {"block": "speed", "corpus": "synthetic", "method": f"{n} terms x 100 usages, 200 resamples",
               "value": f"{took:.1f} s"}  # fmt: skip


def main() -> list[Row]:
    """Return the rows of the table."""
    terms = read()
    rows = [*proposing(terms), *telling(terms), *completing(terms), *pairing(terms), *speed()]
    names = ["block", "corpus", "method", "value", "gain", "calibration error"]
    return [{name: row.get(name) for name in names} for row in rows]
