"""Times to an event: Kaplan-Meier curves, medians with named intervals, follow-up, and the log-rank test.

Durations are in months (any unit serves, results are in the same one), `observed` is True where the event was seen
and False where follow-up ended first. An event comes before a censoring of the same time: whoever is censored then was
at risk. Notation: S(t) the curve, SE(t) Greenwood's standard error of it, E(t) = SE(t) / S(t) the one of log S(t), and
z the normal quantile of the confidence, 1.96 for 95 percent. Both errors are undefined once S(t) is 0.

The median is the smallest time with S(t) <= 0.5. When the curve is exactly flat at 0.5, textbooks and software part:
R's survfit, Collett, and every method here but `spss` take the middle between that time and the next event; SPSS keeps
the time itself. An `Interval` therefore carries the estimate that its own method prints.

METHODS, and how each finds the interval of the median:

`log-log`, `log`, `plain`
    Brookmeyer and Crowley: the times where the lower and the upper pointwise band of S(t) cross 0.5, as R prints them
    for `survfit(conf.type=...)`; a band that is exactly flat at 0.5 gives the middle, too, and one that never comes
    down to 0.5 gives nan. The bands are exp(-exp(log(-log S) +- z E / log S)), S exp(+- z E) and S +- z SE.
    Brookmeyer R, Crowley J. Biometrics 1982; 38, 29-41; the crossing rule is `survmean` of R's package survival.
`collett`
    median +- z SE(median) with SE(median) = SE(t) / f, where t is the smallest event time with S(t) <= 0.5 and
    f = [S(u) - S(l)] / (l - u) estimates the density there: u is the largest event time with S(u) >= 0.5 + 0.05 and l
    the smallest one with S(l) <= 0.5 - 0.05. Without u or l the formula has no answer: nan. Nothing is cut off, so the
    low end may be negative. Collett D. Modelling Survival Data in Medical Research, on intervals for the median and
    percentiles (recalled, certainty 0.95; his worked example comes out); Marques de Sa JP. Applied Statistics Using
    SPSS, STATISTICA, MATLAB and R, 9.14 to 9.17 (read in part).
`spss`
    the same width about the smallest time with S(t) <= 0.5 itself, and never below 0: what the KM procedure of SPSS
    prints (recalled from its output: the formula with certainty 0.9, the cut at 0 with 0.75).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from numpy.typing import NDArray

from criterium.study.proportions import Interval, checked_confidence

METHODS = ("log-log", "log", "plain", "collett", "spss")
HALF = 0.5
ASIDE = 0.05
ROUNDING = sqrt(np.finfo(np.float64).eps)  # R's tolerance: S is a product, and seldom comes out at exactly 0.5

Times = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Bands = Mapping[str, tuple[Times, Times]]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A Kaplan-Meier curve: arrays of equal length, one entry per distinct time, rising; before the first time S is 1.

    `survival` and its Greenwood `standard_error` (nan where S is 0) hold from that time on; `at_risk` counts patients
    just before it, `events` and `censored` those who leave at it.
    """

    time: Times
    survival: Times
    at_risk: Counts
    events: Counts
    censored: Counts
    standard_error: Times


@dataclass(frozen=True, slots=True)
class Median:
    """A median survival time: `value` by the middle rule, nan when not reached, and one interval per METHODS name."""

    value: float
    n: int
    events: int
    intervals: Mapping[str, Interval]
    curve: Curve


@dataclass(frozen=True, slots=True)
class LogRank:
    """A log-rank test: the chi-square `statistic`, its `degrees` of freedom, `p`, and the median of each group code."""

    statistic: float
    degrees: int
    p: float
    groups: Mapping[int, Median]


def kaplan_meier(durations: Times, observed: Flags) -> Curve:
    """Return the Kaplan-Meier curve of one group; no patient gives a curve of no entry.

    Raises ValueError unless both are arrays of one dimension and equal length, `observed` of True and False, and every
    duration is finite and not negative.
    """
    times, events = _checked(durations, observed)
    return _curve(_fitted(times, events, 0.95)) if times.size else _empty()


