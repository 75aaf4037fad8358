"""Terms that a solver can reason about, and the solver. z3 is used in this module alone.

A number is a fraction or a term over the reals; a truth is a bool or a term. What can be computed at once is: the
terms of a course are small because most of what is known of it is known when they are made.

Terms are made by the functions that z3's own operators end in. All numbers here are reals, so that what the operators
do first, finding a sort that both sides have, is not needed; it takes ten times as long as making the term.

What the solver finds first depends on the terms that were made before. Questions that are to have the same answer
whatever was asked before them are asked `anew`, in a space of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import z3

Real = Any  # Fraction, or a term over the reals
Bool = Any  # bool, or a term that is true or false
ZERO, TEN = Fraction(0), Fraction(10)
Found = Literal["possible", "impossible", "open"]


# --- spaces -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Space:
    """Where terms are made; those of two spaces cannot be put together."""

    context: Any
    constants: dict[Fraction, Any] = field(default_factory=dict)

    def ast(self, term: Any) -> Any:
        """Return what z3 knows a term by; raise RuntimeError for one of another space."""
        if term.ctx is not self.context:
            msg = "a term was made for an earlier question"
            raise RuntimeError(msg)
        return term.ast

    def number(self, value: Real) -> Any:
        """Return what z3 knows a number by."""
        if isinstance(value, z3.AstRef):
            return self.ast(value)
        if value not in self.constants:
            self.constants[value] = z3.Q(value.numerator, value.denominator, self.context)
        return self.constants[value].ast

    def real(self, make: Callable[..., Any], *parts: Any) -> Real:
        """Return the number that a function makes of what z3 knows its parts by."""
        return z3.ArithRef(make(self.context.ref(), *parts), self.context)

    def truth(self, make: Callable[..., Any], *parts: Any) -> Bool:
        """Return the truth that a function makes of what z3 knows its parts by."""
        return z3.BoolRef(make(self.context.ref(), *parts), self.context)


_COMMON = _Space(z3.main_ctx())
_space: ContextVar[_Space] = ContextVar("space", default=_COMMON)


@contextmanager
def anew() -> Iterator[None]:
    """Make all terms within in a space of their own, which ends with it."""
    token = _space.set(_Space(z3.Context()))
    try:
        yield
    finally:
        _space.reset(token)


def _array(terms: Sequence[Any]) -> Any:
    return (z3.Ast * len(terms))(*terms)


# --- numbers ----------------------------------------------------------------------------------------------------------
def _real(make: Callable[..., Any], one: Real, other: Real) -> Real:
    """Return what a function of many makes of two numbers."""
    space = _space.get()
    return space.real(make, 2, _array([space.number(one), space.number(other)]))


def number(name: str) -> Real:
    """Return a number of which nothing is known yet."""
    return z3.Real(name, _space.get().context)


def plus(one: Real, other: Real) -> Real:
    """Return one + other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    if isinstance(one, Fraction) and one == 0:
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
    space = _space.get()
    return space.real(z3.Z3_mk_div, space.number(one), space.number(other))


def pick(when: Bool, one: Real, other: Real) -> Real:
    """Return `one` where the truth holds, else the other."""
    if isinstance(when, bool):
        return one if when else other
    if same(one, other):
        return one
    space = _space.get()
    return space.real(z3.Z3_mk_ite, space.ast(when), space.number(one), space.number(other))


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
    return z3.Bool(name, _space.get().context)


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
    space = _space.get()
    return space.truth(make, len(terms), _array([space.ast(one) for one in terms]))


def negate(one: Bool) -> Bool:
    """Return whether it does not hold."""
    if isinstance(one, bool):
        return not one
    space = _space.get()
    return space.truth(z3.Z3_mk_not, space.ast(one))


def _compared(make: Callable[..., Any], one: Real, other: Real) -> Bool:
    space = _space.get()
    return space.truth(make, space.number(one), space.number(other))


def alike(one: Bool, other: Bool) -> Bool:
    """Return whether both hold or neither does."""
    if isinstance(one, bool):
        return other if one else negate(other)
    return alike(other, one) if isinstance(other, bool) else _compared(z3.Z3_mk_eq, one, other)


def above(one: Real, other: Real) -> Bool:
    """Return whether one > other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one > other
    return False if same(one, other) else _compared(z3.Z3_mk_gt, one, other)


def reaches(one: Real, other: Real) -> Bool:
    """Return whether one >= other."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one >= other
    return True if same(one, other) else _compared(z3.Z3_mk_ge, one, other)


def equal(one: Real, other: Real) -> Bool:
    """Return whether two numbers are equal."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    return True if same(one, other) else _compared(z3.Z3_mk_eq, one, other)


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
        self._solver = z3.Solver(ctx=_space.get().context)
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
