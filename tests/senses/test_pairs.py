from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.senses import pairs
from pipeline.senses.clusters import adjusted_rand
from pipeline.senses.labels import Points


def two_groups(n: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return usages in two groups that lie apart in one direction, and which is in which."""
    rng = np.random.default_rng(seed)
    of = np.arange(n) % 2
    points = rng.normal(size=(n, 20)) * 0.4
    points[:, 3] += 2 * of
    return points, of


def judged(of: np.ndarray, n: int, wrong: float = 0.0, seed: int = 0) -> pairs.Judged:
    rng = np.random.default_rng(seed)
    every = np.array([(a, b) for a in range(len(of)) for b in range(a)])
    drawn = every[rng.permutation(len(every))[:n]]
    same = (of[drawn[:, 0]] == of[drawn[:, 1]]) ^ (rng.random(n) < wrong)
    return pairs.Judged(drawn, np.where(same, 4.0, 1.0))


def points_of(values: np.ndarray) -> dict[str, Points]:
    names = tuple(f"u{k:02}" for k in range(len(values)))
    return {"similar": Points(names, values, np.arange(len(values)))}


@pytest.mark.parametrize("wrong", [0.0, 0.15])
def test_groups_come_back_from_pairs_alone(wrong: float) -> None:
    values, of = two_groups()
    found = pairs.pair_groups(points_of(values), {"similar": judged(of, 60, wrong)})
    sure = found.group.notna().to_numpy()
    assert sure.mean() > 0.8 and adjusted_rand(of[sure], found.group[sure].to_numpy(dtype=int)) > 0.8
    assert (found.confidence[sure] >= pairs.SURE).all()


def test_few_pairs_of_a_term_learn_from_those_of_another() -> None:
    values, of = two_groups()
    many = judged(of, 300)
    every = np.array([(a, b) for a in range(30) for b in range(a)])
    right = of[every[:, 0]] == of[every[:, 1]]

    def told(*others: pairs.Judged, seed: int) -> float:
        few = judged(of, pairs.FEWEST, 0.25, seed)
        known = {str(k): pairs.alike(values, one.pairs) for k, one in enumerate((few, *others))}
        said = {str(k): one.said >= pairs.SAME for k, one in enumerate((few, *others))}
        chance = pairs.chances(pairs.learnt(known, said)["0"], pairs.alike(values, every))
        return float(((chance >= 0.5) == right).mean())

    gains = [told(many, seed=seed) - told(seed=seed) for seed in range(6)]
    assert np.mean(gains) > 0.05 and np.min(gains) > -0.02


def test_nearness_is_the_cosine_in_standard_deviations_by_hand() -> None:
    values = np.random.default_rng(0).normal(size=(7, 5))
    every = np.stack(np.triu_indices(7, 1), axis=1)
    unit = values - values.mean(0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    cosine = (unit @ unit.T)[every[:, 0], every[:, 1]]
    expected = (cosine - cosine.mean()) / cosine.std()
    assert pairs.alike(values, every)[:, 0] == pytest.approx(expected, abs=1e-4)
    assert pairs.alike(np.ones((3, 5)), every[:1]).shape == (1, 1)  # usages that are all the same


def test_too_few_or_one_sided_judgements_give_no_groups() -> None:
    values, of = two_groups()
    assert pairs.pair_groups(points_of(values), {"similar": judged(of, pairs.FEWEST - 1)}).empty
    alike = pairs.Judged(judged(of, 60).pairs, np.full(60, 4.0))
    assert pairs.pair_groups(points_of(values), {"similar": alike}).empty
    assert pairs.pair_groups({}, {}).empty


def test_of_very_many_usages_those_judged_are_grouped_first(monkeypatch: pytest.MonkeyPatch) -> None:
    values, of = two_groups(60)
    late = judged(of[30:], 200)
    mine = pairs.Judged(late.pairs + 30, late.said)
    monkeypatch.setattr(pairs, "MOST", 40)
    found = pairs.pair_groups(points_of(values), {"similar": mine})
    sure = found.group.notna().to_numpy()
    assert len(found) == 60 and sure[30:].mean() > 0.8 and sure[:10].any() and not sure[10:30].any()
    assert adjusted_rand(of[sure], found.group[sure].to_numpy(dtype=int)) > 0.8


def test_pairs_are_held_out_with_both_their_respondents() -> None:
    values, of = two_groups(60)
    held = pairs.held_out(points_of(values), {"similar": judged(of, 400)})
    assert held.accuracy is not None and held.accuracy > 0.9 and len(held.same) < 200
    noise = pairs.held_out(points_of(values), {"similar": judged(np.random.default_rng(1).permutation(of), 400)})
    assert noise.accuracy is not None and noise.accuracy < 0.7
    assert pairs.held_out({}, {}).accuracy is None


def test_judgements_are_read_from_the_tables_and_averaged() -> None:
    values, _ = two_groups(4)
    assignments = pd.DataFrame({"assignment_id": list("abcd"), "unit_kind": ["pair", "pair", "pair", "usage"],
                                "unit_id": ["u00+u02", "u00+u02", "u01+gone", "u03"]})  # fmt: skip
    judgements = pd.DataFrame({"assignment_id": list("abcd"), "value": ["4", "2", "1", "similar.visual"]})
    found = pairs.judged_pairs(assignments, judgements, points_of(values))["similar"]
    assert found.pairs.tolist() == [[0, 2]] and found.said.tolist() == [3.0]


def test_the_order_of_usages_and_the_sign_of_directions_do_not_matter() -> None:
    values, of = two_groups()
    one = judged(of, 80)
    back = pairs.Judged(len(of) - 1 - one.pairs, one.said)
    first = pairs.pair_groups(points_of(values), {"similar": one}).group.to_numpy()
    turned = pairs.pair_groups(points_of(-values[::-1]), {"similar": back}).group.to_numpy()[::-1]
    known = ~(pd.isna(first) | pd.isna(turned))
    assert known.mean() > 0.8 and adjusted_rand(first[known].astype(int), turned[known].astype(int)) == 1
