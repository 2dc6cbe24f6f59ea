"""The plan's simulation: its alpha is the one asked for, and its intervals cover."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.agreement.plan import accuracy_for, expect, expected_alpha


@pytest.mark.parametrize("alpha", [0.4, 0.667, 0.8, 0.95])
@pytest.mark.parametrize("prevalence", [0.05, 0.3, 0.5])
def test_accuracy_gives_the_alpha_asked_for(alpha, prevalence):
    assert expected_alpha(accuracy_for(alpha, prevalence), prevalence) == pytest.approx(alpha, abs=1e-6)


def test_more_excerpts_narrow_the_interval():
    widths = [expect(n_units=n, n_respondents=60, prevalence=0.3, alpha=0.7, studies=60).width for n in (60, 240)]
    assert widths[1] < 0.7 * widths[0]


def test_a_rare_code_has_no_interval():
    found = expect(n_units=40, n_respondents=40, prevalence=0.02, alpha=0.8, studies=40)
    assert found.no_interval > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("prevalence", "alpha", "coders"), [(0.3, 0.7, 3), (0.2, 0.6, 2), (0.5, 0.8, 2)])
def test_coverage_at_a_hundred_respondents(prevalence, alpha, coders):
    """Clustered data, 300 units of 100 respondents: 1,500 studies give a standard error near .006."""
    found = expect(
        n_units=300, n_respondents=100, prevalence=prevalence, alpha=alpha, coders=coders, studies=1500, resamples=1000
    )
    assert 0.92 <= found.coverage <= 0.97


def test_simulated_coders_have_the_alpha_asked_for():
    """Six thousand respondents: a standard error near .01."""
    from pipeline.agreement import plan
    from pipeline.agreement.alpha import alpha_from_counts

    groups, rng = np.arange(18_000) % 6000, np.random.default_rng(1)
    for alpha in (0.5, 0.8):
        accuracy = accuracy_for(alpha, 0.3, 0.2)
        ones = plan._study(rng, groups, 6000, 0.3, accuracy, 2, 0.2).astype(int)
        found = alpha_from_counts(np.stack([2 - ones, ones], 1), [0, 1], "nominal").value
        assert found == pytest.approx(alpha, abs=0.03)
        by_person = [np.corrcoef(ones[:6000] == 1, ones[6000:12_000] == 1)[0, 1]]
        assert by_person[0] > 0.05  # who is disagreed about once is disagreed about again
