"""Terms are computed at once where they can be, and a question that is not answered is open."""

from __future__ import annotations

from fractions import Fraction

import pytest

from criterium.evaluate.symbols import solver as s

ONE, TWO = Fraction(1), Fraction(2)


def test_what_is_known_is_no_term():
    """Fractions and bools stay themselves; zero, one, true and false take the other part along."""
    x, p = s.number("x"), s.truth("p")
    assert (s.plus(ONE, TWO), s.minus(ONE, TWO), s.times(TWO, TWO), s.over(ONE, TWO)) == (3, -1, 4, Fraction(1, 2))
    assert s.same(s.plus(s.ZERO, x), x)
    assert s.same(s.times(ONE, x), x)
    assert s.times(x, s.ZERO) == 0
    assert (s.every([True, False, p]), s.some([p, True]), s.every([]), s.some([])) == (False, True, True, False)
    assert s.same(s.every([True, p]), p)
    assert (s.above(ONE, TWO), s.reaches(x, x), s.above(x, x), s.equal(x, x)) == (False, True, False, True)
    assert s.same(s.pick(p, x, x), x)
    assert s.same(s.alike(one=True, other=p), p)


def test_what_meets_the_rules_is_kept_for_reading():
    """A number and a truth are read as the last answer has them, a root to six decimals."""
    solver, x, p = s.Solver(50), s.number("x"), s.truth("p")
    solver.keep(s.equal(s.times(x, x), TWO))
    solver.keep(s.above(x, s.ZERO))
    solver.keep(s.alike(p, s.above(x, ONE)))
    assert solver.ask() == "possible"
    assert solver.holds(p)
    assert abs(solver.number(x) - Fraction("1.414213")) < Fraction("0.00001")
    assert solver.ask(s.above(x, TWO)) == "impossible"
    assert solver.tries(s.every([False])) == "impossible"


def test_what_is_supposed_is_forgotten():
    """Rules kept within a supposition do not outlast it."""
    solver, x = s.Solver(50), s.number("x")
    with solver.supposing([s.above(x, ONE)]):
        assert solver.tries(s.above(ONE, x)) == "impossible"
    assert solver.tries(s.above(ONE, x)) == "possible"


@pytest.mark.parametrize("power", [5, 7])
def test_a_question_that_takes_too_much_is_open(power):
    """Whether two powers of whole size add up to a third is not told in a thousand operations."""
    solver = s.Solver(0.001)
    powers = []
    for name in "xyz":
        value = s.number(name)
        solver.keep(s.above(value, ONE))
        product = value
        for _ in range(power):
            product = s.times(product, value)
        powers.append(s.plus(product, s.times(value, value)))
    x, y, z = powers
    assert solver.tries(s.equal(s.plus(x, y), z), s.equal(s.times(x, y), s.times(z, Fraction(7)))) == "open"


# --- spaces -----------------------------------------------------------------------------------------------------------
def found_among(many):
    """Return a number between 2 and 1000 that is found once so many other terms have been made."""
    x = s.number("x")
    for at in range(many):
        s.above(s.plus(x, s.number(f"other {at}")), Fraction(at))
    solver = s.Solver(50)
    for rule in (s.above(x, Fraction(2)), s.above(Fraction(1000), x)):
        solver.keep(rule)
    assert solver.ask() == "possible"
    return solver.number(x)


def test_what_is_asked_anew_does_not_depend_on_earlier_questions():
    """The same question has the same answer, whatever terms were made for others before."""
    answers = []
    for many in (0, 50, 500):
        found_among(many)
        with s.anew():
            answers.append(found_among(0))
    assert len(set(answers)) == 1


def test_terms_of_two_questions_cannot_be_put_together():
    """A term that outlives its question is refused, not misread."""
    with s.anew():
        old = s.number("x")
    with pytest.raises(RuntimeError, match="earlier question"):
        s.above(old, ONE)
