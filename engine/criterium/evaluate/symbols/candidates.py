"""One of several values of a course that nobody has measured yet: which of them it is may be open.

They mean what the exact algebra means by them, with terms in place of fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.solver import Bool, Real
from criterium.evaluate.symbols.symbolic import (
    MISSING,
    ZERO,
    Num,
    Truth,
    Word,
    either,
    is_known,
    larger,
    plain,
    point,
    smaller,
    when_known,
)


def either_known(how: str, one: Num, other: Num) -> Num:
    """Return the smaller (`earliest`) or larger of the two numbers that are known."""
    one, other = plain(one), plain(other)
    first, second = is_known(one), is_known(other)
    better = s.reaches(other.low, one.low) if how == "earliest" else s.reaches(one.low, other.low)
    take = s.every([first, s.some([s.negate(second), better])])
    return point(s.pick(take, one.low, other.low), s.some([first, second]), least=one.least and other.least)


def of_two(how: str, one: Num, other: Num) -> Num:
    """Return the smaller or larger of two numbers: one bound is that of both, the other that of either."""
    one, other = plain(one), plain(other)
    join = smaller if how == "smaller" else larger
    least = one.least and other.least
    if one.whole and other.whole and one.has_low is True and other.has_low is True:
        return point(join(one.low, other.low), least=least)
    low, low_there = extreme([(one.has_low, one.low), (other.has_low, other.low)], join)
    high, high_there = extreme([(one.has_high, one.high), (other.has_high, other.high)], join)
    if how == "smaller":
        low_there = s.every([one.has_low, other.has_low])
    else:
        high_there = s.every([one.has_high, other.has_high])
    return Num(low, high, low_there, high_there, least=least)


def hull(parts: Sequence[tuple[Bool, Num]]) -> Num:
    """Return the bounds of a number that is any of those whose truth holds; at least one does."""
    values = [(here, plain(value)) for here, value in parts if here is not False]
    if len(values) == 1:
        return values[0][1]
    least = all(value.least for _, value in values)
    has_low = s.every(s.some([s.negate(here), value.has_low]) for here, value in values)
    has_high = s.every(s.some([s.negate(here), value.has_high]) for here, value in values)
    lows = [(here, value.low) for here, value in values]
    highs = [(here, value.high) for here, value in values]
    return Num(extreme(lows, smaller)[0], extreme(highs, larger)[0], has_low, has_high, least=least)


def extreme(parts: Sequence[tuple[Bool, Real]], join: Callable[[Real, Real], Real]) -> tuple[Real, Bool]:
    """Return the smallest (largest) of the numbers whose truth holds, and whether any does."""
    found, there = parts[0][1], parts[0][0]
    for here, value in parts[1:]:
        both = join(found, value)
        found = s.pick(here, s.pick(there, both, value), found)
        there = s.some([there, here])
    return found, there


def outermost(how: str, pairs: Sequence[tuple[Num, Truth]]) -> Num:
    """Return the lowest or highest of the numbers that belong."""
    possible = [(belongs.may, plain(value)) for value, belongs in pairs if belongs.may is not False]
    if not possible:
        return MISSING
    there = s.some(may for may, _ in possible)
    around = hull(possible)
    sure = [(belongs.must, plain(value)) for value, belongs in pairs if belongs.may is not False]
    if how == "highest":
        low, has_low = extreme([(s.every([here, one.has_low]), one.low) for here, one in sure], larger)
        return Num(low, around.high, has_low, s.every([there, around.has_high]), least=around.least)
    high, has_high = extreme([(s.every([here, one.has_high]), one.high) for here, one in sure], smaller)
    return Num(around.low, high, s.every([there, around.has_low]), has_high, least=around.least)


def chosen(parts: Sequence[tuple[Bool, Num]]) -> Num:
    """Return the first number whose truth holds, missing if none does; every truth is known."""
    found = MISSING
    for here, value in reversed([(here, plain(value)) for here, value in parts]):
        whole = value.whole and (found.whole or here is True)
        low = s.pick(here, value.low, found.low)
        high = low if whole else s.pick(here, value.high, found.high)
        has_low = either(here, value.has_low, found.has_low)
        has_high = has_low if whole else either(here, value.has_high, found.has_high)
        told = None if whole else _either_told(here, value, found)
        found = Num(low, high, has_low, has_high, whole=whole, least=value.least and found.least, told=told)
    return found


def _either_told(here: Bool, one: Num, other: Num) -> Bool | None:
    first, second = when_known(one), when_known(other)
    return None if first is None or second is None else either(here, first, second)


def lowest_part(value: Num) -> Num:
    """Return what a number adds to a sum to which it may or may not belong."""
    low = ZERO if value.least else smaller(value.low, ZERO)
    return Num(low, larger(value.high, ZERO), value.has_low, value.has_high, least=value.least)


def common(parts: Sequence[tuple[Bool, Word]]) -> Word:
    """Return the word that all those whose truth holds have in common; at least one does."""
    words = dict.fromkeys(word for _, one in parts for word in one.cases)
    return Word(
        {word: s.every(s.some([s.negate(here), one.cases.get(word, False)]) for here, one in parts) for word in words}
    )


def first(parts: Sequence[tuple[Bool, Word]]) -> Word:
    """Return the first word whose truth holds, missing if none does; every truth is known."""
    found: dict[str, Bool] = {}
    for here, one in reversed(parts):
        words = dict.fromkeys([*one.cases, *found])
        found = {word: either(here, one.cases.get(word, False), found.get(word, False)) for word in words}
    return Word(found)
