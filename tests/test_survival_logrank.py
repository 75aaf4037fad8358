"""The log-rank test against published examples, R, and calculation by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import Any

import numpy as np
import pytest

from criterium.study.survival import Flags, Times, logrank

# Freireich et al. 1963 as printed in Gehan 1965: weeks in remission, a censored time is negative.
SIX_MP = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# Miller 1981, as `aml` in R's package survival: weeks to relapse with and without maintenance.
MAINTAINED = [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161]
NOT_MAINTAINED = [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45]


def split(signed: Sequence[float]) -> tuple[Times, Flags]:
    """Return durations and observed of times written with a minus where follow-up ended first."""
    times = np.array(signed, dtype=np.float64)
    return np.abs(times), times > 0


def test_logrank_of_the_leukaemia_trial_is_the_published_one() -> None:
    """The log-rank chi-square of the leukaemia trial is 16.79 on one degree of freedom, p = 0.00004."""
    times, observed = split(SIX_MP + PLACEBO)
    test = logrank(times, observed, np.repeat([1, 0], 21))
    assert test.statistic == pytest.approx(16.79, abs=0.005)
    assert test.degrees == 1
    assert test.p == pytest.approx(4.17e-5, rel=0.01)
    assert {code: (m.n, m.events, m.value) for code, m in test.groups.items()} == {0: (21, 21, 8), 1: (21, 9, 23)}


def test_logrank_by_hand() -> None:
    """Times 1 and 3 against 2 and 4+: O - E = 2/3, V = 1/4 + 2/9 + 1/4, chi-square 0.6154."""
    test = logrank(*split([1, 3, 2, -4]), np.array([0, 0, 1, 1]))
    expected = 2 / 4 + 1 / 3 + 1 / 2
    variance = 1 / 4 + 2 / 9 + 1 / 4
    assert test.statistic == pytest.approx((2 - expected) ** 2 / variance, abs=1e-9)


def test_logrank_with_ties_by_hand() -> None:
    """Times 1 and 2 against 1: O - E = 2 - 4/3 - 1, V = 2 x 2/3 x 1/3 x 1/2, chi-square 1/9 over 2/9."""
    assert logrank(*split([1, 2, 1]), np.array([0, 0, 1])).statistic == pytest.approx(0.5)


def test_logrank_does_not_depend_on_the_names_of_the_groups() -> None:
    """Three groups give two degrees of freedom, and renaming or reordering them changes nothing."""
    times, observed = split(MAINTAINED + SIX_MP + PLACEBO[4:13])
    codes = np.repeat([0, 1, 2], [11, 21, 9])
    test = logrank(times, observed, codes)
    renamed = logrank(times[::-1], observed[::-1], np.array([7, 0, 3])[codes][::-1])
    assert test.degrees == renamed.degrees == 2
    assert test.statistic == pytest.approx(renamed.statistic, rel=1e-9)
    assert test.p == pytest.approx(renamed.p, rel=1e-9)


def test_group_gone_before_the_first_event_costs_no_degree() -> None:
    """A group never at risk at an event leaves statistic, degrees and p as they are without it."""
    times, observed = split(SIX_MP + PLACEBO)
    alone = logrank(times, observed, np.repeat([0, 1], 21))
    joined = logrank(
        np.append(times, [0.5, 0.7]), np.append(observed, [False, False]), np.repeat([0, 1, 2], [21, 21, 2])
    )
    assert (joined.degrees, set(joined.groups)) == (1, {0, 1, 2})
    assert joined.statistic == pytest.approx(alone.statistic, rel=1e-9)
    assert joined.p == pytest.approx(alone.p, rel=1e-9)


@pytest.mark.parametrize(("signed", "codes"), [([], []), ([1, 2], [0, 0]), ([-1, -2], [0, 1])])
def test_logrank_without_a_comparison_is_unknown(signed: list[int], codes: list[int]) -> None:
    """No patient, a single group, or no event at all give neither a statistic nor p."""
    test = logrank(*split(signed), np.array(codes, dtype=np.int64))
    assert isnan(test.statistic)
    assert isnan(test.p)
    assert test.degrees == 0
    assert set(test.groups) == set(codes)


def test_logrank_of_the_maintenance_trial_is_the_one_r_prints() -> None:
    """`survdiff` gives chi-square 3.4 and p = 0.0653 for the maintenance trial."""
    test = logrank(*split(MAINTAINED + NOT_MAINTAINED), np.repeat([0, 1], [11, 12]))
    assert test.statistic == pytest.approx(3.4, abs=0.05)
    assert test.p == pytest.approx(0.0653, abs=5e-5)


@pytest.mark.parametrize(
    ("codes", "complaint"), [([0], "one code per patient"), ([0, -1], "whole number"), ([0.0, nan], "whole number")]
)
def test_what_is_no_group_is_refused(codes: Any, complaint: str) -> None:
    """A patient without a group code is refused, never dropped."""
    with pytest.raises(ValueError, match=complaint):
        logrank(*split([1, 2]), np.array(codes))
