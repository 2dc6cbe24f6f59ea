"""The plan's simulation: its alpha is the one asked for, and its intervals cover."""

from __future__ import annotations

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


def test_coverage_at_a_hundred_respondents():
    """Clustered data, 300 units of 100 respondents: 400 studies give a standard error near .011."""
    found = expect(n_units=300, n_respondents=100, prevalence=0.3, alpha=0.7, coders=3, studies=400)
    assert 0.92 <= found.coverage <= 0.97
