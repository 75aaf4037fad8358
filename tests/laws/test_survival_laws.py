"""Laws of survival curves and medians, on samples whose censored times are written with a minus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.study.survival import METHODS, Flags, Median, Times, kaplan_meier, median_survival

SAMPLES = st.lists(st.integers(-30, 30).filter(bool), min_size=1, max_size=30)


def split(signed: Sequence[float]) -> tuple[Times, Flags]:
    """Return durations and observed of times written with a minus where follow-up ended first."""
    times = np.array(signed, dtype=np.float64)
    return np.abs(times), times > 0


def median_of(signed: Sequence[float]) -> Median:
    """Return the median of times written as for `split`."""
    return median_survival(*split(signed))


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_without_censoring_the_median_is_the_ordinary_one(times: list[int]) -> None:
    """When every event is observed, the median survival time is the median of the times."""
    assert median_of(times).value == np.median(times)


@settings(deadline=None)
@given(SAMPLES)
def test_the_unit_of_time_does_not_matter(signed: list[int]) -> None:
    """Doubling every time doubles the median and every end of every interval."""
    once, twice = median_of(signed), median_of([2 * t for t in signed])
    assert twice.value == pytest.approx(2 * once.value, nan_ok=True)
    for name in METHODS:
        one, two = once.intervals[name], twice.intervals[name]
        assert (two.low, two.high) == pytest.approx((2 * one.low, 2 * one.high), nan_ok=True)


@settings(deadline=None)
@given(SAMPLES)
def test_every_patient_leaves_once(signed: list[int]) -> None:
    """Events and censorings add up to the patients, and those at risk are those who have not left."""
    curve = kaplan_meier(*split(signed))
    leaving = curve.events + curve.censored
    assert leaving.sum() == len(signed)
    assert curve.at_risk.tolist() == (len(signed) - np.cumsum(leaving) + leaving).tolist()
    assert (np.diff(curve.survival) <= 0).all()