def median_survival(durations: Times, observed: Flags, confidence: float = 0.95) -> Median:
    """Return the median time to the event with its intervals, all nan when the curve stays above one half.

    Raises ValueError as `kaplan_meier` does, and unless 0 < confidence < 1.
    """
    times, events = _checked(durations, observed)
    z = NormalDist().inv_cdf((1 + checked_confidence(confidence)) / 2)
    if not times.size:
        unknown = {name: Interval(nan, nan, name, nan) for name in METHODS}
        return Median(value=nan, n=0, events=0, intervals=unknown, curve=_empty())
    fitter = _fitted(times, events, confidence)
    curve = _curve(fitter)
    return Median(
        value=_middle(curve.time, curve.survival),
        n=times.size,
        events=int(events.sum()),
        intervals=_crossings(curve, _bands(fitter, curve, z)) | _symmetric(curve, z),
        curve=curve,
    )


def reverse_median(durations: Times, observed: Flags) -> Median:
    """Return the median follow-up by reverse Kaplan-Meier: the end of follow-up is the event, and the event censors it.

    `events` then counts the patients whose follow-up ended without the event. This is `median_survival` with the roles
    exchanged, as `survfit(Surv(time, 1 - status) ~ 1)` does it, ties included: of the same time, the end of follow-up
    comes first. Source: Schemper M, Smith TL. Control Clin Trials 1996; 17, 343-346. Raises ValueError as
    `kaplan_meier` does.
    """
    times, events = _checked(durations, observed)
    return median_survival(times, ~events)


def logrank(durations: Times, observed: Flags, groups: NDArray[np.integer[Any]]) -> LogRank:
    """Return the log-rank test that the groups, given as codes from 0 up, one per patient, share one curve.

    As in R's `survdiff`, a group whose patients all leave before the first event takes no part and costs no degree of
    freedom. With fewer than two groups at risk, or without an event, `statistic` and `p` are nan and `degrees` is 0.

    Raises ValueError as `kaplan_meier` does, and when a code is missing, negative or not a whole number.
    """
    times, events = _checked(durations, observed)
    codes = _checked_codes(groups, times.size)
    medians = {int(code): median_survival(times[codes == code], events[codes == code]) for code in np.unique(codes)}
    first = times[events].min() if events.any() else np.inf
    taking_part = np.isin(codes, codes[times >= first])
    degrees = len(np.unique(codes[taking_part])) - 1
    if degrees < 1:
        return LogRank(statistic=nan, degrees=0, p=nan, groups=medians)
    test = multivariate_logrank_test(times[taking_part], codes[taking_part], events[taking_part])
    return LogRank(statistic=float(test.test_statistic), degrees=degrees, p=float(test.p_value), groups=medians)


def _checked(durations: Times, observed: Flags) -> tuple[Times, Flags]:
    times, events = np.asarray(durations, dtype=np.float64), np.asarray(observed)
    if times.ndim != 1 or times.shape != events.shape:
        raise ValueError(f"durations and observed differ in shape: {times.shape} and {events.shape}")
    if events.size and events.dtype != np.bool_:
        raise ValueError(f"observed holds True and False, not {events.dtype}")
    if not (np.isfinite(times) & (times >= 0)).all():
        raise ValueError("a duration is missing, infinite or negative")
    return times, events.astype(np.bool_)


def _checked_codes(groups: NDArray[np.integer[Any]], n: int) -> NDArray[np.integer[Any]]:
    codes = np.asarray(groups)
    if codes.shape != (n,):
        raise ValueError(f"groups holds one code per patient: {codes.shape} for {n} patients")
    if n and (not np.issubdtype(codes.dtype, np.integer) or codes.min() < 0):
        raise ValueError("a group code is a whole number from 0 up")
    return codes


