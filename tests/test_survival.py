"""Curves, medians and their intervals against published examples, R, and calculation by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, isnan, nan
from typing import Any

import numpy as np
import pytest
from lifelines.datasets import load_lung

from criterium.study.proportions import Interval
from criterium.study.survival import (
    METHODS,
    Flags,
    Median,
    Times,
    kaplan_meier,
    median_survival,
    reverse_median,
)

# Freireich et al. 1963 as printed in Gehan 1965: weeks in remission, a censored time is negative.
SIX_MP = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# Miller 1981, as `aml` in R's package survival: weeks to relapse with and without maintenance.
MAINTAINED = [9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161]
NOT_MAINTAINED = [5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45]
# Collett, table 1.1: weeks to the discontinuation of an intrauterine device.
IUD = [10, -13, -18, 19, -23, 30, 36, -38, -54, -56, 59, 75, 93, 97, -104, 107, -107, -107]


def split(signed: Sequence[float]) -> tuple[Times, Flags]:
    """Return durations and observed of times written with a minus where follow-up ended first."""
    times = np.array(signed, dtype=np.float64)
    return np.abs(times), times > 0


def median_of(signed: Sequence[float], confidence: float = 0.95) -> Median:
    """Return the median of times written as for `split`."""
    return median_survival(*split(signed), confidence)


def ends(interval: Interval) -> tuple[float, float]:
    """Return both ends of an interval."""
    return interval.low, interval.high


def near(*values: float, within: float = 5e-4) -> Any:
    """Return what equals those values within a tolerance, nan equal to nan."""
    return pytest.approx(values, abs=within, nan_ok=True)


def test_curve_of_the_6mp_arm_is_the_published_one() -> None:
    """Kaplan-Meier estimates and Greenwood errors of the 6-MP arm agree with the textbook table."""
    curve = kaplan_meier(*split(SIX_MP))
    died = curve.events > 0
    assert curve.time[died].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk[died].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.events[died].tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert curve.survival[died] == near(0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482)
    assert curve.standard_error[died] == near(0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346)
    assert curve.censored.sum() == 12


def test_without_censoring_the_curve_is_the_share_still_free() -> None:
    """With every event observed S is the proportion beyond t, and Greenwood's error is the binomial one."""
    curve = kaplan_meier(*split(PLACEBO))
    share = np.array([sum(t > at for t in PLACEBO) / 21 for at in curve.time])
    assert curve.survival == pytest.approx(share, abs=1e-12)
    assert curve.standard_error[:-1] == pytest.approx(np.sqrt(share * (1 - share) / 21)[:-1], abs=1e-12)
    assert isnan(curve.standard_error[-1])


def test_medians_of_the_leukaemia_trial_are_the_published_ones() -> None:
    """The median remission is 23 weeks under 6-MP and 8 under placebo."""
    treated, control = median_of(SIX_MP), median_of(PLACEBO)
    assert (treated.value, treated.n, treated.events) == (23, 21, 9)
    assert (control.value, control.n, control.events) == (8, 21, 21)


def test_loglog_intervals_of_the_leukaemia_trial() -> None:
    """The log-log intervals are 13 weeks to not reached under 6-MP and 4 to 11 under placebo, as SAS prints them."""
    assert ends(median_of(SIX_MP).intervals["log-log"]) == near(13, nan)
    assert ends(median_of(PLACEBO).intervals["log-log"]) == near(4, 11)


def test_log_intervals_of_the_maintenance_trial_are_the_ones_r_prints() -> None:
    """`survfit` prints 31 (18 to NA) weeks with maintenance and 23 (8 to NA) without."""
    kept, left = median_of(MAINTAINED), median_of(NOT_MAINTAINED)
    assert (kept.value, *ends(kept.intervals["log"])) == near(31, 18, nan)
    assert (left.value, *ends(left.intervals["log"])) == near(23, 8, nan)


def test_log_intervals_of_lung_cancer_are_the_ones_r_prints() -> None:
    """`survfit` prints 310 (285 to 363) days for all, 270 (212 to 310) for men and 426 (348 to 550) for women."""
    lung = load_lung()
    times, died, sex = lung["time"].to_numpy(float), lung["status"].to_numpy() == 1, lung["sex"].to_numpy()
    for who, printed in ((sex > 0, (310, 285, 363)), (sex == 1, (270, 212, 310)), (sex == 2, (426, 348, 550))):
        result = median_survival(times[who], died[who])
        assert (result.value, *ends(result.intervals["log"])) == near(*printed)


