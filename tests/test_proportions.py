"""Exact intervals of proportions against printed tables and against their definition."""

from __future__ import annotations

from math import comb, isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.study.proportions import clopper_pearson


@pytest.mark.parametrize(
    ("k", "n", "confidence", "low", "high"),
    [
        (0, 10, 0.95, 0, 0.3085),
        (5, 10, 0.95, 0.1871, 0.8129),
        (10, 10, 0.95, 0.6915, 1),
        (3, 20, 0.95, 0.0321, 0.3789),
        (12, 30, 0.90, 0.2495, 0.5661),
        (42, 100, 0.95, 0.3220, 0.5229),
        (85, 120, 0.99, 0.5904, 0.8092),
    ],
)
def test_clopper_pearson_agrees_with_printed_tables(k: int, n: int, confidence: float, low: float, high: float) -> None:
    """Exact intervals agree with published tables to the four digits they print."""
    interval = clopper_pearson(k, n, confidence)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5.1e-5)
    assert (interval.estimate, interval.method) == (k / n, "clopper-pearson")


@settings(deadline=None)
@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_law_the_ends_leave_half_of_the_error_in_each_tail(counts: tuple[int, int]) -> None:
    """At the low end k or more has probability 0.025, at the high end k or fewer: the definition of the interval."""
    k, n = counts
    interval = clopper_pearson(k, n)
    low, high = interval.low, interval.high
    if k > 0:
        assert sum(comb(n, i) * low**i * (1 - low) ** (n - i) for i in range(k, n + 1)) == pytest.approx(0.025)
    if k < n:
        assert sum(comb(n, i) * high**i * (1 - high) ** (n - i) for i in range(k + 1)) == pytest.approx(0.025)


def test_nothing_is_known_of_no_patient() -> None:
    """0 of 0 has no estimate, and its interval excludes nothing."""
    interval = clopper_pearson(0, 0)
    assert isnan(interval.estimate)
    assert (interval.low, interval.high) == (0, 1)


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3)])
def test_an_impossible_proportion_is_refused(k: int, n: int) -> None:
    """More cases than patients, or fewer than none, are refused."""
    with pytest.raises(ValueError, match="0 <= k <= n"):
        clopper_pearson(k, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_an_impossible_confidence_is_refused(confidence: float) -> None:
    """A confidence in percent, and one that leaves nothing open, are refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        clopper_pearson(1, 2, confidence)
