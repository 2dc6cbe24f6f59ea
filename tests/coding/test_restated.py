"""Chances of being drawn when samples grow: what is estimated with them must not lean to either side."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coding import plan, sample
from pipeline.coding.ledger import COLUMNS, empty_ledger, ledger_text, parse_ledger, restated


def drawn_again(units: pd.DataFrame, ledger: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """Draw, and hand out to one coder, what the standing ledger lacks."""
    chosen = sample.choose(units, ["question_id"], size=size, seed=seed).assign(need=1, place=0)
    rows = plan.extend(
        chosen.assign(stratum=chosen.question_id), ledger, coders=["ann"], round_="1", purpose="estimate", seed=seed
    )
    return pd.concat([part for part in (ledger, rows) if len(part)], ignore_index=True)


def population(n: dict[str, int]) -> pd.DataFrame:
    names = [(f"{question}{k}", question) for question, count in n.items() for k in range(count)]
    return pd.DataFrame(names, columns=["unit_id", "question_id"]).assign(unit_kind="excerpt")


def estimates(first: pd.DataFrame, then: pd.DataFrame, sizes: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return 300 estimates of how many units there are in question b, with chances as drawn and as restated."""
    naive, better = [], []
    for seed in range(300):
        ledger = drawn_again(then, drawn_again(first, empty_ledger(), sizes[0], seed), sizes[1], seed)
        inside = ledger.unit_id.str.startswith("b")
        naive.append((1 / ledger.p_include[inside]).sum())
        better.append((1 / restated(ledger)[inside]).sum())
    return np.array(naive), np.array(better)


def test_a_larger_sample_stands_for_as_many_as_there_are() -> None:
    units = population({"a": 60, "b": 40})
    naive, better = estimates(units, units, (20, 50))
    assert np.allclose(better, 40), "the stratum's units are counted exactly"
    assert naive.mean() > 60, "chances as drawn count the first draw on top of the second"


def test_late_answers_leave_older_units_their_chance() -> None:
    first, then = population({"a": 60, "b": 40}), population({"a": 60, "b": 100})
    _, better = estimates(first, then, (40, 48))
    error = better.std() / np.sqrt(len(better))
    assert abs(better.mean() - 100) < 4 * error + 1.5, (better.mean(), error)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.05, 1)), min_size=1, max_size=12))
def test_no_chance_falls_and_the_last_draw_keeps_its_own(draws: list[tuple[str, float]]) -> None:
    rows = [
        (f"a{k}", "ann", "excerpt", f"u{k}", "1", "estimate", round(p, 3), k + 1, k + 1, stratum)
        for k, (stratum, p) in enumerate(draws)
    ]
    ledger = parse_ledger(ledger_text(pd.DataFrame(rows, columns=COLUMNS)), "assignments.csv")
    now = restated(ledger)
    assert (now >= ledger.p_include - 1e-12).all() and (now <= 1).all()
    for stratum, mine in ledger.groupby("stratum"):
        assert now[mine.index[-1]] == ledger.p_include[mine.index[-1]], stratum
        assert (now[mine.index].diff().dropna() <= 1e-12).all(), "an older unit had no fewer chances than a younger"


def test_ledgers_without_strata_stay_as_they_are() -> None:
    text = "assignment_id,coder_id,unit_kind,unit_id,round,purpose,p_include,position,batch\n"
    text += "a1,ann,excerpt,u1,1,estimate,0.2,1,1\na2,ann,excerpt,u2,1,estimate,0.5,2,2\n"
    ledger = parse_ledger(text, "assignments.csv")
    assert restated(ledger).tolist() == [0.2, 0.5]
