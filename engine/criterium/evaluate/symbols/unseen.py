"""A course that nobody has seen: its variables, made when they are asked for, and the rules that hold for all courses.

A member is a row of the table of the steps; it may or may not be recorded at a step. A row of another table lies at a
step, or after the last one: on the day of the step, or where a criterion asks for its date on any day that belongs to
the step. A value that is not known is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from criterium.evaluate.algebra import Place
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.solver import Bool, Real
from criterium.evaluate.symbols.symbolic import ZERO, Num, Word
from criterium.language import tree as t
from criterium.language.tables import Table

ONE_DAY = Fraction(1)
EARLIEST = Fraction(-1000)
_FEW = 20


class Key(NamedTuple):
    """A variable: a column of a row at a step. `step` is -1 where it is the same at all steps, or after the last."""

    table: str
    row: int
    step: int
    column: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a course is: its number of steps, its members by the words that are fixed for them, rows beside them.

    `opening` is 1 if step 0 is a baseline. `beside` is how many rows another table may have at each step and after the
    last. `words` gives the words that a column of a table can hold; of the tables `dated` a row has a day of its own.
    """

    steps: int
    opening: int
    of: Table | None
    members: tuple[Mapping[str, str], ...]
    beside: int
    tables: Mapping[str, Table]
    words: Callable[[str, str], tuple[str, ...]]
    dated: frozenset[str] = frozenset()


