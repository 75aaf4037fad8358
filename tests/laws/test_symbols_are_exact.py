"""Symbols = exact: told what a course holds, the terms can say of it nothing but what the exact algebra says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from criterium.evaluate.algebra import COURSE, Decision, Place
from criterium.evaluate.exact import rational
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import frame_of
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.algebra import Symbols
from criterium.evaluate.symbols.unseen import Key, Shape, Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.library import tables
from criterium.language.lowering.used import tables_of
from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Frame
from criterium.verify.proofs.vocabulary import ANOTHER, vocabulary
from tests.laws.cohorts import Rows, cohort_of, cohorts, criteria, prepared

Said = Iterator[tuple[str, s.Bool]]


@pytest.mark.parametrize("name", sorted(criteria()))
@settings(max_examples=3, derandomize=True)
@given(rows=cohorts(2))
def test_symbols_are_exact(name: str, rows: Rows):
    """Every truth, bound, label and possible label of a course follows from what is recorded of it, as in exact."""
    criterion = criteria()[name]
    material, courses = prepared(criterion, cohort_of(rows))
    frame = frame_of(criterion, material, courses)
    for index in range(frame.size):
        if not np.isnan(frame.start[index]):
            _follows(criterion, _from_zero(frame, index), index)


def _follows(criterion: t.Criterion, frame: Frame, index: int) -> None:
    exact: Walk[Any, Any] = Walk(criterion, Exact(frame, index))
    exact.run()
    seen = Seen(criterion, frame, index)
    symbols: Walk[Any, Any] = Walk(criterion, Symbols(seen))
    terms = list(said(criterion, symbols, exact))
    solver = s.Solver(150)
    for rule in (*seen.rules, *seen.recorded()):
        solver.keep(rule)
    for one, other, area in seen.products:
        solver.keep(s.equal(area, s.times(one, other)))
    assert solver.ask() == "possible"
    assert [about for about, term in terms if not solver.holds(term)] == []
    assert solver.tries(s.negate(s.every(term for _, term in terms))) == "impossible"


def _from_zero(frame: Frame, index: int) -> Frame:
    """Return a frame whose days are counted from the start of one course, as those of an unseen course are."""
    start = frame.start[index]

    def moved(fields: Mapping[str, Any]) -> dict[str, Any]:
        return {name: values - start if name in {"date", "as_of"} else values for name, values in fields.items()}

    beside = {name: replace(rows, fields=moved(rows.fields)) for name, rows in frame.beside.items()}
    steps, courses = [moved(one) for one in frame.steps], moved(frame.courses)
    return replace(frame, start=frame.start - start, steps=steps, courses=courses, beside=beside)


# --- a course that was seen -------------------------------------------------------------------------------------------
class Seen(Unseen):
    """An unseen course of the shape of one that was seen, with a member and rows more, which are not there.

    It may begin before its start and have rows between its steps, as a course of a cohort and unlike one of a world.
    """

    def __init__(self, criterion: t.Criterion, frame: Frame, index: int) -> None:
        self.frame, self.index = frame, index
        self.opened = Exact(frame, index)
        every = {**tables(), **tables_of(criterion.uses)}
        of = every[criterion.of] if criterion.of else None
        words = vocabulary([criterion], every)
        super().__init__(Shape(self.opened.steps, frame.opening, of, self._fixed(of), 0, every, words))
        self.rules.clear()
        self.days = [s.number(f"day {step}") for step in range(self.opened.steps)]

    def _fixed(self, of: Any) -> tuple[Mapping[str, str], ...]:
        adjectives = [column.name for column in of.columns.values() if column.adjective] if of and of.member else []
        if not of or not of.member:
            return ()
        found = [{name: self._ever(name, row) for name in adjectives} for row in range(self._slots().size)]
        return (*found, {name: of.columns[name].values[0] for name in adjectives})

    def _slots(self) -> Any:
        low, high = self.frame.members.offsets[self.index : self.index + 2]
        return np.arange(low, high)

    def _ever(self, name: str, row: int) -> Any:
        """Return the word that a member has in a column at the first step that has one."""
        steps = [self.frame.members.fields[step].get(name) for step in range(self.opened.steps)]
        words = [_cell(column, self._slots()[row]) for column in steps]
        return next((word for word in words if word is not None), None)

    # what the algebra asks for, without the rules of courses that nobody has seen
    def present(self, row: int, step: int) -> s.Bool:
        return self.rows.setdefault(Key(self.of, row, step), s.truth(f"{row} at {step}"))

    def has_baseline(self) -> s.Bool:
        return bool(self.frame.has_baseline[self.index])

    def rows_at(self, place: Place) -> list[Key]:
        """Return a row that is not there after each that is."""
        rows = self.opened._rows(place)
        return [Key(place.table, 2 * row + more, -1) for row in rows for more in (0, 1)]

    def row(self, key: Key) -> s.Bool:
        return self.rows.setdefault(key, s.truth(f"{key.table} {key.row}"))

    def value(self, node: t.Field, key: Key, there: s.Bool = True) -> Any:  # noqa: FBT002 -- a truth, not a switch
        if node.name != "date":
            return super().value(node, key, there)
        if key.step >= 0:
            return y.point(self.days[key.step])
        full = key._replace(column="date")
        return y.point(self.numbers.setdefault(full, (s.number(f"{key.table} {key.row} day"), True))[0])

    # what was recorded
    def recorded(self) -> Iterator[s.Bool]:
        """Yield what is recorded: days, which members and rows are there, numbers, words."""
        for step, day in enumerate(self.days):
            yield s.equal(day, _number(self.frame.steps[step]["date"][self.index]))
        if self.cut is not None:
            yield s.equal(self.cut, _number(self.frame.courses["as_of"][self.index]))
        for key, here in self.rows.items():
            yield s.alike(here, self._there(key))
        for key, (value, known) in self.numbers.items():
            if not self._extra(key):
                cell = self._at(key)
                yield s.alike(known, cell is not None)
                yield True if cell is None else s.equal(value, cell)
        for key, word in self.words.items():
            if not self._extra(key):
                yield from _is(word, self._at(key))

    def _extra(self, key: Key) -> bool:
        if key.table != self.of:
            return key.row % 2 == 1
        return bool(self.shape.members) and key.row == len(self.shape.members) - 1

    def _there(self, key: Key) -> bool:
        if self._extra(key):
            return False
        if key.table != self.of:
            return True
        return bool(self.frame.members.present[key.step][self._slots()[key.row]])

    def _at(self, key: Key) -> Any:
        """Return what is recorded in a cell; None if nothing is."""
        if self._extra(key):
            return None
        if key.table != self.of:
            return _cell(self.frame.beside[key.table].fields.get(key.column), key.row // 2)
        if not self.shape.members:
            return _cell(self.frame.steps[key.step].get(key.column), self.index)
        if key.step < 0:
            return self._ever(key.column, key.row)
        return _cell(self.frame.members.fields[key.step].get(key.column), self._slots()[key.row])


def _cell(column: Any, row: Any) -> Any:
    if column is None:
        return None
    if isinstance(column, Labels):
        return column.words[column.codes[row]] if column.codes[row] >= 0 else None
    return None if np.isnan(column[row]) else _number(column[row])


def _number(value: float) -> Fraction:
    return Fraction(Decimal(repr(float(value))))


def _is(word: y.Word, text: str | None) -> Iterator[s.Bool]:
    """Yield that a word is a text, or one that no criterion asks for, or missing."""
    by_text = {case.lower(): case for case in word.cases}
    mine = by_text.get(text.lower(), ANOTHER) if text is not None else None
    return (s.alike(here, case == mine) for case, here in word.cases.items())


# --- what both say ----------------------------------------------------------------------------------------------------
def said(criterion: t.Criterion, symbols: Walk[Any, Any], exact: Walk[Any, Any]) -> Said:
    """Yield, for everything that the exact algebra says of a course, that the symbols say the same."""
    for place in exact.step_places():
        yield from _said_of(criterion.steps, place, symbols, exact)
    yield from _said_of(criterion.course, COURSE, symbols, exact)
    if criterion.time is not None:
        outcome = criterion.time.outcome
        yield from _decided(outcome, symbols.climb(outcome, COURSE), exact.climb(outcome, COURSE))
        for node in (criterion.time.anchor, criterion.time.at):
            yield from _valued(node.text, symbols.value(node, COURSE), exact.value(node, COURSE))


def _said_of(layer: t.Layer, place: Place, symbols: Walk[Any, Any], exact: Walk[Any, Any]) -> Said:
    for name in layer.measures:
        yield from _valued(f"{name} at {place.step}", symbols.measure(name, place), exact.measure(name, place))
    for name, condition in layer.conditions.items():
        yield from _true(f"{name} at {place.step}", symbols.holds(condition, place), exact.holds(condition, place))
    for ladder in layer.ladders.values():
        for clause in ladder.clauses:
            about = f"when of {clause.label} in {ladder.name} at {place.step}"
            yield from _true(about, symbols.holds(clause.when, place), exact.holds(clause.when, place))
        yield from _decided(ladder, symbols.climb(ladder, place), exact.climb(ladder, place))


def _true(about: str, term: y.Truth, exact: rational.Verdict) -> Said:
    yield f"{about}: must", s.alike(term.must, exact.must)
    yield f"{about}: may", s.alike(term.may, exact.may)


def _decided(ladder: t.Ladder, term: Decision, exact: Decision) -> Said:
    yield from _valued(ladder.name, term.label, exact.label)
    for label in dict.fromkeys(clause.label for clause in ladder.clauses):
        yield f"{ladder.name}: {label} possible", s.alike(term.possible[label], label in exact.possible)
    for at, here in enumerate(term.clause):
        yield f"{ladder.name}: clause {at}", s.alike(here, at == exact.clause)


def _valued(about: str, term: Any, exact: Any) -> Said:
    if isinstance(term, y.Word):
        yield from ((f"{about}: {one}", is_) for one, is_ in zip(term.cases, _is(term, exact), strict=True))
        return
    yield f"{about}: known", s.alike(y.is_known(term), rational.is_known(exact))
    ends = (("low", term.low, term.has_low, exact.low), ("high", term.high, term.has_high, exact.high))
    for name, end, has, bound in ends:
        yield f"{about}: has {name}", s.alike(has, bound is not None)
        if bound is not None:
            yield f"{about}: {name}", s.equal(end, s.times(bound, term.under))
            yield f"{about}: {name} is least", not term.least or bound >= 0
    yield f"{about}: divisor", s.above(term.under, y.ZERO)
    plain = y.plain(term)
    if exact.low is not None:
        yield f"{about}: plain low", s.equal(plain.low, exact.low)
