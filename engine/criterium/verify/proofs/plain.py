"""A course that a solver found is made plain: few members, little missing, usual words, round numbers.

Every variable has wishes, the plainest value first. Wishes are granted together where they fit with what was asked;
where they do not, each half of them is tried, down to single variables, which take the first of their wishes that fits.
What is granted depends on what fits alone, not on the course that the solver happened to find, so that the same
question has the same plain course on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import floor

from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.unseen import Key, Unseen
from criterium.language.tables import Column
from criterium.language.units import unit

APART = Fraction(56)
PLAIN = tuple(Fraction(one) for one in (40, 30, 20, 50, 60, 80, 100, 10))
GRAINS = tuple(Fraction(one) for one in ("10", "5", "1", "0.5", "0.1", "0.01", "0.001"))
FARTHEST = Fraction(10**7)
Wish = tuple[s.Bool, Callable[[], Iterable[s.Bool]]]  # the first choice, and the others


def settle(unseen: Unseen, solver: s.Solver, usual: Mapping[str, Collection[Fraction]]) -> None:
    """Make the course of a solver's last answer plain; the solver keeps it, and its last answer is that course.

    What was asked must be kept. `usual` are likely values by dimension.
    """
    plain = _Plain(unseen, solver, usual)
    plain.grant([(s.every(plain.complete()), list)])
    plain.grant([(s.every(plain.likely()), list)])
    plain.grant(list(plain.fewer()))
    plain.grant([*plain.knowns(), *plain.words()])
    plain.grant(list(plain.days()))
    plain.grant(list(plain.numbers()))


def factor_of(column: Column | None) -> Fraction:
    """Return what a number of an example is multiplied with: examples are in the unit of the column."""
    return unit(column.unit).factor if column is not None and column.unit else Fraction(1)


@dataclass
class _Plain:
    unseen: Unseen
    solver: s.Solver
    usual: Mapping[str, Collection[Fraction]]

    def grant(self, wishes: Sequence[Wish]) -> None:
        """Keep what fits of the wishes, the earlier ones first."""
        if not wishes or self._keep([first for first, _ in wishes]):
            return
        if len(wishes) == 1:
            any(self._keep([other]) for other in wishes[0][1]())
            return
        half = len(wishes) // 2
        self.grant(wishes[:half])
        self.grant(wishes[half:])

    def _keep(self, terms: Sequence[s.Bool]) -> bool:
        """Keep all of the terms if they fit together, as those do that the course at hand has already."""
        if not all(self.solver.holds(one) for one in terms) and self.solver.ask(*terms) != "possible":
            return False
        for one in terms:
            self.solver.keep(one)
        return True

    # --- what is there ----------------------------------------------------------------------------------------------
    def complete(self) -> Iterator[s.Bool]:
        """Yield that whatever is there is known, but for cells beside the steps that may be left out."""
        for key, (_, known) in self.unseen.numbers.items():
            if not self._spare(key):
                yield s.some([known, s.negate(self._there(key))])
        for key, word in self.unseen.words.items():
            if not self._spare(key):
                yield s.some([*word.cases.values(), s.negate(self._there(key))])

    def _spare(self, key: Key) -> bool:
        """Say whether a cell is left out where it does not matter: one that need not be filled, of another table."""
        if not self.unseen.of or key.table == self.unseen.of:
            return False
        column = self.unseen.shape.tables[key.table].columns.get(key.column)
        return column is not None and not column.required and column.name != "date"

    def _there(self, key: Key) -> s.Bool:
        row = key._replace(column="")
        if row in self.unseen.rows:
            return self.unseen.rows[row]
        if key.table == self.unseen.of and key.step < 0 and self.unseen.shape.members:
            return s.some(self.unseen.present(key.row, step) for step in range(self.unseen.shape.steps))
        return True

    def likely(self) -> Iterator[s.Bool]:
        """Yield that of two factors the second is not the larger one."""
        for one, other, _ in self.unseen.products:
            yield s.reaches(one, other)

    def fewer(self) -> Iterator[Wish]:
        """Yield that rows are not there, the last first."""
        for here in reversed(list(self.unseen.rows.values())):
            yield s.negate(here), list

    def knowns(self) -> Iterator[Wish]:
        """Yield that numbers are known, or left out."""
        for key, (_, known) in self.unseen.numbers.items():
            if self.solver.holds(self._there(key)):
                first, other = (s.negate(known), known) if self._spare(key) else (known, s.negate(known))
                yield first, partial(list, [other])

    def words(self) -> Iterator[Wish]:
        """Yield that words are the first of those that there are; that they are missing, at last, or left out."""
        for key, word in self.unseen.words.items():
            if self.solver.holds(self._there(key)):
                said, silent = [*word.cases.values()], [s.negate(s.some(word.cases.values()))]
                first, *others = silent + said if self._spare(key) else said + silent
                yield first, partial(list, others)

    # --- days and numbers -------------------------------------------------------------------------------------------
    def days(self) -> Iterator[Wish]:
        """Yield that a step is eight weeks after the one before, or whole weeks or days, with the rows beside it."""
        for step in range(1, self.unseen.shape.steps):
            gap = s.minus(self.unseen.days[step], self.unseen.days[step - 1])
            yield s.equal(gap, APART), partial(self._gaps, gap)
        for key, (day, _) in self.unseen.numbers.items():
            if key.column == "date" and key.step >= 0:
                yield s.equal(day, self.unseen.days[key.step]), list
        if self.unseen.cut is not None and self.unseen.days:
            left = s.minus(self.unseen.cut, self.unseen.days[-1])
            yield s.equal(left, Fraction(0)), partial(self._gaps, left)

    def _gaps(self, gap: s.Real) -> Iterator[s.Bool]:
        for weeks in (4, 12, 16, 2, 6, 10, 24):
            yield s.equal(gap, Fraction(7 * weeks))
        yield from (s.equal(gap, one) for one in smallest(self.solver, gap, GRAINS[2:3]))

    def numbers(self) -> Iterator[Wish]:
        """Yield that a number is the one last known before, or a usual one, or a round one near by, in time."""
        known = {key: value for key, (value, known) in self.unseen.numbers.items() if self.solver.holds(known)}
        for key, value in sorted(known.items(), key=lambda item: _in_time(item[0])):
            column = self.unseen.shape.tables[key.table].columns.get(key.column)
            before = [known[one] for step in range(key.step) if (one := key._replace(step=step)) in known]
            first = (before[-1:] or self._usual(column)[:1] or [Fraction(1)])[0]
            yield s.equal(value, first), partial(self._near, value, column)

    def _usual(self, column: Column | None) -> list[Fraction]:
        if column is not None and column.unit:
            return [one * factor_of(column) for one in PLAIN]
        return sorted(self.usual.get(column.dimension, ())) if column is not None and column.dimension else []

    def _near(self, value: s.Real, column: Column | None) -> Iterator[s.Bool]:
        for one in self._usual(column):
            yield s.equal(value, one)
        grains = [one * factor_of(column) for one in GRAINS]
        yield from (s.equal(value, one) for one in smallest(self.solver, value, grains))
        yield s.equal(value, self.solver.number(value))


def _in_time(key: Key) -> tuple[bool, int, str, int, str]:
    """Return a key to sort variables by: step by step, what belongs to no step last."""
    return key.step < 0, key.step, key.table, key.row, key.column


def smallest(solver: s.Solver, value: s.Real, grains: Iterable[Fraction]) -> Iterator[Fraction]:
    """Yield zero, and of each grain the smallest multiple that is not below the least that a number can be."""
    yield s.ZERO
    below = s.ZERO
    for grain in grains:
        least = _least(solver, value, grain, below)
        if least is None:
            return
        below = least - grain
        yield least


def _least(solver: s.Solver, value: s.Real, grain: Fraction, below: Fraction) -> Fraction | None:
    """Return the smallest multiple of a grain, past `below`, that a number can be at or below; None without one."""

    def reached(times: int) -> bool:
        limit = times * grain
        return solver.number(value) <= limit or solver.tries(s.reaches(limit, value)) == "possible"

    low = floor(below / grain)
    high = low + 1
    while not reached(high):
        low, high = high, 2 * high
        if high * grain > FARTHEST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high * grain
