"""Values of a course that nobody has seen: what is computed with terms is what is computed with fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.exact import rational
from criterium.evaluate.symbols import candidates as c
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.unseen import Unseen
from criterium.language.library import tables
from criterium.verify.proofs.worlds import Bound, World
from tests.laws.cohorts import criteria

VALUES = tuple(Fraction(one) for one in ("-7.5", "-1", "0", "0", "1", "1.2", "2.7", "3.6", "10"))
BOUNDS = st.sampled_from(VALUES) | st.none()


class Told:
    """Numbers as terms, about which a solver is told everything."""

    def __init__(self) -> None:
        self.solver = s.Solver(150)
        self.names = count()

    def variable(self, value: Fraction) -> s.Real:
        """Return a variable that has this value."""
        found = s.number(f"v{next(self.names)}")
        self.solver.keep(s.equal(found, value))
        return found

    def truth(self, value: bool) -> s.Bool:  # noqa: FBT001 -- the value itself
        """Return a variable that is true or false."""
        found = s.truth(f"t{next(self.names)}")
        self.solver.keep(s.alike(found, value))
        return found

    def term(self, one: rational.Number, how: str) -> y.Num:
        """Return a number as constants, as variables, or as a variable that may be missing or has a least value."""
        low, high = one.low or y.ZERO, one.high or y.ZERO
        has_low, has_high = one.low is not None, one.high is not None
        if how == "constant" and rational.is_known(one):
            return y.point(low)
        if how == "variable" and one.low == one.high:
            return y.point(self.variable(low), self.truth(has_low))
        if how == "least" and one.low is not None and one.high in {None, one.low}:
            return y.floored(self.variable(low), self.truth(has_high), one.low)
        least = all(bound is None or bound >= 0 for bound in (one.low, one.high)) and how == "least"
        has = [self.truth(has_low), self.truth(has_high)]
        return y.Num(self.variable(low), self.variable(high), *has, least=least)

    def holds(self, *terms: s.Bool) -> bool:
        """Say whether terms follow from what was told."""
        return self.solver.ask() == "possible" and self.solver.tries(s.negate(s.every(terms))) == "impossible"

    def same(self, term: y.Num, exact: rational.Number) -> bool:
        """Say whether a term has the bounds of a number, and says truly when it is known and above zero."""
        ends = [(term.has_low, term.low, exact.low), (term.has_high, term.high, exact.high)]
        bounds = [s.alike(has, bound is not None) for has, _, bound in ends]
        values = [s.equal(end, s.times(bound, term.under)) for _, end, bound in ends if bound is not None]
        least = not term.least or all(bound is None or bound >= 0 for _, _, bound in ends)
        known = s.alike(y.is_known(term), rational.is_known(exact))
        return least and self.holds(*bounds, *values, known, s.above(term.under, y.ZERO))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[rational.Number, str]:
    """Return a number: known, bounded on one side or both, or missing; and how it is told."""
    low, high = draw(BOUNDS), draw(BOUNDS)
    if draw(st.booleans()):
        high = low
    if low is not None and high is not None and low > high:
        low, high = high, low
    return rational.Number(low, high), draw(st.sampled_from(["constant", "variable", "least", "ends"]))


OPERATIONS: dict[str, tuple[Any, Any]] = {
    "+": (y.plus, rational.plus),
    "-": (y.minus, rational.minus),
    "*": (y.times, rational.times),
    "/": (y.over, rational.over),
    "fall": (lambda a, b: y.change("fall", "absolute", a, b), lambda a, b: rational.change("fall", "absolute", a, b)),
    "percent": (lambda a, b: y.change("rise", "percent", a, b), lambda a, b: rational.change("rise", "percent", a, b)),
    "% fall": (lambda a, b: y.change("fall", "percent", a, b), lambda a, b: rational.change("fall", "percent", a, b)),
    "sum of a ratio": (lambda a, b: y.plus(y.over(a, b), a), lambda a, b: rational.plus(rational.over(a, b), a)),
    "change of a sum": (
        lambda a, b: y.change("fall", "percent", y.plus(a, b), b),
        lambda a, b: rational.change("fall", "percent", rational.plus(a, b), b),
    ),
}


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
@settings(max_examples=150, derandomize=True, deadline=None)
@given(left=numbers(), right=numbers())
def test_an_operation_on_terms_is_that_on_fractions(operation, left, right):
    """Bounds, and whether the result is known, are the same, also where a value is zero, bounded or missing."""
    told = Told()
    symbolic, exact = OPERATIONS[operation]
    terms = [told.term(*one) for one in (left, right)]
    assert told.same(symbolic(*terms), exact(left[0], right[0]))


@pytest.mark.parametrize("operator", ["<", "<=", "=", "!=", ">=", ">"])
@settings(max_examples=100, derandomize=True, deadline=None)
@given(left=numbers(), right=numbers(), base=numbers())
def test_a_comparison_of_terms_is_that_of_fractions(operator, left, right, base):
    """What must and what may hold are the same, of values as they are and of percent changes."""
    told = Told()
    one, other, reference = (told.term(*value) for value in (left, right, base))
    for term, exact in (
        (y.compare(operator, one, other), rational.compare(operator, left[0], right[0])),
        (
            y.compare(operator, y.change("fall", "percent", one, reference), other),
            rational.compare(operator, rational.change("fall", "percent", left[0], base[0]), right[0]),
        ),
    ):
        assert told.holds(s.alike(term.must, exact.must), s.alike(term.may, exact.may))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(values=st.lists(st.tuples(numbers(), st.sampled_from(["true", "false", "unknown"])), min_size=1, max_size=3))
def test_one_of_several_terms_is_one_of_several_fractions(values):
    """The hull of those that are possible, the first that holds, and what a doubtful part adds are the same."""
    told = Told()
    terms = [told.term(*one) for one, _ in values]
    may = [belongs != "false" for _, belongs in values]
    exact = [one for (one, _), here in zip(values, may, strict=True) if here]
    here = [told.truth(one) for one in may]
    if exact:
        assert told.same(c.hull(list(zip(here, terms, strict=True))), rational.hull([one for one, _ in exact]))
        assert told.same(c.chosen(list(zip(here, terms, strict=True))), exact[0][0])
    assert told.same(c.lowest_part(terms[0]), rational.lowest_part(values[0][0][0]))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(left=numbers(), right=numbers(), how=st.sampled_from(["earliest", "latest"]))
def test_of_two_terms_the_known_ones_count(left, right, how):
    """The smaller (larger) of two values is that of the known ones; missing if neither is known."""
    told = Told()
    known = [one.low for one, _ in (left, right) if rational.is_known(one) and one.low is not None]
    expected = rational.point((min if how == "earliest" else max)(known)) if known else rational.MISSING
    assert told.same(c.either_known(how, told.term(*left), told.term(*right)), expected)


# --- a course that nobody has seen ------------------------------------------------------------------------------------
def unseen(steps: int = 2) -> Unseen:
    """Return the courses of a criterion of assessments with so many steps after the baseline."""
    return World([criteria()["who"]], tables(), Bound(steps=steps)).length(steps).unseen


def kept(course: Unseen) -> s.Solver:
    """Return a solver that was told the rules of a course."""
    solver = s.Solver(150)
    for rule in course.rules:
        solver.keep(rule)
    return solver


def test_days_run_forward():
    """A step is at least a day after the one before; the first is day 0."""
    course = unseen()
    solver = kept(course)
    assert course.days[0] == 0
    assert solver.tries(s.equal(course.days[2], course.days[1])) == "impossible"
    assert solver.tries(s.equal(course.days[1], Fraction(1))) == "possible"


def test_members_of_the_baseline_are_there_first_or_never():
    """A member of the baseline was recorded at the baseline; a member of another kind never was."""
    course = unseen()
    kinds = [fixed["role"] for fixed in course.shape.members]
    later = {kind: course.present(kinds.index(kind), 2) for kind in kinds}
    first = {kind: course.present(kinds.index(kind), 0) for kind in kinds}
    assert first["new"] is False
    for kind, answer in (("target", "impossible"), ("non-target", "impossible"), ("new", "possible")):
        assert kept(course).tries(later[kind], s.negate(first[kind])) == answer
