"""Exact numbers and truths of one course: pairs of bounds in fractions, and what must and what may hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Bound = Fraction | None


@dataclass(frozen=True, slots=True)
class Number:
    """Between `low` and `high`; None is no bound. Known if both are the same."""

    low: Bound
    high: Bound

    def __str__(self) -> str:
        if is_known(self) and self.low is not None:
            return spoken(self.low)
        if self.low is None:
            return "missing" if self.high is None else f"at most {spoken(self.high)}"
        return f"at least {spoken(self.low)}" if self.high is None else f"{spoken(self.low)}..{spoken(self.high)}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must and what may hold."""

    must: bool
    may: bool

    def __str__(self) -> str:
        return "true" if self.must else "unknown" if self.may else "false"


TRUE, FALSE, UNKNOWN = Verdict(must=True, may=True), Verdict(must=False, may=False), Verdict(must=False, may=True)
MISSING = Number(None, None)
ZERO = Fraction(0)


def spoken(number: Fraction) -> str:
    """Return a number as people write it: up to four decimals, no trailing zeros."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".")


def point(value: Fraction) -> Number:
    """Return a known number."""
    return Number(value, value)


def is_known(value: Number) -> bool:
    """Say whether a number is neither missing nor only bounded."""
    return value.low is not None and value.low == value.high


def hull(values: Sequence[Number]) -> Number:
    """Return the bounds of a number that is one of these."""
    lows, highs = [one.low for one in values], [one.high for one in values]
    low = None if None in lows else min(bound for bound in lows if bound is not None)
    return Number(low, None if None in highs else max(bound for bound in highs if bound is not None))


def within(value: Number, low: Bound, high: Bound) -> Number:
    """Return a number that is supposed to lie between two bounds; as near to them as its own bounds allow."""
    lows, highs = ([bound for bound in pair if bound is not None] for pair in ((value.low, low), (value.high, high)))
    least, most = max(lows, default=None), min(highs, default=None)
    if least is not None and value.high is not None:
        least = min(least, value.high)
    if most is not None and value.low is not None:
        most = max(most, value.low)
    return Number(least, most)


def _if_both(join: Callable[[Fraction, Fraction], Fraction], one: Bound, other: Bound) -> Bound:
    return None if one is None or other is None else join(one, other)


def plus(one: Number, other: Number) -> Number:
    """Return one + other."""
    return Number(*(_if_both(Fraction.__add__, *pair) for pair in ((one.low, other.low), (one.high, other.high))))


def minus(one: Number, other: Number) -> Number:
    """Return one - other."""
    return Number(*(_if_both(Fraction.__sub__, *pair) for pair in ((one.low, other.high), (one.high, other.low))))


def times(one: Number, other: Number) -> Number:
    """Return one * other."""
    if one.low is not None and other.low is not None and one.low >= 0 and other.low >= 0:
        return Number(one.low * other.low, _if_both(Fraction.__mul__, one.high, other.high))
    corners = [_if_both(Fraction.__mul__, a, b) for a in (one.low, one.high) for b in (other.low, other.high)]
    known = [corner for corner in corners if corner is not None]
    return Number(min(known), max(known)) if len(known) == len(corners) else MISSING


def over(one: Number, other: Number) -> Number:
    """Return one / other, missing where the other is zero or only bounded."""
    if not is_known(other) or other.low is None or other.low == 0:
        return MISSING
    return times(one, point(1 / other.low))


def power(one: Number, other: Number) -> Number:
    """Return one ^ other as a binary fraction; missing where one is not above zero, or either is only bounded."""
    if not (is_known(one) and is_known(other)) or one.low is None or other.low is None or one.low <= 0:
        return MISSING
    return point(Fraction(float(one.low) ** float(other.low)))


def change(direction: str, scale: str, now: Number, reference: Number) -> Number:
    """Return the fall or rise from a reference; missing where the reference is not known."""
    if not is_known(reference) or reference.low is None:
        return MISSING
    gap = minus(now, reference) if direction == "rise" else minus(reference, now)
    if scale == "absolute":
        return gap
    if reference.low == 0:
        return point(ZERO) if gap == point(ZERO) else MISSING
    low, high = (None if bound is None else 100 * bound / reference.low for bound in (gap.low, gap.high))
    return Number(low, high) if reference.low > 0 else Number(high, low)


def compare(operator: str, one: Number, other: Number) -> Verdict:
    """Return whether one < <= = != >= > other."""
    if operator in {"=", "!="}:
        up, down = compare(">=", one, other), compare("<=", one, other)
        same = Verdict(up.must and down.must, up.may and down.may)
        return same if operator == "=" else Verdict(not same.may, not same.must)
    if operator in {"<", "<="}:
        return compare(">" if operator == "<" else ">=", other, one)
    if operator == ">":
        return Verdict(_above(one.low, other.high), not _reaches(other.low, one.high))
    return Verdict(_reaches(one.low, other.high), not _above(other.low, one.high))


def _above(one: Bound, other: Bound) -> bool:
    return one is not None and other is not None and one > other


def _reaches(one: Bound, other: Bound) -> bool:
    return one is not None and other is not None and one >= other


def lowest_part(value: Number) -> Number:
    """Return what a number adds to a sum to which it may or may not belong."""
    low, high = value.low, value.high
    return Number(None if low is None else min(low, ZERO), None if high is None else max(high, ZERO))


def of_two(how: str, one: Number, other: Number) -> Number:
    """Return the smaller or larger of two numbers: one bound is that of both, the other that of either."""
    lows, highs = (one.low, other.low), (one.high, other.high)
    low, high = ([bound for bound in bounds if bound is not None] for bounds in (lows, highs))
    if how == "smaller":
        return Number(None if None in lows else min(low), min(high, default=None))
    return Number(max(low, default=None), None if None in highs else max(high))


def extreme(how: str, values: Sequence[tuple[Number, Verdict]]) -> Number:
    """Return the lowest or highest of the numbers that belong."""
    possible = [value for value, belongs in values if belongs.may]
    sure = [value for value, belongs in values if belongs.must]
    if not possible:
        return MISSING
    if how == "highest":
        lows = [value.low for value in sure if value.low is not None]
        return Number(max(lows, default=None), hull(possible).high)
    highs = [value.high for value in sure if value.high is not None]
    return Number(hull(possible).low, min(highs, default=None))
