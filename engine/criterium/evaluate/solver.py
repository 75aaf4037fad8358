"""Terms that a solver can reason about, and the solver. z3 is used in this module alone.

A number is a fraction or a term over the reals; a truth is a bool or a term. What can be computed at once is: the
terms of a course are small because most of what is known of it is known when they are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Any, Literal

import z3

Real = Any  # Fraction, or a term over the reals
Bool = Any  # bool, or a term that is true or false
ZERO, TEN = Fraction(0), Fraction(10)
Found = Literal["possible", "impossible", "open"]


# --- numbers ----------------------------------------------------------------------------------------------------------
@cache
def _constant(value: Fraction) -> Any:
    return z3.Q(value.numerator, value.denominator)


def _term(value: Real) -> Any:
    return _constant(value) if isinstance(value, Fraction) else value


def number(name: str) -> Real:
    """Return a number of which nothing is known yet."""
    return z3.Real(name)


def plus(one: Real, other: Real) -> Real:
    """Return one + other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    if one == Fraction(0) and isinstance(one, Fraction):
        return other
    if isinstance(other, Fraction) and other == 0:
        return one
    return _term(one) + _term(other)


def minus(one: Real, other: Real) -> Real:
    """Return one - other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one - other
    return one if isinstance(other, Fraction) and other == 0 else _term(one) - _term(other)


def times(one: Real, other: Real) -> Real:
    """Return one * other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    for known, value in ((one, other), (other, one)):
        if isinstance(known, Fraction):
            return Fraction(0) if known == 0 else value if known == 1 else _term(known) * value
    return one * other


def over(one: Real, other: Real) -> Real:
    """Return one / other; what is divided by zero is any number."""
    return one / other if isinstance(one, Fraction) and isinstance(other, Fraction) else _term(one) / _term(other)


def pick(when: Bool, one: Real, other: Real) -> Real:
    """Return `one` where the truth holds, else the other."""
    if isinstance(when, bool):
        return one if when else other
    return one if same(one, other) else z3.If(when, _term(one), _term(other))


def same(one: Any, other: Any) -> bool:
    """Say whether two numbers, or two truths, are the same term."""
    if one is other:
        return True
    plain = (bool, Fraction)
    if isinstance(one, plain) or isinstance(other, plain):
        return isinstance(one, plain) and isinstance(other, plain) and one == other
    return bool(z3.eq(one, other))


# --- truths -----------------------------------------------------------------------------------------------------------
def truth(name: str) -> Bool:
    """Return a truth of which nothing is known yet."""
    return z3.Bool(name)


def every(parts: Iterable[Bool]) -> Bool:
    """Return whether all hold."""
    terms = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            terms.append(part)
    return True if not terms else terms[0] if len(terms) == 1 else z3.And(terms)


def some(parts: Iterable[Bool]) -> Bool:
    """Return whether at least one holds."""
    terms = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            terms.append(part)
    return False if not terms else terms[0] if len(terms) == 1 else z3.Or(terms)


def negate(one: Bool) -> Bool:
    """Return whether it does not hold."""
    return not one if isinstance(one, bool) else z3.Not(one)


def alike(one: Bool, other: Bool) -> Bool:
    """Return whether both hold or neither does."""
    if isinstance(one, bool):
        return other if one else negate(other)
    return alike(other, one) if isinstance(other, bool) else one == other


def above(one: Real, other: Real) -> Bool:
    """Return whether one > other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one > other
    return False if same(one, other) else _term(one) > _term(other)


def reaches(one: Real, other: Real) -> Bool:
    """Return whether one >= other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one >= other
    return True if same(one, other) else _term(one) >= _term(other)


def equal(one: Real, other: Real) -> Bool:
    """Return whether two numbers are equal."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    return True if same(one, other) else _term(one) == _term(other)


# --- the solver -------------------------------------------------------------------------------------------------------
class Solver:
    """Finds numbers and truths that meet all rules it was told to keep; a question stays open after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._solver = z3.Solver()
        self._solver.set("timeout", int(seconds * 1000))
        self._model: Any = None

    def keep(self, rule: Bool) -> None:
        """Add a rule."""
        self._solver.add(rule)

    @contextmanager
    def supposing(self, terms: Iterable[Bool]) -> Iterator[None]:
        """Keep terms, and all that is kept within, for as long as this context lasts."""
        self._solver.push()
        try:
            for one in terms:
                self.keep(one)
            yield
        finally:
            self._solver.pop()

    def ask(self, *more: Bool) -> Found:
        """Return whether the rules and `more` can all be met; what meets them is kept for `number` and `holds`."""
        found = self.tries(*more)
        if found == "possible":
            self._model = self._solver.model()
        return found

    def tries(self, *more: Bool) -> Found:
        """Return what `ask` does, without noting how."""
        if any(one is False for one in more):
            return "impossible"
        found = self._solver.check(*(one for one in more if one is not True))
        return "possible" if found == z3.sat else "impossible" if found == z3.unsat else "open"

    def number(self, value: Real) -> Fraction:
        """Return a number as the last answer has it; a root of an equation to six decimals."""
        if isinstance(value, Fraction):
            return value
        found = self._model.eval(value, model_completion=True)
        if z3.is_algebraic_value(found):
            found = found.approx(6)
        return Fraction(found.numerator_as_long(), found.denominator_as_long())

    def holds(self, value: Bool) -> bool:
        """Return a truth as the last answer has it."""
        return value if isinstance(value, bool) else bool(z3.is_true(self._model.eval(value, model_completion=True)))
