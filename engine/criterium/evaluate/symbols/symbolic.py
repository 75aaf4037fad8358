"""Values of one course that nobody has measured yet: bounded numbers, words and three-valued truths, as terms.

They mean what `rational` means, with terms in place of fractions: each end of a number is there or not (a truth), and
`under` is a positive number by which both ends are divided. Percent changes stay fractions of two numbers, so that
comparing one with a threshold is a comparison of products with a constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.solver import Bool, Real

ZERO, ONE, HUNDRED = Fraction(0), Fraction(1), Fraction(100)


@dataclass(frozen=True, slots=True)
class Num:
    """Between low / under and high / under, where `has_low` and `has_high` say that there is such a bound.

    `whole`: both ends are the same term. `least` says that no bound that is there is below zero. Where it is plain when
    the number is known, `told` says so; it has then no upper bound, or no bound at all, where it is not known. `floor`
    is the lower bound of a variable where it is not known.
    """

    low: Real
    high: Real
    has_low: Bool
    has_high: Bool
    under: Real = ONE
    whole: bool = False
    least: bool = False
    told: Bool | None = None
    floor: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word: the truth of each that it can be; missing where none of them holds."""

    cases: Mapping[str, Bool]


@dataclass(frozen=True, slots=True)
class Truth:
    """What must and what may hold."""

    must: Bool
    may: Bool


TRUE, FALSE, UNKNOWN = Truth(must=True, may=True), Truth(must=False, may=False), Truth(must=False, may=True)
MISSING = Num(ZERO, ZERO, has_low=False, has_high=False, whole=True, least=True)


def certain(value: Bool) -> Truth:
    """Return a truth that is known."""
    return Truth(value, value)


def is_certain(one: Truth) -> bool:
    """Say whether a truth is known, whatever it is."""
    return s.same(one.must, one.may)


def point(value: Real, known: Bool = True, *, least: bool = False) -> Num:  # noqa: FBT002 -- a truth, not a switch
    """Return a number that is known where `known` holds."""
    return Num(value, value, known, known, whole=True, least=least or (isinstance(value, Fraction) and value >= 0))


def between(name: str) -> Num:
    """Return a number of which a lower and an upper bound may be known, or only one of them, or neither."""
    low, width = s.number(f"{name}, at least"), s.number(f"{name}, width")
    high = s.plus(low, s.pick(s.above(width, ZERO), width, ZERO))
    return Num(low, high, s.truth(f"{name} has a lower bound"), s.truth(f"{name} has an upper bound"))


def any_of(name: str, words: Sequence[str]) -> Word:
    """Return a word that is exactly one of several."""
    chosen = [s.truth(f"{name} is {word}") for word in words[:-1]]
    cases = [s.every([*(s.negate(before) for before in chosen[:at]), one]) for at, one in enumerate(chosen)]
    return Word(dict(zip(words, [*cases, s.negate(s.some(chosen))], strict=True)))


def is_known(value: Num) -> Bool:
    """Return whether a number is neither missing nor only bounded."""
    if value.whole:
        return value.has_low
    if value.told is not None:
        return value.told
    return s.every([value.has_low, value.has_high, s.equal(value.low, value.high)])


def floored(value: Real, known: Bool, floor: Fraction) -> Num:
    """Return a number that is known where `known` holds, and elsewhere at least `floor`."""
    if known is True:
        return replace(point(value, least=floor >= 0), floor=floor)
    low = s.pick(known, value, floor)
    return Num(low, value, has_low=True, has_high=known, least=floor >= 0, told=known, floor=floor)


def when_known(*parts: Num) -> Bool | None:
    """Return when numbers are all known, if that is plain for each."""
    each = [part.has_low if part.whole else part.told for part in parts]
    return None if any(one is None for one in each) else s.every(each)


