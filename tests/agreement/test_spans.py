"""Unitizing alpha against the values Krippendorff printed in 1995 and 2004, its laws, and its rows."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given as having
from hypothesis import settings
from hypothesis import strategies as st

from pipeline.agreement.spans import expected_disagreement, observed_disagreement, span_rows, unitizing_alpha
from tests.agreement.fake import said, table, tables

# Krippendorff 2004, p. 254: two observers, a continuum from 150 to 450, codes c and k.
C = [[(75, 145), (220, 250)], [(70, 150), (205, 225), (250, 270)]]
K = [[(30, 90), (150, 200)]] * 2
# Krippendorff 1995, p. 57: a continuum of 24.
A95 = [[(2, 10), (14, 20)], [(4, 8), (15, 17)]]
B95 = [[(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)]]
C95 = [[(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)]]
D95 = [[(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)], [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)]]


def test_the_example_of_2004():
    assert observed_disagreement(C, 300) == pytest.approx(0.0144, abs=5e-5)
    assert expected_disagreement(C, 300) == pytest.approx(0.0532, abs=5e-5)
    assert unitizing_alpha([C], 300).value == pytest.approx(0.7286, abs=1e-4)
    assert expected_disagreement(K, 300) == pytest.approx(0.0490, abs=5e-5)
    assert unitizing_alpha([K], 300).value == 1
    assert unitizing_alpha([C, K], 300).value == pytest.approx(0.8591, abs=5e-4)


@pytest.mark.parametrize(("coders", "observed", "expected", "alpha"), [
    (A95, 0.03125, 0.06990, 0.553), (B95, 2.26736, 1.17731, -0.926),
    (C95, 0.02777, 0.08642, 0.679), (D95, 0.38715, 0.41445, 0.066),
])  # fmt: skip
def test_the_examples_of_1995(coders, observed, expected, alpha):
    """The expected values printed in 1995 are for ever finer positions, and by a formula mended in 2004: near."""
    assert observed_disagreement(coders, 24) == pytest.approx(observed, abs=1e-5)
    fine = [[(begin * 50_000, end * 50_000) for begin, end in spans] for spans in coders]
    assert expected_disagreement(fine, 24 * 50_000) == pytest.approx(expected, abs=0.005)
    assert unitizing_alpha([fine], 24 * 50_000).value == pytest.approx(alpha, abs=0.02)


def test_the_expected_disagreement_of_a_short_continuum():
    """Printed for example C at 12 positions (halves of the original's)."""
    half = [[(begin // 2, end // 2) for begin, end in spans] for spans in C95]
    assert expected_disagreement(half, 12) == pytest.approx(0.05494, abs=1e-5)


spans = st.lists(st.integers(0, 60), min_size=0, max_size=8, unique=True).map(
    lambda cuts: [(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)]
)


@having(st.lists(spans, min_size=2, max_size=3))
@settings(max_examples=60)
def test_order_of_coders_does_not_matter_and_equal_marks_agree(coders):
    one, other = unitizing_alpha([coders], 60), unitizing_alpha([coders[::-1]], 60)
    assert one.value == other.value or one.value == pytest.approx(other.value)
    same = unitizing_alpha([[coders[0]] * 3], 60)
    assert (same.value == 1) if coders[0] else same.note.startswith("undefined")


def test_rows_lay_the_shared_excerpts_end_to_end():
    rows = [said("u1", "x", "a"), said("u1", "y", "a"), said("u2", "x", "a"), said("u2", "y", ""), said("u3", "x", "a")]
    made = tables(rows)
    codings = made["codings"].assign(start=[0, 2, None, 1], end=[4, 6, None, 3])
    excerpts = pd.DataFrame({"excerpt_id": ["u1", "u2", "u3"], "start": [5, 0, 0], "end": [15, 8, 9]})
    decisions = made["assignments"].merge(made["decisions"], on="assignment_id")
    who = pd.Series({"u1": "p", "u2": "q", "u3": "q"})
    found = {row["scope"]: row for row in span_rows(decisions, codings, excerpts, who)}
    exact = unitizing_alpha([[[(0, 4), (10, 18)], [(2, 6)]]], 18).value  # no span: the whole of u2
    assert found["spans / pair:x|y / code:a"]["value"] == pytest.approx(exact, abs=1e-12)
    assert found["spans / pair:x|y"]["n_units"] == 2
    assert list(span_rows(decisions, codings.assign(start=None, end=None), excerpts, who)) == []


def test_studies_without_spans_have_no_rows_of_them():
    assert not any(scope.startswith("spans") for scope, _ in table([said("u1", "x", "a"), said("u1", "y", "a")]).index)
