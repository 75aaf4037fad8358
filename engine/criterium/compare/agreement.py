"""How far two classifications of the same patients agree. The only user of statsmodels.

Kappa and its interval are `statsmodels.stats.inter_rater.cohens_kappa` (asymptotic standard error of Fleiss, Cohen and
Everitt. Psychol Bull 1969; 72, 323-327). Symmetry is Bowker's test by `SquareTable.symmetry` (Bowker AH. J Am Stat
Assoc 1948; 43, 572-574). The paired difference of two rates is the mean of each patient's difference (-1, 0 or 1) with
its t interval by `DescrStatsW.tconfint_mean`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from criterium.study.proportions import Interval

Counts = npt.NDArray[np.int64]
Weights = Literal["none", "linear", "quadratic"]
PAIRED = "mean of paired differences, t interval"


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of `n` patients with its 95 percent interval, cut at 1; nan, with a `note`, where not defined."""

    weights: Weights
    value: float
    low: float
    high: float
    n: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Symmetry:
    """Bowker's test: chi-square, degrees of freedom and p; nan with a `note` where nobody moved."""

    statistic: float
    degrees: int
    p: float
    note: str = ""


def kappa(table: Counts, weights: Weights = "none", scores: Sequence[int] | None = None) -> Kappa:
    """Return kappa of a square table, rows by one and columns by the other; `scores` place the classes for weights.

    Without scores the classes are 0, 1, 2, ... apart. Weights are 1 minus the distance (or its square) over the largest
    one. Kappa is not defined where chance alone would make both agree: where both give everybody the same class.
    """
    n = int(table.sum())
    if not n:
        return Kappa(weights, nan, nan, nan, 0, "nobody to compare")
    rows, columns = table.sum(1), table.sum(0)
    if (rows == n).any() and (columns == n).any() and (rows == n).argmax() == (columns == n).argmax():
        return Kappa(weights, nan, nan, nan, n, "both give everybody the same class, so kappa is not defined")
    there = np.flatnonzero(rows + columns)
    placed = np.asarray(scores if scores is not None else range(len(table)))[there]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _kappa(table[np.ix_(there, there)], weights, placed)
    if (rows == n).any() or (columns == n).any():
        return Kappa(weights, float(found.kappa), nan, nan, n, "one of them gives everybody the same class")
    return Kappa(weights, float(found.kappa), max(float(found.kappa_low), -1), min(float(found.kappa_upp), 1), n)


def _kappa(table: Counts, weights: Weights, scores: npt.NDArray[Any]) -> Any:
    from statsmodels.stats.inter_rater import cohens_kappa

    if weights == "none":
        return cohens_kappa(table)
    return cohens_kappa(table, weights=scores, wt=weights)


def symmetry(table: Counts) -> Symmetry:
    """Return Bowker's test that as many move from one class to another as move back.

    A pair of classes between which nobody moves says nothing and gives no degree of freedom.
    """
    from statsmodels.stats.contingency_tables import SquareTable

    between = (table + table.T)[np.triu_indices(len(table), 1)]
    degrees = int((between > 0).sum())
    if not degrees:
        return Symmetry(nan, 0, nan, "nobody moves, so there is nothing to test")
    statistic = float(SquareTable(table.astype(np.float64), shift_zeros=False).symmetry().statistic)
    return Symmetry(statistic, degrees, float(chi2.sf(statistic, degrees)))


def difference(before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> Interval:
    """Return the rate of `after` minus that of `before` in the same patients, with its interval, as shares of one.

    The interval is nan with fewer than two patients, or where all patients differ alike (as when none does).
    """
    from statsmodels.stats.weightstats import DescrStatsW

    apart = after.astype(np.float64) - before.astype(np.float64)
    if not apart.size:
        return Interval(nan, nan, PAIRED, nan)
    if np.ptp(apart) == 0:
        return Interval(nan, nan, PAIRED, float(apart[0]))
    low, high = DescrStatsW(apart).tconfint_mean()
    return Interval(float(low), float(high), PAIRED, float(apart.mean()))