def plain(value: Num) -> Num:
    """Return a number without a divisor."""
    if s.same(value.under, ONE):
        return value
    low = s.over(value.low, value.under)
    high = low if value.whole else s.over(value.high, value.under)
    return Num(low, high, value.has_low, value.has_high, whole=value.whole, least=value.least, told=value.told)


def plus(one: Num, other: Num) -> Num:
    """Return one + other."""
    one, other = plain(one), plain(other)
    return _joined(one, other, s.plus(one.low, other.low), s.plus(one.high, other.high))


def _joined(one: Num, other: Num, low: Real, high: Real) -> Num:
    """Return what two numbers give together, known where both are."""
    whole = one.whole and other.whole
    has_low = s.every([one.has_low, other.has_low])
    has_high = has_low if whole else s.every([one.has_high, other.has_high])
    least = one.least and other.least
    return Num(low, low if whole else high, has_low, has_high, whole=whole, least=least, told=when_known(one, other))


def minus(one: Num, other: Num) -> Num:
    """Return one - other."""
    one, other = plain(one), plain(other)
    whole = one.whole and other.whole
    low = s.minus(one.low, other.high)
    has_low = s.every([one.has_low, other.has_high])
    has_high = has_low if whole else s.every([one.has_high, other.has_low])
    high = low if whole else s.minus(one.high, other.low)
    return Num(low, high, has_low, has_high, whole=whole, told=when_known(one, other))


def times(one: Num, other: Num) -> Num:
    """Return one * other."""
    one, other = plain(one), plain(other)
    if one.whole and other.whole:
        return _joined(one, other, s.times(one.low, other.low), s.times(one.high, other.high))
    if one.least and other.least:
        low = s.every([one.has_low, other.has_low])
        high = s.every([low, one.has_high, other.has_high])
        ends = s.times(one.low, other.low), s.times(one.high, other.high)
        return Num(*ends, low, high, least=True, told=when_known(one, other))
    every = s.every([one.has_low, one.has_high, other.has_low, other.has_high])
    corners = [s.times(a, b) for a in (one.low, one.high) for b in (other.low, other.high)]
    positive = s.every([one.has_low, other.has_low, s.reaches(one.low, ZERO), s.reaches(other.low, ZERO)])
    low = s.pick(positive, corners[0], reduce(smaller, corners))
    high = s.pick(positive, corners[3], reduce(larger, corners))
    return Num(
        low,
        high,
        s.some([positive, every]),
        s.some([s.every([positive, one.has_high, other.has_high]), every]),
    )


def over(one: Num, other: Num) -> Num:
    """Return one / other, missing where the other is zero or only bounded.

    As in a product, a number that may be negative has bounds only where it has both.
    """
    one, other = plain(one), plain(other)
    found = _divided(one, other)
    if one.whole:
        return found
    both = s.every([one.has_low, one.has_high])
    positive = s.every([one.has_low, s.reaches(one.low, ZERO), s.above(other.low, ZERO)])
    has_low = s.every([found.has_low, s.some([positive, both])])
    return replace(found, has_low=has_low, has_high=s.every([found.has_high, both]))


def _divided(one: Num, other: Num) -> Num:
    """Return each bound of one / other, which is missing where the other is zero or only bounded."""
    negative = s.above(ZERO, other.low)
    sound = s.every([is_known(other), s.negate(s.equal(other.low, ZERO))])
    flipped = minus(point(ZERO), one)
    under = s.pick(negative, s.minus(ZERO, other.low), s.pick(sound, other.low, ONE))
    low, high = s.pick(negative, flipped.low, one.low), s.pick(negative, flipped.high, one.high)
    ends = either(negative, flipped.has_low, one.has_low), either(negative, flipped.has_high, one.has_high)
    has_low, has_high = (s.every([sound, end]) for end in ends)
    least = one.least and other.least
    return Num(low, low if one.whole else high, has_low, has_high, under=under, whole=one.whole, least=least)


def either(when: Bool, one: Bool, other: Bool) -> Bool:
    """Return `one` where a truth holds, else the other."""
    if isinstance(when, bool):
        return one if when else other
    return one if s.same(one, other) else s.some([s.every([when, one]), s.every([s.negate(when), other])])