def test_follow_up_of_lung_cancer_is_the_one_r_prints() -> None:
    """`survfit` with the status reversed prints 840 (806 to NA) days for men and 529 (376 to NA) for women."""
    lung = load_lung()
    times, died, sex = lung["time"].to_numpy(float), lung["status"].to_numpy() == 1, lung["sex"].to_numpy()
    for who, printed in ((sex == 1, (840, 806, nan)), (sex == 2, (529, 376, nan))):
        result = reverse_median(times[who], died[who])
        assert (result.value, *ends(result.intervals["log"])) == near(*printed)
        assert result.events == (~died[who]).sum()


def test_follow_up_by_hand() -> None:
    """Of 4+, 6 and 10+ the reversed curve is 2/3 from 4 on and 0 from 10 on: the median follow-up is 10."""
    assert reverse_median(*split([-4, 6, -10])).value == 10


def test_three_bands_by_hand() -> None:
    """With ten events at 1 to 10 each band crosses one half where its formula, worked out by hand, does.

    plain: 0.7 - 1.96 x 0.145 = 0.416 at 3, 0.2 + 1.96 x 0.126 = 0.448 at 8, and neither earlier;
    log: 0.7 exp(-0.406) = 0.467 at 3, and 0.1 exp(1.860) = 0.642 at 9 is the last of the upper band;
    log-log: 0.9 to the power exp(1.961) = 0.473 at 1, 0.2 to the power exp(-0.770) = 0.475 at 8.
    """
    intervals = median_of(range(1, 11)).intervals
    assert ends(intervals["plain"]) == (3, 8)
    assert ends(intervals["log"]) == near(3, nan)
    assert ends(intervals["log-log"]) == (1, 8)


def test_collett_interval_of_the_iud_data_is_the_published_one() -> None:
    """Collett's worked example: median 93 weeks, standard error 17.13, interval 59 to 127."""
    interval = median_of(IUD).intervals["collett"]
    assert interval.estimate == 93
    assert (interval.high - interval.low) / 2 / 1.959964 == pytest.approx(17.13, abs=0.005)
    assert [round(end) for end in ends(interval)] == [59, 127]


def test_collett_interval_by_hand() -> None:
    """Events at 1 to 5: u = 2 (0.6), l = 3 (0.4), f = 0.2, SE(S) = sqrt(0.4 x 0.6 / 5) = 0.2191, SE = 1.0954."""
    intervals = median_of([1, 2, 3, 4, 5]).intervals
    assert ends(intervals["collett"]) == near(3 - 2.1470, 3 + 2.1470)
    assert ends(intervals["spss"]) == ends(intervals["collett"])


def test_collett_passes_over_censored_times_and_half_way_steps() -> None:
    """Both u and l are event times, and 6/11 at 5 is above one half but not by 0.05.

    Of 1, 2+, 3, 4, 5: u = 1 (0.8), l = 4 (0.2667), f = 0.1778, SE(S) = 0.2257, SE = 1.2698. Of 1 to 11: u = 4 (7/11),
    l = 7 (4/11), f = 1/11, SE(S(6)) = 0.1501, SE = 1.6514.
    """
    assert ends(median_of([1, -2, 3, 4, 5]).intervals["collett"]) == near(4 - 2.4888, 4 + 2.4888)
    assert ends(median_of(range(1, 12)).intervals["collett"]) == near(6 - 3.2368, 6 + 3.2368)


def test_collett_needs_times_that_reach_055_and_045_and_not_only_pass_them() -> None:
    """Events at 1 to 20: u = 9 (0.55) and l = 11 (0.45) count, f = 0.05, SE = 0.1118 / 0.05 = 2.2361."""
    intervals = median_of(range(1, 21)).intervals
    assert ends(intervals["collett"]) == near(10.5 - 4.3826, 10.5 + 4.3826)
    assert ends(intervals["spss"]) == near(10 - 4.3826, 10 + 4.3826)


def test_only_spss_cuts_its_interval_off_at_zero() -> None:
    """Events at 1, 10 and 11: f = (2/3 - 1/3) / 9, SE = sqrt(2/27) / f = 7.3485, 10 - 14.4028 is negative."""
    intervals = median_of([1, 10, 11]).intervals
    assert ends(intervals["collett"]) == near(-4.4028, 24.4028)
    assert ends(intervals["spss"]) == near(0, 24.4028)


def test_a_lower_confidence_narrows_the_interval_in_proportion() -> None:
    """At 90 percent the multiplier of the standard error is 1.6449 instead of 1.9600."""
    interval = median_of([1, 2, 3, 4, 5], confidence=0.9).intervals["collett"]
    assert ends(interval) == near(3 - 1.8018, 3 + 1.8018)


def test_a_lower_confidence_narrows_the_bands() -> None:
    """With ten events at 1 to 10 and z = 0.6745 the log-log bands cross at 4 (0.488) and 7 (0.399), not at 1 and 8."""
    assert ends(median_of(range(1, 11), confidence=0.5).intervals["log-log"]) == (4, 7)


