"""Terms that a solver can reason about, and the solver. z3 is used in this module alone.

A number is a fraction or a term over the reals; a truth is a bool or a term. What can be computed at once is: the
terms of a course are small because most of what is known of it is known when they are made.

Terms are made by the functions that z3's own operators end in. All numbers here are reals, so that what the operators
do first, finding a sort that both sides have, is not needed; it takes ten times as long as making the term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    return value if isinstance(value, z3.AstRef) else _constant(value)


def _array(terms: Sequence[Any]) -> Any:
    return (z3.Ast * len(terms))(*[one.ast for one in terms])


def _real(make: Callable[..., Any], one: Real, other: Real) -> Real:
    """Return what a function of many makes of two numbers."""
    context = z3.main_ctx()
    return z3.ArithRef(make(context.ref(), 2, _array([_term(one), _term(other)])), context)


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
    return _real(z3.Z3_mk_add, one, other)


def minus(one: Real, other: Real) -> Real:
    """Return one - other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one - other
    return one if isinstance(other, Fraction) and other == 0 else _real(z3.Z3_mk_sub, one, other)


def times(one: Real, other: Real) -> Real:
    """Return one * other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    for known, value in ((one, other), (other, one)):
        if isinstance(known, Fraction):
            return Fraction(0) if known == 0 else value if known == 1 else _real(z3.Z3_mk_mul, known, value)
    return _real(z3.Z3_mk_mul, one, other)


def over(one: Real, other: Real) -> Real:
    """Return one / other; what is divided by zero is any number."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one / other
    context = z3.main_ctx()
    return z3.ArithRef(z3.Z3_mk_div(context.ref(), _term(one).ast, _term(other).ast), context)


def pick(when: Bool, one: Real, other: Real) -> Real:
    """Return `one` where the truth holds, else the other."""
    if isinstance(when, bool):
        return one if when else other
    if same(one, other):
        return one
    context = z3.main_ctx()
    return z3.ArithRef(z3.Z3_mk_ite(context.ref(), when.ast, _term(one).ast, _term(other).ast), context)


def same(one: Any, other: Any) -> bool:
    """Say whether two numbers, or two truths, are the same term."""
    if one is other:
        return True
    if isinstance(one, z3.AstRef) and isinstance(other, z3.AstRef):
        return bool(one.ast.value == other.ast.value)  # z3 makes each term once
    return type(one) is type(other) and bool(one == other)


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
    return True if not terms else terms[0] if len(terms) == 1 else _joined(z3.Z3_mk_and, terms)


def some(parts: Iterable[Bool]) -> Bool:
    """Return whether at least one holds."""
    terms = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            terms.append(part)
    return False if not terms else terms[0] if len(terms) == 1 else _joined(z3.Z3_mk_or, terms)


def _joined(make: Callable[..., Any], terms: Sequence[Any]) -> Bool:
    context = z3.main_ctx()
    return z3.BoolRef(make(context.ref(), len(terms), _array(terms)), context)


def negate(one: Bool) -> Bool:
    """Return whether it does not hold."""
    if isinstance(one, bool):
        return not one
    context = z3.main_ctx()
    return z3.BoolRef(z3.Z3_mk_not(context.ref(), one.ast), context)


def _compared(make: Callable[..., Any], one: Any, other: Any) -> Bool:
    context = z3.main_ctx()
    return z3.BoolRef(make(context.ref(), one.ast, other.ast), context)


def alike(one: Bool, other: Bool) -> Bool:
    """Return whether both hold or neither does."""
    if isinstance(one, bool):
        return other if one else negate(other)
    return alike(other, one) if isinstance(other, bool) else _compared(z3.Z3_mk_eq, one, other)


def above(one: Real, other: Real) -> Bool:
    """Return whether one > other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one > other
    return False if same(one, other) else _compared(z3.Z3_mk_gt, _term(one), _term(other))


def reaches(one: Real, other: Real) -> Bool:
    """Return whether one >= other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one >= other
    return True if same(one, other) else _compared(z3.Z3_mk_ge, _term(one), _term(other))


def equal(one: Real, other: Real) -> Bool:
    """Return whether two numbers are equal."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    return True if same(one, other) else _compared(z3.Z3_mk_eq, _term(one), _term(other))


def whole(one: Real) -> Bool:
    """Return whether a number has no fraction."""
    return one.denominator == 1 if isinstance(one, Fraction) else z3.IsInt(one)


# --- the solver -------------------------------------------------------------------------------------------------------
class Solver:
    """Finds numbers and truths that meet all rules it was told to keep; a question stays open after some effort.

    `effort` is counted in millions of the solver's own operations, some five a second, so that an answer does not
    depend on how busy a machine is.
    """

    def __init__(self, effort: float) -> None:
        self._solver = z3.Solver()
        self._solver.set("rlimit", max(1, int(effort * 1_000_000)))
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
