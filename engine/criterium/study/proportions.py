"""Proportions with exact intervals, and the interval that every estimate of a study carries.

It stands apart from `survival` so that a rate does not pay for the import of a survival library.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from scipy.special import betaincinv


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a two-sided confidence interval, the `method` that gave them and the `estimate` that method prints.

    An end that is not reached, or that the method does not define, is nan. Units are those of the estimate.
    """

    low: float
    high: float
    method: str
    estimate: float


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the exact interval of the proportion k / n, as fractions of one (method `clopper-pearson`).

    With a = 1 - confidence the ends are the quantiles a / 2 of Beta(k, n - k + 1) and 1 - a / 2 of Beta(k + 1, n - k);
    the low end is 0 when k = 0 and the high end is 1 when k = n. Nothing is known of no patient: 0 of 0 gives nan
    between 0 and 1. Source: Clopper CJ, Pearson ES. Biometrika 1934; 26, 404-413.

    Raises ValueError unless 0 <= k <= n and 0 < confidence < 1.
    """
    if not 0 <= k <= n:
        raise ValueError(f"a proportion needs 0 <= k <= n, not {k} of {n}")
    tail = (1 - checked_confidence(confidence)) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return Interval(low=low, high=high, method="clopper-pearson", estimate=k / n if n else nan)


def checked_confidence(confidence: float) -> float:
    """Return `confidence` as it is; raises ValueError unless it lies strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return confidence
