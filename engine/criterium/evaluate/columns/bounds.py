"""Numbers in columns: bounds for every entry, and the one place that decides when two numbers are equal.

A number is a pair of bounds, `low` and `high`; where both are the same array the values are known, NaN being a missing
one. Bounds are exact on the decimals that were entered because two numbers within `SLACK` of each other are equal: a
number entered with up to nine significant digits cannot come nearer to a threshold than that without being on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

SLACK = 1e-10
Floats = Any  # a float64 array, or one float for all


@dataclass(frozen=True, slots=True)
class Num:
    """Bounds of a number; `whole` if nothing is missing; an entry without a lower bound is not below `floor`."""

    low: Floats
    high: Floats
    whole: bool
    floor: float | None = None


MISSING = Num(np.float64(np.nan), np.float64(np.nan), whole=False)


def is_point(value: Num) -> bool:
    """Say whether every entry is known or missing, none only bounded (the floor aside)."""
    return value.high is value.low


def explicit(value: Num) -> Num:
    """Return a value whose floor stands among its bounds."""
    if value.whole or value.floor is None:
        return value
    return Num(np.where(np.isnan(value.low), value.floor, value.low), value.high, whole=False)


def within(value: Num, low: float, high: float) -> Num:
    """Return a number that is supposed to lie between two bounds (NaN: none), as near as its own bounds allow."""
    if value.whole and is_point(value):
        return value
    own = explicit(value)
    least = np.where(np.isnan(own.high), np.fmax(own.low, low), np.minimum(np.fmax(own.low, low), own.high))
    most = np.where(np.isnan(own.low), np.fmin(own.high, high), np.maximum(np.fmin(own.high, high), own.low))
    return Num(least, most, whole=False)


def known_values(value: Num) -> Floats:
    """Return the values that are known, NaN elsewhere."""
    return value.low if is_point(value) else np.where(at_least(value.low, value.high), value.low, np.nan)


def at_least(one: Floats, other: Floats) -> Any:
    """Return where one number is at least another; false where one of them is NaN."""
    return one >= other - slack(other)


# --- arithmetic -------------------------------------------------------------------------------------------------------
def plus(left: Num, right: Num) -> Num:
    """Return left + right."""
    left, right = explicit(left), explicit(right)
    return _joined(np.add, left, right)


def minus(left: Num, right: Num) -> Num:
    """Return left - right."""
    left, right = explicit(left), explicit(right)
    return _joined(np.subtract, left, Num(right.high, right.low, right.whole))


def _joined(join: Callable[[Floats, Floats], Floats], left: Num, right: Num) -> Num:
    low = join(left.low, right.low)
    if is_point(left) and is_point(right):
        return Num(low, low, left.whole and right.whole)
    return Num(low, join(left.high, right.high), whole=False)


def times(left: Num, right: Num) -> Num:
    """Return left * right."""
    if is_point(left) and is_point(right) and _keeps_floor(left, right) and _keeps_floor(right, left):
        product, whole = left.low * right.low, left.whole and right.whole
        floors = {value.floor for value in (left, right) if not value.whole}
        nonnegative = all(value.floor is not None and value.floor >= 0 for value in (left, right))
        return Num(product, product, whole, 0.0 if nonnegative and floors <= {0.0} else None)
    left, right = explicit(left), explicit(right)
    corners = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
    positive = (left.low >= 0) & (right.low >= 0)
    low = np.where(positive, corners[0], reduce(np.minimum, corners))
    return Num(low, np.where(positive, corners[3], reduce(np.maximum, corners)), whole=False)


def _keeps_floor(value: Num, other: Num) -> bool:
    """Say whether the missing entries of a factor need no bounds of their own in the product."""
    if value.whole or value.floor is None:
        return True
    return value.floor == 0 and other.floor is not None and other.floor >= 0


def over(left: Num, right: Num) -> Num:
    """Return left / right, missing where right is zero or only bounded."""
    base = known_values(right)
    base = np.where(base == 0, np.nan, base) if np.any(base == 0) else base
    if is_point(left) and (left.whole or left.floor is None):
        share = left.low / base
        return Num(share, share, left.whole and right.whole and not np.isnan(share).any())
    inverse = 1.0 / base
    return times(explicit(left), Num(inverse, inverse, whole=False))


def power(left: Num, right: Num) -> Num:
    """Return left ^ right, missing where left is not above zero, or where one of them is only bounded."""
    base, exponent = known_values(left), known_values(right)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.power(np.where(base > 0, base, np.nan), exponent)
    return Num(found, found, whole=False)


def change(direction: str, scale: str, now: Num, reference: Num) -> Num:
    """Return the fall or rise from a reference, absolute or in percent; missing where the reference is not known."""
    base, now = known_values(reference), explicit(now)
    gaps = [_gap(direction, bound, base) for bound in ((now.low,) if is_point(now) else (now.low, now.high))]
    if direction == "fall":
        gaps.reverse()
    whole = now.whole and reference.whole
    if scale == "absolute":
        return Num(gaps[0], gaps[-1], whole)
    return _percent(gaps, base, whole=whole)


def _gap(direction: str, now: Floats, base: Floats) -> Floats:
    return now - base if direction == "rise" else base - now


def _percent(gaps: list[Floats], base: Floats, *, whole: bool) -> Num:
    """Return gaps in percent of the base; of a base of zero, only no gap at all has a percentage."""
    zero = base == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [100.0 * gap / base for gap in gaps]
    if len(gaps) == 2 and np.any(below := base < 0):
        shares = [np.where(below, one, other) for one, other in ((shares[1], shares[0]), (shares[0], shares[1]))]
    if np.any(zero):
        whole = False
        still = zero & np.logical_and.reduce([np.broadcast_to(gap == 0, np.shape(zero)) for gap in gaps])
        shares = [np.where(zero, np.where(still, 0.0, np.nan), share) for share in shares]
    return Num(shares[0], shares[-1], whole)


def known_extreme(how: str, one: Num, other: Num) -> Num:
    """Return the smaller ("earliest") or larger of the two values that are known."""
    join = np.fmin if how == "earliest" else np.fmax
    found = join(known_values(one), known_values(other))
    return Num(found, found, one.whole or other.whole)


def extreme(how: str, one: Num, other: Num) -> Num:
    """Return the smaller or larger of two numbers: one bound is that of both, the other that of either."""
    one, other = explicit(one), explicit(other)
    if one.whole and other.whole and is_point(one) and is_point(other):
        found = (np.minimum if how == "smaller" else np.maximum)(one.low, other.low)
        return Num(found, found, whole=True)
    low, high = (np.minimum, np.fmin) if how == "smaller" else (np.fmax, np.maximum)
    return Num(low(one.low, other.low), high(one.high, other.high), whole=False)


def first_known(one: Num, other: Num) -> Num:
    """Return the first value where it is known, else the other where that is known."""
    first = known_values(one)
    found = first if one.whole else np.where(np.isnan(first), known_values(other), first)
    return Num(found, found, one.whole or other.whole)


# --- comparison -------------------------------------------------------------------------------------------------------
def reaches(operator: str, left: Num, right: Num) -> tuple[Any, Any]:
    """Return where left >= (or >) right must hold and where it may; one array if nothing is unknown."""
    left, right = _raised(left, right), _raised(right, left)
    must, short = (_under if np.ndim(left.low) < np.ndim(right.low) else _over)(operator, left, right)
    if left.whole and right.whole and is_point(left) and is_point(right):
        return must, must
    return must, ~short()


def _over(operator: str, value: Num, bound: Num) -> tuple[Any, Callable[[], Any]]:
    """Return where a value reaches a bound, and how to tell where it falls short; the slack is added to the bound."""
    high, low = slack(bound.high), bound.low
    if operator == ">=":
        return value.low >= bound.high - high, lambda: value.high < low - slack(low)
    return value.low > bound.high + high, lambda: value.high <= low + slack(low)


def _under(operator: str, bound: Num, value: Num) -> tuple[Any, Callable[[], Any]]:
    """Return where a bound reaches a value, and how to tell where it falls short; the slack is added to the bound."""
    low, high = slack(bound.low), bound.high
    if operator == ">=":
        return value.high <= bound.low + low, lambda: value.low > high + slack(high)
    return value.high < bound.low - low, lambda: value.low >= high - slack(high)


def slack(bound: Floats) -> Floats:
    """Return how far a number may lie from a bound and still be equal to it."""
    return SLACK + SLACK * np.abs(bound)


def _raised(value: Num, other: Num) -> Num:
    """Return a value with its floor among its bounds, where that could decide a comparison with `other`."""
    if value.whole or value.floor is None:
        return value
    if any(np.any(at_least(value.floor, bound)) for bound in (other.low, other.high)):
        return explicit(value)
    return value
