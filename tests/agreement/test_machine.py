"""People against the machine, ratings of pairs, ratings of items."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from pipeline.agreement import alpha as a
from pipeline.agreement import bootstrap, chance
from pipeline.agreement.machine import CAPTION, machine_rows
from pipeline.agreement.pairs import rating_rows, spearman
from pipeline.agreement.report import Settings, agreement_table
from pipeline.agreement.rows import Basis
from pipeline.agreement.units import Units
from tests.agreement.fake import said, table, tables

A, B, AB, NO = frozenset("a"), frozenset("b"), frozenset("ab"), frozenset()
PEOPLE = Units(("x", "y"), tuple("1234"), tuple("pqrs"), ((A, AB, NO, None), (A, B, None, A)))


def codings(said, source="rule"):
    return pd.DataFrame([(unit, code, source) for unit, codes in said.items() for code in codes],
                        columns=["excerpt_id", "code_id", "source"])  # fmt: skip


def rows_of(frame):
    basis = Basis.of(PEOPLE.respondents, resamples=100)
    return {(row["scope"], row["coefficient"]): row for row in machine_rows(PEOPLE, frame, basis)}


def test_the_machine_stands_against_each_person_and_an_excerpt_counts_once():
    found = rows_of(codings({"1": "a", "2": "", "3": "a", "4": "a"}))
    # comparisons of code a: unit 1 (two readers): 1-1, 1-1; unit 2: 1-0, 0-0; unit 3: 0-1; unit 4: 1-1
    row = found["machine:rule / code:a", "percent"]
    assert row["value"] == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert row["n_units"] == 4
    assert row["note"] == CAPTION
    assert ("machine:rule / code:b", "alpha") not in found  # no rule for it
    assert found["machine:rule / all codes", "alpha"]["n_coders"] == 2


def test_alpha_against_the_machine_is_plain_alpha_where_one_person_read_each():
    single = Units(("x",), tuple("123456"), tuple("123456"), ((A, A, NO, NO, A, NO),))
    frame = codings({"1": "a", "3": "a", "5": "a"})
    (row,) = [r for r in machine_rows(single, frame, Basis.of(single.respondents, resamples=50))
              if (r["scope"], r["coefficient"]) == ("machine:rule / code:a", "alpha")]  # fmt: skip
    assert row["value"] == pytest.approx(a.alpha(np.array([[1, 1, 0, 0, 1, 0], [1, 0, 1, 0, 1, 0.0]]), "nominal").value)


def test_what_learnt_from_people_counts_out_of_fold_only():
    learnt = codings({"1": "a", "2": "a"}, source="bought model")
    assert rows_of(learnt) == {}
    found = rows_of(learnt.assign(out_of_fold=[True, False]))
    assert found["machine:bought model / code:a", "alpha"]["note"].startswith(f"{CAPTION}; out of fold")
    own = rows_of(codings({"1": "a", "2": "a"}, source="classifier"))  # predicts respondents it has not seen
    assert own["machine:classifier / code:a", "alpha"]["note"].startswith(f"{CAPTION}; out of fold")
    assert found["machine:bought model / code:a", "percent"]["value"] == pytest.approx((1 + 0.5 + 1 + 0) / 4)


def test_the_machine_is_pooled_with_nobody():
    rows = [said(f"u{i}", coder, codes) for i, codes in enumerate("abab") for coder in "xy"]
    given = tables(rows)
    alone = agreement_table(given, codes=["a"], groups=[], settings=Settings(100))
    machine = given | {"machine_codings": codings({"u0": "b", "u1": "b"})}
    beside = agreement_table(machine, codes=["a"], groups=[], settings=Settings(100))
    own = beside[~beside.scope.str.startswith("machine:")].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, alone)
    assert len(beside) > len(alone)


def ratings(seed=2, pairs=40, coders=3):
    rng = np.random.default_rng(seed)
    true = rng.integers(1, 5, pairs)
    found = np.clip(true + rng.integers(-1, 2, (coders, pairs)), 1, 4).astype(float)
    found[rng.random(found.shape) < 0.2] = np.nan
    return found


def test_ordinal_resamples_equal_the_naive_ones():
    found = ratings()
    counts = a.value_counts(found, [1, 2, 3, 4])
    draw = bootstrap.Resamples(12, 20, 1)
    first, second = np.arange(40) % 12, (np.arange(40) * 5 + 1) % 12
    fast = bootstrap.ordinal_alpha(draw.pair_sums(bootstrap.coincidences(counts), first, second), 4)
    for row, value in zip(draw.counts.astype(int), fast, strict=True):
        times = row[first] * row[second]
        assert a.alpha(np.repeat(found, times, axis=1), "ordinal").value == pytest.approx(value, abs=1e-12)


def test_pairs_of_usages_have_ordinal_alpha_kappa_and_rank_correlation():
    found = ratings(pairs=30)
    names = [f"u{i:02}+v{i:02}" for i in range(30)]
    rows = [said(pair, f"c{c}", f"{found[c, i]:.0f}", kind="pair", purpose="develop")
            for i, pair in enumerate(names) for c in range(3) if not np.isnan(found[c, i])]  # fmt: skip
    people = {f"{side}{i:02}": f"p{(i * (3 if side == 'u' else 7)) % 15}" for i in range(30) for side in "uv"}
    got = table(rows, people=people)
    scope = "develop / pairs:similar"
    assert got.value[scope, "alpha"] == pytest.approx(a.alpha(found, "ordinal", domain=[1, 2, 3, 4]).value)
    assert got.value[scope, "alpha (interval)"] == pytest.approx(a.alpha(found, "interval").value)
    assert got.ci_low[scope, "alpha"] < got.value[scope, "alpha"] < got.ci_high[scope, "alpha"]
    shared = found[:, (~np.isnan(found)).sum(0) > 1]
    kappa = chance.conger(shared, chance.linear_weights([1, 2, 3, 4])).value
    assert got.value[scope, "kappa (linear)"] == pytest.approx(kappa)
    assert got.level[scope, "alpha"] == "ordinal"


def test_rank_correlation_is_scipys_for_two_coders():
    from scipy.stats import spearmanr

    found = ratings(coders=2)
    both = ~np.isnan(found).any(0)
    assert spearman(found).value == pytest.approx(spearmanr(*found[:, both]).statistic)
    assert spearman(np.ones((2, 5))).note.startswith("undefined")
    three = ratings(coders=3)
    parts = [(spearman(three[list(pair)]).value, (~np.isnan(three[list(pair)]).any(0)).sum())
             for pair in combinations(range(3), 2)]  # fmt: skip
    assert spearman(three).value == pytest.approx(sum(v * n for v, n in parts) / sum(n for _, n in parts))


def test_ratings_have_respondents_as_raters():
    found = ratings(pairs=8, coders=5)
    table_ = pd.DataFrame([{"respondent_id": f"r{r}", "item_id": f"i{i}", "wave": "1", "question_id": "q", "value": v}
                           for r, row in enumerate(found) for i, v in enumerate(row) if not np.isnan(v)])  # fmt: skip
    (row,) = rating_rows(table_, {"q": "interval"})
    assert row["value"] == pytest.approx(a.alpha(found, "interval").value)
    assert (row["n_units"], row["n_coders"], row["level"]) == (8, 5, "interval")
