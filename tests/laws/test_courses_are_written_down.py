"""What a solver finds, written down as an example, is the course that the terms speak of, in every value and class."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.unseen import Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.library import tables
from criterium.verify.examples.cases import case_of
from criterium.verify.proofs.plain import factor_of
from criterium.verify.proofs.witness import Sketch, missing_word
from criterium.verify.proofs.worlds import Bound, World
from tests.laws.cohorts import SIZES, criteria
from tests.laws.test_symbols_are_exact import said


@pytest.mark.parametrize("name", sorted(criteria()))
@settings(max_examples=2, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**20))
def test_a_course_written_down_is_the_course_that_was_found(name: str, seed: int):
    """Of a course drawn from all that can exist, the exact algebra says what the terms say in the solver's answer."""
    criterion, rng = criteria()[name], random.Random(seed)  # noqa: S311 -- this is data, not a secret
    world = World([criterion], tables(), Bound(rows=2, effort=150))
    length = world.length(rng.choice(world.lengths()[:3]))
    symbols = length.walks[0]
    _walked(criterion, symbols)
    length.excludes(lambda walks: walks[0].algebra.truth("true"))
    solver = length._tight
    for rule in _told(length.unseen):
        solver.keep(rule)
    assert solver.ask() == "possible"
    for term in drawn(length.unseen, rng):
        if solver.ask(term) == "possible":
            solver.keep(term)
    assert solver.ask() == "possible"
    example = Sketch(length.unseen, solver).example()
    case = case_of(criterion, example, tables())
    exact: Walk[Any, Any] = Walk(criterion, Exact(case.frame, 0, case.exact))
    assert exact.step_places() == symbols.step_places()
    assert [about for about, term in said(criterion, symbols, exact) if not solver.holds(term)] == [], example


def _walked(criterion: t.Criterion, walk: Walk[Any, Any]) -> None:
    """Ask a walk for everything, so that all variables and rules are there."""
    walk.run()
    for place in walk.step_places():
        for name in criterion.steps.measures:
            walk.measure(name, place)
        for condition in criterion.steps.conditions.values():
            walk.holds(condition, place)
    for name in criterion.course.measures:
        walk.measure(name, COURSE)
    for condition in criterion.course.conditions.values():
        walk.holds(condition, COURSE)
    if criterion.time is not None:
        walk.value(criterion.time.at, COURSE)
        walk.climb(criterion.time.outcome, COURSE)


def _told(unseen: Unseen) -> Iterator[s.Bool]:
    """Yield that something is known of every member that is there, where no word of its table says that nothing is."""
    if unseen.shape.of and not missing_word(unseen.shape.of)[0]:
        for row, here in unseen.rows.items():
            if row.table == unseen.of:
                numbers = [known for key, (_, known) in unseen.numbers.items() if key[:3] == row[:3]]
                words = [is_ for key, word in unseen.words.items() if key[:3] == row[:3] for is_ in word.cases.values()]
                yield s.some([s.negate(here), *numbers, *words])


def drawn(unseen: Unseen, rng: random.Random) -> Iterator[s.Bool]:
    """Yield what a course may be like, drawn for each variable: there or not, known or not, a size, a word."""
    for here in list(unseen.rows.values()):
        yield s.alike(here, rng.random() < 0.7)
    for day, before in zip(unseen.days[1:], unseen.days, strict=False):
        yield s.equal(day, s.plus(before, Fraction(rng.choice((7, 28, 42, 56)))))
    for key, (value, known) in list(unseen.numbers.items()):
        factor = factor_of(unseen.shape.tables[key.table].columns.get(key.column))
        yield s.alike(known, rng.random() < 0.85)
        size = Fraction(str(rng.choice(SIZES))) * factor
        yield s.equal(value, Fraction(rng.randrange(99)) if key.column == "date" else size)
    for word in list(unseen.words.values()):
        yield rng.choice([*word.cases.values(), s.negate(s.some(word.cases.values()))])