def change(direction: str, scale: str, now: Num, reference: Num) -> Num:
    """Return the fall or rise from a reference; missing where the reference is not known."""
    now, reference = plain(now), plain(reference)
    base = point(reference.low, is_known(reference), least=reference.least)
    gap = minus(now, base) if direction == "rise" else minus(base, now)
    if scale == "absolute":
        return gap
    still = s.every([is_known(gap), s.equal(gap.low, ZERO), s.equal(base.low, ZERO), base.has_low])
    percent = _divided(_hundredfold(gap), base)
    low = s.pick(still, ZERO, percent.low)
    high = low if percent.whole else s.pick(still, ZERO, percent.high)
    has_low = s.some([still, percent.has_low])
    has_high = has_low if percent.whole else s.some([still, percent.has_high])
    return Num(low, high, has_low, has_high, percent.under, whole=percent.whole)


def _hundredfold(value: Num) -> Num:
    low, high = s.times(HUNDRED, value.low), s.times(HUNDRED, value.high)
    return replace(value, low=low, high=low if value.whole else high, told=None, floor=None)


def within(value: Num, low: Fraction | None, high: Fraction | None) -> Num:
    """Return a number that is supposed to lie between two bounds; as near to them as its own bounds allow."""
    if value.whole and value.has_low is True:
        return value
    one = plain(value)
    least, most = one.low, one.high
    if low is not None:
        least = s.pick(one.has_low, larger(one.low, low), low)
        least = s.pick(one.has_high, smaller(least, one.high), least)
    if high is not None:
        most = s.pick(one.has_high, smaller(one.high, high), high)
        most = s.pick(one.has_low, larger(most, one.low), most)
    nonnegative = one.least and all(bound is None or bound >= 0 for bound in (low, high))
    return Num(least, most, low is not None or one.has_low, high is not None or one.has_high, least=nonnegative)


def smaller(one: Real, other: Real) -> Real:
    """Return the smaller of two numbers."""
    return s.pick(s.reaches(other, one), one, other)


def larger(one: Real, other: Real) -> Real:
    """Return the larger of two numbers."""
    return s.pick(s.reaches(one, other), one, other)


# --- comparisons ------------------------------------------------------------------------------------------------------
def compare(operator: str, one: Num, other: Num) -> Truth:
    """Return whether one < <= = != >= > other."""
    if operator in {"=", "!="}:
        up, down = compare(">=", one, other), compare("<=", one, other)
        same = Truth(s.every([up.must, down.must]), s.every([up.may, down.may]))
        return same if operator == "=" else Truth(s.negate(same.may), s.negate(same.must))
    if operator in {"<", "<="}:
        return compare(">" if operator == "<" else ">=", other, one)
    holds, fails = (s.above, s.reaches) if operator == ">" else (s.reaches, s.above)
    must = s.every([one.has_low, other.has_high, holds(*_crossed(one.low, one, other.high, other))])
    failing = s.every([other.has_low, one.has_high, fails(*_crossed(other.low, other, one.high, one))])
    if one.whole and other.whole and one.has_low is True and other.has_low is True:
        return certain(must)
    return Truth(must, s.negate(failing))


def alike(one: Word, other: Word) -> Truth:
    """Return whether two words are the same, in capitals or not; unknown where one of them is missing."""
    pairs = [
        (s.every([here, there]), word.lower() == another.lower())
        for word, here in one.cases.items()
        for another, there in other.cases.items()
    ]
    same, different = (s.some(term for term, equal in pairs if equal is wanted) for wanted in (True, False))
    return Truth(same, s.negate(different))


def _crossed(left: Real, one: Num, right: Real, other: Num) -> tuple[Real, Real]:
    """Return both sides multiplied by both divisors, which are positive."""
    return s.times(left, other.under), s.times(right, one.under)