class Unseen:
    """The variables of a course of a shape, and the `rules` for them so far."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.of = shape.of.name if shape.of else ""
        self.rules: list[Bool] = []
        self.numbers: dict[Key, tuple[Real, Bool]] = {}
        self.words: dict[Key, Word] = {}
        self.rows: dict[Key, Bool] = {}
        self.products: list[tuple[Real, Real, Real]] = []
        self.days: list[Real] = []
        self.cut: Real | None = None
        for step in range(shape.steps):
            self.days.append(self._day(step))

    def _day(self, step: int) -> Real:
        if step == 0:
            return ZERO
        day = s.number(f"day {step}")
        self.rules.append(s.reaches(day, s.plus(self.days[-1], ONE_DAY)))
        return day

    def as_of(self) -> Real:
        """Return the day up to which anything is known: not before the last step."""
        if self.cut is None:
            self.cut = s.number("as of")
            self.rules.append(s.reaches(self.cut, self.days[-1] if self.days else ZERO))
        return self.cut

    # --- rows and members -------------------------------------------------------------------------------------------
    def present(self, row: int, step: int) -> Bool:
        """Return whether a member is recorded at a step. Those of the baseline are there first, or never."""
        key = Key(self.of, row, step)
        if key not in self.rows:
            first = self._frozen(row)
            if not first and step < self.shape.opening:
                self.rows[key] = False
            else:
                self.rows[key] = s.truth(f"{self.of} {row} at {step}")
                if first and step > 0:
                    self.rules.append(s.some([s.negate(self.rows[key]), self.present(row, 0)]))
        return self.rows[key]

    def _frozen(self, row: int) -> bool:
        """Say whether a member belongs to the baseline."""
        columns = self.shape.of.columns if self.shape.of else {}
        fixed = self.shape.members[row]
        return all(not column.frozen or fixed.get(name) in column.frozen for name, column in columns.items())

    def has_baseline(self) -> Bool:
        """Return whether anything is recorded at the baseline."""
        return s.some(self.present(row, 0) for row in range(len(self.shape.members)))

    def rows_at(self, place: Place) -> list[Key]:
        """Return the rows of another table at a step; of the whole course where the place is not in a step.

        What comes after the last step belongs to it if steps last until the next one, as those without a baseline do.
        """
        lasts = not self.shape.opening and place.step == self.shape.steps - 1
        slots = [*range(self.shape.steps), -1] if place.step < 0 else [place.step, *([-1] if lasts else [])]
        return [Key(place.table, row, slot) for slot in slots for row in range(self.shape.beside)]

    def row(self, key: Key) -> Bool:
        """Return whether there is a row; the first of a step is there before the second."""
        if key not in self.rows:
            self.rows[key] = s.truth(f"{key.table} {key.row} at {key.step}")
            if key.row:
                before = key._replace(row=key.row - 1)
                self.rules.append(s.some([s.negate(self.rows[key]), self.row(before)]))
                if self._has_day(key):
                    self.rules.append(s.reaches(self.row_day(key), self.row_day(before)))
        return self.rows[key]

    def _has_day(self, key: Key) -> bool:
        """Say whether a row has a day of its own, and not that of its step."""
        return key.step < 0 or (key.table != self.of and key.table in self.shape.dated)

    def row_day(self, key: Key) -> Real:
        """Return the day of a row: that of its step, one that belongs to its step, or one after the last step."""
        if not self._has_day(key):
            return self.days[key.step]
        full = key._replace(column="date")
        if full not in self.numbers:
            day = s.number(f"{key.table} {key.row} day at {key.step}")
            self.numbers[full] = (day, True)
            first, last = self._window(key)
            self.rules.append(s.reaches(day, first))
            self.rules += [s.reaches(last, day)] if last is not None else []
        return self.numbers[full][0]

    def _window(self, key: Key) -> tuple[Real, Real | None]:
        """Return the first day that belongs to the step of a row, and the last if there is one.

        A row belongs to the first assessment on or after its day, and to the baseline before it; where there is no
        baseline, to the last step on or before its day.
        """
        table, days = self.shape.tables[key.table], self.days
        if key.step < 0:
            first = EARLIEST if table.belongs_to == "patient" or table.derived else ZERO
            return (s.plus(days[-1], ONE_DAY) if days else first), None
        if not self.shape.opening:
            return days[key.step], s.minus(days[key.step + 1], ONE_DAY) if key.step + 1 < len(days) else days[key.step]
        return (s.plus(days[key.step - 1], ONE_DAY) if key.step else EARLIEST), days[key.step]

    # --- values -----------------------------------------------------------------------------------------------------
    def member(self, node: t.Field, row: int, step: int) -> Any:
        """Return a column of a member at a step; its date is that of its row, which need not be there."""
        if node.name == "date":
            return y.point(self.days[step], self.present(row, step), least=True)
        if node.name in self.shape.members[row]:
            return Word({self.shape.members[row][node.name]: True})
        if node.name in self.shape.tables[self.of].lasting:
            return self.value(node, Key(self.of, row, -1, node.name))
        return self.value(node, Key(self.of, row, step, node.name), self.present(row, step))

    def value(self, node: t.Field, key: Key, there: Bool = True) -> Any:  # noqa: FBT002 -- a truth, not a switch
        """Return a column of a row: a number or a word that may be missing, and is where the row is not there."""
        if node.name == "date":
            own = key.table != self.of
            return y.point(self.row_day(key) if own else self.days[key.step], least=not self._has_day(key))
        if node.kind.sort in {"label", "truth"}:
            return self._word(node, key, there)
        if key not in self.numbers:
            self.numbers[key] = self._number(node, key, there)
        value, known = self.numbers[key]
        return y.point(value, known) if node.least is None else y.floored(value, known, node.least)

    def _number(self, node: t.Field, key: Key, there: Bool) -> tuple[Real, Bool]:
        value, known = s.number(_name(key)), s.truth(f"{_name(key)} known")
        self.rules.append(s.some([s.negate(known), there]))
        if node.least is not None:
            self.rules.append(s.reaches(value, node.least))
        column = self.shape.tables[key.table].columns.get(node.name)
        most = column.most if column else None
        if most is not None:
            self.rules.append(s.reaches(most, value))
        if column is not None and column.whole:
            self.rules.append(_whole(value, node.least, most))
        return value, known

    def _word(self, node: t.Field, key: Key, there: Bool) -> Word:
        if key not in self.words:
            words = self.shape.words(key.table, node.name)
            cases = {word: s.truth(f"{_name(key)} {word}") for word in words}
            self.rules += [s.negate(s.every([cases[a], cases[b]])) for a, b in _pairs(words)]
            self.rules.append(s.some([s.negate(s.some(cases.values())), there]))
            self.words[key] = Word(cases)
        return self.words[key]

    # --- products ---------------------------------------------------------------------------------------------------
    def product(self, one: Num, other: Num) -> Num:
        """Return one * other; what is known of the product of two variables is kept apart, in `products`."""
        if one.floor != 0 or other.floor != 0:
            return y.times(one, other)
        return y.floored(self._area(one.high, other.high), s.every([y.is_known(one), y.is_known(other)]), ZERO)

    def _area(self, one: Real, other: Real) -> Real:
        """Return a variable that is the product of two numbers that are not negative."""
        known = next((area for a, b, area in self.products if s.same(a, one) and s.same(b, other)), None)
        if known is not None:
            return known
        area = s.number(f"product {len(self.products)}")
        nothing = s.some([s.equal(one, ZERO), s.equal(other, ZERO)])
        self.rules += [s.reaches(area, ZERO), s.alike(s.equal(area, ZERO), nothing)]
        self.products.append((one, other, area))
        return area


def _whole(value: Real, least: Fraction | None, most: Fraction | None) -> Bool:
    """Return that a number has no fraction; of few numbers, that it is one of them, which is easier to solve."""
    if least is None or most is None or most - least > _FEW:
        return s.whole(value)
    return s.some(s.equal(value, Fraction(one)) for one in range(ceil(least), floor(most) + 1))


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((one, other) for at, one in enumerate(words) for other in words[at + 1 :])


def _name(key: Key) -> str:
    return f"{key.table} {key.row} {key.column} at {key.step}"