def test_flat_at_one_half_takes_the_middle_up_to_the_next_event() -> None:
    """S is 0.5 from 2 to the event at 5, whoever is censored at 3: 3.5 for all, the time 2 itself for SPSS."""
    result = median_of([1, 2, -3, 5])
    assert result.value == 3.5
    assert {name: interval.estimate for name, interval in result.intervals.items()} == {
        **dict.fromkeys(METHODS, 3.5),
        "spss": 2,
    }


def test_flat_at_one_half_to_the_end_takes_its_first_time() -> None:
    """With no event after S reaches 0.5 there is no middle: the median is the time itself."""
    assert median_of([1, -2]).value == 1


def test_a_band_flat_at_one_half_takes_the_middle_too() -> None:
    """When the plain lower band is 0.5 exactly from 2 to 3, the low end is 2.5."""
    error = (0.4 * 0.6 / 5) ** 0.5  # S = 0.6 at the second of five events; the band is at 0.5 when z = 0.1 / error
    z = 0.1 / error
    assert median_of([1, 2, 3, 4, 5], confidence=erf(z / 2**0.5)).intervals["plain"].low == 2.5


def test_not_reached_is_nan_everywhere() -> None:
    """A curve that stays above one half has no median and no symmetric interval, but may have a low end."""
    result = median_of([5, 6, -7, -8, -9, -10])
    assert isnan(result.value)
    assert (result.n, result.events) == (6, 2)
    assert ends(result.intervals["log-log"]) == near(5, nan)
    for name in ("collett", "spss"):
        assert ends(result.intervals[name]) == near(nan, nan)
        assert isnan(result.intervals[name].estimate)


@pytest.mark.parametrize("signed", [[], [-5], [-1, -1, -9]])
def test_without_an_event_nothing_is_known(signed: list[int]) -> None:
    """No patient, or none with the event: the curve stays at 1 and every number of the median is nan."""
    result = median_of(signed)
    assert (result.n, result.events) == (len(signed), 0)
    assert (result.curve.survival == 1).all()
    assert (result.curve.standard_error == 0).all()
    assert tuple(result.intervals) == METHODS
    for interval in result.intervals.values():
        assert (interval.estimate, *ends(interval)) == near(nan, nan, nan)
    assert isnan(result.value)


def test_one_patient_gives_a_median_without_an_interval() -> None:
    """One event drops the curve to 0: the median is its time, and as in R no band crosses one half."""
    result = median_of([5])
    assert result.value == 5
    assert result.curve.survival.tolist() == [0]
    for interval in result.intervals.values():
        assert (interval.estimate, *ends(interval)) == near(5, nan, nan)


def test_an_event_comes_before_a_censoring_of_the_same_time() -> None:
    """Of 2, 2+ and 3 all three are at risk at 2: S is 2/3, not 1/2."""
    curve = kaplan_meier(*split([-2, 2, 3]))
    assert curve.at_risk.tolist() == [3, 1]
    assert (curve.events.tolist(), curve.censored.tolist()) == ([1, 1], [1, 0])
    assert curve.survival == pytest.approx([2 / 3, 0])


def test_a_time_of_zero_is_a_time_like_any_other() -> None:
    """An event at time 0 counts, and no row is added when nobody leaves at 0."""
    curve = kaplan_meier(np.array([0.0, 0.0, 4.0]), np.array([True, False, True]))
    assert (curve.time.tolist(), curve.at_risk.tolist()) == ([0, 4], [3, 1])
    assert curve.survival == pytest.approx([2 / 3, 0])


def test_a_fit_leaves_the_floating_point_warnings_as_they_were() -> None:
    """Computing a curve does not silence numpy's warnings for the rest of the process."""
    with np.errstate(divide="raise", invalid="raise"):
        before = np.geterr()
        kaplan_meier(*split(SIX_MP))
        assert np.geterr() == before


@pytest.mark.parametrize(
    ("durations", "observed", "complaint"),
    [
        ([1.0, 2.0], [True], "differ in shape"),
        ([[1.0]], [[True]], "differ in shape"),
        ([1.0, nan], [True, True], "missing, infinite or negative"),
        ([-1.0], [True], "missing, infinite or negative"),
        ([1.0], [nan], "True and False"),
        ([1.0], [1], "True and False"),
    ],
)
def test_what_is_no_time_to_an_event_is_refused(durations: Any, observed: Any, complaint: str) -> None:
    """A missing or negative duration, an unequal length and a flag that is not True or False are refused."""
    for answer in (kaplan_meier, median_survival, reverse_median):
        with pytest.raises(ValueError, match=complaint):
            answer(np.array(durations), np.array(observed))


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_an_impossible_confidence_is_refused(confidence: float) -> None:
    """A confidence in percent, and one that leaves nothing open, are refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        median_of([1, 2], confidence)