def _fitted(times: Times, events: Flags, confidence: float) -> KaplanMeierFitter:
    with np.errstate():  # lifelines silences numpy's warnings for the whole process; this keeps it to the fit
        return KaplanMeierFitter(alpha=1 - confidence).fit(times, events)


def _seen(fitter: KaplanMeierFitter) -> Flags:
    """Return which rows of the fitter's tables are times of patients: it adds a row at time 0."""
    rows: Flags = fitter.event_table["removed"].to_numpy() > 0
    return rows


def _curve(fitter: KaplanMeierFitter) -> Curve:
    table = fitter.event_table[_seen(fitter)]
    survival: Times = fitter.survival_function_.to_numpy(np.float64)[_seen(fitter), 0]
    at_risk, events, censored = (table[name].to_numpy(np.int64) for name in ("at_risk", "observed", "censored"))
    left = at_risk - events
    terms = np.divide(events, at_risk * left, out=np.full(left.shape, nan), where=left > 0)
    return Curve(
        time=table.index.to_numpy(np.float64),
        survival=survival,
        at_risk=at_risk,
        events=events,
        censored=censored,
        standard_error=survival * np.sqrt(np.cumsum(terms)),
    )


def _empty() -> Curve:
    none, nobody = np.empty(0, dtype=np.float64), np.empty(0, dtype=np.int64)
    return Curve(time=none, survival=none, at_risk=nobody, events=nobody, censored=nobody, standard_error=none)


def _bands(fitter: KaplanMeierFitter, curve: Curve, z: float) -> Bands:
    """Return the lower and the upper band of the curve by method, nan where the curve is 0."""
    lower, upper = fitter.confidence_interval_.to_numpy(np.float64)[_seen(fitter)].T
    alive = curve.survival > 0
    width = z * curve.standard_error
    ratio = np.exp(width / curve.survival)
    return {
        "log-log": (np.where(alive, lower, nan), np.where(alive, upper, nan)),
        "log": (curve.survival / ratio, curve.survival * ratio),
        "plain": (curve.survival - width, curve.survival + width),
    }


def _crossings(curve: Curve, bands: Bands) -> dict[str, Interval]:
    median = _middle(curve.time, curve.survival)
    return {
        name: Interval(_middle(curve.time, lower), _middle(curve.time, upper), name, median)
        for name, (lower, upper) in bands.items()
    }


def _symmetric(curve: Curve, z: float) -> dict[str, Interval]:
    half = z * _median_error(curve)
    middle, first = _middle(curve.time, curve.survival), _first(curve.time, curve.survival)
    return {
        "collett": Interval(middle - half, middle + half, "collett", middle),
        "spss": Interval(float(np.maximum(first - half, 0)), first + half, "spss", first),
    }


def _median_error(curve: Curve) -> float:
    """Return SE(median) by the density about the median, nan where u or l does not exist or S(t) is 0."""
    died = curve.events > 0
    time, survival, error = curve.time[died], curve.survival[died], curve.standard_error[died]
    above = np.flatnonzero(survival >= HALF + ASIDE - ROUNDING)
    below = np.flatnonzero(survival <= HALF - ASIDE + ROUNDING)
    if not (above.size and below.size):
        return nan
    last, first = above[-1], below[0]
    density = (survival[last] - survival[first]) / (time[first] - time[last])
    at = np.flatnonzero(survival < HALF + ROUNDING)[0]
    return float(error[at] / density)


def _first(time: Times, height: Times) -> float:
    """Return the first time at which the height is one half or less, nan when there is none."""
    low = height < HALF + ROUNDING
    return float(time[low.argmax()]) if low.any() else nan


def _middle(time: Times, height: Times) -> float:
    """Return `_first`, moved to the middle of the step when the height there is exactly one half and falls later."""
    first = _first(time, height)
    level = np.abs(height[time == first] - HALF) < ROUNDING
    later = time[height < HALF - ROUNDING]
    return (first + float(later[0])) / 2 if level.any() and later.size else first
